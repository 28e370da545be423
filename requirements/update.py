"""Pins the whole dependency closure again: `uv run requirements/update.py`.

Resolves the ranges of pyproject.toml with uv, writes the result with hashes and without index
addresses to requirements/*.txt, and as constraints into pyproject.toml, so that `uv run`
resolves to the same versions.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import uv

ROOT = Path(__file__).resolve().parents[1]
PYPROJECT = ROOT / "pyproject.toml"
BEGIN, END = "# begin of pins: requirements/update.py\n", "# end of pins\n"
EXPORT = ["export", "--quiet", "--no-emit-project", "--no-header", "--no-annotate"]


def run_uv(folder: Path, *arguments: str) -> str:
    command = [uv.find_uv_bin(), *arguments]
    return subprocess.run(command, cwd=folder, check=True, text=True, stdout=subprocess.PIPE).stdout


def without_pins(text: str) -> str:
    return re.sub(f"{BEGIN}.*?{END}", "", text, flags=re.DOTALL)


def pins(constraints: list[str]) -> str:
    lines = "".join(f"    {line!r},\n" for line in constraints).replace('"', "\0")
    lines = lines.replace("'", '"').replace("\0", "'")
    return (
        f"{BEGIN}[tool.uv]\n"
        f"constraint-dependencies = [\n{lines}]\n"
        'build-constraint-dependencies = ["hatchling==1.33.0"]\n'
        f"{END}"
    )


def main() -> None:
    text = without_pins(PYPROJECT.read_text())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(
            ROOT,
            folder,
            dirs_exist_ok=True,
            ignore=shutil.ignore_patterns(".git", ".venv", "uv.lock", "samples", "tests"),
        )
        (folder / "pyproject.toml").write_text(text)
        run_uv(folder, "lock", "--quiet")
        (ROOT / "requirements" / "main.txt").write_text(run_uv(folder, *EXPORT, "--no-dev"))
        (ROOT / "requirements" / "dev.txt").write_text(run_uv(folder, *EXPORT, "--all-groups"))
        plain = run_uv(folder, *EXPORT, "--all-groups", "--no-hashes")
    PYPROJECT.write_text(text.rstrip("\n") + "\n\n" + pins(plain.splitlines()))


if __name__ == "__main__":
    main()

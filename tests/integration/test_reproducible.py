"""The same model gives the same bytes in another folder and by another Python.

Pythons 3.10 and 3.13 get other versions of onnxruntime, onnxsim and numpy, as pinned. What is
computed by onnxruntime may so differ in its last bits: reference.npz, the source model's answers.
Everything that goes onto a phone may not.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import models
import pytest
from program import ROOT
from uv import find_uv_bin

from mobilegen.system.files import cache_dir

PYTHONS = ("3.10", "3.13")
# Computed by the onnxruntime of the environment.
EXCLUDED = {"model/reference.npz"}
ABIS = ("--abi", "armeabi-v7a", "--abi", "x86_64")


def environment(version: str, folder: Path) -> Path:
    """Make an environment with the pinned packages; return its interpreter."""
    uv = find_uv_bin()
    clean = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    python = folder / "bin" / "python"
    for arguments in (
        ["venv", "--quiet", "--python", interpreter(version), str(folder)],
        ["pip", "install", "--quiet", "--python", str(python), "--require-hashes", "-r",
         str(ROOT / "requirements" / "main.txt")],
    ):  # fmt: skip
        subprocess.run([uv, *arguments], check=True, cwd=folder.parent, env=clean)
    packages = folder / "lib" / f"python{version}" / "site-packages"
    (packages / "mobilegen.pth").write_text(f"{ROOT}\n")
    return python


def interpreter(version: str) -> str:
    """A path where pyenv has that version, else its number, which uv finds or downloads."""
    home = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    found = sorted(home.glob(f"versions/{version}.*/bin/python"))
    return str(found[-1]) if found else version


def build(python: Path, model: Path, out: Path, cache: Path) -> dict[str, bytes]:
    """Build with an interpreter and a cache of its own; return the bytes of the result."""
    cache.mkdir()
    for name in ("downloads", "toolboxes", "executors"):
        (cache / name).symlink_to(cache_dir() / name)
    argv = [str(python), "-m", "mobilegen", "build", str(model), *ABIS, "--out", str(out)]
    env = {**os.environ, "MOBILEGEN_CACHE": str(cache)}
    done = subprocess.run(argv, env=env, text=True, capture_output=True)
    assert done.returncode == 0, done.stdout + done.stderr
    paths = [path for part in ("model", "lib") for path in (out / part).rglob("*")]
    return {p.relative_to(out).as_posix(): p.read_bytes() for p in paths if p.is_file()}


@pytest.mark.slow
def test_two_pythons_in_two_folders_give_the_same_bytes(tmp_path: Path) -> None:
    results = []
    for version, folder in zip(PYTHONS, ("first", "another place/ünd deeper"), strict=True):
        place = tmp_path / folder
        place.mkdir(parents=True)
        model = models.save(models.lenet(), place / "digits.onnx")
        python = environment(version, tmp_path / version)
        results.append(build(python, model, place / "out", tmp_path / f"cache {version}"))
    first, second = results
    assert first.keys() == second.keys()
    assert len([name for name in first if name.endswith(".so")]) == 2
    differing = {name for name in first if first[name] != second[name]}
    assert differing <= EXCLUDED

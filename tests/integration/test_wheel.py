"""What is installed is what is in the repository."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import uv

ROOT = Path(__file__).resolve().parents[2]


def test_wheel_holds_the_package_its_templates_and_native_code(tmp_path: Path) -> None:
    """Built by way of the source distribution, as a release is."""
    subprocess.run(
        [uv.find_uv_bin(), "build", "--quiet", "--python", sys.executable, "--out-dir", tmp_path],
        cwd=ROOT,
        check=True,
    )
    names = set(zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist())
    listed = ["git", "ls-files", "mobilegen", "native", "templates"]
    tracked = subprocess.run(listed, cwd=ROOT, check=True, text=True, stdout=subprocess.PIPE)
    expected = {
        name if name.startswith("mobilegen/") else f"mobilegen/_data/{name}"
        for name in tracked.stdout.splitlines()
        if (ROOT / name).is_file()
    }
    assert expected <= names, sorted(expected - names)
    extra = {name for name in names - expected if ".dist-info/" not in name}
    untracked = {
        name
        for name in extra
        if not (ROOT / name.removeprefix("mobilegen/_data/")).is_file()
        and not (ROOT / name).is_file()
    }
    assert not untracked

"""A finished build that tests change: each finds it as it was, in its own place.

In another place everything would be made once more.
"""

from __future__ import annotations

import shutil
from pathlib import Path


def keep(folder: Path) -> Path:
    """Copy a folder beside it; return the copy."""
    copy = folder.with_name(f"{folder.name} kept")
    return Path(shutil.copytree(folder, copy, symlinks=True))


def put_back(folder: Path, copy: Path) -> None:
    """Make a folder again what it was."""
    shutil.rmtree(folder)
    shutil.copytree(copy, folder, symlinks=True)

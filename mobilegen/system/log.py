"""The log of a command: what every program printed, and where errors came from.

It is kept when the command fails. Processes of ours that a command starts write to the same file,
which they find by an environment variable.
"""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

VARIABLE = "MOBILEGEN_LOG"
_KEPT = 20


def begin(folder: Path) -> None:
    """Choose a file for the log of this process and of those that it starts; none is made yet."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    os.environ[VARIABLE] = str(folder / f"{stamp}-{os.getpid()}.log")


def add(text: str) -> None:
    """Write text to the log. Where there is none, or it cannot be written, nothing happens."""
    named = os.environ.get(VARIABLE)
    if not named:
        return
    with contextlib.suppress(OSError):
        Path(named).parent.mkdir(parents=True, exist_ok=True)
        with open(named, "a", encoding="utf-8", errors="backslashreplace") as stream:
            stream.write(text.rstrip("\n") + "\n")


def keep() -> Path | None:
    """End the log and return its file; older ones go when there are many."""
    path = _end()
    if path is None or not path.is_file():
        return None
    for old in sorted(path.parent.glob("*.log"))[:-_KEPT]:
        with contextlib.suppress(OSError):
            old.unlink()
    return path


def drop() -> None:
    """End the log and remove its file: all went well."""
    path = _end()
    if path is not None:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def _end() -> Path | None:
    named = os.environ.pop(VARIABLE, "")
    return Path(named) if named else None

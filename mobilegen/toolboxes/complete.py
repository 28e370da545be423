"""Whether a toolbox is as it was made: all files are looked at once a day, else its folders.

A large toolbox has tens of thousands of files. A file that came or went changes the time of its
folder, which is seen at every use; one that was cut off in its place is seen within a day.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

from mobilegen.system.files import write_text

MARK = "toolbox.json"
_SEEN = "toolbox.seen.json"
_NOT_LISTED = (MARK, _SEEN, ".lock")
_DAY_SECONDS = 86_400.0


def leave_mark(root: Path, name: str, python: str) -> None:
    """Note in a toolbox that was just made what it consists of."""
    mark = {"name": name, "python": python, "listing": listing(root)}
    write_text(root / MARK, json.dumps(mark) + "\n")


def is_complete(root: Path, python: Path) -> bool:
    """True when every file is there with the size that it had when the toolbox was made.

    Args:
        python: Its interpreter, which may lead to one outside.
    """
    try:
        mark = json.loads((root / MARK).read_text(encoding="utf-8"))
        if not python.exists() or not isinstance(mark["listing"], str):
            return False
        if _was_seen_lately(root, mark["listing"]):
            return True
        complete = bool(mark["listing"] == listing(root))
    except (OSError, ValueError, LookupError, TypeError):
        return False
    if complete:
        _note_seen(root, mark["listing"])
    return complete


def listing(root: Path) -> str:
    """Digest of the paths and sizes of all files but Python's own caches."""
    lines = []
    for current, names in _walk(root):
        for name in names:
            path = Path(current, name)
            if name not in _NOT_LISTED:
                lines.append(f"{path.relative_to(root).as_posix()} {path.lstat().st_size}")
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def _walk(root: Path) -> Iterator[tuple[str, list[str]]]:
    for current, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name != "__pycache__"]
        yield current, names


def _was_seen_lately(root: Path, listed: str) -> bool:
    """True when all files were looked at less than a day ago and no folder changed since."""
    path = root / _SEEN
    try:
        if not 0 <= time.time() - path.stat().st_mtime < _DAY_SECONDS:
            return False
        seen = json.loads(path.read_text("utf-8"))
        times = seen["folders"].items()
        return bool(seen["listing"] == listed) and all(
            os.stat(root / name).st_mtime_ns == then for name, then in times
        )
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return False


def _note_seen(root: Path, listed: str) -> None:
    """Note the times of all folders but the first, which this very note changes."""
    folders = {
        Path(current).relative_to(root).as_posix(): os.stat(current).st_mtime_ns
        for current, _ in _walk(root)
        if current != str(root)
    }
    # A cache that cannot be written is looked at anew each time.
    with contextlib.suppress(OSError):
        write_text(root / _SEEN, json.dumps({"listing": listed, "folders": folders}))

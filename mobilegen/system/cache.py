"""Keeps a part of the cache small: what was not used for long goes, never what is in use."""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from mobilegen.errors import BusyError
from mobilegen.system.files import file_lock, lock_of

_STAMP = "mobilegen-used"
_DAY_SECONDS = 86_400.0


@dataclass(frozen=True)
class Limits:
    """How much of a cache is kept.

    Attributes:
        age_seconds: An entry that was not used for longer goes.
        total_bytes: Above it the entries go that were used least recently.
    """

    age_seconds: float = 60 * _DAY_SECONDS
    total_bytes: int = 1 << 30


def touch(entry: Path) -> None:
    """Note that a cache entry is used now."""
    (entry / _STAMP).touch()


def evict(folder: Path, *, keep: Path, limits: Limits | None = None) -> tuple[Path, ...]:
    """Remove entries that are too old, then the least recently used until the rest is small.

    Args:
        folder: Its sub-folders are the entries.
        keep: An entry that the caller holds the lock of.

    Returns:
        The entries that were removed; one whose lock somebody holds is not.
    """
    limits = limits or Limits()
    entries = [path for path in folder.iterdir() if path.is_dir() and path != keep]
    entries.sort(key=_last_use)
    sizes = {path: _size(path) for path in entries}
    total = sum(sizes.values()) + _size(keep)
    removed = []
    for entry in entries:
        is_old = time.time() - _last_use(entry) > limits.age_seconds
        if (is_old or total > limits.total_bytes) and _remove(entry):
            total -= sizes[entry]
            removed.append(entry)
    return tuple(removed)


def _last_use(entry: Path) -> float:
    """Time of the last use; a folder without a stamp was never finished."""
    try:
        return (entry / _STAMP).stat().st_mtime
    except OSError:
        return 0.0


def _size(entry: Path) -> int:
    return sum(
        os.lstat(os.path.join(place, name)).st_size
        for place, _, names in os.walk(entry)
        for name in names
        if os.path.lexists(os.path.join(place, name))
    )


def _remove(entry: Path) -> bool:
    """Remove an entry unless it is in use; it is renamed first, so that none is half there."""
    try:
        with file_lock(lock_of(entry), wait_seconds=0):
            doomed = entry.with_name(f".{entry.name}.old")
            shutil.rmtree(doomed, ignore_errors=True)
            entry.replace(doomed)
            shutil.rmtree(doomed, ignore_errors=True)
            return True
    except (BusyError, OSError):
        return False

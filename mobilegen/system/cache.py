"""Keeps the cache small: what was not used for long goes, never what is in use.

The cache has a folder for each kind of thing, in it a folder for each thing, and beside that its
lock and the note of its last use.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from mobilegen.errors import BusyError
from mobilegen.system.files import cache_dir, disk_usage, file_lock, lock_of, note_use, use_of

DAY_SECONDS = 86_400.0
# What phones know an app by; with another key they refuse its next version.
_KEPT = frozenset({"debug-key"})
# Folders that are one thing each, and all of it is ours.
_WHOLE = ("zig-cache", "logs")
_RUNNING = "running"
_TIDIED = "tidied"


@dataclass(frozen=True)
class Limits:
    """How much of a cache is kept.

    Attributes:
        age_seconds: An entry that was not used for longer goes.
        total_bytes: Above it the entries go that were used least recently.
    """

    age_seconds: float = 60 * DAY_SECONDS
    total_bytes: int = 1 << 30


@dataclass(frozen=True)
class Entry:
    """A thing in the cache.

    Attributes:
        kind: What it is: objects, toolboxes, downloads and so on.
        last_use: Seconds since the epoch.
    """

    kind: str
    path: Path
    bytes: int
    last_use: float


def touch(entry: Path) -> None:
    """Note that a cache entry is used now."""
    note_use(entry)


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
    sizes = {path: disk_usage(path) for path in entries}
    total = sum(sizes.values()) + disk_usage(keep)
    removed = []
    for entry in entries:
        is_old = time.time() - _last_use(entry) > limits.age_seconds
        if (is_old or total > limits.total_bytes) and _remove(entry):
            total -= sizes[entry]
            removed.append(entry)
    return tuple(removed)


def entries() -> tuple[Entry, ...]:
    """Return all that is in the cache and can be made or fetched again, by kind and name."""
    return tuple(
        Entry(kind, path, disk_usage(path), _last_use(path)) for kind, path in sorted(_places())
    )


def clean(chosen: Iterable[Entry]) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    """Remove entries; those that a running mobilegen may use stay.

    Returns:
        What was removed, and what stayed as it is in use.
    """
    removed: list[Entry] = []
    kept: list[Entry] = []
    oldest = min(_starts_of_others(), default=float("inf"))
    for entry in chosen:
        is_free = _last_use(entry.path) < oldest
        (removed if is_free and _remove(entry.path) else kept).append(entry)
    return tuple(removed), tuple(kept)


def tidy(limits: Limits | None = None) -> None:
    """Remove what was not used for long; looks once a day at most, and never fails."""
    mark = cache_dir() / _TIDIED
    with suppress(OSError):
        if mark.is_file() and time.time() - mark.stat().st_mtime < DAY_SECONDS:
            return
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()
        oldest = time.time() - (limits or Limits()).age_seconds
        old = [(kind, path) for kind, path in _places() if _last_use(path) < oldest]
        clean(Entry(kind, path, 0, 0.0) for kind, path in old)


@contextmanager
def in_use() -> Iterator[None]:
    """While the block runs, whatever it uses of the cache stays."""
    mine = cache_dir() / _RUNNING / f"{os.getpid()}.lock"
    with ExitStack() as stack:
        # A cache that cannot be written cannot be cleaned either.
        with suppress(OSError, BusyError):
            stack.callback(_forget, mine)
            stack.enter_context(file_lock(mine, wait_seconds=0))
            os.utime(mine)
        yield


def _forget(lock: Path) -> None:
    with suppress(OSError):
        lock.unlink(missing_ok=True)


def _starts_of_others() -> Iterator[float]:
    """Yield when each other mobilegen that runs now has started; remove what dead ones left."""
    for path in (cache_dir() / _RUNNING).glob("*.lock"):
        if path.stem == str(os.getpid()):
            continue
        with suppress(OSError):
            started = path.stat().st_mtime
            try:
                with file_lock(path, wait_seconds=0):
                    path.unlink(missing_ok=True)
            except BusyError:
                yield started


def _places() -> Iterator[tuple[str, Path]]:
    for kind in cache_dir().glob("*"):
        if not kind.is_dir():
            continue
        if kind.name in _WHOLE:
            yield kind.name, kind
        elif kind.name != _RUNNING:
            yield from ((kind.name, path) for path in kind.iterdir() if _is_entry(path))


def _is_entry(path: Path) -> bool:
    """True for folders that mobilegen made; somebody may have named any folder as its cache."""
    if path.is_symlink() or not path.is_dir() or path.name in _KEPT:
        return False
    name = path.name.removeprefix(".").partition(".")[0] if path.name[0] == "." else path.name
    locks = (f"{each}.lock" for each in (path.name, name, name.rpartition("-")[0]))
    return any(path.with_name(lock).is_file() for lock in locks)


def _last_use(entry: Path) -> float:
    """Time of the last use; of a folder without a note of it, when something in it changed."""
    try:
        return use_of(entry) or max(p.stat().st_mtime for p in (entry, *entry.iterdir()))
    except OSError:
        return 0.0


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

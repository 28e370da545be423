"""sha256 of files that are asked for again and again: computed where a file may have changed."""

from __future__ import annotations

import os
import time
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from mobilegen.system.files import sha256_file, write_bytes

# A file may change once more within the same tick of its file system's clock.
_SETTLED_NANOSECONDS = 2_000_000_000
_Facts = tuple[int, int, int, int]
_KNOWN = TypeAdapter(dict[str, tuple[_Facts, str]])


class Hashes:
    """Hashes that are kept in a file, each with what the file system said of its file then.

    As git does, size, time and number of a file are believed. The time is the one at which the
    file system saw the last change, which no program can set back.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known = _read(path)
        self._seen: dict[str, tuple[_Facts, str]] = {}

    def of(self, path: Path) -> str:
        """Return the sha256 of a file's content.

        Raises:
            OSError: It cannot be read.
        """
        facts = _facts(path)
        known = self._known.get(str(path))
        if known is None or known[0] != facts:
            known = (facts, sha256_file(path))
        if _is_settled(facts):
            self._seen[str(path)] = known
        return known[1]

    def save(self) -> None:
        """Keep the hashes of the files that were asked for."""
        if self._seen != self._known:
            write_bytes(self._path, _KNOWN.dump_json(self._seen))


def _facts(path: Path) -> _Facts:
    stat = path.stat()
    return stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino


def _is_settled(facts: _Facts) -> bool:
    # What Windows calls ctime is the time of creation.
    return os.name != "nt" and facts[2] < time.time_ns() - _SETTLED_NANOSECONDS


def _read(path: Path) -> dict[str, tuple[_Facts, str]]:
    try:
        return _KNOWN.validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return {}

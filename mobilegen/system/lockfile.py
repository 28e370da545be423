"""mobilegen.lock: what files of the user's a project was built with.

What nobody can pin beforehand, a library that the user downloaded himself, is recorded with its
hash at first use and checked afterwards.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from mobilegen.errors import ConfigError
from mobilegen.system.files import cache_dir, file_lock, sha256_bytes, sha256_file, write_text
from mobilegen.system.pinned import UserFile

LOCK_FILE = "mobilegen.lock"
_FORMAT = 1


def adopt(path: Path, lock: Path) -> UserFile:
    """Return a file or folder of the user's with its hash, recording it at first use.

    Args:
        lock: The project's `LOCK_FILE`; it is written when the path is new to it.

    Raises:
        ConfigError: There is no such path, it has other content than recorded, or the lock file
            is damaged.
    """
    if not path.exists():
        raise ConfigError(f"{path} does not exist")
    seen = content_hash(path)
    name = _name(path, lock)
    guard = cache_dir() / "locks" / f"{sha256_bytes(str(lock.absolute()).encode())[:16]}.lock"
    with file_lock(guard):
        recorded = _read(lock)
        if recorded.get(name, seen) != seen:
            raise ConfigError(
                f"{path} has other content than {lock.name} records",
                seen=[f"sha256 recorded {recorded[name]}", f"sha256 found {seen}"],
                hint=f"if that is meant, delete {name!r} in {lock}",
            )
        if name not in recorded:
            content = {"format": _FORMAT, "files": {**recorded, name: seen}}
            write_text(lock, json.dumps(content, indent=1, sort_keys=True) + "\n")
    return UserFile(path, seen)


def content_hash(path: Path) -> str:
    """Return the sha256 of a file; of a folder that of the names and hashes of its files.

    Raises:
        ConfigError: The folder has links or what is no plain file.
    """
    if not path.is_dir():
        return sha256_file(path)
    digest = hashlib.sha256()
    for file in _plain_files(path):
        digest.update(f"{file.relative_to(path).as_posix()}\0{sha256_file(file)}\n".encode())
    return digest.hexdigest()


def _plain_files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not (path.is_dir() or path.is_file()):
            raise ConfigError(
                f"{folder} cannot be used", seen=[f"{path} is a link or no plain file"]
            )
        if path.is_file():
            yield path


def _name(path: Path, lock: Path) -> str:
    """Return how the lock file names a path: relative to its folder if it is inside."""
    whole, folder = path.absolute(), lock.absolute().parent
    return (whole.relative_to(folder) if whole.is_relative_to(folder) else whole).as_posix()


def _read(lock: Path) -> dict[str, str]:
    if not lock.is_file():
        return {}
    try:
        found = json.loads(lock.read_text("utf-8"))
        files = found["files"] if found["format"] == _FORMAT else None
        if isinstance(files, dict) and all(isinstance(each, str) for each in files.values()):
            return files
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        pass
    raise ConfigError(
        f"{lock} is damaged or of another version",
        hint="restore it, or delete it to record the files anew",
    )

"""Packages of runtimes, source or binary, unpacked once into the cache."""

from __future__ import annotations

import json
import lzma
import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from mobilegen.errors import NativeBuildError
from mobilegen.system.download import fetch
from mobilegen.system.files import (
    cache_dir,
    file_lock,
    kept_dir,
    lock_of,
    sha256_bytes,
    sha256_file,
    write_text,
)
from mobilegen.system.pinned import PinnedFile

_MAX_BYTES = 1 << 30
_MAX_FILES = 100_000
# What the readers of archives raise for damaged ones; a name that comes twice is one, too.
_DAMAGE = (
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    FileExistsError,
    EOFError,
    RuntimeError,
)
_HASHES = "mobilegen-files.json"


@dataclass(frozen=True)
class Package:
    """An archive with a runtime: a tar of any compression, a crate, a zip, an AAR; or a folder.

    Attributes:
        file: Where it comes from.
        root: The archive's top folder; "" for an archive without one.
        parts: Files and folders below `root` that are unpacked; () for all.
        licence: A file below `root` that goes wherever the code goes; "" when there is none.
    """

    file: PinnedFile
    root: str
    parts: tuple[str, ...] = ()
    licence: str = ""

    @property
    def name(self) -> str:
        """What it is called in file names."""
        return self.root or self.file.filename.partition(".")[0]

    @property
    def wanted(self) -> tuple[str, ...]:
        """Files and folders below `root` that have to be there."""
        return tuple(filter(None, (*self.parts, self.licence)))


def unpacked(package: Package, *, offline: bool = False) -> Path:
    """Return the folder with the package's parts, fetching and unpacking it if need be.

    Raises:
        DownloadError: The archive cannot be had.
        NativeBuildError: The archive is not what it should be.
    """

    def fill(folder: Path) -> None:
        unpack(fetch(package.file, offline=offline), package, folder)
        write_text(folder / _HASHES, json.dumps(_hash_files(folder)))

    return kept_dir(package_folder(package), (_HASHES,), fill)


def discard_if_damaged(package: Package) -> None:
    """Remove the unpacked package if a file differs from what was unpacked."""
    folder = package_folder(package)
    with file_lock(lock_of(folder)):
        if not _is_intact(folder):
            shutil.rmtree(folder, ignore_errors=True)


def require_intact(package: Package) -> None:
    """Do nothing when the unpacked package is as it was unpacked.

    Raises:
        ValueError: A file was changed, is missing or new.
    """
    if not _is_intact(package_folder(package)):
        raise ValueError(f"{package_folder(package)} was changed")


def _is_intact(folder: Path) -> bool:
    try:
        return bool(json.loads((folder / _HASHES).read_text()) == _hash_files(folder))
    except (OSError, ValueError):
        return False


def _hash_files(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != _HASHES)
    return {path.relative_to(folder).as_posix(): sha256_file(path) for path in sorted(files)}


def package_folder(package: Package) -> Path:
    """Where the package is or will be unpacked; named by its content and by what is wanted."""
    facts = "\0".join((package.file.sha256, package.root, *package.wanted))
    return cache_dir() / "sources" / f"{package.name}-{sha256_bytes(facts.encode())[:16]}"


@dataclass(frozen=True)
class _Member:
    """A file of an archive or folder; `stream` is None for what is no plain file."""

    name: str
    size: int
    stream: IO[bytes] | None


def unpack(archive: Path, package: Package, folder: Path) -> None:
    """Write the plain files of the package's parts below `folder`.

    Links, devices and names that lead elsewhere are refused, not skipped.

    Raises:
        NativeBuildError: Such a member, a damaged archive, or a part that is missing.
    """
    try:
        _write_members(archive, package, folder)
    except _DAMAGE as error:
        raise _refused(archive, f"{type(error).__name__}: {error}") from error
    missing = [part for part in package.wanted if not (folder / part).exists()]
    if missing:
        raise _refused(archive, f"missing: {', '.join(missing)}")


def _write_members(archive: Path, package: Package, folder: Path) -> None:
    left, files = _MAX_BYTES, _MAX_FILES
    for member in _members(archive):
        name = _wanted_name(archive, member.name, package)
        if name is None:
            continue
        left, files = left - member.size, files - 1
        if member.stream is None:
            raise _refused(archive, f"unexpected member {member.name[:200]!r}")
        if left < 0 or files < 0:
            raise _refused(archive, f"more than {_MAX_BYTES} bytes or {_MAX_FILES} files")
        path = folder.joinpath(*name.parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as to:
            _copy(member, to, archive)


def _copy(member: _Member, to: IO[bytes], archive: Path) -> None:
    """Copy a member; a zip may say less than what comes out of it."""
    assert member.stream is not None
    left = member.size
    while block := member.stream.read(min(1 << 20, left + 1)):
        left -= len(block)
        if left < 0:
            break
        to.write(block)
    if left:
        raise _refused(archive, f"{member.name[:200]!r} has another size than it says")


def _members(archive: Path) -> Iterator[_Member]:
    """Give what is no folder; the stream of one is read before the next is asked for."""
    if archive.is_dir():
        yield from _folder_members(archive)
    elif zipfile.is_zipfile(archive):
        yield from _zip_members(archive)
    else:
        with tarfile.open(archive, "r:*") as members:
            for member in members:
                if not member.isdir():
                    stream = members.extractfile(member) if member.isreg() else None
                    yield _Member(member.name, member.size, stream)


def _zip_members(archive: Path) -> Iterator[_Member]:
    with zipfile.ZipFile(archive) as members:
        for member in members.infolist():
            kind = member.external_attr >> 28
            if member.is_dir():
                continue
            # 8 is a plain file; archives that were not made on Unix say nothing.
            stream = members.open(member) if kind in (0, 8) else None
            yield _Member(member.filename, member.file_size, stream)


def _folder_members(folder: Path) -> Iterator[_Member]:
    for path in sorted(folder.rglob("*")):
        if path.is_dir() and not path.is_symlink():
            continue
        name = f"{folder.name}/{path.relative_to(folder).as_posix()}"
        if path.is_symlink() or not path.is_file():
            yield _Member(name, 0, None)
        else:
            with path.open("rb") as stream:
                yield _Member(name, path.stat().st_size, stream)


def _wanted_name(archive: Path, name: str, package: Package) -> PurePosixPath | None:
    """Return the member's path below the package's root; None if it is not wanted."""
    path = PurePosixPath(name)
    if package.root:
        if path.parts[:1] != (package.root,):
            return None
        path = PurePosixPath(*path.parts[1:])
    wanted = any(path.is_relative_to(part) for part in package.wanted) or not package.parts
    if not path.parts or not wanted:
        return None
    if path.is_absolute() or ".." in path.parts or any(each in name for each in "\\:\0"):
        raise _refused(archive, f"unsafe name {name[:200]!r}")
    return path


def _refused(archive: Path, reason: str) -> NativeBuildError:
    return NativeBuildError(
        f"{archive.name} cannot be unpacked",
        seen=[reason],
        hint="fetch it anew (mobilegen cache clean --all), or take another package",
    )

"""Source packages of runtimes, unpacked once into the cache."""

from __future__ import annotations

import json
import shutil
import tarfile
from pathlib import Path, PurePosixPath

from mobilegen.errors import NativeBuildError
from mobilegen.native_build.plan import SourcePackage
from mobilegen.system.download import fetch
from mobilegen.system.files import cache_dir, kept_dir, sha256_file, write_text

_MAX_BYTES = 1 << 30
_HASHES = "mobilegen-files.json"


def unpacked(package: SourcePackage, *, offline: bool = False) -> Path:
    """Return the folder with the package's parts, fetching and unpacking it if need be.

    Raises:
        DownloadError: The archive cannot be had.
        NativeBuildError: The archive is not what it should be.
    """

    def fill(folder: Path) -> None:
        unpack(fetch(package.file, offline=offline), package, folder)
        write_text(folder / _HASHES, json.dumps(_hash_files(folder)))

    return kept_dir(source_folder(package), (_HASHES,), fill)


def discard_if_damaged(package: SourcePackage) -> None:
    """Remove the unpacked package if a file differs from what was unpacked."""
    if not _is_intact(source_folder(package)):
        shutil.rmtree(source_folder(package), ignore_errors=True)


def require_intact(package: SourcePackage) -> None:
    """Do nothing when the unpacked package is as it was unpacked.

    Raises:
        ValueError: A file was changed, is missing or new.
    """
    if not _is_intact(source_folder(package)):
        raise ValueError(f"{source_folder(package)} was changed")


def _is_intact(folder: Path) -> bool:
    try:
        return bool(json.loads((folder / _HASHES).read_text()) == _hash_files(folder))
    except (OSError, ValueError):
        return False


def _hash_files(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != _HASHES)
    return {path.relative_to(folder).as_posix(): sha256_file(path) for path in sorted(files)}


def source_folder(package: SourcePackage) -> Path:
    """Where the package is or will be unpacked; named by content."""
    return cache_dir() / "sources" / f"{package.root}-{package.file.sha256[:16]}"


def unpack(archive: Path, package: SourcePackage, folder: Path) -> None:
    """Write the regular files of the package's parts below `folder`.

    Links, devices and names that lead elsewhere are refused, not skipped.

    Raises:
        NativeBuildError: Such a member, a damaged archive, or a part that is missing.
    """
    try:
        with tarfile.open(archive, "r:gz") as members:
            _unpack_members(members, package, folder)
    except (tarfile.TarError, EOFError, OSError) as error:
        raise _refused(archive, f"{type(error).__name__}: {error}") from error
    missing = [part for part in package.parts if not (folder / part).exists()]
    if missing:
        raise _refused(archive, f"missing: {', '.join(missing)}")


def _unpack_members(members: tarfile.TarFile, package: SourcePackage, folder: Path) -> None:
    left = _MAX_BYTES
    for member in members:
        name = _wanted_name(member, package)
        if name is None:
            continue
        left -= member.size
        stream = members.extractfile(member) if member.isreg() else None
        if stream is None or left < 0:
            raise _refused(Path(str(members.name)), f"unexpected member {member.name[:200]!r}")
        path = folder.joinpath(*name.parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(stream.read())


def _wanted_name(member: tarfile.TarInfo, package: SourcePackage) -> PurePosixPath | None:
    """Return the member's path below the package's root; None if it is not wanted."""
    path = PurePosixPath(member.name)
    if member.isdir() or len(path.parts) < 2:
        return None
    root, part = path.parts[:2]
    if root != package.root or part not in package.parts:
        return None
    if ".." in path.parts or any(character in member.name for character in "\\:\0"):
        raise _refused(Path(package.file.filename), f"unsafe name {member.name[:200]!r}")
    return PurePosixPath(*path.parts[1:])


def _refused(archive: Path, reason: str) -> NativeBuildError:
    return NativeBuildError(
        f"{archive.name} cannot be unpacked",
        seen=[reason],
        hint=f"delete {archive} and run again",
    )

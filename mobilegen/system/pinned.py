"""Files that are pinned by their content, and where the cache has them."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from mobilegen.errors import DownloadError
from mobilegen.system.files import cache_dir, sha256_file


@dataclass(frozen=True)
class PackageFile:
    """A file of a Python package index, pinned by its content."""

    project: str
    filename: str
    sha256: str


@dataclass(frozen=True)
class MavenFile:
    """A file of a Maven repository, pinned by its content."""

    group: str
    artifact: str
    version: str
    extension: str
    sha256: str

    @property
    def filename(self) -> str:
        """The file's name in the repository."""
        return f"{self.artifact}-{self.version}.{self.extension}"


@dataclass(frozen=True)
class CrateFile:
    """A package of Rust's registry, pinned by its content: a tar with sources of any language."""

    name: str
    version: str
    sha256: str

    @property
    def filename(self) -> str:
        """The file's name in the registry."""
        return f"{self.name}-{self.version}.crate"


@dataclass(frozen=True)
class UserFile:
    """A file or folder of the user's; `system.lockfile.adopt` gives it its hash."""

    path: Path
    sha256: str

    @property
    def filename(self) -> str:
        """The file's name."""
        return self.path.name


DownloadedFile = PackageFile | MavenFile | CrateFile
PinnedFile = DownloadedFile | UserFile


def cached_path(file: DownloadedFile) -> Path:
    """Where the cache has the file, or will have it."""
    return cache_dir() / "downloads" / file.sha256[:16] / file.filename


def lock_of_download(path: Path) -> Path:
    """Return the lock file of a place that `cached_path` gave."""
    return path.parent.with_suffix(".lock")


def part_of(path: Path) -> Path:
    """Return the place of a file that is not complete yet, in a folder that is there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.with_name(f".{path.name}.part")


def is_complete(path: Path, file: DownloadedFile) -> bool:
    """Whether the cache has the file with the content that it is pinned to."""
    return path.is_file() and sha256_file(path) == file.sha256


def offline_error(file: DownloadedFile) -> DownloadError:
    """Return what is said where a download is forbidden."""
    return DownloadError(
        f"{file.filename} is not in the cache and --offline forbids the download",
        seen=[f"cache: {cache_dir()}"],
        hint="run the same command once without --offline",
    )


def require_content(file: PinnedFile, seen: str, hint: str) -> None:
    """Do nothing when the hash of what was received is the one that the file is pinned to.

    Raises:
        DownloadError: It is another one.
    """
    if seen != file.sha256:
        raise DownloadError(
            f"{file.filename} has other content than pinned",
            seen=[f"sha256 expected {file.sha256}", f"sha256 received {seen}"],
            hint=hint,
        )


def adopt_copy(copy: Path, file: DownloadedFile, path: Path, hint: str) -> Path:
    """Move a fetched file into its place in the cache if its content is as pinned.

    Raises:
        DownloadError: It is not.
        OSError: It cannot be written.
    """
    require_content(file, sha256_file(copy), hint)
    part = part_of(path)
    try:
        shutil.move(copy, part)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    return path

"""The one place that brings files into the cache, each pinned by its content."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mobilegen.errors import DownloadError, from_os
from mobilegen.system.crates import fetch_crate
from mobilegen.system.files import cache_dir, file_lock, note_use
from mobilegen.system.lockfile import content_hash
from mobilegen.system.maven import fetch_maven
from mobilegen.system.pinned import (
    CrateFile,
    MavenFile,
    PackageFile,
    PinnedFile,
    UserFile,
    cached_path,
    is_complete,
    lock_of_download,
    offline_error,
    require_content,
)

# Those that uv and pip read, too.
_INDEX_VARIABLES = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL")
_CHECK_INDEX = f"check the package index that is configured ({', '.join(_INDEX_VARIABLES)})"


def fetch(file: PinnedFile, *, offline: bool = False) -> Path:
    """Return the file from the cache, downloading it if need be.

    A file of a Python package comes through the user's index, one of a Maven repository through
    his `mvn`, one of Rust's registry through his `cargo` where he has it. A file or folder of his
    own stays where it is.

    Raises:
        DownloadError: No network, no such file, a program is missing, other content than pinned,
            or offline and not in the cache.
        FileError: The cache cannot be written.
    """
    if isinstance(file, UserFile):
        require_content(file, content_hash(file.path), "name the file that was used before")
        return file.path
    with _telling_full_disks(file.filename):
        if isinstance(file, MavenFile):
            return fetch_maven((file,), offline=offline)[0]
        path = cached_path(file)
        with file_lock(lock_of_download(path)):
            note_use(path.parent)
            if is_complete(path, file):
                return path
            if offline:
                raise offline_error(file)
            return fetch_crate(file, path) if isinstance(file, CrateFile) else _fetch(file, path)


@contextmanager
def _telling_full_disks(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise from_os(
            error,
            f"{name} cannot be written into the cache",
            hint=f"free some space in {cache_dir()}, or name another folder in MOBILEGEN_CACHE",
        ) from error


def _fetch(file: PackageFile, path: Path) -> Path:
    """Download a file of a Python package."""
    import pypi_simple
    import requests

    from mobilegen.system.stream import TIMEOUT_SECONDS, download, open_session, unreachable

    endpoint = next(filter(None, map(os.environ.get, _INDEX_VARIABLES)), None)
    session = open_session()
    client = (
        pypi_simple.PyPISimple(endpoint, session=session)
        if endpoint
        else pypi_simple.PyPISimple(session=session)
    )
    with client:
        try:
            page = client.get_project_page(file.project, timeout=TIMEOUT_SECONDS)
        except (pypi_simple.NoSuchProjectError, pypi_simple.UnsupportedContentTypeError) as error:
            raise DownloadError(
                f"the package index has no {file.project}", seen=[str(error)], hint=_CHECK_INDEX
            ) from error
        except requests.RequestException as error:
            raise unreachable(file, error) from error
        for package in page.packages:
            if package.filename == file.filename:
                return download(package.url, file, path, _CHECK_INDEX, session)
    raise DownloadError(f"the package index has no {file.filename}", hint=_CHECK_INDEX)

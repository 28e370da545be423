"""The one place that downloads: files of Python packages and Maven artifacts, pinned by sha256.

The HTTP libraries are imported when something is downloaded, which is rare, and they are large.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mobilegen.errors import DownloadError, ProcessError
from mobilegen.system.files import cache_dir, file_lock, sha256_bytes, sha256_file, write_bytes
from mobilegen.system.process import run

if TYPE_CHECKING:
    from requests import RequestException

_ATTEMPTS = 3
_TIMEOUT_SECONDS = 60.0
# Those that uv and pip read, too.
_INDEX_VARIABLES = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL")
_MAVEN_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"
_MAVEN_SECONDS = 300.0
_CHECK_INDEX = f"check the package index that is configured ({', '.join(_INDEX_VARIABLES)})"
_CHECK_MAVEN = "check the network and the mirrors in Maven's settings.xml"


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


def fetch(file: PackageFile | MavenFile, *, offline: bool = False) -> Path:
    """Return the file from the cache, downloading it through the user's index if need be.

    Files of Maven repositories come through the user's own `mvn` with its settings.

    Raises:
        DownloadError: No network, not on the index, no Maven, other content than pinned, or
            offline and not in the cache.
    """
    path = cache_dir() / "downloads" / file.sha256[:16] / file.filename
    with file_lock(path.parent.with_suffix(".lock")):
        if path.is_file() and sha256_file(path) == file.sha256:
            return path
        if offline:
            raise DownloadError(
                f"{file.filename} is not in the cache and --offline forbids the download",
                seen=[f"cache: {cache_dir()}"],
                hint="run the same command once without --offline",
            )
        return write_bytes(path, _verified(file, _received(file)))


def _received(file: PackageFile | MavenFile) -> bytes:
    if isinstance(file, MavenFile):
        return _copy_with_maven(file)
    return _retry(lambda: _download(file), file)


def _verified(file: PackageFile | MavenFile, data: bytes) -> bytes:
    if (seen := sha256_bytes(data)) != file.sha256:
        raise DownloadError(
            f"{file.filename} has other content than pinned",
            seen=[f"sha256 expected {file.sha256}", f"sha256 received {seen}"],
            hint=_CHECK_INDEX if isinstance(file, PackageFile) else _CHECK_MAVEN,
        )
    return data


def _copy_with_maven(file: MavenFile) -> bytes:
    program = shutil.which("mvn")
    if program is None:
        raise DownloadError(
            f"{file.filename} comes through Maven, and there is no mvn on the PATH",
            hint="install Apache Maven",
        )
    coordinates = f"{file.group}:{file.artifact}:{file.version}:{file.extension}"
    with tempfile.TemporaryDirectory(prefix="mobilegen-") as folder:
        options = [f"-Dartifact={coordinates}", f"-DoutputDirectory={folder}"]
        try:
            # In an empty folder: it would read a project's own pom.xml.
            run(
                [program, "--batch-mode", "--quiet", _MAVEN_COPY, *options],
                title=f"Maven fetching {coordinates}",
                timeout=_MAVEN_SECONDS,
                cwd=Path(folder),
            )
            return Path(folder, file.filename).read_bytes()
        except (ProcessError, OSError) as error:
            seen = error.seen if isinstance(error, ProcessError) else [str(error)]
            raise DownloadError(
                f"{file.filename} could not be downloaded", seen=seen, hint=_CHECK_MAVEN
            ) from error


def _download(file: PackageFile) -> bytes:
    import pypi_simple
    import requests
    import truststore

    # The computer's own certificates, as pip and browsers use them: company proxies have one.
    truststore.inject_into_ssl()
    endpoint = next(filter(None, map(os.environ.get, _INDEX_VARIABLES)), None)
    client = pypi_simple.PyPISimple(endpoint) if endpoint else pypi_simple.PyPISimple()
    with client:
        try:
            page = client.get_project_page(file.project, timeout=_TIMEOUT_SECONDS)
        except (pypi_simple.NoSuchProjectError, pypi_simple.UnsupportedContentTypeError) as error:
            raise DownloadError(
                f"the package index has no {file.project}", seen=[str(error)], hint=_CHECK_INDEX
            ) from error
        for package in page.packages:
            if package.filename == file.filename:
                answer = requests.get(package.url, timeout=_TIMEOUT_SECONDS)
                answer.raise_for_status()
                return answer.content
    raise DownloadError(f"the package index has no {file.filename}", hint=_CHECK_INDEX)


def _retry(action: Callable[[], bytes], file: PackageFile) -> bytes:
    import requests

    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return action()
        except requests.RequestException as error:
            if attempt == _ATTEMPTS or _is_final(error):
                raise DownloadError(
                    f"{file.filename} could not be downloaded",
                    seen=[f"{type(error).__name__}: {error}"],
                    hint="check the network, or run with --offline once the cache is filled",
                ) from error
            time.sleep(2.0**attempt)
    raise AssertionError("unreachable")


def _is_final(error: RequestException) -> bool:
    """A 4xx answer will not change by asking again."""
    return error.response is not None and 400 <= error.response.status_code < 500

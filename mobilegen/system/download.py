"""The one place that downloads: files of Python packages and Maven artifacts, pinned by sha256.

The HTTP libraries are imported when something is downloaded, which is rare, and they are large.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from mobilegen.errors import DownloadError, ProcessError
from mobilegen.system.files import (
    cache_dir,
    file_lock,
    note_use,
    sha256_bytes,
    sha256_file,
    write_bytes,
)
from mobilegen.system.process import run

if TYPE_CHECKING:
    from requests import RequestException

_ATTEMPTS = 3
_TIMEOUT_SECONDS = 60.0
# Those that uv and pip read, too.
_INDEX_VARIABLES = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL")
_MAVEN_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"
_MAVEN_SECONDS = 900.0
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


PinnedFile = PackageFile | MavenFile


def fetch(file: PinnedFile, *, offline: bool = False) -> Path:
    """Return the file from the cache, downloading it through the user's index if need be.

    Files of Maven repositories come through the user's own `mvn` with its settings.

    Raises:
        DownloadError: No network, not on the index, no Maven, other content than pinned, or
            offline and not in the cache.
    """
    if isinstance(file, MavenFile):
        return fetch_maven((file,), offline=offline)[0]
    path = _cached_path(file)
    with file_lock(_lock_of(path)):
        note_use(path.parent)
        if _is_complete(path, file):
            return path
        if offline:
            raise _offline_error(file)
        return write_bytes(path, _verified(file, _retry(lambda: _download(file), file)))


def fetch_maven(files: Sequence[MavenFile], *, offline: bool = False) -> tuple[Path, ...]:
    """Return several files of Maven repositories; one run of `mvn` fetches all that are missing.

    Raises:
        DownloadError: As in `fetch`.
    """
    paths = [_cached_path(file) for file in files]
    with contextlib.ExitStack() as locks:
        # In one order everywhere, or two processes could wait for each other.
        for path in sorted(set(paths)):
            locks.enter_context(file_lock(_lock_of(path)))
            note_use(path.parent)
        missing = [
            (file, path)
            for file, path in zip(files, paths, strict=True)
            if not _is_complete(path, file)
        ]
        if missing and offline:
            raise _offline_error(missing[0][0])
        if missing:
            _copy_with_maven(missing)
    return tuple(paths)


def _cached_path(file: PackageFile | MavenFile) -> Path:
    return cache_dir() / "downloads" / file.sha256[:16] / file.filename


def _lock_of(path: Path) -> Path:
    return path.parent.with_suffix(".lock")


def _is_complete(path: Path, file: PackageFile | MavenFile) -> bool:
    return path.is_file() and sha256_file(path) == file.sha256


def _offline_error(file: PackageFile | MavenFile) -> DownloadError:
    return DownloadError(
        f"{file.filename} is not in the cache and --offline forbids the download",
        seen=[f"cache: {cache_dir()}"],
        hint="run the same command once without --offline",
    )


def _verified(file: PackageFile, data: bytes) -> bytes:
    _refuse_other_content(file, sha256_bytes(data), _CHECK_INDEX)
    return data


def _refuse_other_content(file: PackageFile | MavenFile, seen: str, hint: str) -> None:
    if seen != file.sha256:
        raise DownloadError(
            f"{file.filename} has other content than pinned",
            seen=[f"sha256 expected {file.sha256}", f"sha256 received {seen}"],
            hint=hint,
        )


def _copy_with_maven(missing: Sequence[tuple[MavenFile, Path]]) -> None:
    files = [file for file, _ in missing]
    program = shutil.which("mvn")
    if program is None:
        raise DownloadError(
            f"{files[0].filename} comes through Maven, and there is no mvn on the PATH",
            hint="install Apache Maven",
        )
    with tempfile.TemporaryDirectory(prefix="mobilegen-") as temporary:
        folder = Path(temporary)
        # In a folder of its own: Maven would read a project's own pom.xml.
        (folder / "pom.xml").write_text(_pom(files, folder), "utf-8")
        names = ", ".join(file.filename for file in files)
        try:
            run(
                [program, "--batch-mode", "--quiet", _MAVEN_COPY],
                title=f"Maven fetching {names}",
                timeout=_MAVEN_SECONDS,
                cwd=folder,
            )
            for file, path in missing:
                _adopt(folder / file.sha256 / file.filename, file, path)
        except (ProcessError, OSError) as error:
            seen = error.seen if isinstance(error, ProcessError) else [str(error)]
            raise DownloadError(
                f"{names} could not be downloaded", seen=seen, hint=_CHECK_MAVEN
            ) from error


def _adopt(copy: Path, file: MavenFile, path: Path) -> None:
    """Move a fetched file into the cache if its content is as pinned."""
    _refuse_other_content(file, sha256_file(copy), _CHECK_MAVEN)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    shutil.move(copy, part)
    os.replace(part, path)


def _pom(files: Sequence[MavenFile], folder: Path) -> str:
    """Return a project that only tells Maven's dependency plugin what to copy where."""
    items = "".join(
        f"<artifactItem><groupId>{file.group}</groupId><artifactId>{file.artifact}</artifactId>"
        f"<version>{file.version}</version><type>{file.extension}</type>"
        f"<outputDirectory>{escape(str(folder / file.sha256))}</outputDirectory></artifactItem>"
        for file in files
    )
    group, artifact, version, _ = _MAVEN_COPY.split(":")
    return (
        '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
        "<groupId>mobilegen</groupId><artifactId>files</artifactId><version>1</version>"
        f"<packaging>pom</packaging><build><plugins><plugin><groupId>{group}</groupId>"
        f"<artifactId>{artifact}</artifactId><version>{version}</version><configuration>"
        f"<artifactItems>{items}</artifactItems></configuration></plugin></plugins></build>"
        "</project>\n"
    )


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

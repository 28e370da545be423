"""Fetches files of Maven repositories through the user's own `mvn` with its settings."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from mobilegen.errors import DownloadError, ProcessError
from mobilegen.system.files import file_lock, note_use
from mobilegen.system.pinned import (
    MavenFile,
    adopt_copy,
    cached_path,
    is_complete,
    lock_of_download,
    offline_error,
)
from mobilegen.system.process import run

_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"
_SECONDS = 900.0
_CHECK = "check the network and the mirrors in Maven's settings.xml"


def fetch_maven(files: Sequence[MavenFile], *, offline: bool = False) -> tuple[Path, ...]:
    """Return several files from the cache; one run of `mvn` fetches all that are missing.

    Raises:
        DownloadError: No network, no Maven, other content than pinned, or offline and not in the
            cache.
    """
    paths = [cached_path(file) for file in files]
    with contextlib.ExitStack() as locks:
        # In one order everywhere, or two processes could wait for each other.
        for path in sorted(set(paths)):
            locks.enter_context(file_lock(lock_of_download(path)))
            note_use(path.parent)
        missing = [
            (file, path)
            for file, path in zip(files, paths, strict=True)
            if not is_complete(path, file)
        ]
        if missing and offline:
            raise offline_error(missing[0][0])
        if missing:
            _copy_with_maven(missing)
    return tuple(paths)


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
                [program, "--batch-mode", "--quiet", _COPY],
                title=f"Maven fetching {names}",
                timeout=_SECONDS,
                cwd=folder,
            )
        except ProcessError as error:
            raise DownloadError(
                f"{names} could not be downloaded", seen=error.seen, hint=_CHECK
            ) from error
        for file, path in missing:
            adopt_copy(folder / file.sha256 / file.filename, file, path, _CHECK)


def _pom(files: Sequence[MavenFile], folder: Path) -> str:
    """Return a project that only tells Maven's dependency plugin what to copy where."""
    items = "".join(
        f"<artifactItem><groupId>{file.group}</groupId><artifactId>{file.artifact}</artifactId>"
        f"<version>{file.version}</version><type>{file.extension}</type>"
        f"<outputDirectory>{escape(str(folder / file.sha256))}</outputDirectory></artifactItem>"
        for file in files
    )
    group, artifact, version, _ = _COPY.split(":")
    return (
        '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
        "<groupId>mobilegen</groupId><artifactId>files</artifactId><version>1</version>"
        f"<packaging>pom</packaging><build><plugins><plugin><groupId>{group}</groupId>"
        f"<artifactId>{artifact}</artifactId><version>{version}</version><configuration>"
        f"<artifactItems>{items}</artifactItems></configuration></plugin></plugins></build>"
        "</project>\n"
    )

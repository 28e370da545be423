"""Fetches packages of Rust's registry: through the user's `cargo`, else by their address."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from mobilegen.errors import DownloadError, ProcessError
from mobilegen.system.files import sha256_file
from mobilegen.system.pinned import CrateFile, adopt_copy
from mobilegen.system.process import run
from mobilegen.system.stream import download

_SECONDS = 900.0
_CHECK = "check the network and the registry in cargo's config.toml"
_MANIFEST = """[package]
name = "mobilegen-files"
version = "0.0.0"
edition = "2021"
[lib]
path = "lib.rs"
[dependencies]
{name} = "={version}"
"""


def fetch_crate(file: CrateFile, path: Path) -> Path:
    """Write the file to its place in the cache.

    Raises:
        DownloadError: It cannot be had, or has other content than pinned.
        OSError: It cannot be written.
    """
    cargo = shutil.which("cargo")
    if cargo is None:
        return download(_address(file), file, path, _CHECK)
    if not any(_of_cargo(file)):
        _fetch_with_cargo(cargo, file)
    found = next(_of_cargo(file), None)
    if found is None:
        raise DownloadError(f"cargo has no {file.filename} of the pinned content", hint=_CHECK)
    with tempfile.TemporaryDirectory(prefix="mobilegen-") as temporary:
        copy = Path(shutil.copy(found, temporary))
        return adopt_copy(copy, file, path, _CHECK)


def _of_cargo(file: CrateFile) -> Iterator[Path]:
    """Yield the copies in cargo's own cache whose content is the pinned one."""
    home = Path(os.environ.get("CARGO_HOME") or Path.home() / ".cargo")
    for path in sorted(home.glob(f"registry/cache/*/{file.filename}")):
        if sha256_file(path) == file.sha256:
            yield path


def _fetch_with_cargo(cargo: str, file: CrateFile) -> None:
    with tempfile.TemporaryDirectory(prefix="mobilegen-") as temporary:
        folder = Path(temporary)
        manifest = _MANIFEST.format(name=file.name, version=file.version)
        (folder / "Cargo.toml").write_text(manifest, "utf-8")
        (folder / "lib.rs").touch()
        try:
            run([cargo, "fetch", "--quiet"], title=f"cargo fetching {file.filename}",
                timeout=_SECONDS, cwd=folder)  # fmt: skip
        except ProcessError as error:
            raise DownloadError(
                f"{file.filename} could not be downloaded", seen=error.seen, hint=_CHECK
            ) from error


def _address(file: CrateFile) -> str:
    """Return the address that the specification of package URLs gives the file."""
    from packageurl import PackageURL
    from packageurl.contrib.purl2url import get_download_url

    purl = PackageURL("cargo", name=file.name, version=file.version)
    address = get_download_url(purl.to_string())  # type: ignore[no-untyped-call]
    assert isinstance(address, str)
    return address

"""Streams a file of the network into its place in the cache.

The HTTP libraries are imported when something is downloaded, which is rare, and they are large.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from mobilegen.errors import DownloadError
from mobilegen.system.pinned import DownloadedFile, part_of, require_content

if TYPE_CHECKING:
    import requests

TIMEOUT_SECONDS = 60.0
_ATTEMPTS = 3
_BLOCK = 1 << 20
# Far above all that is fetched, and far below what fills a disk.
_MAX_BYTES = 4 << 30
_PASSING = (429, 500, 502, 503, 504)


def open_session() -> requests.Session:
    """Return a client that asks again where that may help.

    It trusts the computer's own certificates, as pip and browsers do: company proxies have one.
    """
    import requests
    import truststore
    from requests.adapters import HTTPAdapter
    from urllib3 import Retry

    truststore.inject_into_ssl()
    retry = Retry(total=_ATTEMPTS, backoff_factor=1.0, status_forcelist=_PASSING)
    session = requests.Session()
    for scheme in ("https://", "http://"):
        session.mount(scheme, HTTPAdapter(max_retries=retry))
    return session


def download(
    address: str,
    file: DownloadedFile,
    path: Path,
    hint: str,
    session: requests.Session | None = None,
) -> Path:
    """Write what an address has to `path`, if it is the pinned content.

    Args:
        hint: Advice where it is not.

    Raises:
        DownloadError: It cannot be had, or has other content.
        OSError: It cannot be written.
    """
    import requests

    part = part_of(path)
    with session or open_session() as client:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                require_content(file, _stream(client, address, part), hint)
                os.replace(part, path)
                return path
            except requests.RequestException as error:
                # What broke off half-way may go well the next time.
                if attempt == _ATTEMPTS or error.response is not None:
                    raise unreachable(file, error) from error
            finally:
                part.unlink(missing_ok=True)
    raise AssertionError("unreachable")


def unreachable(file: DownloadedFile, error: requests.RequestException) -> DownloadError:
    """Return what is said when the network did not give a file."""
    return DownloadError(
        f"{file.filename} could not be downloaded",
        seen=[f"{type(error).__name__}: {error}"],
        hint="check the network, or run with --offline once the cache is filled",
    )


def _stream(client: requests.Session, address: str, part: Path) -> str:
    """Write the content to `part`; return its sha256."""
    digest, size = hashlib.sha256(), 0
    with client.get(address, stream=True, timeout=TIMEOUT_SECONDS) as answer, part.open("wb") as to:
        answer.raise_for_status()
        for block in answer.iter_content(_BLOCK):
            size += len(block)
            if size > _MAX_BYTES:
                break
            digest.update(block)
            to.write(block)
    return digest.hexdigest()

"""Downloads from a server of our own, and a crate through the real cargo."""

from __future__ import annotations

import hashlib
import http.server
import resource
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from mobilegen.errors import DownloadError, FileError
from mobilegen.system.download import fetch
from mobilegen.system.pinned import CrateFile, PackageFile

DATA = bytes(range(256)) * 20_000
FILE = PackageFile("toy", "toy-1.tar.gz", hashlib.sha256(DATA).hexdigest())
CRATE = CrateFile(
    "cfg-if", "1.0.5", "4e7648175b45a9a48536d676f68d918270699102aa8dab5496df06904c914600"
)


class Index(http.server.BaseHTTPRequestHandler):
    """A package index with one file; `faults` are played before it is given whole."""

    faults: list[str]
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.path.endswith("/toy/"):
            self.answer(200, b'<a href="/files/toy-1.tar.gz">toy-1.tar.gz</a>', "text/html")
        elif not self.path.startswith("/files/"):
            self.answer(404, b"")
        elif not self.faults:
            self.answer(200, DATA)
        else:
            self.play(self.faults.pop(0))

    def play(self, fault: str) -> None:
        if fault == "breaks off":
            self.answer(200, DATA[:1000], length=len(DATA))
            self.close_connection = True
        elif fault == "other content":
            self.answer(200, DATA[:-1] + b"x")
        else:
            self.answer(int(fault), b"")

    def answer(self, status: int, data: bytes, kind: str = "", length: int = -1) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(data) if length < 0 else length))
        self.send_header("Content-Type", kind or "application/octet-stream")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Index]]:
    handler = type("Handler", (Index,), {"faults": [], "asked": []})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("UV_DEFAULT_INDEX", f"http://127.0.0.1:{server.server_port}/simple")
        monkeypatch.setenv("MOBILEGEN_CACHE", str(tmp_path / "cache"))
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        yield handler
        server.shutdown()


def left_behind(cache: Path) -> list[str]:
    return [p.name for p in cache.rglob("*") if p.is_file() and p.suffix not in (".lock", ".used")]


def test_a_file_is_fetched_once(index: type[Index]) -> None:
    assert fetch(FILE).read_bytes() == DATA
    asked = len(index.asked)
    assert fetch(FILE, offline=True).read_bytes() == DATA
    assert len(index.asked) == asked


@pytest.mark.parametrize("faults", [["breaks off"], ["503"], ["503", "breaks off"]])
def test_what_passes_is_tried_again(faults: list[str], index: type[Index]) -> None:
    index.faults.extend(faults)
    assert fetch(FILE).read_bytes() == DATA


@pytest.mark.parametrize(
    ("faults", "message"),
    [
        (["404"], "could not be downloaded"),
        (["breaks off"] * 9, "could not be downloaded"),
        (["other content"], "other content than pinned"),
    ],
)
def test_what_does_not_pass_is_told(
    faults: list[str], message: str, index: type[Index], tmp_path: Path
) -> None:
    index.faults.extend(faults)
    with pytest.raises(DownloadError, match=message):
        fetch(FILE)
    assert left_behind(tmp_path / "cache") == []


def test_unknown_project_is_told(index: type[Index]) -> None:
    with pytest.raises(DownloadError, match="the package index has no other"):
        fetch(PackageFile("other", "other-1.tar.gz", FILE.sha256))


def test_full_disk_is_not_the_network(index: type[Index], tmp_path: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    # As a full disk: the file does not fit.
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, limits[1]))
    try:
        with pytest.raises(FileError, match="cannot be written into the cache") as caught:
            fetch(FILE)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert "network" not in str(caught.value) and "MOBILEGEN_CACHE" in caught.value.hint
    assert left_behind(tmp_path / "cache") == []


@pytest.mark.skipif(shutil.which("cargo") is None, reason="no cargo")
def test_crate_through_cargo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOBILEGEN_CACHE", str(tmp_path / "cache"))
    path = fetch(CRATE)
    assert path.name == "cfg-if-1.0.5.crate"
    assert fetch(CRATE, offline=True) == path
    with pytest.raises(DownloadError, match=r"cargo has no cfg-if-1\.0\.5\.crate"):
        fetch(CrateFile("cfg-if", "1.0.5", "0" * 64))

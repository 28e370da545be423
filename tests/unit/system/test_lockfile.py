"""mobilegen.lock: what the user's own files were at first use."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from mobilegen.errors import ConfigError, DownloadError
from mobilegen.system.download import fetch
from mobilegen.system.lockfile import LOCK_FILE, adopt, content_hash


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOBILEGEN_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def library(tmp_path: Path) -> Path:
    folder = tmp_path / "project" / "libs"
    folder.mkdir(parents=True)
    (folder / "liba.so").write_bytes(b"a")
    return folder


def test_first_use_is_recorded_and_checked_afterwards(library: Path) -> None:
    lock = library.parent / LOCK_FILE
    first = adopt(library, lock)
    assert json.loads(lock.read_text()) == {"format": 1, "files": {"libs": first.sha256}}
    before = lock.stat().st_mtime_ns
    assert adopt(library, lock) == first and lock.stat().st_mtime_ns == before
    (library / "liba.so").write_bytes(b"b")
    with pytest.raises(ConfigError, match=r"other content than mobilegen\.lock records") as caught:
        adopt(library, lock)
    assert "delete 'libs'" in caught.value.hint
    with pytest.raises(DownloadError, match="other content than pinned"):
        fetch(first)


def test_other_files_of_a_project_keep_their_lines(library: Path, tmp_path: Path) -> None:
    lock = library.parent / LOCK_FILE
    (tmp_path / "elsewhere.zip").write_bytes(b"z")
    adopt(library, lock)
    adopt(tmp_path / "elsewhere.zip", lock)
    assert set(json.loads(lock.read_text())["files"]) == {
        "libs", (tmp_path / "elsewhere.zip").as_posix(),
    }  # fmt: skip


def test_a_folder_is_its_names_and_contents(library: Path) -> None:
    before = content_hash(library)
    (library / "liba.so").rename(library / "libb.so")
    assert content_hash(library) != before


def test_links_are_refused(library: Path) -> None:
    (library / "libc.so").symlink_to("/etc/passwd")
    with pytest.raises(ConfigError, match="cannot be used"):
        content_hash(library)


def test_pipes_are_refused(library: Path) -> None:
    os.mkfifo(library / "pipe")
    with pytest.raises(ConfigError, match="cannot be used"):
        content_hash(library)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"format": 2, "files": {}}', '{"format": 1, "files": {"a": 1}}',
             "[" * 100_000],
)  # fmt: skip
def test_damaged_lock_is_told(text: str, library: Path) -> None:
    lock = library.parent / LOCK_FILE
    lock.write_text(text)
    with pytest.raises(ConfigError, match=r"mobilegen\.lock is damaged"):
        adopt(library, lock)
    assert lock.read_text() == text


def test_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="does not exist"):
        adopt(tmp_path / "no", tmp_path / LOCK_FILE)

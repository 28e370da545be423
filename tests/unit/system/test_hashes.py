from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from mobilegen.system import hashes
from mobilegen.system.files import sha256_bytes
from mobilegen.system.hashes import Hashes


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Every file that is read, in order."""
    seen: list[Path] = []
    read = hashes.sha256_file
    monkeypatch.setattr(hashes, "sha256_file", lambda path: seen.append(path) or read(path))
    return seen


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock by which files are old enough to be believed."""
    monkeypatch.setattr(hashes.time, "time_ns", lambda: int(2e18) + time.perf_counter_ns())


def ask(folder: Path, *files: Path) -> list[str]:
    known = Hashes(folder / "hashes.json")
    answers = [known.of(path) for path in files]
    known.save()
    return answers


@pytest.mark.usefixtures("settled")
def test_a_file_is_read_once(tmp_path: Path, reads: list[Path]) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"one")
    for _ in range(3):
        assert ask(tmp_path, path) == [sha256_bytes(b"one")]
    assert reads == [path]


@pytest.mark.usefixtures("settled")
def test_another_content_of_the_same_size_and_time_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "a"
    for content in (b"one", b"two"):
        path.write_bytes(content)
        os.utime(path, (1e9, 1e9))
        assert ask(tmp_path, path) == [sha256_bytes(content)]


def test_a_file_that_has_just_changed_is_not_believed(tmp_path: Path, reads: list[Path]) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"one")
    assert ask(tmp_path, path) == ask(tmp_path, path)
    assert reads == [path, path]


def test_damaged_hashes_are_done_without(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"one")
    (tmp_path / "hashes.json").write_text('{"a": 1}')
    assert ask(tmp_path, path) == [sha256_bytes(b"one")]

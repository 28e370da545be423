"""What goes from a cache, and what stays."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from mobilegen.system.cache import Limits, clean, entries, evict, tidy, touch
from mobilegen.system.files import file_lock, lock_of

DAY = 86_400.0
ROOMY = Limits(age_seconds=60 * DAY, total_bytes=10_000)


def entry(folder: Path, name: str, *, size: int, days: float) -> Path:
    """Make an entry that was used some days ago."""
    path = folder / name
    (path / "objects").mkdir(parents=True)
    (path / "objects" / "a.o").write_bytes(bytes(size))
    touch(path)
    used = time.time() - days * DAY
    os.utime(path.with_name(f"{name}.used"), (used, used))
    return path


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.is_dir()}


def test_small_and_young_entries_stay(tmp_path: Path) -> None:
    mine = entry(tmp_path, "mine", size=100, days=0)
    entry(tmp_path, "other", size=100, days=59)
    assert evict(tmp_path, keep=mine, limits=ROOMY) == ()
    assert names(tmp_path) == {"mine", "other"}


def test_old_entries_go(tmp_path: Path) -> None:
    mine = entry(tmp_path, "mine", size=100, days=0)
    old = entry(tmp_path, "old", size=100, days=61)
    assert evict(tmp_path, keep=mine, limits=ROOMY) == (old,)
    assert names(tmp_path) == {"mine"}


def test_least_recently_used_go_until_the_rest_is_small(tmp_path: Path) -> None:
    mine = entry(tmp_path, "mine", size=4000, days=0)
    for name, days in (("b", 2), ("a", 3), ("c", 1)):
        entry(tmp_path, name, size=3000, days=days)
    removed = evict(tmp_path, keep=mine, limits=ROOMY)
    assert [path.name for path in removed] == ["a"]
    assert names(tmp_path) == {"mine", "b", "c"}


def test_use_makes_young(tmp_path: Path) -> None:
    mine = entry(tmp_path, "mine", size=4000, days=0)
    touch(entry(tmp_path, "a", size=4000, days=3))
    entry(tmp_path, "b", size=4000, days=2)
    assert [path.name for path in evict(tmp_path, keep=mine, limits=ROOMY)] == ["b"]


def test_an_entry_in_use_stays_however_old_and_large(tmp_path: Path) -> None:
    mine = entry(tmp_path, "mine", size=100, days=0)
    used = entry(tmp_path, "used", size=100_000, days=99)
    with file_lock(lock_of(used)):
        assert evict(tmp_path, keep=mine, limits=ROOMY) == ()
    assert evict(tmp_path, keep=mine, limits=ROOMY) == (used,)


def test_the_callers_own_entry_stays(tmp_path: Path) -> None:
    mine = entry(tmp_path, "mine", size=100_000, days=99)
    assert evict(tmp_path, keep=mine, limits=ROOMY) == ()


def test_an_entry_without_a_note_of_its_use_is_as_old_as_it_looks(tmp_path: Path) -> None:
    mine = entry(tmp_path, "mine", size=100, days=0)
    half = tmp_path / "half"
    half.mkdir()
    assert evict(tmp_path, keep=mine, limits=ROOMY) == ()
    os.utime(half, (0, 0))
    assert [path.name for path in evict(tmp_path, keep=mine, limits=ROOMY)] == ["half"]


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache with a thing of each kind; those of odd names were not made by mobilegen."""
    monkeypatch.setenv("MOBILEGEN_CACHE", str(tmp_path))
    for kind, name, days in (
        ("objects", "ncnn-1", 1),
        ("toolboxes", "ncnn-2", 100),
        ("toolchains", "x86-3", 2),
        ("downloads", "abc", 61),
    ):
        lock_of(entry(tmp_path / kind, name, size=10, days=days)).touch()
    (tmp_path / "android" / "debug-key").mkdir(parents=True)
    lock_of(tmp_path / "android" / "debug-key").touch()
    (tmp_path / "documents" / "mine").mkdir(parents=True)
    (tmp_path / "zig-cache" / "o").mkdir(parents=True)
    return tmp_path


def kinds() -> set[str]:
    return {entry.kind for entry in entries()}


def test_entries_are_what_can_be_made_again(cache: Path) -> None:
    assert kinds() == {"objects", "toolboxes", "toolchains", "downloads", "zig-cache"}


def test_tidying_takes_old_things_of_every_kind_once_a_day(cache: Path) -> None:
    tidy()
    assert kinds() == {"objects", "toolchains", "zig-cache"}
    tidy(Limits(age_seconds=0))
    assert kinds() == {"objects", "toolchains", "zig-cache"}
    os.utime(cache / "tidied", (0, 0))
    tidy(Limits(age_seconds=0))
    assert kinds() == set()
    assert (cache / "documents" / "mine").is_dir()
    assert (cache / "android" / "debug-key").is_dir()


def test_a_locked_entry_is_not_cleaned(cache: Path) -> None:
    locked = cache / "objects" / "ncnn-1"
    with file_lock(lock_of(locked)):
        assert [entry.path for entry in clean(entries())[1]] == [locked]
    assert locked.is_dir()

"""What goes from a cache, and what stays."""

from __future__ import annotations

import os
import time
from pathlib import Path

from mobilegen.system.cache import Limits, evict, touch
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
    os.utime(path / "mobilegen-used", (used, used))
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


def test_an_entry_that_was_never_finished_goes(tmp_path: Path) -> None:
    mine = entry(tmp_path, "mine", size=100, days=0)
    (tmp_path / "half").mkdir()
    assert [path.name for path in evict(tmp_path, keep=mine, limits=ROOMY)] == ["half"]

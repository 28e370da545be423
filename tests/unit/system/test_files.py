from __future__ import annotations

from pathlib import Path

import pytest

from mobilegen.errors import BusyError
from mobilegen.system.files import (
    file_lock,
    kept_dir,
    new_dir,
    record,
    replace_dir,
    write_bytes,
)


def test_new_dir_replaces_the_old_one(tmp_path: Path) -> None:
    final = tmp_path / "final"
    for text in ("old", "new"):
        with new_dir(final) as fresh:
            (fresh / "file").write_text(text)
    assert (final / "file").read_text() == "new"
    assert list(tmp_path.iterdir()) == [final]


def test_new_dir_after_an_error_leaves_the_old_one(tmp_path: Path) -> None:
    final = tmp_path / "final"
    final.mkdir()
    (final / "file").write_text("old")
    with pytest.raises(RuntimeError), new_dir(final) as fresh:
        (fresh / "file").write_text("half")
        raise RuntimeError
    assert (final / "file").read_text() == "old"
    assert list(tmp_path.iterdir()) == [final]


def test_replace_dir_leaves_nothing_else(tmp_path: Path) -> None:
    for name in ("new", "final"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    replace_dir(tmp_path / "new", tmp_path / "final")
    assert [path.name for path in tmp_path.rglob("*")] == ["final", "new"]


def test_write_bytes_to_a_full_place_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_bytes(tmp_path / "file", b"old")

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(OSError, match="disk full"):
        write_bytes(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_held_lock_is_reported(tmp_path: Path) -> None:
    with (
        file_lock(tmp_path / "lock"),
        pytest.raises(BusyError, match="at work"),
        file_lock(tmp_path / "lock", wait_seconds=0.05),
    ):
        pass


def test_record(tmp_path: Path) -> None:
    path = write_bytes(tmp_path / "a" / "b", b"abc")
    seen = record(path, tmp_path)
    assert (seen.path, seen.size, seen.sha256[:8]) == ("a/b", 3, "ba7816bf")


def test_replace_dir_that_fails_leaves_the_old_one(tmp_path: Path) -> None:
    (tmp_path / "final").mkdir()
    (tmp_path / "final" / "file").touch()
    with pytest.raises(FileNotFoundError):
        replace_dir(tmp_path / "missing", tmp_path / "final")
    assert [path.name for path in tmp_path.rglob("*")] == ["final", "file"]


def test_kept_dir_is_filled_once_and_again_when_a_file_is_gone(tmp_path: Path) -> None:
    filled: list[Path] = []

    def fill(folder: Path) -> None:
        (folder / "a").touch()
        (folder / "b").touch()
        filled.append(folder)

    folder = tmp_path / "kept"
    for _ in range(2):
        assert kept_dir(folder, ("a", "b"), fill) == folder
    assert len(filled) == 1 and filled[0] != folder
    (folder / "b").unlink()
    kept_dir(folder, ("a", "b"), fill)
    assert len(filled) == 2 and (folder / "b").is_file()


def test_kept_dir_that_cannot_be_filled_is_not_there(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        (folder / "a").touch()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        kept_dir(tmp_path / "kept", ("a",), fail)
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == []

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mobilegen.pipeline import store
from mobilegen.pipeline.store import close_folder, is_intact


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "file").write_text("content")
    close_folder(tmp_path, 1.0, "detail")
    return tmp_path


def test_a_closed_folder_is_intact(folder: Path) -> None:
    assert is_intact(folder)


def test_a_file_of_another_content_is_damage(folder: Path) -> None:
    (folder / "deep" / "file").write_text("CONTENT")
    assert not is_intact(folder)


def test_a_missing_file_is_damage(folder: Path) -> None:
    (folder / "deep" / "file").unlink()
    assert not is_intact(folder)


@pytest.mark.parametrize("name", [store.MANIFEST, store.STAMPS])
@pytest.mark.parametrize("text", ["", "{}", '[{"old": 1}]'])
def test_facts_in_another_form_are_damage(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text)
    assert is_intact(folder) == (name == store.STAMPS and text == "{}")


def test_only_files_of_another_time_are_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.utime(folder / "deep" / "file", (1e9, 1e9))
    assert is_intact(folder)
    monkeypatch.setattr(store, "sha256_file", pytest.fail)
    assert is_intact(folder)


def test_the_manifest_knows_no_times(folder: Path) -> None:
    before = (folder / store.MANIFEST).read_bytes()
    os.utime(folder / "deep" / "file", (1e9, 1e9))
    assert is_intact(folder)
    assert (folder / store.MANIFEST).read_bytes() == before

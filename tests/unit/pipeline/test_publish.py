from __future__ import annotations

import json
from pathlib import Path

import pytest

from mobilegen.errors import UsageError
from mobilegen.pipeline import publish

PARTS = ("model", "lib")


def refuse_foreign(folder: Path) -> None:
    publish.refuse_foreign(folder, PARTS)


def write(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("mine")


def write_report(path: Path, *names: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"mobilegen": "0.1", "files": [{"path": name} for name in names]}))


@pytest.mark.parametrize("name", ["model/train.py", "lib/x86/a.so", "lib", "build.json"])
def test_files_of_the_user_are_refused(tmp_path: Path, name: str) -> None:
    write(tmp_path, name)
    with pytest.raises(UsageError) as caught:
        refuse_foreign(tmp_path)
    assert caught.value.seen == (name,)


def test_other_files_of_the_user_are_no_matter(tmp_path: Path) -> None:
    write(tmp_path, "src/model/train.py", "README.md")
    refuse_foreign(tmp_path)
    refuse_foreign(tmp_path / "not there yet")


def test_an_earlier_result_may_be_replaced(tmp_path: Path) -> None:
    write(tmp_path, "model/model.bin", "lib/x86/liba.so")
    write_report(tmp_path / "build.json", "model/model.bin", "lib/x86/liba.so")
    refuse_foreign(tmp_path)
    write(tmp_path, "model/notes.txt")
    with pytest.raises(UsageError, match="no build left"):
        refuse_foreign(tmp_path)


def test_a_result_that_was_put_in_place_by_half_may_be_replaced(tmp_path: Path) -> None:
    write(tmp_path, "model/model.bin", "lib/x86/liba.so")
    write_report(tmp_path / "build.json", "lib/x86/liba.so")
    write_report(tmp_path / ".mobilegen" / "result" / "build.json", "model/model.bin")
    refuse_foreign(tmp_path)


def test_links_are_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    try:
        (tmp_path / "model").symlink_to(tmp_path / "elsewhere")
    except OSError:
        pytest.skip("this system forbids symbolic links")
    with pytest.raises(UsageError):
        refuse_foreign(tmp_path)


def test_a_file_is_no_folder_for_a_result(tmp_path: Path) -> None:
    write(tmp_path, "out")
    with pytest.raises(UsageError, match="is not a folder"):
        refuse_foreign(tmp_path / "out")

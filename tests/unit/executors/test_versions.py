"""Libraries without versions, and damaged ones; a real one is in test_executors.py."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_elf import TinyElf

from mobilegen.errors import NativeBuildError
from mobilegen.platforms.android.executors.versions import without_versions


def test_a_library_without_versions_stays_as_it_is(tmp_path: Path) -> None:
    library = tmp_path / "liba.so"
    library.write_bytes(TinyElf().to_bytes())
    copy = without_versions(library, tmp_path / "copy.so")
    assert copy.read_bytes() == library.read_bytes()


@pytest.mark.parametrize("size", [0, 10, 64, 100, 200])
def test_a_damaged_library_is_told(size: int, tmp_path: Path) -> None:
    library = tmp_path / "liba.so"
    library.write_bytes(TinyElf().to_bytes()[:size])
    with pytest.raises(NativeBuildError, match=r"liba\.so is damaged"):
        without_versions(library, tmp_path / "copy.so")
    assert not (tmp_path / "copy.so").exists()

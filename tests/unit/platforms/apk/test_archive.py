"""Alignment and sameness of APKs before they are signed."""

from __future__ import annotations

import zipfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from mobilegen.platforms.android.apk.archive import (
    Entry,
    alignment_of,
    data_offset,
    read_entries,
    write_apk,
)

NAMES = st.text("abcé日/.", min_size=1, max_size=30).map(lambda text: f"x{text}x")
ENTRIES = st.lists(
    st.builds(
        Entry,
        name=st.one_of(NAMES, NAMES.map(lambda name: f"{name}.so")),
        data=st.binary(max_size=5000),
        stored=st.booleans(),
    ),
    unique_by=lambda entry: entry.name,
    max_size=8,
)


@given(entries=ENTRIES)
def test_stored_files_are_aligned_and_complete(
    entries: list[Entry], tmp_path_factory: object
) -> None:
    path = tmp_path_factory.mktemp("apk") / "x.apk"  # type: ignore[attr-defined]
    write_apk(entries, path)
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        for info in archive.infolist():
            assert info.date_time == (1980, 1, 1, 0, 0, 0)
            if info.compress_type == zipfile.ZIP_STORED:
                assert data_offset(archive, info) % alignment_of(info.filename) == 0
    assert read_entries(path) == sorted(entries, key=lambda entry: entry.name)


def test_order_does_not_matter(tmp_path: Path) -> None:
    entries = [Entry(name, name.encode() * 50, name != "b") for name in ("a.so", "b", "c")]
    first = write_apk(entries, tmp_path / "1").read_bytes()
    assert write_apk(entries[::-1], tmp_path / "2").read_bytes() == first


def test_alignments() -> None:
    assert alignment_of("lib/arm64-v8a/libx.so") == 16384
    assert alignment_of("resources.arsc") == 4


def test_control_python_s_own_zip_is_not_aligned(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("a", b"1")
        archive.writestr("libx.so", b"2")
    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        assert data_offset(archive, archive.getinfo("libx.so")) % 16384

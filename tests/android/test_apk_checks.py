"""Each check of an APK fails for the fault that it is there for."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from mobilegen.artifacts import Apk
from mobilegen.platforms.android.apk.archive import Entry, read_entries, write_apk
from mobilegen.platforms.android.apk.build import expectation
from mobilegen.platforms.android.apk.checks import check_apk
from mobilegen.platforms.android.apk.settings import ApkSettings
from mobilegen.platforms.android.apk.sign import debug_key, sign
from mobilegen.platforms.android.apk.tools import Tools

Change = Callable[[list[Entry]], Sequence[Entry]]


def without(end: str) -> Change:
    return lambda entries: [entry for entry in entries if not entry.name.endswith(end)]


def with_data(end: str, data: bytes) -> Change:
    return lambda entries: [
        replace(entry, data=data) if entry.name.endswith(end) else entry for entry in entries
    ]


def compressed(end: str) -> Change:
    return lambda entries: [
        replace(entry, stored=entry.stored and not entry.name.endswith(end)) for entry in entries
    ]


def failures(
    path: Path, project: Path, settings: ApkSettings, tools: Tools, **changed: object
) -> dict[str, str]:
    expected = replace(expectation(project, settings), **changed)
    checks = check_apk(path, expected, settings, tools)
    return {check.id: check.detail for check in checks if check.status == "fail"}


@pytest.mark.parametrize(
    ("change", "check", "detail"),
    [
        (without("resources.arsc"), "apk.entries", "resources.arsc is missing"),
        (without("x86_64/libphoto.so"), "apk.libraries", "lib/x86_64/libphoto.so is missing"),
        (with_data("x86_64/libphoto.so", b"\x7fELF"), "apk.libraries", "another one"),
        (compressed("resources.arsc"), "apk.alignment", "resources.arsc is compressed"),
        (compressed("x86_64/libphoto.so"), "apk.alignment", "libphoto.so is compressed"),
        (with_data("classes.dex", b"dex\n035\0"), "apk.code", "classes.dex is not readable"),
        (with_data("AndroidManifest.xml", b"<manifest/>"), "apk.manifest", ""),
    ],
)
def test_fault_is_found(
    change: Change,
    check: str,
    detail: str,
    apk: Apk,
    project: Path,
    settings: ApkSettings,
    tools: Tools,
    tmp_path: Path,
) -> None:
    entries = [e for e in read_entries(apk.path) if not e.name.startswith("META-INF/")]
    unsigned = write_apk(change(entries), tmp_path / "unsigned.apk")
    found = failures(unsigned, project, settings, tools)
    assert detail in found[check], found
    assert "apk.signature" in found


def test_a_changed_byte_breaks_the_signature(
    apk: Apk, project: Path, settings: ApkSettings, tools: Tools, tmp_path: Path
) -> None:
    with zipfile.ZipFile(apk.path) as archive:
        offset = archive.getinfo("assets/photo/model.bin").header_offset + 5000
    data = bytearray(apk.path.read_bytes())
    data[offset] ^= 1
    (tmp_path / "x.apk").write_bytes(data)
    found = failures(tmp_path / "x.apk", project, settings, tools)
    assert "damaged" in found["apk.entries"] and found["apk.signature"]


def test_what_is_no_zip(project: Path, settings: ApkSettings, tools: Tools, tmp_path: Path) -> None:
    (tmp_path / "x.apk").write_bytes(b"PK\x03\x04 and nothing else")
    assert failures(tmp_path / "x.apk", project, settings, tools).keys() == {"apk.entries"}


def test_other_alignment_is_found(
    apk: Apk, project: Path, settings: ApkSettings, tools: Tools, tmp_path: Path
) -> None:
    """Written by Python's zipfile as it is, and signed well: apksig aligns to 4 KB at most."""
    with zipfile.ZipFile(tmp_path / "plain.apk", "w") as archive:
        for entry in read_entries(apk.path):
            if not entry.name.startswith("META-INF/"):
                kind = zipfile.ZIP_STORED if entry.stored else zipfile.ZIP_DEFLATED
                archive.writestr(entry.name, entry.data, kind)
    key = debug_key(tools.jdk)
    sign(tmp_path / "plain.apk", tmp_path / "x.apk", key, tools, min_sdk=21)
    found = failures(tmp_path / "x.apk", project, settings, tools)
    assert found.keys() == {"apk.alignment"} and ".so at" in found["apk.alignment"]


def test_a_class_of_the_manifest_that_is_not_there(
    apk: Apk, project: Path, settings: ApkSettings, tools: Tools
) -> None:
    found = failures(apk.path, project, settings, tools, classes=("com.example.Nowhere",))
    assert found == {"apk.code": "com.example.Nowhere is not there"}


def test_library_for_pages_of_4_kb(
    apk: Apk, project: Path, settings: ApkSettings, tools: Tools, tmp_path: Path
) -> None:
    """p_align of the first LOAD segment of a 64-bit library, changed in the file."""
    libraries = dict(expectation(project, settings).libraries)
    data = bytearray(libraries["lib/x86_64/libphoto.so"].read_bytes())
    start = int.from_bytes(data[32:40], "little")
    count = int.from_bytes(data[56:58], "little")
    headers = [start + 56 * index for index in range(count)]
    load = next(at for at in headers if int.from_bytes(data[at : at + 4], "little") == 1)
    data[load + 48 : load + 56] = (4096).to_bytes(8, "little")
    (tmp_path / "libphoto.so").write_bytes(data)
    libraries["lib/x86_64/libphoto.so"] = tmp_path / "libphoto.so"
    found = failures(apk.path, project, settings, tools, libraries=libraries)
    assert "aligned to 4096" in found["apk.page-size"]


@pytest.mark.parametrize(
    "changed", [{"application_id": "com.example.other"}, {"target_sdk": 35}, {"version_code": 9}]
)
def test_another_manifest_than_asked_for(
    changed: dict[str, object], apk: Apk, project: Path, settings: ApkSettings, tools: Tools
) -> None:
    expected = expectation(project, settings)
    checks = check_apk(apk.path, expected, replace(settings, **changed), tools)
    assert "apk.manifest" in {check.id for check in checks if check.status == "fail"}

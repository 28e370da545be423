"""Each ELF check passes on a good library and fails on one with just that fault."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import tiny_elf
from tiny_elf import TinyElf

from mobilegen.artifacts import Check, Companion, Library, Target
from mobilegen.errors import NativeBuildError
from mobilegen.native_build.elf import engine_exports, read_elf
from mobilegen.platforms.android.checks import check_companion, check_file, check_library
from mobilegen.platforms.android.jni import bridge_of
from mobilegen.resources import native_dir

ARM64 = Target("android", "arm64-v8a", "21")
BRIDGE = bridge_of("com.example")
GOOD = TinyElf(exports=(*engine_exports(), *BRIDGE.exports))
NAME = "librecognition.so"


def library(path: Path, target: Target = ARM64) -> Library:
    return Library(target, path, "", 0, "", (), (), (), "")


def checks(elf: TinyElf, folder: Path, target: Target = ARM64) -> dict[str, Check]:
    path = folder / NAME
    path.write_bytes(elf.to_bytes())
    found = check_library(library(path, target), BRIDGE)
    return {check.id.removeprefix(f"{target.abi}.elf."): check for check in found}


def failed(found: dict[str, Check]) -> set[str]:
    return {name for name, check in found.items() if check.status != "pass"}


@pytest.mark.parametrize(
    ("abi", "machine", "bits"),
    [("arm64-v8a", 183, 64), ("armeabi-v7a", 40, 32), ("x86_64", 62, 64), ("x86", 3, 32)],
)
def test_good_library_passes(abi: str, machine: int, bits: int, tmp_path: Path) -> None:
    good = replace(GOOD, machine=machine, bits=bits)
    found = checks(good, tmp_path, Target("android", abi, "21"))
    assert failed(found) == set() and len(found) == 12


FAULTS: list[tuple[str, dict[str, Any], str]] = [
    ("machine", {"machine": 62}, "machine 62"),
    ("machine", {"machine": 40, "bits": 32}, "32 bits"),
    ("machine", {"kind": 2}, "not shared"),
    ("page_alignment", {"align": 4096}, "4096"),
    ("page_alignment", {"align": 16384 + 4096}, "20480"),
    ("page_alignment", {"shift": 4096}, "offset and address differ"),
    ("soname", {"soname": "libother.so"}, "libother.so"),
    ("soname", {"soname": ""}, "soname ''"),
    ("needed", {"needed": ("libc.so", "libc++_shared.so")}, "libc++_shared.so"),
    ("imports", {"imports": ("malloc", "getentropy")}, "getentropy"),
    ("imports", {"imports": ("__aeabi_memcpy",)}, "__aeabi_memcpy"),
    ("exports", {"exports": (*GOOD.exports, "_ZN4ncnn3Net5clearEv")}, "extra: _ZN4ncnn3Net5cl"),
    ("exports", {"exports": GOOD.exports[1:]}, "absent: mobilegen_classify"),
    ("text_relocations", {"text_relocations": True}, "TEXTREL"),
    ("text_relocations", {"flags": tiny_elf.DF_TEXTREL | tiny_elf.DF_BIND_NOW}, "TEXTREL"),
    ("relro", {"relro": False}, "GNU_RELRO absent"),
    ("relro", {"flags": 0}, "bind now False"),
    ("access", {"code_access": tiny_elf.R | tiny_elf.W | tiny_elf.X}, "LOAD"),
    ("access", {"stack": False}, "no GNU_STACK"),
    ("stripped", {"symbol_table": True}, ".symtab"),
    ("ident", {"api_level": None}, "no note"),
    ("ident", {"api_level": 24}, "API level 24"),
    ("hash_table", {"sysv_hash": False}, "no DT_HASH"),
]


@pytest.mark.parametrize(("check", "fault", "detail"), FAULTS)
def test_faulty_library_fails(
    check: str, fault: dict[str, Any], detail: str, tmp_path: Path
) -> None:
    found = checks(replace(GOOD, **fault), tmp_path)
    assert failed(found) == {check}
    assert detail in found[check].detail


def test_every_check_has_a_fault(tmp_path: Path) -> None:
    assert {check for check, _, _ in FAULTS} == checks(GOOD, tmp_path).keys()


def test_page_alignment_is_measured(tmp_path: Path) -> None:
    check = checks(replace(GOOD, align=4096), tmp_path)["page_alignment"]
    assert (check.measured, check.limit) == (4096, 16384)


def test_larger_pages_are_fine(tmp_path: Path) -> None:
    assert failed(checks(replace(GOOD, align=65536), tmp_path)) == set()


def test_gnu_hash_alone_is_fine_from_level_23(tmp_path: Path) -> None:
    modern = replace(GOOD, sysv_hash=False, api_level=23)
    assert failed(checks(modern, tmp_path, replace(ARM64, level="23"))) == set()


def test_abi_decides_which_imports_exist(tmp_path: Path) -> None:
    v7 = replace(GOOD, machine=40, bits=32, imports=("__aeabi_memcpy",))
    assert failed(checks(v7, tmp_path, Target("android", "armeabi-v7a", "21"))) == set()


def test_weak_imports_may_be_missing(tmp_path: Path) -> None:
    weak = replace(GOOD, weak_imports=("_ZN6tflite16UseGemmlowpOnX86Ev",))
    assert failed(checks(weak, tmp_path)) == set()


def test_what_lies_beside_it_is_known(tmp_path: Path) -> None:
    elf = replace(
        GOOD, needed=("libc.so", "libtoy.so", "libvulkan.so"), imports=("malloc", "toy_run")
    )
    (tmp_path / NAME).write_bytes(elf.to_bytes())
    toy = Companion("libtoy.so", Path("libtoy.so"), exports=("toy_run",))

    def wrong(*companions: Companion, system: tuple[str, ...] = ()) -> dict[str, str]:
        asked = replace(library(tmp_path / NAME), companions=companions, system=system)
        found = check_file(asked, BRIDGE)
        return {check.id: check.detail for check in found if check.status != "pass"}

    assert wrong() == {
        "arm64-v8a.elf.needed": "libtoy.so, libvulkan.so",
        "arm64-v8a.elf.imports": "toy_run",
    }
    assert wrong(toy) == {"arm64-v8a.elf.needed": "libvulkan.so"}
    other = replace(toy, exports=("toy_open",))
    assert wrong(other)["arm64-v8a.elf.imports"] == "toy_run"


COMPANION = TinyElf(
    soname="libtoy.so", exports=("toy_run",), relro=False, flags=0, api_level=None,
    symbol_table=True, weak_imports=("nowhere",),
)  # fmt: skip


def companion_checks(elf: TinyElf, folder: Path, target: Target = ARM64) -> dict[str, Check]:
    path = folder / "libtoy.so"
    path.write_bytes(elf.to_bytes())
    found = check_companion(target, Companion("libtoy.so", path))
    assert all(check.title.startswith("libtoy.so: ") for check in found)
    return {check.id.removeprefix(f"{target.abi}.elf.toy."): check for check in found}


def test_good_companion_passes(tmp_path: Path) -> None:
    assert failed(companion_checks(COMPANION, tmp_path)) == set()


@pytest.mark.parametrize(
    ("check", "fault", "detail"),
    [
        ("machine", {"machine": 62}, "machine 62"),
        ("page_alignment", {"align": 4096}, "4096; take a version"),
        ("soname", {"soname": "libother.so"}, "libother.so"),
        ("needed", {"needed": ("libc.so", "libc++_shared.so")}, "libc++_shared.so"),
        ("imports", {"imports": ("getentropy",)}, "getentropy"),
        ("text_relocations", {"text_relocations": True}, "TEXTREL"),
        ("access", {"stack": False}, "no GNU_STACK"),
        ("hash_table", {"sysv_hash": False}, "no DT_HASH"),
    ],
)
def test_faulty_companion_fails(
    check: str, fault: dict[str, Any], detail: str, tmp_path: Path
) -> None:
    found = companion_checks(replace(COMPANION, **fault), tmp_path)
    assert failed(found) == {check}
    assert detail in found[check].detail


def test_only_64_bits_need_16_kilobyte_pages(tmp_path: Path) -> None:
    v7 = replace(COMPANION, machine=40, bits=32, align=4096)
    target = Target("android", "armeabi-v7a", "21")
    assert failed(companion_checks(v7, tmp_path, target)) == set()
    found = companion_checks(replace(v7, align=1024), tmp_path, target)
    assert failed(found) == {"page_alignment"}


@pytest.mark.parametrize("data", [b"", b"\x7fELF", b"not an ELF file" * 100])
def test_damaged_file_is_refused(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(data)
    with pytest.raises(NativeBuildError, match="not an ELF library"):
        read_elf(path)


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NativeBuildError):
        read_elf(tmp_path / NAME)


def test_export_list_is_that_of_the_header() -> None:
    header = (native_dir() / "include" / "mobilegen" / "engine.h").read_text()
    assert header.count("\nMOBILEGEN_API ") == len(engine_exports())
    assert {"mobilegen_open", "mobilegen_last_seconds", "mobilegen_label"} <= {*engine_exports()}

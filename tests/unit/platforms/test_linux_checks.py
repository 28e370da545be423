"""Each check passes on a good library for Linux and fails on one with just that fault."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mobilegen.artifacts import Bridge, Companion, Library
from mobilegen.native_build.elf import Elf, Segment, engine_exports
from mobilegen.platforms.linux import checks
from mobilegen.platforms.linux.checks import check_elf, check_library
from mobilegen.toolchains.linux import linux_target

LOAD = Segment("LOAD", 0, 0, 65536, "rx")
REST = (Segment("GNU_RELRO", 0, 0, 1, "r"), Segment("GNU_STACK", 0, 0, 0, "rw"))
GOOD = Elf(
    machine=183,
    bits=64,
    shared=True,
    segments=(LOAD, *REST),
    soname="libphoto.so",
    needed=("libc.so.6", "libm.so.6"),
    imports=("malloc",),
    weak_imports=(),
    exports=engine_exports(),
    symbols_left=(),
    text_relocations=False,
    bind_now=True,
    sysv_hash=True,
    versions=("GLIBC_2.2.5", "GLIBC_2.17"),
)


TARGET = linux_target("aarch64")


def failed(elf: Elf, abi: str = "aarch64", system: tuple[str, ...] = ()) -> dict[str, str]:
    found = check_elf(elf, linux_target(abi), "libphoto.so", system=system)
    return {check.id: check.detail for check in found if check.status != "pass"}


@pytest.mark.parametrize(
    ("abi", "machine", "bits", "flags"),
    [("aarch64", 183, 64, 0), ("armv7hf", 40, 32, 0x05000400), ("x86_64", 62, 64, 0)],
)
def test_good_library_passes(abi: str, machine: int, bits: int, flags: int) -> None:
    assert failed(replace(GOOD, machine=machine, bits=bits, flags=flags), abi) == {}


def test_soft_float_library_fails_on_armv7hf() -> None:
    soft = replace(GOOD, machine=40, bits=32, flags=0x05000200)
    assert "no hard float: flags 0x5000200" in failed(soft, "armv7hf")["linux-armv7hf.elf.machine"]


@pytest.mark.parametrize(
    ("check", "fault", "detail"),
    [
        ("machine", {"machine": 62}, "machine 62"),
        ("machine", {"shared": False}, "not shared"),
        ("page_alignment", {"segments": (replace(LOAD, align=16384), *REST)}, "16384"),
        ("page_alignment", {"segments": (replace(LOAD, address=4096), *REST)}, "differ"),
        ("soname", {"soname": "libother.so"}, "libother.so"),
        ("needed", {"needed": ("libc.so.6", "libstdc++.so.6")}, "libstdc++.so.6"),
        ("needed", {"needed": ("libc.musl-aarch64.so.1",)}, "musl"),
        ("versions", {"versions": ("GLIBC_2.17", "GLIBC_2.34")}, "asks for GLIBC_2.34"),
        ("versions", {"versions": ("GLIBC_3.0",)}, "GLIBC_3.0"),
        ("versions", {"versions": ("GLIBC_PRIVATE",)}, "GLIBC_PRIVATE"),
        ("versions", {"versions": ()}, "no version"),
        ("versions", {"unversioned": ("getrandom",)}, "getrandom of any version"),
        ("exports", {"exports": (*GOOD.exports, "ncnn_open")}, "extra: ncnn_open"),
        ("exports", {"exports": GOOD.exports[1:]}, "absent: mobilegen_classify"),
        ("text_relocations", {"text_relocations": True}, "TEXTREL"),
        ("relro", {"bind_now": False}, "bind now False"),
        ("relro", {"segments": (LOAD, REST[1])}, "absent"),
        ("access", {"segments": (replace(LOAD, access="rwx"), *REST)}, "LOAD"),
        ("access", {"segments": (LOAD, REST[0])}, "no GNU_STACK"),
        ("stripped", {"symbols_left": (".symtab",)}, ".symtab"),
    ],
)
def test_faulty_library_fails(check: str, fault: dict[str, Any], detail: str) -> None:
    found = failed(replace(GOOD, **fault))
    assert list(found) == [f"linux-aarch64.elf.{check}"]
    assert detail in found[f"linux-aarch64.elf.{check}"]


def test_a_library_of_the_system_may_be_needed_when_it_is_named() -> None:
    zlib = replace(
        GOOD,
        needed=(*GOOD.needed, "libz.so.1"),
        versions=(*GOOD.versions, "ZLIB_1.2.0"),
        unversioned=("deflate",),
    )
    assert failed(zlib, system=("z",)) == {}
    assert set(failed(zlib)) == {f"{TARGET.id}.elf.needed", f"{TARGET.id}.elf.versions"}
    assert "libz.so.1" in failed(zlib, system=("zstd",))[f"{TARGET.id}.elf.needed"]
    newer = replace(zlib, versions=("GLIBC_2.34", "ZLIB_1.2.0"))
    assert failed(newer, system=("z",)) == {f"{TARGET.id}.elf.versions": "it asks for GLIBC_2.34"}


def test_naming_a_library_of_glibc_allows_nothing_more() -> None:
    fault = replace(GOOD, needed=("libc.so.6", "libdl.so.2"), unversioned=("getrandom",))
    assert list(failed(fault, system=("dl",))) == [f"{TARGET.id}.elf.versions"]


def test_companions_may_take_nothing_of_glibc(monkeypatch: pytest.MonkeyPatch) -> None:
    """One takes nothing at all, the next only what the first has."""
    alone = replace(GOOD, soname="libbase.so", needed=(), imports=(), versions=())
    above = replace(
        alone, soname="libtop.so", needed=("libbase.so",), imports=("base",), unversioned=("base",)
    )
    files = {"libphoto.so": GOOD, "libbase.so": alone, "libtop.so": above}
    monkeypatch.setattr(checks, "read_elf", lambda path: files[path.name])
    beside = [
        Companion(name, Path(name), exports=("base",)) for name in ("libbase.so", "libtop.so")
    ]

    def wrong(*companions: Companion) -> list[str]:
        library = Library(
            TARGET, Path("libphoto.so"), "libphoto.so", 1, "", (), (), (), "", companions
        )
        return [c.id for c in check_library(library, Bridge()) if c.status != "pass"]

    assert wrong(*beside) == []
    assert wrong(*reversed(beside)) == [
        f"{TARGET.id}.elf.top.needed",
        f"{TARGET.id}.elf.top.versions",
    ]

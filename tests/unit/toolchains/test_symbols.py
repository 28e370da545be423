from __future__ import annotations

from pathlib import Path

import pytest

from mobilegen.errors import ToolchainError
from mobilegen.toolchains import symbols
from mobilegen.toolchains.embedded import stub_assembly
from mobilegen.toolchains.symbols import (
    SYSTEM_LIBRARIES,
    Symbol,
    parse_symbols,
    system_names,
    system_symbols,
)
from mobilegen.toolchains.targets import ANDROID_ABIS

ALL = frozenset(ANDROID_ABIS)


def test_parse_marks() -> None:
    lines = ["# a comment", "", "open", "environ data", "__aeabi_memcpy armeabi-v7a"]
    assert parse_symbols(lines, "list") == (
        Symbol("open", False, ALL),
        Symbol("environ", True, ALL),
        Symbol("__aeabi_memcpy", False, frozenset({"armeabi-v7a"})),
    )


def test_a_later_level_is_a_mark() -> None:
    (symbol,) = parse_symbols(["memfd_create 30 x86"], "list")
    assert (symbol.since, symbol.abis) == (30, {"x86"})


def test_names_of_a_level(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "sysroot" / "symbols"
    folder.mkdir(parents=True)
    (folder / "libvulkan.txt").write_text("vkEarly\nvkLate 26 arm64-v8a\n")
    monkeypatch.setattr(symbols, "native_dir", lambda: tmp_path)
    assert system_names("arm64-v8a", 25, ("libvulkan",)) == {"vkEarly"}
    assert system_names("arm64-v8a", 26, ("libvulkan",)) == {"vkEarly", "vkLate"}
    assert system_names("x86", 26, ("libvulkan",)) == {"vkEarly"}
    with pytest.raises(ToolchainError, match=r"what libandroid\.so offers is not known"):
        system_names("x86", 26, ("libandroid",))


@pytest.mark.parametrize("line", ["open date", "open data arm"])
def test_unknown_mark_is_refused(line: str) -> None:
    with pytest.raises(ToolchainError, match="unknown mark of open"):
        parse_symbols([line], "list")


def test_double_name_is_refused() -> None:
    with pytest.raises(ToolchainError, match="lists a name twice"):
        parse_symbols(["open", "close", "open"], "list")


@pytest.mark.parametrize("abi", ANDROID_ABIS)
@pytest.mark.parametrize("library", SYSTEM_LIBRARIES)
def test_lists_are_sorted_and_not_empty(library: str, abi: str) -> None:
    names = [symbol.name for symbol in system_symbols(library, abi)]
    assert names
    assert names == sorted(names)


# Introduced by: 23, 23, 24, 26, 28, 29, 30; never; never (hidden in each library's start-up).
@pytest.mark.parametrize(
    "name",
    [
        "stderr", "posix_madvise", "pthread_barrier_wait", "pthread_getname_np", "aligned_alloc",
        "timespec_get", "memfd_create", "pthread_cancel", "atexit",
    ],
)  # fmt: skip
@pytest.mark.parametrize("abi", ANDROID_ABIS)
def test_what_level_21_does_not_have(abi: str, name: str) -> None:
    assert name not in system_names(abi)


def test_what_only_some_abis_have() -> None:
    assert "__aeabi_memcpy" in system_names("armeabi-v7a")
    assert "__aeabi_memcpy" not in system_names("x86")
    assert "mktime64" in system_names("x86")
    assert "mktime64" not in system_names("x86_64")


def test_stub_assembly_tells_functions_from_objects() -> None:
    text = stub_assembly([Symbol("open", False, ALL), Symbol("environ", True, ALL)])
    assert ".type open, %function" in text
    assert ".type environ, %object" in text
    assert text.index("open:") < text.index(".data") < text.index("environ:")

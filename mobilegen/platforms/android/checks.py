"""What Android's linker and store demand of a library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mobilegen.artifacts import Bridge, Check, Companion, Library, Target
from mobilegen.native_build import elf_rules as rules
from mobilegen.native_build.elf import Elf, read_elf
from mobilegen.platforms.base import with_ids
from mobilegen.toolchains.symbols import SYSTEM_LIBRARIES, system_names
from mobilegen.toolchains.targets import android_abi, api_level

PAGE_SIZE = 16384
_GNU_HASH_API_LEVEL = 23
_SMALL_PAGE = 4096
# Owner and type of the note .note.android.ident, whose first word is the API level.
_IDENT_NOTE = ("Android", 1)


def check_library(library: Library, bridge: Bridge) -> tuple[Check, ...]:
    """Check a library and its companions; see `Platform.check_library`."""
    checks = list(check_file(library, bridge))
    for index, each in enumerate(library.companions):
        checks += check_companion(library.target, each, library.companions[:index])
    return tuple(checks)


def check_file(library: Library, bridge: Bridge) -> tuple[Check, ...]:
    """Check the file of a library alone."""
    return check_elf(read_elf(library.path), library, bridge)


def check_elf(elf: Elf, library: Library, bridge: Bridge) -> tuple[Check, ...]:
    """Check the facts of a library."""
    target, companions, system = library.target, library.companions, library.system
    found = (
        _machine(elf, target),
        rules.page_alignment(elf, PAGE_SIZE),
        rules.soname(elf, library.path.name),
        _needed(elf, companions, system),
        _imports(elf, target, companions, system),
        rules.exports(
            elf, bridge.exports, "it exports the C interface and the natives, nothing else"
        ),
        rules.text_relocations(elf),
        rules.relro(elf),
        rules.access(elf),
        rules.stripped(elf),
        _ident(elf, target),
        _hash_table(elf, target),
    )
    return with_ids(found, f"{target.abi}.elf")


def check_companion(
    target: Target, companion: Companion, before: Sequence[Companion] = ()
) -> tuple[Check, ...]:
    """Check a library that was compiled elsewhere, as far as that decides whether it is loaded.

    Args:
        before: Libraries that are loaded before it, which it may need.
    """
    elf, file_name = read_elf(companion.path), companion.name
    found = (
        _machine(elf, target),
        _companion_pages(elf),
        rules.soname(elf, file_name),
        _needed(elf, before),
        _imports(elf, target, before),
        rules.text_relocations(elf),
        rules.access(elf),
        _hash_table(elf, target),
    )
    name = file_name.removeprefix("lib").removesuffix(".so")
    named = [replace(check, title=f"{file_name}: {check.title}") for check in found]
    return with_ids(named, f"{target.abi}.elf.{name}")


def _machine(elf: Elf, target: Target) -> Check:
    abi = android_abi(target.abi)
    return rules.machine(elf, abi.name, abi.elf_machine, abi.bits)


def _companion_pages(elf: Elf) -> Check:
    """Only 64-bit Android has pages of 16 KB."""
    if elf.bits == 32:
        return rules.page_alignment(elf, _SMALL_PAGE)
    check = rules.page_alignment(elf, PAGE_SIZE)
    advice = f"{check.detail}; take a version of the runtime that was built for 16 KB pages"
    return check if check.status == "pass" else replace(check, detail=advice)


def _needed(elf: Elf, companions: Sequence[Companion], system: Sequence[str] = ()) -> Check:
    beside = {companion.name for companion in companions}
    title = "it needs only system libraries"
    if beside:
        title += f" and {rules.listed(beside)}"
    return rules.among("needed", title, elf.needed, _allowed_libraries(system) | beside)


def _imports(
    elf: Elf, target: Target, companions: Sequence[Companion], system: Sequence[str] = ()
) -> Check:
    beside = [name for companion in companions for name in companion.exports]
    title = f"every import exists at API level {target.level}"
    if companions:
        title += f" or in {rules.listed(companion.name for companion in companions)}"
    libraries = (*SYSTEM_LIBRARIES, *(f"lib{name}" for name in system))
    known = system_names(target.abi, api_level(target), libraries)
    return rules.among("imports", title, elf.imports, {*known, *beside})


def _allowed_libraries(system: Sequence[str]) -> set[str]:
    return {f"{library}.so" for library in SYSTEM_LIBRARIES} | {f"lib{name}.so" for name in system}


def _ident(elf: Elf, target: Target) -> Check:
    levels = [
        int.from_bytes(content[:4], "little")
        for owner, kind, content in elf.notes
        if (owner, kind) == _IDENT_NOTE
    ]
    passed = levels == [api_level(target)]
    seen = f"API level {levels[0]}" if levels else "no note"
    title = f"the Android note says API level {target.level}"
    return rules.state("ident", title, passed, seen)


def _hash_table(elf: Elf, target: Target) -> Check:
    passed = elf.sysv_hash or api_level(target) >= _GNU_HASH_API_LEVEL
    title = "it has a symbol hash table that the API level reads"
    return rules.state("hash_table", title, passed, "no DT_HASH, needed below API level 23")

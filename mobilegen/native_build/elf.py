"""Reads shared libraries and checks what Android's linker and store demand of them."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import lief

from mobilegen.artifacts import Check, CheckStatus, Companion, Target
from mobilegen.errors import NativeBuildError
from mobilegen.resources import native_dir
from mobilegen.toolchains.symbols import SYSTEM_LIBRARIES, system_names
from mobilegen.toolchains.targets import android_abi, api_level

PAGE_SIZE = 16384

_DECLARATION = re.compile(r"^MOBILEGEN_API [^;(]*?\b(mobilegen_\w+)\(", re.MULTILINE)

_GNU_HASH_API_LEVEL = 23
_NT_ANDROID_IDENT = 1
_MIN_BYTES = 64
_SHOWN = 8


@dataclass(frozen=True)
class Segment:
    """One program header.

    Attributes:
        kind: "LOAD", "GNU_RELRO", "GNU_STACK", …
        align: p_align.
        access: A subset of "rwx".
    """

    kind: str
    offset: int
    address: int
    align: int
    access: str


@dataclass(frozen=True)
class Elf:
    """The facts about a shared library that decide whether a phone loads it.

    Attributes:
        machine: e_machine.
        bits: 32 or 64.
        shared: True for e_type ET_DYN.
        imports: Names without which it is not loaded.
        weak_imports: Names that may be missing.
        symbols_left: Sections that stripping would have removed.
        text_relocations: Relocations in code are announced.
        bind_now: All symbols are bound while loading.
        sysv_hash: It has a DT_HASH table.
        flags: e_flags, which the processor's ABI defines.
        versions: Versions of symbols that other libraries must have, for example "GLIBC_2.17".
        unversioned: The imports that any version of a library may have.
        android_api: API level in the note .note.android.ident; None without one.
    """

    machine: int
    bits: int
    shared: bool
    segments: tuple[Segment, ...]
    soname: str
    needed: tuple[str, ...]
    imports: tuple[str, ...]
    weak_imports: tuple[str, ...]
    exports: tuple[str, ...]
    symbols_left: tuple[str, ...]
    text_relocations: bool
    bind_now: bool
    sysv_hash: bool
    android_api: int | None
    flags: int = 0
    versions: tuple[str, ...] = ()
    unversioned: tuple[str, ...] = ()


@functools.cache
def engine_exports() -> tuple[str, ...]:
    """Return the functions that native/include/mobilegen/engine.h declares, sorted."""
    header = native_dir() / "include" / "mobilegen" / "engine.h"
    return tuple(sorted(_DECLARATION.findall(header.read_text("utf-8"))))


def read_elf(path: Path) -> Elf:
    """Read the facts of a library.

    Raises:
        NativeBuildError: The file is missing or no ELF file.
    """
    whole = path.is_file() and path.stat().st_size >= _MIN_BYTES
    binary = lief.ELF.parse(str(path)) if whole else None
    if binary is None:
        raise NativeBuildError(f"{path.name} is not an ELF library")
    symbols = [symbol for symbol in binary.dynamic_symbols if str(symbol.name)]
    local, weak = lief.ELF.Symbol.BINDING.LOCAL, lief.ELF.Symbol.BINDING.WEAK
    return Elf(
        machine=binary.header.machine_type.value,
        bits=64 if binary.header.identity_class == lief.ELF.Header.CLASS.ELF64 else 32,
        shared=binary.header.file_type == lief.ELF.Header.FILE_TYPE.DYN,
        segments=tuple(_segment(segment) for segment in binary.segments),
        soname=_soname(binary),
        needed=tuple(str(name) for name in binary.libraries),
        imports=tuple(sorted(str(s.name) for s in symbols if s.shndx == 0 and s.binding != weak)),
        weak_imports=tuple(
            sorted(str(s.name) for s in symbols if s.shndx == 0 and s.binding == weak)
        ),
        exports=tuple(sorted(str(s.name) for s in symbols if s.shndx and s.binding != local)),
        symbols_left=tuple(_debug_sections(binary)),
        text_relocations=_has_text_relocations(binary),
        bind_now=_binds_now(binary),
        sysv_hash=binary.has(lief.ELF.DynamicEntry.TAG.HASH),
        android_api=_android_api(binary),
        flags=binary.header.processor_flag,
        versions=tuple(sorted(_versions(binary))),
        unversioned=tuple(sorted(_unversioned(symbols))),
    )


def defines_anything(path: Path) -> bool:
    """True when a compiled object has a symbol that others may use, or is not understood."""
    binary = lief.ELF.parse(str(path))
    if binary is None:
        return True
    local = lief.ELF.Symbol.BINDING.LOCAL
    return any(symbol.shndx and symbol.binding != local for symbol in binary.symtab_symbols)


def _segment(segment: lief.ELF.Segment) -> Segment:
    flags = (("r", lief.ELF.Segment.FLAGS.R), ("w", lief.ELF.Segment.FLAGS.W),
             ("x", lief.ELF.Segment.FLAGS.X))  # fmt: skip
    return Segment(
        kind=str(segment.type).rpartition(".")[2],
        offset=segment.file_offset,
        address=segment.virtual_address,
        align=segment.alignment,
        access="".join(letter for letter, flag in flags if segment.has(flag)),
    )


def _soname(binary: lief.ELF.Binary) -> str:
    entry = binary.get(lief.ELF.DynamicEntry.TAG.SONAME)
    return str(entry.name) if isinstance(entry, lief.ELF.DynamicSharedObject) else ""


def _debug_sections(binary: lief.ELF.Binary) -> Iterable[str]:
    names = (str(section.name) for section in binary.sections)
    return (name for name in names if name == ".symtab" or name.startswith(".debug"))


def _flags(binary: lief.ELF.Binary, tag: lief.ELF.DynamicEntry.TAG) -> int:
    entry = binary.get(tag) if binary.has(tag) else None
    return int(entry.value) if entry is not None else 0


def _has_text_relocations(binary: lief.ELF.Binary) -> bool:
    tags = lief.ELF.DynamicEntry.TAG
    flag = lief.ELF.DynamicEntryFlags.FLAG.TEXTREL.value
    return bool(binary.has(tags.TEXTREL) or _flags(binary, tags.FLAGS) & flag)


def _binds_now(binary: lief.ELF.Binary) -> bool:
    tags = lief.ELF.DynamicEntry.TAG
    flag = lief.ELF.DynamicEntryFlags.FLAG.BIND_NOW.value
    return bool(binary.has(tags.BIND_NOW) or _flags(binary, tags.FLAGS) & flag)


def _versions(binary: lief.ELF.Binary) -> set[str]:
    needs = binary.symbols_version_requirement
    return {str(version.name) for need in needs for version in need.get_auxiliary_symbols()}


def _unversioned(symbols: Iterable[lief.ELF.Symbol]) -> Iterable[str]:
    weak = lief.ELF.Symbol.BINDING.WEAK
    imports = (symbol for symbol in symbols if symbol.shndx == 0 and symbol.binding != weak)
    return (
        str(s.name)
        for s in imports
        if not (s.symbol_version and s.symbol_version.has_auxiliary_version)
    )


def _android_api(binary: lief.ELF.Binary) -> int | None:
    for note in binary.notes:
        if str(note.name).rstrip("\0") == "Android" and note.original_type == _NT_ANDROID_IDENT:
            return int.from_bytes(bytes(note.description)[:4], "little")
    return None


def check_library(
    elf: Elf,
    target: Target,
    file_name: str,
    natives: Collection[str],
    companions: Sequence[Companion] = (),
    system: Sequence[str] = (),
) -> tuple[Check, ...]:
    """Check a library for an Android target; nothing is checked for other platforms.

    Args:
        file_name: Its name, which the soname must repeat.
        natives: C names of the Java natives that it must export.
        companions: Libraries beside it that it may need.
        system: Libraries of the system that it may need beside those that all may.
    """
    if target.platform != "android":
        return ()
    found = (
        _machine(elf, target),
        _page_alignment(elf),
        _soname_check(elf, file_name),
        _needed(elf, companions, system),
        _imports(elf, target, companions, system),
        _exports(elf, (*engine_exports(), *natives)),
        _check("text_relocations", "no relocations in code", not elf.text_relocations, "TEXTREL"),
        _relro(elf),
        _access(elf),
        _check("stripped", "no symbol table or debug data", not elf.symbols_left,
               _list(elf.symbols_left)),
        _ident(elf, target),
        _hash_table(elf, target),
    )  # fmt: skip
    return tuple(_for_abi(check, target.abi) for check in found)


def check_companion(
    elf: Elf, target: Target, file_name: str, before: Sequence[Companion] = ()
) -> tuple[Check, ...]:
    """Check a library that was compiled elsewhere by the rules for ours, as far as they decide
    whether it is loaded.

    Args:
        before: Libraries that are loaded before it, which it may need.
    """
    if target.platform != "android":
        return ()
    found = (
        _machine(elf, target),
        _companion_pages(elf),
        _soname_check(elf, file_name),
        _needed(elf, before),
        _imports(elf, target, before),
        _check("text_relocations", "no relocations in code", not elf.text_relocations, "TEXTREL"),
        _access(elf),
        _hash_table(elf, target),
    )
    name = file_name.removeprefix("lib").removesuffix(".so")
    named = (replace(check, title=f"{file_name}: {check.title}") for check in found)
    return tuple(replace(each, id=f"{target.abi}.elf.{name}.{each.id}") for each in named)


def _companion_pages(elf: Elf) -> Check:
    """Only 64-bit Android has pages of 16 KB."""
    if elf.bits == 32:
        return _check("page_alignment", "segments load on 4 KB pages", True, "")
    check = _page_alignment(elf)
    advice = f"{check.detail}; take a version of the runtime that was built for 16 KB pages"
    return check if check.status == "pass" else replace(check, detail=advice)


def _needed(elf: Elf, companions: Sequence[Companion], system: Sequence[str] = ()) -> Check:
    beside = {companion.name for companion in companions}
    title = "it needs only system libraries"
    if beside:
        title += f" and {_list(beside)}"
    return _subset("needed", title, elf.needed, _allowed_libraries(system) | beside)


def _imports(
    elf: Elf, target: Target, companions: Sequence[Companion], system: Sequence[str] = ()
) -> Check:
    beside = [name for companion in companions for name in companion.exports]
    title = f"every import exists at API level {target.level}"
    if companions:
        title += f" or in {_list(companion.name for companion in companions)}"
    libraries = (*SYSTEM_LIBRARIES, *(f"lib{name}" for name in system))
    known = system_names(target.abi, api_level(target), libraries)
    return _subset("imports", title, elf.imports, {*known, *beside})


def _check(
    name: str,
    title: str,
    passed: bool,
    detail: str,
    *,
    measured: float | None = None,
    limit: float | None = None,
) -> Check:
    status: CheckStatus = "pass" if passed else "fail"
    return Check(name, title, status, measured, limit, "" if passed else detail)


def _for_abi(check: Check, abi: str) -> Check:
    return replace(check, id=f"{abi}.elf.{check.id}")


def _list(names: Iterable[str]) -> str:
    ordered = sorted(names)
    more = f" and {len(ordered) - _SHOWN} more" if len(ordered) > _SHOWN else ""
    return ", ".join(ordered[:_SHOWN]) + more


def _allowed_libraries(system: Sequence[str]) -> set[str]:
    return {f"{library}.so" for library in SYSTEM_LIBRARIES} | {f"lib{name}.so" for name in system}


def _subset(name: str, title: str, seen: Iterable[str], allowed: Collection[str]) -> Check:
    wrong = set(seen) - set(allowed)
    return _check(name, title, not wrong, _list(wrong))


def _machine(elf: Elf, target: Target) -> Check:
    abi = android_abi(target.abi)
    passed = elf.shared and (elf.machine, elf.bits) == (abi.elf_machine, abi.bits)
    seen = f"machine {elf.machine}, {elf.bits} bits, {'' if elf.shared else 'not '}shared"
    return _check("machine", f"a shared library for {target.abi}", passed, seen)


def _page_alignment(elf: Elf) -> Check:
    """Segments must load on 16 KB pages: aligned, and offset congruent to address."""
    loads = [segment for segment in elf.segments if segment.kind == "LOAD"]
    smallest = min((segment.align for segment in loads), default=0)
    bent = [s for s in loads if s.align and (s.address - s.offset) % s.align]
    detail = "offset and address differ" if bent else f"segments aligned to {smallest}"
    passed = smallest >= PAGE_SIZE and not bent and all(_is_power(s.align) for s in loads)
    return _check("page_alignment", "segments load on 16 KB pages", passed, detail,
                  measured=smallest, limit=PAGE_SIZE)  # fmt: skip


def _is_power(number: int) -> bool:
    return number & (number - 1) == 0


def _soname_check(elf: Elf, file_name: str) -> Check:
    passed = elf.soname == file_name
    return _check("soname", "the soname is the file name", passed, f"soname {elf.soname!r}")


def _exports(elf: Elf, expected: Collection[str]) -> Check:
    extra, absent = set(elf.exports) - set(expected), set(expected) - set(elf.exports)
    detail = f"extra: {_list(extra) or 'none'}; absent: {_list(absent) or 'none'}"
    title = "it exports the C interface and the natives, nothing else"
    return _check("exports", title, not extra and not absent, detail)


def _relro(elf: Elf) -> Check:
    relro = any(segment.kind == "GNU_RELRO" for segment in elf.segments)
    detail = f"GNU_RELRO {'present' if relro else 'absent'}, bind now {elf.bind_now}"
    return _check("relro", "relocated data becomes read-only", relro and elf.bind_now, detail)


def _access(elf: Elf) -> Check:
    wrong = [s.kind for s in elf.segments if {"w", "x"} <= set(s.access)]
    stack = any(s.kind == "GNU_STACK" for s in elf.segments)
    detail = f"writable and executable: {_list(wrong)}" if wrong else "no GNU_STACK"
    title = "no segment is writable and executable"
    return _check("access", title, stack and not wrong, detail)


def _ident(elf: Elf, target: Target) -> Check:
    passed = elf.android_api == api_level(target)
    seen = "no note" if elf.android_api is None else f"API level {elf.android_api}"
    title = f"the Android note says API level {target.level}"
    return _check("ident", title, passed, seen)


def _hash_table(elf: Elf, target: Target) -> Check:
    passed = elf.sysv_hash or api_level(target) >= _GNU_HASH_API_LEVEL
    title = "it has a symbol hash table that the API level reads"
    return _check("hash_table", title, passed, "no DT_HASH, needed below API level 23")

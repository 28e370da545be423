"""Reads shared libraries: the facts that decide whether a system loads them."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import lief

from mobilegen.errors import NativeBuildError
from mobilegen.resources import native_dir

_DECLARATION = re.compile(r"^MOBILEGEN_API [^;(]*?\b(mobilegen_\w+)\(", re.MULTILINE)

_MIN_BYTES = 64


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
        notes: Owner, type and content of each note.
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
    notes: tuple[tuple[str, int, bytes], ...] = ()
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
        notes=tuple(_note(note) for note in binary.notes),
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


def _note(note: lief.ELF.Note) -> tuple[str, int, bytes]:
    return str(note.name).rstrip("\0"), int(note.original_type), bytes(note.description)

"""Copies of libraries whose imports name no versions of symbols.

A library that was linked against Android's own libraries demands symbols of the version LIBC, which
no other C library has; Android's linker of level 21 does not look at versions at all.

Source: System V ABI, Linux Standard Base, "Symbol Versioning".
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

from mobilegen.errors import NativeBuildError

_PT_LOAD, _PT_DYNAMIC = 1, 2
_DT_HASH, _DT_SYMTAB = 4, 6
_DT_VERSYM, _DT_VERNEED, _DT_VERNEEDNUM = 0x6FFFFFF0, 0x6FFFFFFE, 0x6FFFFFFF
# A tag that no loader knows, in the range that it may pass over.
_DT_UNUSED = 0x6FFFFD00
_VERSION_GLOBAL = 1
_PHDR, _DYN, _SYM = struct.Struct("<IIQQQQQQ"), struct.Struct("<qQ"), struct.Struct("<IBBHQQ")


@dataclass(frozen=True)
class _Tables:
    """Places in the file: of dynamic entries by tag, and of what these name."""

    entries: dict[int, tuple[int, int]]
    loads: tuple[tuple[int, int, int], ...]

    def offset(self, tag: int) -> int:
        """Return where in the file the table of an entry begins."""
        address = self.entries[tag][1]
        return next(o + address - v for o, v, n in self.loads if v <= address < v + n)


def without_versions(library: Path, copy: Path) -> Path:
    """Write a 64-bit library anew, its imports without versions; return the copy.

    Raises:
        NativeBuildError: It is damaged, or has no list of its symbols' number.
    """
    data = bytearray(library.read_bytes())
    try:
        tables = _read_tables(data)
        if _DT_VERNEED in tables.entries:
            _drop_versions(data, tables)
    except (struct.error, StopIteration, KeyError, IndexError) as error:
        raise NativeBuildError(f"{library.name} is damaged", seen=[repr(error)]) from error
    copy.write_bytes(data)
    return copy


def _read_tables(data: bytearray) -> _Tables:
    (start,), (count,) = struct.unpack_from("<Q", data, 32), struct.unpack_from("<H", data, 56)
    headers = [_PHDR.unpack_from(data, start + _PHDR.size * i) for i in range(count)]
    loads = tuple((h[2], h[3], h[5]) for h in headers if h[0] == _PT_LOAD)
    place = next(h[2] for h in headers if h[0] == _PT_DYNAMIC)
    entries: dict[int, tuple[int, int]] = {}
    while True:
        tag, value = _DYN.unpack_from(data, place)
        if not tag:
            return _Tables(entries, loads)
        entries[tag] = (place, value)
        place += _DYN.size


def _drop_versions(data: bytearray, tables: _Tables) -> None:
    _, count = struct.unpack_from("<II", data, tables.offset(_DT_HASH))
    symbols, versions = tables.offset(_DT_SYMTAB), tables.offset(_DT_VERSYM)
    for index in range(1, count):
        if not _SYM.unpack_from(data, symbols + _SYM.size * index)[3]:
            struct.pack_into("<H", data, versions + 2 * index, _VERSION_GLOBAL)
    for tag in (_DT_VERNEED, _DT_VERNEEDNUM):
        struct.pack_into("<q", data, tables.entries[tag][0], _DT_UNUSED)

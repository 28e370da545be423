"""Writes small shared libraries byte by byte: just the parts that a dynamic linker reads."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

R, W, X = 4, 2, 1
PT_LOAD, PT_DYNAMIC, PT_NOTE = 1, 2, 4
PT_GNU_STACK, PT_GNU_RELRO = 0x6474E551, 0x6474E552
DT = {"NEEDED": 1, "HASH": 4, "STRTAB": 5, "SYMTAB": 6, "STRSZ": 10, "SYMENT": 11, "SONAME": 14,
      "TEXTREL": 22, "BIND_NOW": 24, "FLAGS": 30}  # fmt: skip
SHT_SYMTAB, SHT_STRTAB, SHT_DYNAMIC, SHT_DYNSYM = 2, 3, 6, 11
DF_TEXTREL, DF_BIND_NOW = 4, 8


@dataclass(frozen=True)
class TinyElf:
    """A library; the defaults are what a good one for arm64-v8a has."""

    machine: int = 183
    bits: int = 64
    kind: int = 3
    align: int = 16384
    shift: int = 0
    code_access: int = R | X
    stack: bool = True
    relro: bool = True
    flags: int = DF_BIND_NOW
    text_relocations: bool = False
    soname: str = "librecognition.so"
    needed: Sequence[str] = ("libc.so", "libm.so")
    imports: Sequence[str] = ("malloc", "free")
    weak_imports: Sequence[str] = ()
    exports: Sequence[str] = ()
    sysv_hash: bool = True
    api_level: int | None = 21
    symbol_table: bool = False

    def to_bytes(self) -> bytes:
        strings, offsets = self._strings()
        program_size = self._header_size() + self._phdr_size() * len(self._program(0, 0, 0, 0, 0))
        symbols = self._symbols(offsets)
        table = struct.pack("<4I", 1, self._symbol_count(), 0, 0)
        table += bytes(4 * (self._symbol_count() - 1))
        note = self._note()
        at_strings = program_size
        at_symbols = _round(at_strings + len(strings))
        at_table = at_symbols + len(symbols)
        at_note = _round(at_table + len(table))
        at_dynamic = _round(at_note + len(note))
        dynamic = self._dynamic(offsets, at_strings, at_symbols, at_table, len(strings))
        at_sections = _round(at_dynamic + len(dynamic))
        body = bytearray(at_sections)
        parts = ((at_strings, strings), (at_symbols, symbols), (at_table, table),
                 (at_note, note), (at_dynamic, dynamic))  # fmt: skip
        for at, part in parts:
            body[at : at + len(part)] = part
        program = self._program(at_sections, at_note, len(note), at_dynamic, len(dynamic))
        headers = self._header(at_sections, len(program)) + b"".join(program)
        body[: len(headers)] = headers
        sections = self._sections(offsets, at_strings, len(strings), at_symbols, len(symbols),
                                  at_dynamic, len(dynamic))  # fmt: skip
        return bytes(body) + sections

    @property
    def _word(self) -> str:
        return "Q" if self.bits == 64 else "I"

    def _header_size(self) -> int:
        return 64 if self.bits == 64 else 52

    def _phdr_size(self) -> int:
        return 56 if self.bits == 64 else 32

    def _symbol_count(self) -> int:
        return 1 + len(self.imports) + len(self.weak_imports) + len(self.exports)

    def _strings(self) -> tuple[bytes, dict[str, int]]:
        names = [self.soname, *self.needed, *self.imports, *self.weak_imports, *self.exports]
        names += [".dynstr", ".dynsym", ".dynamic", ".symtab"]
        data, offsets = b"\0", {"": 0}
        for name in names:
            offsets[name] = len(data)
            data += name.encode() + b"\0"
        return data, offsets

    def _symbols(self, offsets: dict[str, int]) -> bytes:
        data = self._symbol(0, 0, 0, 0)
        for name in self.imports:
            data += self._symbol(offsets[name], 0x12, 0, 0)
        for name in self.weak_imports:
            data += self._symbol(offsets[name], 0x22, 0, 0)
        for name in self.exports:
            data += self._symbol(offsets[name], 0x12, 1, 0x1000)
        return data

    def _symbol(self, name: int, info: int, section: int, value: int) -> bytes:
        if self.bits == 64:
            return struct.pack("<IBBHQQ", name, info, 0, section, value, 0)
        return struct.pack("<IIIBBH", name, value, 0, info, 0, section)

    def _note(self) -> bytes:
        if self.api_level is None:
            return b""
        return struct.pack("<III8sI", 8, 4, 1, b"Android\0", self.api_level)

    def _dynamic(
        self, offsets: dict[str, int], strings: int, symbols: int, table: int, size: int
    ) -> bytes:
        entries = [("NEEDED", offsets[name]) for name in self.needed]
        entries += [("SONAME", offsets[self.soname])] if self.soname else []
        entries += [("STRTAB", strings), ("STRSZ", size), ("SYMTAB", symbols)]
        entries += [("SYMENT", 24 if self.bits == 64 else 16), ("FLAGS", self.flags)]
        entries += [("HASH", table)] if self.sysv_hash else []
        entries += [("TEXTREL", 0)] if self.text_relocations else []
        pairs = [(DT[name], value) for name, value in entries] + [(0, 0)]
        return b"".join(struct.pack("<2" + self._word, *pair) for pair in pairs)

    def _program(
        self, size: int, note: int, note_size: int, dynamic: int, dynamic_size: int
    ) -> list[bytes]:
        found = [
            self._phdr(PT_LOAD, R, 0, 0, size, self.align),
            self._phdr(PT_LOAD, self.code_access, 0, self.align + self.shift, 0, self.align),
            self._phdr(PT_DYNAMIC, R | W, dynamic, dynamic, dynamic_size, 8),
        ]
        if self.stack:
            found.append(self._phdr(PT_GNU_STACK, R | W, 0, 0, 0, 0))
        if self.relro:
            found.append(self._phdr(PT_GNU_RELRO, R, dynamic, dynamic, dynamic_size, 1))
        if self.api_level is not None:
            found.append(self._phdr(PT_NOTE, R, note, note, note_size, 4))
        return found

    def _phdr(
        self, kind: int, access: int, offset: int, address: int, size: int, align: int
    ) -> bytes:
        if self.bits == 64:
            return struct.pack(
                "<IIQQQQQQ", kind, access, offset, address, address, size, size, align
            )
        return struct.pack("<8I", kind, offset, address, address, size, size, access, align)

    def _header(self, sections: int, program_count: int) -> bytes:
        ident = b"\x7fELF" + bytes([2 if self.bits == 64 else 1, 1, 1]) + bytes(9)
        section_size = 64 if self.bits == 64 else 40
        return ident + struct.pack(
            f"<HHI3{self._word}I6H", self.kind, self.machine, 1, 0, self._header_size(), sections,
            0, self._header_size(), self._phdr_size(), program_count, section_size,
            5 if self.symbol_table else 4, 1,
        )  # fmt: skip

    def _sections(
        self,
        offsets: dict[str, int],
        strings: int,
        strings_size: int,
        symbols: int,
        symbols_size: int,
        dynamic: int,
        dynamic_size: int,
    ) -> bytes:
        entry = 24 if self.bits == 64 else 16
        rows = [
            (0, 0, 0, 0, 0, 0),
            (offsets[".dynstr"], SHT_STRTAB, strings, strings_size, 0, 0),
            (offsets[".dynsym"], SHT_DYNSYM, symbols, symbols_size, 1, entry),
            (offsets[".dynamic"], SHT_DYNAMIC, dynamic, dynamic_size, 1, entry * 2 // 3),
        ]
        if self.symbol_table:
            rows.append((offsets[".symtab"], SHT_SYMTAB, symbols, symbols_size, 1, entry))
        word = self._word
        return b"".join(
            struct.pack(
                f"<II{word}{word}{word}{word}II{word}{word}",
                name, kind, 2, at, at, size, link, 1, 1, entry_size,
            )
            for name, kind, at, size, link, entry_size in rows
        )  # fmt: skip


def _round(offset: int) -> int:
    return (offset + 7) // 8 * 8

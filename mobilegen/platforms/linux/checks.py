"""What the loader of a Linux system demands of a library, and what a hardened one has."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from mobilegen.artifacts import Check, Companion, Target
from mobilegen.native_build.elf import Elf, engine_exports
from mobilegen.toolchains.linux import GLIBC, LEVEL, linux_abi

# Linux kernels of Raspberry Pi 5 have pages of 16 KB, those of servers for ARM of 64 KB.
_NEEDED = frozenset(("libc.so.6", "libm.so.6", "libpthread.so.0", "libdl.so.2"))
_VERSION = re.compile(r"GLIBC_(\d+)\.(\d+)(\.\d+)?")
# https://github.com/ARM-software/abi-aa/blob/main/aaelf32/aaelf32.rst, "ELF Header".
_ARM, _EABI5_HARD_FLOAT, _EABI_BITS = 40, 0x05000400, 0xFF000400
_SHOWN = 8


def check_library(
    elf: Elf, target: Target, file_name: str, companions: Sequence[Companion] = ()
) -> tuple[Check, ...]:
    """Check the facts of a library for a Linux target.

    Args:
        file_name: Its name, which the soname must repeat.
        companions: Libraries beside it that it may need.
    """
    checks = (
        _machine(elf, target),
        _pages(elf, target),
        _soname(elf, file_name),
        _needed(elf, companions),
        _versions(elf, companions),
        _exports(elf),
        _check("text_relocations", "no relocations in code", not elf.text_relocations, "TEXTREL"),
        _relro(elf),
        _access(elf),
        _check("stripped", "no symbol table or debug data", not elf.symbols_left,
               _list(elf.symbols_left)),
    )  # fmt: skip
    return tuple(_named(checks, target))


def _named(checks: Collection[Check], target: Target) -> Iterator[Check]:
    yield from (replace(check, id=f"{target.id}.elf.{check.id}") for check in checks)


def _check(
    name: str,
    title: str,
    passed: bool,
    detail: str,
    *,
    measured: float | None = None,
    limit: float | None = None,
) -> Check:
    return Check(name, title, "pass" if passed else "fail", measured, limit,
                 "" if passed else detail)  # fmt: skip


def _list(names: Collection[str]) -> str:
    ordered = sorted(names)
    more = f" and {len(ordered) - _SHOWN} more" if len(ordered) > _SHOWN else ""
    return ", ".join(ordered[:_SHOWN]) + more


def _machine(elf: Elf, target: Target) -> Check:
    abi = linux_abi(target.abi)
    passed = elf.shared and (elf.machine, elf.bits) == (abi.elf_machine, abi.bits)
    if abi.elf_machine == _ARM:
        passed = passed and elf.flags & _EABI_BITS == _EABI5_HARD_FLOAT
    seen = (
        f"machine {elf.machine}, {elf.bits} bits, flags {elf.flags:#x}, "
        f"{'' if elf.shared else 'not '}shared"
    )
    return _check("machine", f"a shared library for {target.abi}", passed, seen)


def _pages(elf: Elf, target: Target) -> Check:
    """Segments must load on the kernel's pages: aligned, and offset congruent to address."""
    wanted = linux_abi(target.abi).page_size
    loads = [segment for segment in elf.segments if segment.kind == "LOAD"]
    smallest = min((segment.align for segment in loads), default=0)
    bent = [s for s in loads if s.align and (s.address - s.offset) % s.align]
    powers = all(s.align & (s.align - 1) == 0 for s in loads)
    detail = "offset and address differ" if bent else f"segments aligned to {smallest}"
    return _check(
        "page_alignment",
        f"segments load on pages of {wanted // 1024} KB",
        smallest >= wanted and not bent and powers,
        detail,
        measured=smallest,
        limit=wanted,
    )


def _soname(elf: Elf, file_name: str) -> Check:
    detail = f"soname {elf.soname!r}"
    return _check("soname", "the soname is the file name", elf.soname == file_name, detail)


def _needed(elf: Elf, companions: Sequence[Companion]) -> Check:
    wrong = set(elf.needed) - _NEEDED - {companion.name for companion in companions}
    return _check("needed", "it needs only glibc's libraries", not wrong, _list(wrong))


def _versions(elf: Elf, companions: Sequence[Companion]) -> Check:
    beside = {name for companion in companions for name in companion.exports}
    newer = [name for name in elf.versions if not _is_old(name)]
    wrong = [*newer, *(f"{name} of any version" for name in elf.unversioned if name not in beside)]
    title = f"it loads with glibc {LEVEL.removeprefix('glibc')} and later"
    detail = f"it asks for {_list(wrong)}" if wrong else "it names no version of glibc"
    return _check("versions", title, not wrong and bool(elf.versions), detail)


def _is_old(version: str) -> bool:
    found = _VERSION.fullmatch(version)
    return found is not None and (int(found[1]), int(found[2])) <= GLIBC


def _exports(elf: Elf) -> Check:
    expected = set(engine_exports())
    extra, absent = set(elf.exports) - expected, expected - set(elf.exports)
    detail = f"extra: {_list(extra) or 'none'}; absent: {_list(absent) or 'none'}"
    title = "it exports the C interface, nothing else"
    return _check("exports", title, not extra and not absent, detail)


def _relro(elf: Elf) -> Check:
    relro = any(segment.kind == "GNU_RELRO" for segment in elf.segments)
    detail = f"GNU_RELRO {'present' if relro else 'absent'}, bind now {elf.bind_now}"
    return _check("relro", "relocated data becomes read-only", relro and elf.bind_now, detail)


def _access(elf: Elf) -> Check:
    wrong = [s.kind for s in elf.segments if {"w", "x"} <= set(s.access)]
    stacks = [s for s in elf.segments if s.kind == "GNU_STACK"]
    passed = bool(stacks) and not wrong
    detail = f"writable and executable: {_list(wrong)}" if wrong else "no GNU_STACK"
    return _check("access", "no segment is writable and executable", passed, detail)

"""What the loader of a Linux system demands of a library, and what a hardened one has."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import replace

from mobilegen.artifacts import Bridge, Check, Companion, Library, Target
from mobilegen.native_build import elf_rules as rules
from mobilegen.native_build.elf import Elf, read_elf
from mobilegen.platforms.base import with_ids
from mobilegen.toolchains.linux import GLIBC, LEVEL, linux_abi

_NEEDED = frozenset(("libc.so.6", "libm.so.6", "libpthread.so.0", "libdl.so.2"))
_VERSION = re.compile(r"GLIBC_(\d+)\.(\d+)(\.\d+)?")
# https://github.com/ARM-software/abi-aa/blob/main/aaelf32/aaelf32.rst, "ELF Header".
_ARM, _EABI5_HARD_FLOAT, _EABI_BITS = 40, 0x05000400, 0xFF000400


def check_library(library: Library, bridge: Bridge) -> tuple[Check, ...]:
    """Check a library and its companions; see `Platform.check_library`."""
    target, companions, elf = library.target, library.companions, read_elf(library.path)
    checks = [*check_elf(elf, target, library.path.name, companions, library.system)]
    for index, each in enumerate(companions):
        checks += _check_companion(read_elf(each.path), target, each, companions[:index])
    return tuple(checks)


def check_elf(
    elf: Elf,
    target: Target,
    file_name: str,
    companions: Sequence[Companion] = (),
    system: Sequence[str] = (),
) -> tuple[Check, ...]:
    """Check the facts of a library.

    Args:
        file_name: Its name, which the soname must repeat.
        companions: Libraries beside it that it may need.
        system: Libraries of the system that it may need beside glibc's, as a linker calls them.
    """
    checks = (
        *_loaded(elf, target, file_name, companions, system),
        rules.exports(elf, (), "it exports the C interface, nothing else"),
        rules.relro(elf),
        rules.stripped(elf),
    )
    return with_ids(checks, f"{target.id}.elf")


def _check_companion(
    elf: Elf, target: Target, companion: Companion, before: Sequence[Companion]
) -> tuple[Check, ...]:
    """Check a library that was compiled elsewhere, as far as that decides whether it is loaded."""
    name = companion.name.removeprefix("lib").removesuffix(".so")
    found = _loaded(elf, target, companion.name, before)
    named = [replace(check, title=f"{companion.name}: {check.title}") for check in found]
    return with_ids(named, f"{target.id}.elf.{name}")


def _loaded(
    elf: Elf,
    target: Target,
    file_name: str,
    companions: Sequence[Companion],
    system: Sequence[str] = (),
) -> tuple[Check, ...]:
    """State what decides whether a library is loaded."""
    further = {name for name in elf.needed if _is_one_of(name, system)} - _NEEDED
    return (
        _machine(elf, target),
        rules.page_alignment(elf, linux_abi(target.abi).page_size),
        rules.soname(elf, file_name),
        _needed(elf, companions, further),
        _versions(elf, companions, further),
        rules.text_relocations(elf),
        rules.access(elf),
    )


def _machine(elf: Elf, target: Target) -> Check:
    abi = linux_abi(target.abi)
    check = rules.machine(elf, abi.name, abi.elf_machine, abi.bits)
    soft = elf.machine == _ARM and elf.flags & _EABI_BITS != _EABI5_HARD_FLOAT
    if check.status == "pass" and soft:
        return replace(check, status="fail", detail=f"no hard float: flags {elf.flags:#x}")
    return check


def _is_one_of(soname: str, system: Sequence[str]) -> bool:
    """A library of a Linux system has a version in its name, as libz.so.1."""
    return any(re.fullmatch(rf"lib{re.escape(name)}\.so[.\d]*", soname) for name in system)


def _needed(elf: Elf, companions: Sequence[Companion], further: Set[str]) -> Check:
    beside = {companion.name for companion in companions} | further
    title = "it needs only glibc's libraries"
    if beside:
        title += f" and {rules.listed(beside)}"
    return rules.among("needed", title, elf.needed, _NEEDED | beside)


def _versions(elf: Elf, companions: Sequence[Companion], further: Set[str]) -> Check:
    """State which glibc it takes; libraries beside glibc have versions of their own, or none."""
    beside = {name for companion in companions for name in companion.exports}
    asked = [name for name in elf.versions if not further or name.startswith("GLIBC_")]
    wrong = [name for name in asked if not _is_old(name)]
    if not further:
        wrong += [f"{name} of any version" for name in elf.unversioned if name not in beside]
    needs_none = bool(further) or beside.issuperset(elf.imports)
    title = f"it loads with glibc {LEVEL.removeprefix('glibc')} and later"
    detail = f"it asks for {rules.listed(wrong)}" if wrong else "it names no version of glibc"
    return rules.state("versions", title, (needs_none or bool(asked)) and not wrong, detail)


def _is_old(version: str) -> bool:
    found = _VERSION.fullmatch(version)
    return found is not None and (int(found[1]), int(found[2])) <= GLIBC

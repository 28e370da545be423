"""Rules of ELF shared libraries that several systems have in common, each a check."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from mobilegen.artifacts import Check, CheckStatus
from mobilegen.native_build.elf import Elf, engine_exports

_SHOWN = 8


def state(
    name: str,
    title: str,
    passed: bool,
    detail: str,
    *,
    measured: float | None = None,
    limit: float | None = None,
) -> Check:
    """Return a check; `detail` is the reason should it fail."""
    status: CheckStatus = "pass" if passed else "fail"
    return Check(name, title, status, measured, limit, "" if passed else detail)


def listed(names: Iterable[str]) -> str:
    """Return names in order, at most eight of them."""
    ordered = sorted(names)
    more = f" and {len(ordered) - _SHOWN} more" if len(ordered) > _SHOWN else ""
    return ", ".join(ordered[:_SHOWN]) + more


def among(name: str, title: str, seen: Iterable[str], allowed: Collection[str]) -> Check:
    """State that there are no names but those that are allowed."""
    wrong = set(seen) - set(allowed)
    return state(name, title, not wrong, listed(wrong))


def machine(elf: Elf, abi: str, elf_machine: int, bits: int) -> Check:
    """State that it is a shared library for a processor."""
    passed = elf.shared and (elf.machine, elf.bits) == (elf_machine, bits)
    seen = f"machine {elf.machine}, {elf.bits} bits, {'' if elf.shared else 'not '}shared"
    return state("machine", f"a shared library for {abi}", passed, seen)


def page_alignment(elf: Elf, page_size: int) -> Check:
    """State that segments load on pages of a size: aligned, and offset congruent to address."""
    loads = [segment for segment in elf.segments if segment.kind == "LOAD"]
    smallest = min((segment.align for segment in loads), default=0)
    bent = [s for s in loads if s.align and (s.address - s.offset) % s.align]
    detail = "offset and address differ" if bent else f"segments aligned to {smallest}"
    passed = smallest >= page_size and not bent and all(_is_power(s.align) for s in loads)
    title = f"segments load on {page_size // 1024} KB pages"
    return state("page_alignment", title, passed, detail, measured=smallest, limit=page_size)


def _is_power(number: int) -> bool:
    return number & (number - 1) == 0


def soname(elf: Elf, file_name: str) -> Check:
    """State that a library is called what its file is called."""
    passed = elf.soname == file_name
    return state("soname", "the soname is the file name", passed, f"soname {elf.soname!r}")


def exports(elf: Elf, bridge: Collection[str], title: str) -> Check:
    """State that a library exports the C interface and a bridge, and nothing else."""
    expected = {*engine_exports(), *bridge}
    extra, absent = set(elf.exports) - expected, expected - set(elf.exports)
    detail = f"extra: {listed(extra) or 'none'}; absent: {listed(absent) or 'none'}"
    return state("exports", title, not extra and not absent, detail)


def text_relocations(elf: Elf) -> Check:
    """State that loading changes no code."""
    passed = not elf.text_relocations
    return state("text_relocations", "no relocations in code", passed, "TEXTREL")


def relro(elf: Elf) -> Check:
    """State that what is relocated cannot be written to afterwards."""
    found = any(segment.kind == "GNU_RELRO" for segment in elf.segments)
    detail = f"GNU_RELRO {'present' if found else 'absent'}, bind now {elf.bind_now}"
    return state("relro", "relocated data becomes read-only", found and elf.bind_now, detail)


def access(elf: Elf) -> Check:
    """State that nothing can be written and run."""
    wrong = [s.kind for s in elf.segments if {"w", "x"} <= set(s.access)]
    stack = any(s.kind == "GNU_STACK" for s in elf.segments)
    detail = f"writable and executable: {listed(wrong)}" if wrong else "no GNU_STACK"
    title = "no segment is writable and executable"
    return state("access", title, stack and not wrong, detail)


def stripped(elf: Elf) -> Check:
    """State that nothing for debuggers is left."""
    left = elf.symbols_left
    return state("stripped", "no symbol table or debug data", not left, listed(left))

"""The lists of what Android's system libraries offer at API level 21."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from mobilegen.errors import ToolchainError
from mobilegen.resources import native_dir
from mobilegen.toolchains.targets import ANDROID_ABIS

SYSTEM_LIBRARIES = ("libc", "libm", "libdl", "liblog")


@dataclass(frozen=True)
class Symbol:
    """A name that a system library defines.

    Attributes:
        is_data: An object, not a function.
        abis: The ABIs that have it.
    """

    name: str
    is_data: bool
    abis: frozenset[str]


def parse_symbols(lines: Iterable[str], source: str) -> tuple[Symbol, ...]:
    """Read a list: a name per line, then "data" for an object, then ABIs unless all have it.

    Raises:
        ToolchainError: A line has an unknown mark, or a name comes twice.
    """
    symbols = tuple(_symbol(line, source) for line in lines if _has_content(line))
    names = [symbol.name for symbol in symbols]
    if doubles := sorted({name for name in names if names.count(name) > 1}):
        raise ToolchainError(f"{source} lists a name twice", seen=doubles)
    return symbols


def system_symbols(library: str, abi: str) -> tuple[Symbol, ...]:
    """Return what `library`, for example "libc", offers on an ABI."""
    path = _list_path(library)
    symbols = parse_symbols(path.read_text("utf-8").splitlines(), path.name)
    return tuple(symbol for symbol in symbols if abi in symbol.abis)


def system_names(abi: str) -> frozenset[str]:
    """Return every name that a library may import on an ABI at API level 21."""
    return frozenset(
        symbol.name for library in SYSTEM_LIBRARIES for symbol in system_symbols(library, abi)
    )


def _list_path(library: str) -> Path:
    return native_dir() / "sysroot" / "symbols" / f"{library}.txt"


def _has_content(line: str) -> bool:
    return bool(line.strip()) and not line.startswith("#")


def _symbol(line: str, source: str) -> Symbol:
    name, *marks = line.split()
    abis = frozenset(mark for mark in marks if mark != "data")
    if unknown := sorted(abis - ANDROID_ABIS.keys()):
        raise ToolchainError(f"{source}: unknown mark of {name}", seen=unknown)
    return Symbol(name, "data" in marks, abis or frozenset(ANDROID_ABIS))

"""The lists of what Android's system libraries offer, by API level."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from mobilegen.errors import ToolchainError
from mobilegen.resources import native_dir
from mobilegen.toolchains.targets import ANDROID_ABIS, MIN_API_LEVEL

SYSTEM_LIBRARIES = ("libc", "libm", "libdl", "liblog")


@dataclass(frozen=True)
class Symbol:
    """A name that a system library defines.

    Attributes:
        is_data: An object, not a function.
        abis: The ABIs that have it.
        since: The API level that it came with; 21 for what was there at that level.
    """

    name: str
    is_data: bool
    abis: frozenset[str]
    since: int = MIN_API_LEVEL


def parse_symbols(lines: Iterable[str], source: str) -> tuple[Symbol, ...]:
    """Read a list: a name per line, then its marks.

    Marks are "data" for an object, the API level unless it is 21, and ABIs unless all have it.

    Raises:
        ToolchainError: A line has an unknown mark, or a name comes twice.
    """
    symbols = tuple(_symbol(line, source) for line in lines if _has_content(line))
    names = [symbol.name for symbol in symbols]
    if doubles := sorted({name for name in names if names.count(name) > 1}):
        raise ToolchainError(f"{source} lists a name twice", seen=doubles)
    return symbols


def system_symbols(library: str, abi: str, level: int = MIN_API_LEVEL) -> tuple[Symbol, ...]:
    """Return what `library`, for example "libc", offers on an ABI at an API level.

    Raises:
        ToolchainError: There is no list of that library.
    """
    path = _list_path(library)
    if not path.is_file():
        raise ToolchainError(
            f"what {library}.so offers is not known", hint=f"write its list: {path}"
        )
    symbols = parse_symbols(path.read_text("utf-8").splitlines(), path.name)
    return tuple(each for each in symbols if abi in each.abis and each.since <= level)


def system_names(
    abi: str, level: int = MIN_API_LEVEL, libraries: Iterable[str] = SYSTEM_LIBRARIES
) -> frozenset[str]:
    """Return every name that a library may import on an ABI at an API level.

    Args:
        libraries: Those that it is linked with.

    Raises:
        ToolchainError: There is no list of one of them.
    """
    return frozenset(
        symbol.name for library in libraries for symbol in system_symbols(library, abi, level)
    )


def _list_path(library: str) -> Path:
    return native_dir() / "sysroot" / "symbols" / f"{library}.txt"


def _has_content(line: str) -> bool:
    return bool(line.strip()) and not line.startswith("#")


def _symbol(line: str, source: str) -> Symbol:
    name, *marks = line.split()
    levels = [int(mark) for mark in marks if mark.isdecimal()]
    abis = frozenset(mark for mark in marks if mark != "data" and not mark.isdecimal())
    if unknown := sorted(abis - ANDROID_ABIS.keys()):
        raise ToolchainError(f"{source}: unknown mark of {name}", seen=unknown)
    since = max(levels, default=MIN_API_LEVEL)
    return Symbol(name, "data" in marks, abis or frozenset(ANDROID_ABIS), since)

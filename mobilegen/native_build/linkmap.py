"""Reads the map that LLD writes with `-Map`: which object gave which bytes of a library.

The format (LLD's ELF/MapFile.cpp): a header line, then one line each for an output section, below
it its input sections, below them their symbols. A line has address, load address and size in
hexadecimal, the alignment in decimal, and a name, indented by 0, 8 or 16.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_HEADER = re.compile(r"\s*VMA\s+LMA\s+Size\s+Align\s+Out\s+In\s+Symbol\s*")
_LINE = re.compile(r"\s*([0-9a-f]+)\s+[0-9a-f]+\s+([0-9a-f]+)\s+\d+ ( *)(\S.*)")
_INPUT, _SYMBOL = 8, 16


@dataclass
class InputSection:
    """A section of an object; symbols are (address, size, name).

    Attributes:
        origin: Path of the object, "archive(member)", or "<internal>" for the linker's own.
        name: For example ".text.main".
    """

    address: int
    size: int
    origin: str
    name: str
    symbols: list[tuple[int, int, str]] = field(default_factory=list)


@dataclass
class OutputSection:
    """A section of the library and what it was made of."""

    name: str
    size: int
    inputs: list[InputSection] = field(default_factory=list)


def parse_map(text: str) -> list[OutputSection]:
    """Return the output sections of a map.

    Raises:
        ValueError: It is not a map of LLD's.
    """
    lines = iter(text.splitlines())
    if not _HEADER.fullmatch(next(lines, "")):
        raise ValueError("not a link map of LLD's: another first line")
    sections: list[OutputSection] = []
    for line in lines:
        match = _LINE.fullmatch(line)
        if match is None:
            continue
        address, size, depth, name = int(match[1], 16), int(match[2], 16), len(match[3]), match[4]
        if depth < _INPUT:
            sections.append(OutputSection(name, size))
        elif not sections:
            raise ValueError(f"not a link map of LLD's: {line.strip()[:80]!r} is in no section")
        elif depth < _SYMBOL:
            sections[-1].inputs += _input(address, size, name)
        elif sections[-1].inputs:
            sections[-1].inputs[-1].symbols.append((address, size, name))
    return sections


def _input(address: int, size: int, text: str) -> Iterator[InputSection]:
    """Yield the input section "object:(section)"; nothing for assignments of a linker script."""
    origin, colon, name = text.rpartition(":(")
    if colon:
        yield InputSection(address, size, origin, name.removesuffix(")"))

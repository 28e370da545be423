"""Reads which names an archive of objects defines."""

import struct
from pathlib import Path

_MAGIC = b"!<arch>\n"
_HEADER = 60


def defined_names(path: Path) -> list[str]:
    """Return the names in the table of an archive in System V's form."""
    data = path.read_bytes()
    assert data.startswith(_MAGIC) and data[8:10] in (b"/ ", b"/S"), data[:24]
    size = int(data[8 + 48 : 8 + 58])
    table = data[8 + _HEADER : 8 + _HEADER + size]
    width = 8 if data[8:].startswith(b"/SYM64/") else 4
    count = struct.unpack(">Q" if width == 8 else ">I", table[:width])[0]
    names = table[width * (count + 1) :].split(b"\0")
    return [name.decode() for name in names[:count]]

"""Writes an APK: sorted entries, one fixed time, aligned as Android maps them into memory."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

# Of libraries, for phones with pages of 16 KB; of everything else that is stored, resources
# above all: https://developer.android.com/tools/zipalign.
LIBRARY_ALIGNMENT = 16384
STORED_ALIGNMENT = 4
# An extra field with the alignment that apksigner keeps when it writes the file again: the
# alignment and zeros. apksig, ApkSigner.ALIGNMENT_ZIP_EXTRA_DATA_FIELD_HEADER_ID.
_ALIGNMENT_FIELD = 0xD935
_FIELD_HEADER = struct.Struct("<HHH")
_LOCAL_HEADER_BYTES = 30
# The oldest time that a zip file can have.
_TIME = (1980, 1, 1, 0, 0, 0)
_MODE = 0o644 << 16


@dataclass(frozen=True)
class Entry:
    """A file in an APK.

    Attributes:
        stored: Not compressed, so that it can be mapped into memory.
    """

    name: str
    data: bytes
    stored: bool


def read_entries(path: Path) -> list[Entry]:
    """Return the files of a zip file as they are stored there."""
    with zipfile.ZipFile(path) as archive:
        return [
            Entry(info.filename, archive.read(info), info.compress_type == zipfile.ZIP_STORED)
            for info in archive.infolist()
        ]


def write_apk(entries: Iterable[Entry], path: Path) -> Path:
    """Write an APK that can be signed; equal entries give equal bytes."""
    with zipfile.ZipFile(path, "w") as archive:
        for entry in sorted(entries, key=lambda entry: entry.name):
            _write(archive, entry)
    return path


def alignment_of(name: str) -> int:
    """Return what the offset of a stored file must be a multiple of."""
    return LIBRARY_ALIGNMENT if name.endswith(".so") else STORED_ALIGNMENT


def _write(archive: zipfile.ZipFile, entry: Entry) -> None:
    info = zipfile.ZipInfo(entry.name, _TIME)
    info.create_system = 3
    info.external_attr = _MODE
    if entry.stored:
        assert archive.fp is not None
        info.extra = _padding(archive.fp.tell(), entry.name)
    else:
        info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, entry.data)
    # The directory at the end of the file needs no padding.
    info.extra = b""


def _padding(position: int, name: str) -> bytes:
    """Return the extra field of an entry whose header begins at `position`."""
    alignment = alignment_of(name)
    data = position + _LOCAL_HEADER_BYTES + len(name.encode()) + _FIELD_HEADER.size
    zeros = -data % alignment
    return _FIELD_HEADER.pack(_ALIGNMENT_FIELD, 2 + zeros, alignment) + bytes(zeros)


def data_offset(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> int:
    """Return where the content of an entry begins."""
    assert archive.fp is not None
    archive.fp.seek(info.header_offset)
    header = archive.fp.read(_LOCAL_HEADER_BYTES)
    name_bytes, extra_bytes = struct.unpack_from("<HH", header, 26)
    return info.header_offset + _LOCAL_HEADER_BYTES + int(name_bytes) + int(extra_bytes)

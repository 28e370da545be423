"""Arrays in .npz files whose bytes depend on nothing but the arrays."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mobilegen.system.files import require_plain, write_bytes

Array = npt.NDArray[Any]

# The earliest time a zip entry can carry; numpy's own writer puts the present time there.
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
# Unpacked: a few bytes can claim any size.
_MOST_BYTES = 1 << 32


def write_npz(path: Path, arrays: Mapping[str, Array]) -> Path:
    """Write arrays as an .npz that `numpy.load` reads: sorted, stored, without timestamps."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(arrays):
            entry = zipfile.ZipInfo(f"{name}.npy", _ZIP_TIME)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, _npy_bytes(arrays[name]))
    return write_bytes(path, stream.getvalue())


def read_npz(path: Path) -> dict[str, Array]:
    """Read every array of an .npz; pickled objects are refused.

    Raises:
        ValueError, OSError, zipfile.BadZipFile: The file is not such an .npz.
    """
    try:
        loaded = np.load(require_plain(path), allow_pickle=False)
        if not isinstance(loaded, np.lib.npyio.NpzFile):
            raise ValueError("a single array, not an .npz")
        with loaded as archive:
            if sum(entry.file_size for entry in archive.zip.infolist()) > _MOST_BYTES:
                raise ValueError(f"more than {_MOST_BYTES} bytes of arrays")
            return {name: archive[name] for name in archive.files}
    except (MemoryError, OverflowError, EOFError, zlib.error, NotImplementedError) as error:
        raise ValueError(f"damaged: {error or type(error).__name__}") from error


def _npy_bytes(array: Array) -> bytes:
    stream = io.BytesIO()
    np.lib.format.write_array(stream, np.asarray(array, order="C"), allow_pickle=False)
    return stream.getvalue()

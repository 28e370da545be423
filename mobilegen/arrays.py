"""Arrays: .npz files whose bytes depend on nothing but the arrays, and changes of type."""

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
# Up to these a type of real numbers has all whole ones.
_WHOLE = {"float16": 1 << 11, "float32": 1 << 24, "float64": 1 << 53}
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


def unfit(array: Array, wanted: npt.DTypeLike) -> str:
    """Return why numbers cannot be had in another type, "" when they can.

    Whole numbers stay what they are, real ones may be rounded but not become infinite. It is the
    rule of native/core/convert.h.
    """
    kind = np.dtype(wanted)
    if array.dtype == kind or not array.size:
        return ""
    if kind.kind == "f":
        return _unfit_for_real(array, kind)
    low, high = (0, 1) if kind.kind == "b" else (np.iinfo(kind).min, np.iinfo(kind).max)
    if array.dtype.kind != "f":
        return _outside(array, low, high)
    real = array.astype(np.float32) if array.dtype == np.float16 else array
    fraction = real[real != np.rint(real)]
    if fraction.size:
        return f"{fraction.flat[0]} is no whole number"
    limit = _WHOLE[real.dtype.name]
    return _outside(real, max(low, -limit), min(high, limit))


def _unfit_for_real(array: Array, kind: np.dtype[Any]) -> str:
    if array.dtype.kind in "iu":
        return _outside(array, -_WHOLE[kind.name], _WHOLE[kind.name])
    with np.errstate(over="ignore"):
        lost = array[np.isfinite(array) & ~np.isfinite(array.astype(kind))]
    return f"{lost.flat[0]} is too large for {kind}" if lost.size else ""


def _outside(array: Array, low: int, high: int) -> str:
    wrong = array[(array < low) | (array > high)]
    return f"{wrong.flat[0]} is not within {low} and {high}" if wrong.size else ""

"""The C interface of a host library, called through ctypes; also a program for child processes.

python engine_api.py LIBRARY INPUTS OUTPUTS FILE... prints "<status> <last error>" of opening or, if
that went well, of predicting zeros. INPUTS and OUTPUTS are the numbers of values of each tensor,
separated by commas; all are 32-bit floats.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
OK, ARGUMENT, FILE, MODEL, MEMORY, RUN = 0, -1, -2, -3, -4, -5
TYPES = ("float32", "float16", "float64", "int32", "int64", "uint8", "bool")


class File(ctypes.Structure):
    """struct mobilegen_file."""

    _fields_ = (
        ("path", ctypes.c_char_p),
        ("descriptor", ctypes.c_int),
        ("offset", ctypes.c_int64),
        ("length", ctypes.c_int64),
        ("data", ctypes.c_void_p),
        ("size", ctypes.c_size_t),
    )


class Engine:
    """An opened model; `status` is that of opening."""

    def __init__(self, library: Path, *files: Path, threads: int = 1) -> None:
        self.c = ctypes.CDLL(str(library))
        for name in ("mobilegen_last_error", "mobilegen_input_name", "mobilegen_output_name"):
            getattr(self.c, name).restype = ctypes.c_char_p
        for name in ("mobilegen_input_shape", "mobilegen_output_shape"):
            getattr(self.c, name).restype = ctypes.POINTER(ctypes.c_int)
        self.handle = ctypes.c_void_p()
        given = (File * len(files))(*(File(path=str(path).encode()) for path in files))
        place = ctypes.byref(self.handle)
        self.status: int = self.c.mobilegen_open(given, len(files), threads, place)

    @property
    def error(self) -> str:
        return bytes(self.c.mobilegen_last_error()).decode()

    def tensors(self, kind: str) -> list[tuple[str, tuple[int, ...]]]:
        """Name and shape of every "input" or "output"."""
        found = []
        for i in range(getattr(self.c, f"mobilegen_{kind}_count")(self.handle)):
            name = getattr(self.c, f"mobilegen_{kind}_name")(self.handle, i).decode()
            rank = getattr(self.c, f"mobilegen_{kind}_rank")(self.handle, i)
            sizes = getattr(self.c, f"mobilegen_{kind}_shape")(self.handle, i)
            found.append((name, tuple(sizes[:rank])))
        return found

    def types(self, kind: str) -> list[str]:
        """Element type of every "input" or "output"."""
        count = getattr(self.c, f"mobilegen_{kind}_count")(self.handle)
        ask = getattr(self.c, f"mobilegen_{kind}_type")
        return [TYPES[ask(self.handle, i)] for i in range(count)]

    def set_threads(self, number: int) -> int:
        return int(self.c.mobilegen_set_threads(self.handle, number))

    def predict(self, inputs: Sequence[Array], sizes: Sequence[int]) -> tuple[int, list[Array]]:
        """Return the status and an array of each of the given sizes, all bits of it set before."""
        outputs = [
            np.frombuffer(bytearray(b"\xff" * (size * np.dtype(dtype).itemsize)), dtype)
            for size, dtype in zip(sizes, self.types("output"), strict=True)
        ]
        status = self.c.mobilegen_predict(self.handle, _pointers(inputs), _pointers(outputs))
        return status, outputs

    def close(self) -> None:
        self.c.mobilegen_close(self.handle)
        self.handle = ctypes.c_void_p()


def _pointers(arrays: Sequence[Array]) -> ctypes.Array[ctypes.c_void_p]:
    return (ctypes.c_void_p * len(arrays))(*(array.ctypes.data for array in arrays))


def main(library: str, inputs: str, outputs: str, *files: str) -> None:
    engine = Engine(Path(library), *map(Path, files))
    status = engine.status
    if status == OK:
        arrays = [np.zeros(int(size), np.float32) for size in inputs.split(",")]
        status, _ = engine.predict(arrays, [int(size) for size in outputs.split(",")])
    print(status, engine.error)


if __name__ == "__main__":
    main(*sys.argv[1:])

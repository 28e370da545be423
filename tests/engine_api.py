"""The C interface of a host library, called through ctypes; also a program for child processes.

python engine_api.py LIBRARY PARAMS WEIGHTS INPUTS OUTPUTS prints "<status> <last error>" of
opening or, if that went well, of predicting zeros. INPUTS and OUTPUTS are the numbers of values
of each tensor, separated by commas.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]
OK, ARGUMENT, FILE, MODEL, MEMORY, RUN = 0, -1, -2, -3, -4, -5
_FLOATS = ctypes.POINTER(ctypes.c_float)


class Engine:
    """An opened model; `status` is that of opening."""

    def __init__(self, library: Path, params: Path, weights: Path) -> None:
        self.c = ctypes.CDLL(str(library))
        for name in ("mobilegen_last_error", "mobilegen_input_name", "mobilegen_output_name"):
            getattr(self.c, name).restype = ctypes.c_char_p
        for name in ("mobilegen_input_shape", "mobilegen_output_shape"):
            getattr(self.c, name).restype = ctypes.POINTER(ctypes.c_int)
        self.handle = ctypes.c_void_p()
        paths = str(params).encode(), str(weights).encode()
        self.status: int = self.c.mobilegen_open(*paths, ctypes.byref(self.handle))

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

    def set_threads(self, number: int) -> int:
        return int(self.c.mobilegen_set_threads(self.handle, number))

    def predict(self, inputs: Sequence[Array], sizes: Sequence[int]) -> tuple[int, list[Array]]:
        """Return the status and an array of each of the given sizes."""
        outputs = [np.full(size, np.nan, np.float32) for size in sizes]
        status = self.c.mobilegen_predict(self.handle, _pointers(inputs), _pointers(outputs))
        return status, outputs

    def close(self) -> None:
        self.c.mobilegen_close(self.handle)
        self.handle = ctypes.c_void_p()


def _pointers(arrays: Sequence[Array]) -> ctypes.Array[ctypes._Pointer[ctypes.c_float]]:
    return (_FLOATS * len(arrays))(*(array.ctypes.data_as(_FLOATS) for array in arrays))


def main(library: str, params: str, weights: str, inputs: str, outputs: str) -> None:
    engine = Engine(Path(library), Path(params), Path(weights))
    status = engine.status
    if status == OK:
        arrays = [np.zeros(int(size), np.float32) for size in inputs.split(",")]
        status, _ = engine.predict(arrays, [int(size) for size in outputs.split(",")])
    print(status, engine.error)


if __name__ == "__main__":
    main(*sys.argv[1:])

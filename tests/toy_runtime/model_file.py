"""The file of a toy model: y = byte(floor(x * scale + shift)), channels last.

Little-endian: "TOY1", rows, columns, channels as 32-bit numbers, then as 32-bit floats the scale of
each channel and the shift of each number.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mobilegen.errors import ConversionError

_HEAD = struct.Struct("<4s3i")


@dataclass(frozen=True)
class ToyModel:
    """Numbers of a model: scale by channel; shift by row, column and channel."""

    scale: NDArray[np.float32]
    shift: NDArray[np.float32]

    def to_bytes(self) -> bytes:
        """Return the content of its file."""
        head = _HEAD.pack(b"TOY1", *self.shift.shape)
        return head + self.scale.astype("<f4").tobytes() + self.shift.astype("<f4").tobytes()

    def run(self, x: NDArray[Any]) -> NDArray[np.uint8]:
        """Compute the output, channels last."""
        values = np.floor(x.astype(np.float32) * self.scale + self.shift)
        return np.clip(values, 0, 255).astype(np.uint8)


def read(data: bytes) -> ToyModel:
    """Read a file.

    Raises:
        ConversionError: It is damaged.
    """
    if len(data) < _HEAD.size:
        raise ConversionError("the toy model is cut off")
    magic, rows, columns, channels = _HEAD.unpack_from(data)
    if magic != b"TOY1" or len(data) != _HEAD.size + 4 * channels * (1 + rows * columns):
        raise ConversionError("the toy model is damaged")
    numbers = np.frombuffer(data, "<f4", offset=_HEAD.size)
    return ToyModel(numbers[:channels], numbers[channels:].reshape(rows, columns, channels))

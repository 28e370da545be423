"""What a camera gives: YUV planes become RGB, and images are set upright."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]


def yuv420_to_rgb(y: Pixels, u: Pixels, v: Pixels) -> Pixels:
    """Convert planes of JFIF's YCbCr (BT.601, full range), as phones' cameras give them.

    The arithmetic is libjpeg's: fixed point of 16 bits (jdcolor.c). Each value of colour is
    used for its 2 x 2 pixels.

    Args:
        y: height x width.
        u: ceil(height / 2) x ceil(width / 2); v likewise.

    Returns:
        height x width x 3.
    """
    height, width = y.shape
    wide_u, wide_v = (
        plane.repeat(2, axis=0).repeat(2, axis=1)[:height, :width].astype(np.int32) - 128
        for plane in (u, v)
    )
    red = (91881 * wide_v + 32768) >> 16
    green = (-22554 * wide_u - 46802 * wide_v + 32768) >> 16
    blue = (116130 * wide_u + 32768) >> 16
    rgb = y.astype(np.int32)[..., None] + np.stack([red, green, blue], axis=-1)
    return rgb.clip(0, 255).astype(np.uint8)


def nv21_to_rgb(data: bytes | Pixels, width: int, height: int) -> Pixels:
    """Convert the format NV21 without padding: Y, then V and U by turns."""
    values = np.frombuffer(data, np.uint8) if isinstance(data, bytes) else data.ravel()
    area, rows, columns = width * height, (height + 1) // 2, (width + 1) // 2
    colours = values[area : area + 2 * rows * columns].reshape(rows, columns, 2)
    return yuv420_to_rgb(values[:area].reshape(height, width), colours[..., 1], colours[..., 0])


def upright(pixels: Pixels, quarter_turns: int = 0, mirrored: bool = False) -> Pixels:
    """Turn an image clockwise, then swap left and right if it is mirrored."""
    turned = np.rot90(pixels, -quarter_turns)
    return turned[:, ::-1] if mirrored else turned

"""The resize methods: Pillow's by Pillow, OpenCV's and TensorFlow's in numpy, equal to the bit.

Neither OpenCV nor TensorFlow is needed. The formulas are those of OpenCV's
modules/imgproc/src/resize.cpp and TensorFlow's core/kernels/image/resize_bilinear_op.cc.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mobilegen.images.crop import Region

Pixels = NDArray[np.uint8]
Picture = NDArray[np.uint8] | NDArray[np.float32]
Indices = NDArray[np.int64]
Weights = NDArray[np.float32]

Method = Callable[[Pixels, Region, tuple[int, int]], Picture]

_OPENCV_ONE = np.float32(2048)


def resize(pixels: Pixels, region: Region, method: str, size: tuple[int, int]) -> Picture:
    """Resize a part of an image.

    Args:
        pixels: height x width x 3.
        method: Name of the resize method, for example "pillow-bicubic".
        size: Width and height of the result: what `region.offset` leaves or less.

    Returns:
        The picture, height x width x 3; float32 for "tensorflow-bilinear", else uint8.
    """
    return _METHODS[method](pixels, region, size)


def _pillow(resample: Image.Resampling, version: int) -> Method:
    """Return Pillow's method, the order of its two passes being that of a version.

    Rows are resized first but for tall images, and what is tall changed with Pillow 13. As each
    pass rounds to bytes, the results differ, so the passes are asked for one by one: then every
    Pillow gives the same.
    """

    def method(pixels: Pixels, region: Region, size: tuple[int, int]) -> Picture:
        image = Image.fromarray(pixels)
        for axis in (1, 0) if _is_tall(image, region.size, version) else (0, 1):
            image = _pillow_pass(image, region, resample, axis)
        return _window(image, region, size)

    return method


def _is_tall(image: Image.Image, size: tuple[int, int], version: int) -> bool:
    down, across = image.height - size[1], image.width - size[0]
    return down > 0 and (down > 2 * across if version >= 13 else image.height > 100 * image.width)


def _pillow_pass(
    image: Image.Image, region: Region, resample: Image.Resampling, axis: int
) -> Image.Image:
    """Resize along one axis: 0 is the width, 1 the height."""
    size, box = list(image.size), [0.0, 0.0, *map(float, image.size)]
    size[axis] = region.size[axis]
    box[axis], box[axis + 2] = region.box[axis], region.box[axis + 2]
    return image.resize((size[0], size[1]), resample, box=(box[0], box[1], box[2], box[3]))


def _nearest(pixels: Pixels, region: Region, size: tuple[int, int]) -> Picture:
    image = Image.fromarray(pixels)
    resized = image.resize(region.size, Image.Resampling.NEAREST, box=region.box)
    return _window(resized, region, size)


def _window(image: Image.Image, region: Region, size: tuple[int, int]) -> Picture:
    (left, top), (width, height) = region.offset, size
    return np.asarray(image.crop((left, top, left + width, top + height)))


def _opencv(pixels: Pixels, region: Region, size: tuple[int, int]) -> Picture:
    image = _cut(pixels, region).astype(np.int32)
    height, width = image.shape[:2]
    columns = np.arange(size[0]) + region.offset[0]
    rows = np.arange(size[1]) + region.offset[1]
    if (width, height) == (2 * region.size[0], 2 * region.size[1]):
        # OpenCV takes the mean of four pixels for exactly half the size.
        lines = image[:, 2 * columns] + image[:, 2 * columns + 1]
        return np.asarray((lines[2 * rows] + lines[2 * rows + 1] + 2) >> 2, np.uint8)
    left, x = _opencv_positions(columns, width, region.size[0])
    # Beyond the edge OpenCV sets the weight for columns, but repeats the row.
    x[(left < 0) | (left >= width - 1)] = 0
    lower, upper = _opencv_weights(x, (1, -1, 1))
    lines = image[:, left.clip(0, width - 1)] * lower
    lines += image[:, (left + 1).clip(0, width - 1)] * upper
    top, y = _opencv_positions(rows, height, region.size[1])
    lower, upper = _opencv_weights(y, (-1, 1, 1))
    total = (lower * (lines[top.clip(0, height - 1)] >> 4)) >> 16
    total += (upper * (lines[(top + 1).clip(0, height - 1)] >> 4)) >> 16
    return np.asarray(((total + 2) >> 2).clip(0, 255), np.uint8)


def _opencv_positions(index: Indices, source: int, resized: int) -> tuple[Indices, Weights]:
    """Return the lower neighbour of each position and the distance from it."""
    scale = 1.0 / (resized / source)
    place = ((index + 0.5) * scale - 0.5).astype(np.float32)
    lower = np.floor(place)
    return lower.astype(np.int64), place - lower


def _opencv_weights(
    distance: Weights, shape: tuple[int, int, int]
) -> tuple[NDArray[np.int32], ...]:
    """Return the weights of the lower and the upper neighbour; they are rounded separately."""
    pair = (np.float32(1) - distance, distance)
    return tuple(np.rint(each * _OPENCV_ONE).astype(np.int32).reshape(shape) for each in pair)


def _tensorflow(pixels: Pixels, region: Region, size: tuple[int, int]) -> Picture:
    image = _cut(pixels, region).astype(np.float32)
    height, width = image.shape[:2]
    columns = np.arange(size[0]) + region.offset[0]
    rows = np.arange(size[1]) + region.offset[1]
    left, right, x = _tensorflow_positions(columns, width, region.size[0])
    top, bottom, y = _tensorflow_positions(rows, height, region.size[1])
    lines = _blend(image[:, left], image[:, right], x[None, :, None])
    return _blend(lines[top], lines[bottom], y[:, None, None])


def _tensorflow_positions(
    index: Indices, source: int, resized: int
) -> tuple[Indices, Indices, Weights]:
    scale = np.float32(source) / np.float32(resized)
    half = np.float32(0.5)
    place = (index.astype(np.float32) + half) * scale - half
    lower = np.floor(place)
    upper = np.minimum(np.ceil(place).astype(np.int64), source - 1)
    return np.minimum(np.maximum(lower.astype(np.int64), 0), upper), upper, place - lower


def _blend(lower: Weights, upper: Weights, weight: Weights) -> Weights:
    return lower + (upper - lower) * weight


def _cut(pixels: Pixels, region: Region) -> Pixels:
    left, top, right, bottom = (int(side) for side in region.box)
    return pixels[top:bottom, left:right]


_METHODS: dict[str, Method] = {
    "pillow-bilinear": _pillow(Image.Resampling.BILINEAR, 12),
    "pillow-bicubic": _pillow(Image.Resampling.BICUBIC, 12),
    "pillow13-bilinear": _pillow(Image.Resampling.BILINEAR, 13),
    "pillow13-bicubic": _pillow(Image.Resampling.BICUBIC, 13),
    "nearest": _nearest,
    "opencv-linear": _opencv,
    "tensorflow-bilinear": _tensorflow,
}

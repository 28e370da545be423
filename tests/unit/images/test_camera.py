from __future__ import annotations

import numpy as np
import pytest

from mobilegen.images.camera import nv21_to_rgb, upright, yuv420_to_rgb


def plane(*rows: list[int]) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    return np.array(rows, np.uint8)


@pytest.mark.parametrize(
    ("yuv", "rgb"),
    [
        ((0, 128, 128), (0, 0, 0)),
        ((255, 128, 128), (255, 255, 255)),
        ((76, 85, 255), (254, 0, 0)),
        ((150, 44, 21), (0, 255, 1)),
        ((29, 255, 107), (0, 0, 254)),
    ],
)
def test_known_colors(yuv: tuple[int, int, int], rgb: tuple[int, int, int]) -> None:
    seen = yuv420_to_rgb(*(plane([value]) for value in yuv))
    np.testing.assert_array_equal(seen, [[rgb]])


def test_nv21_with_odd_sides() -> None:
    y = np.arange(15, dtype=np.uint8).reshape(3, 5) * 9
    v, u = plane([1, 60, 200], [90, 128, 255]), plane([7, 130, 20], [33, 128, 0])
    data = y.tobytes() + np.stack([v, u], -1).tobytes()
    np.testing.assert_array_equal(nv21_to_rgb(data, 5, 3), yuv420_to_rgb(y, u, v))
    pixel = yuv420_to_rgb(y[2:, 4:], u[1:, 2:], v[1:, 2:])
    np.testing.assert_array_equal(nv21_to_rgb(data, 5, 3)[2, 4], pixel[0, 0])


def test_upright_turns_clockwise_and_then_mirrors() -> None:
    pixels = np.arange(6, dtype=np.uint8).reshape(2, 3, 1)
    assert upright(pixels, 1)[..., 0].tolist() == [[3, 0], [4, 1], [5, 2]]
    assert upright(pixels, 1, mirrored=True)[..., 0].tolist() == [[0, 3], [1, 4], [2, 5]]
    assert upright(pixels, 4).tolist() == pixels.tolist()

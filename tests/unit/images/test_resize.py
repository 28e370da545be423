from __future__ import annotations

import json

import cv2
import numpy as np
import pytest
from golden.tensorflow_resize import GOLDEN, golden_cases, make_pixels
from preprocess_cases import by_pillow, random_resizes

from mobilegen.images.crop import Region
from mobilegen.images.resize import resize
from mobilegen.system.files import sha256_bytes

PILLOW = ["pillow-bilinear", "pillow-bicubic", "pillow13-bilinear", "pillow13-bicubic", "nearest"]


@pytest.mark.parametrize("method", PILLOW)
def test_equals_pillow(method: str) -> None:
    for case in random_resizes(11, 150, boxes=True):
        seen = resize(case.pixels, Region(case.box, case.size), method, case.size)
        np.testing.assert_array_equal(seen, by_pillow(case, method))


def test_equals_opencv() -> None:
    for case in random_resizes(12, 300, boxes=False):
        seen = resize(case.pixels, Region(case.box, case.size), "opencv-linear", case.size)
        expected = cv2.resize(case.pixels, case.size, interpolation=cv2.INTER_LINEAR)
        np.testing.assert_array_equal(seen, expected)


def test_equals_tensorflow() -> None:
    digests = json.loads(GOLDEN.read_text("utf-8"))["sha256"]
    for index, (source, size) in enumerate(golden_cases()):
        box = (0.0, 0.0, float(source[0]), float(source[1]))
        seen = resize(make_pixels(index, source), Region(box, size), "tensorflow-bilinear", size)
        assert seen.dtype == np.float32
        assert sha256_bytes(seen.astype("<f4").tobytes()) == digests[index]


@pytest.mark.parametrize("method", [*PILLOW, "opencv-linear", "tensorflow-bilinear"])
def test_a_window_is_a_part_of_the_whole(method: str) -> None:
    pixels = np.random.default_rng(13).integers(0, 256, (31, 44, 3), dtype=np.uint8)
    box = (0.0, 0.0, 44.0, 31.0)
    whole = resize(pixels, Region(box, (20, 17)), method, (20, 17))
    seen = resize(pixels, Region(box, (20, 17), (5, 3)), method, (9, 11))
    np.testing.assert_array_equal(seen, whole[3:14, 5:14])


def test_methods_differ() -> None:
    """A tall image tells all methods apart."""
    pixels = np.random.default_rng(15).integers(0, 256, (90, 40, 3), dtype=np.uint8)
    region = Region((0.0, 0.0, 40.0, 90.0), (37, 20))
    methods = [*PILLOW, "opencv-linear", "tensorflow-bilinear"]
    made = {resize(pixels, region, method, (37, 20)).astype("f4").tobytes() for method in methods}
    assert len(made) == len(methods)

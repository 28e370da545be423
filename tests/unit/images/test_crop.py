from __future__ import annotations

from typing import Any

import pytest

from mobilegen.artifacts import Preprocess
from mobilegen.errors import UsageError
from mobilegen.images.crop import Region, crop_region


def region(crop: str, size: tuple[int, int], **values: Any) -> Region:
    return crop_region(Preprocess(224, 224, crop=crop, **values), *size)  # type: ignore


def test_center_has_fractions_of_pixels_for_pillow() -> None:
    assert region("center", (601, 400), crop_fraction=0.875).box == (125.5, 25.0, 475.5, 375.0)


def test_center_has_whole_pixels_for_opencv() -> None:
    seen = region("center", (603, 401), crop_fraction=0.875, resize="opencv-linear")
    assert seen.box == (126.0, 25.0, 476.0, 375.0)


@pytest.mark.parametrize("size", [(1, 1), (1, 200), (3, 2), (641, 480), (480, 641), (65535, 65000)])
def test_resized_is_what_torchvision_computes(size: tuple[int, int]) -> None:
    # torchvision.transforms.functional: _compute_resized_output_size and center_crop.
    shorter, longer = min(size), max(size)
    resized = int(256 * longer / shorter)
    width, height = (256, resized) if size[0] <= size[1] else (resized, 256)
    offset = (round((width - 224) / 2.0), round((height - 224) / 2.0))
    seen = region("resize-then-crop", size, resize_size=256)
    assert (seen.size, seen.offset) == ((width, height), offset)
    assert seen.box == (0.0, 0.0, *size)


def test_halves_are_rounded_to_even() -> None:
    seen = [region("resize-then-crop", (9, 9), resize_size=size).offset[0] for size in (225, 227)]
    assert seen == [0, 2]


def test_aspect_is_the_largest_part_of_the_shape() -> None:
    rule = Preprocess(200, 100, crop="aspect")
    assert crop_region(rule, 300, 301).box == (0.0, 75.0, 300.0, 225.0)
    assert crop_region(rule, 1001, 101).box == (399.0, 0.0, 601.0, 101.0)


def test_central_is_tensorflows() -> None:
    # int((601 - 601 * 0.875) / 2) = 37, and 37 on the other side.
    seen = region("central", (601, 400), crop_fraction=0.875)
    assert seen.box == (37.0, 25.0, 564.0, 375.0)


@pytest.mark.parametrize("size", [(1, 65535), (65535, 1)])
def test_elongated(size: tuple[int, int]) -> None:
    with pytest.raises(UsageError, match="elongated"):
        region("resize-then-crop", size, resize_size=256)
    with pytest.raises(UsageError, match="elongated"):
        crop_region(Preprocess(*size, crop="aspect"), size[1], size[0])


def test_too_large() -> None:
    with pytest.raises(UsageError, match="too large"):
        region("none", (65536, 10))

"""Which part of an image a model sees, as torchvision, Keras and TensorFlow choose it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mobilegen.artifacts import Preprocess
from mobilegen.errors import UsageError

MAX_SIDE = 65535
WHOLE_PIXEL_METHODS = ("opencv-linear", "tensorflow-bilinear")


@dataclass(frozen=True)
class Region:
    """A part of an image that becomes a part of a picture.

    Attributes:
        box: Left, top, right and bottom in the image, in pixels and fractions of them.
        size: Width and height that the box is resized to.
        offset: Left and top of the model's input in what was resized.
    """

    box: tuple[float, float, float, float]
    size: tuple[int, int]
    offset: tuple[int, int] = (0, 0)


def crop_region(rule: Preprocess, width: int, height: int) -> Region:
    """Apply the crop rule to an image of `width` x `height` pixels.

    Raises:
        UsageError: The image is too large, or too elongated for the rule.
    """
    if max(width, height) > MAX_SIDE:
        raise UsageError(
            f"an image of {width} x {height} pixels is too large",
            hint=f"the largest side is {MAX_SIDE}",
        )
    return _RULES[rule.crop](rule, width, height)


def _whole(rule: Preprocess, width: int, height: int) -> Region:
    return Region((0.0, 0.0, float(width), float(height)), (rule.width, rule.height))


def _center(rule: Preprocess, width: int, height: int) -> Region:
    side = rule.crop_fraction * min(width, height)
    if rule.resize in WHOLE_PIXEL_METHODS:
        whole = max(int(side), 1)
        return _part(rule, (width - whole) // 2, (height - whole) // 2, whole, whole)
    return _part(rule, (width - side) / 2, (height - side) / 2, side, side)


def _resized(rule: Preprocess, width: int, height: int) -> Region:
    """Resize(resize_size), then CenterCrop of torchvision, its rounding included."""
    shorter, longer = sorted((width, height))
    resized = rule.resize_size * longer // shorter
    if resized > MAX_SIDE:
        raise _elongated(width, height)
    size = (rule.resize_size, resized) if width <= height else (resized, rule.resize_size)
    offset = (round((size[0] - rule.width) / 2), round((size[1] - rule.height) / 2))
    return Region((0.0, 0.0, float(width), float(height)), size, offset)


def _aspect(rule: Preprocess, width: int, height: int) -> Region:
    """keep_aspect_ratio of Keras's load_img; crop_to_aspect_ratio and smart_resize are the same."""
    part_height = min(height, width * rule.height // rule.width)
    part_width = min(width, height * rule.width // rule.height)
    if min(part_width, part_height) < 1:
        raise _elongated(width, height)
    left, top = (width - part_width) // 2, (height - part_height) // 2
    return _part(rule, left, top, part_width, part_height)


def _central(rule: Preprocess, width: int, height: int) -> Region:
    """tf.image.central_crop."""
    left = int((width - width * rule.crop_fraction) / 2)
    top = int((height - height * rule.crop_fraction) / 2)
    return _part(rule, left, top, width - 2 * left, height - 2 * top)


def _part(rule: Preprocess, left: float, top: float, width: float, height: float) -> Region:
    box = (float(left), float(top), float(left + width), float(top + height))
    return Region(box, (rule.width, rule.height))


def _elongated(width: int, height: int) -> UsageError:
    return UsageError(
        f"an image of {width} x {height} pixels is too elongated",
        hint="cut the image, or use another crop rule",
    )


_RULES: dict[str, Callable[[Preprocess, int, int], Region]] = {
    "none": _whole,
    "center": _center,
    "resize-then-crop": _resized,
    "aspect": _aspect,
    "central": _central,
}

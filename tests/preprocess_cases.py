"""Random cases for the preprocessing, and what the libraries of training make of them."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator
from typing import Any, get_args

import numpy as np
import PIL
from PIL import Image
from preprocess_native import Bytes, Case, Floats, Plan, make_plan, rgb_case, set_planes

from mobilegen.artifacts import Preprocess
from mobilegen.config.model import CropRule
from mobilegen.errors import UsageError
from mobilegen.images.camera import nv21_to_rgb, upright, yuv420_to_rgb
from mobilegen.images.crop import crop_region
from mobilegen.images.native import crop_function

PILLOW_FILTERS = {
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "nearest": Image.Resampling.NEAREST,
}
Box = tuple[float, float, float, float]
Size = tuple[int, int]


def random_size(random: np.random.Generator, limit: int) -> Size:
    """Return a width and a height; single pixels and very long ones are frequent."""
    width, height = (int(n) for n in random.integers(1, limit, 2))
    kind = int(random.integers(0, 8))
    if kind == 0:
        width = 1
    elif kind == 1:
        height = 1
    elif kind == 2:
        width, height = 3 * limit + width, int(random.integers(1, 5))
    elif kind == 3:
        width, height = int(random.integers(1, 5)), 3 * limit + height
    return width, height


def random_pixels(random: np.random.Generator, size: Size) -> Bytes:
    """Return noise, or noise of black and white, where the bicubic filter leaves the range."""
    pixels = random.integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    if random.integers(0, 3) == 0:
        pixels = np.where(pixels > 127, np.uint8(255), np.uint8(0))
    return pixels


def random_box(random: np.random.Generator, size: Size) -> Box:
    """Return the whole image, a box of whole pixels, or one with fractions of them."""
    kind = int(random.integers(0, 4))
    if kind == 0:
        return (0.0, 0.0, float(size[0]), float(size[1]))
    left, right = np.sort(random.uniform(0, size[0], 2))
    top, bottom = np.sort(random.uniform(0, size[1], 2))
    if kind == 1:
        left, top, right, bottom = (np.floor(left), np.floor(top), np.ceil(right), np.ceil(bottom))
    # Pillow takes float32, and refuses what is outside after that.
    return tuple(float(np.float32(side)) for side in (left, top, right, bottom))  # type: ignore


@dataclasses.dataclass(frozen=True)
class Resize:
    """An image, a box of it, and the size that it gets."""

    pixels: Bytes
    box: Box
    size: Size

    def case(self, method: str) -> Case:
        plan = make_plan(method, *self.size, "box")
        plan.box[:] = self.box
        plan.window[:] = (*self.size, 0, 0)
        return rgb_case(plan, self.pixels)


def random_resizes(seed: int, count: int, *, boxes: bool) -> Iterator[Resize]:
    """Yield up- and downscaling in every mixture, the same and half the size included."""
    random = np.random.default_rng(seed)
    for i in range(count):
        source, size = random_size(random, 70), random_size(random, 50)
        if i % 16 == 0:
            source = (2 * size[0], 2 * size[1])
        elif i % 16 == 1:
            source = size
        box: Box = (0.0, 0.0, float(source[0]), float(source[1]))
        yield Resize(
            random_pixels(random, source), random_box(random, source) if boxes else box, size
        )


def by_pillow(resize: Resize, method: str) -> Bytes:
    """Return what Pillow itself makes of it.

    The installed Pillow is asked directly for its own generation of the method. For the other
    generation, which only differs in the order of the two passes, it does them one by one.
    """
    kind, _, name = method.partition("-")
    resample = PILLOW_FILTERS[name or kind]
    image = Image.fromarray(resize.pixels)
    installed = "pillow13" if int(PIL.__version__.split(".")[0]) >= 13 else "pillow"
    if kind in (installed, "nearest"):
        return np.asarray(image.resize(resize.size, resample, box=resize.box))
    (left, top, right, bottom), (width, height) = resize.box, resize.size
    down, across = image.height - height, image.width - width
    tall = down > across * 2 if kind == "pillow13" else image.height > image.width * 100
    if tall and down > 0:
        lines = image.resize((image.width, height), resample, box=(0, top, image.width, bottom))
        return np.asarray(lines.resize(resize.size, resample, box=(left, 0, right, height)))
    lines = image.resize((width, image.height), resample, box=(left, 0, right, image.height))
    return np.asarray(lines.resize(resize.size, resample, box=(0, top, width, bottom)))


def random_rule(random: np.random.Generator, method: str) -> Preprocess:
    """Return a rule with everything in it chosen at random."""
    width, height = (int(n) for n in random.integers(1, 40, 2))
    values: dict[str, Any] = {
        "crop": str(random.choice(get_args(CropRule))),
        "crop_fraction": float(random.uniform(0.2, 1.0)),
        "resize_size": max(width, height) + int(random.integers(0, 20)),
        "color_order": str(random.choice(["rgb", "bgr"])),
        "layout": str(random.choice(["nchw", "nhwc"])),
        "scale": float(random.choice([1.0, 127.5, 255.0])),
        "mean": tuple(random.uniform(0, 255, 3)),
        "std": tuple(random.uniform(0.1, 255, 3)),
    }
    return Preprocess(width, height, method, **values)


def rule_plan(rule: Preprocess) -> Plan:
    """Return the rule as the native code takes it."""
    names = {
        "crop_none": "none",
        "crop_center": "center",
        "crop_center_whole": "center-whole",
        "crop_resized": "resize-then-crop",
        "crop_aspect": "aspect",
        "crop_central": "central",
    }
    plan = make_plan(rule.resize, rule.width, rule.height, names[crop_function(rule)])
    plan.crop_fraction, plan.resize_size = rule.crop_fraction, rule.resize_size
    plan.bgr, plan.channels_last = rule.color_order == "bgr", rule.layout == "nhwc"
    plan.scale = rule.scale
    plan.mean[:], plan.std[:] = rule.mean, rule.std
    return plan


def random_image(random: np.random.Generator, plan: Plan, size: Size) -> tuple[Case, Bytes]:
    """Return an image in a random format with random gaps, and its upright RGB pixels."""
    plan.turns, plan.mirrored = int(random.integers(0, 4)), int(random.integers(0, 2))
    kind = str(random.choice(["rgb", "rgba", "yuv420", "nv21"]))
    data, rgb = _IMAGES[kind](random, plan, size)
    return Case(plan, data), upright(rgb, plan.turns, bool(plan.mirrored))


def _packed(kind: str, random: np.random.Generator, plan: Plan, size: Size) -> tuple[Bytes, Bytes]:
    (width, height), pixel = size, len(kind)
    stride = pixel * width + int(random.integers(0, 9))
    data = random.integers(0, 256, stride * (height - 1) + pixel * width, dtype=np.uint8)
    set_planes(plan, kind, size, [(0, data.size, stride, pixel)])
    rows = np.lib.stride_tricks.as_strided(data, (height, width, 3), (stride, pixel, 1))
    return data, rows.copy()


def _yuv420(random: np.random.Generator, plan: Plan, size: Size) -> tuple[Bytes, Bytes]:
    sizes = [size] + [((size[0] + 1) // 2, (size[1] + 1) // 2)] * 2
    planes, parts, values = [], [], []
    for width, height in sizes:
        pixel = int(random.integers(1, 4))
        row = pixel * width + int(random.integers(0, 9))
        data = random.integers(0, 256, row * (height - 1) + pixel * (width - 1) + 1, dtype=np.uint8)
        planes.append((sum(part.size for part in parts), data.size, row, pixel))
        values.append(np.lib.stride_tricks.as_strided(data, (height, width), (row, pixel)))
        parts.append(data)
    set_planes(plan, "yuv420", size, planes)
    return np.concatenate(parts), yuv420_to_rgb(*values)


def _nv21(random: np.random.Generator, plan: Plan, size: Size) -> tuple[Bytes, Bytes]:
    width, height = size
    length = width * height + 2 * ((width + 1) // 2) * ((height + 1) // 2)
    data = random.integers(0, 256, length, dtype=np.uint8)
    set_planes(plan, "nv21", size, [])
    return data, nv21_to_rgb(data, width, height)


_IMAGES: dict[str, Any] = {
    "rgb": lambda *arguments: _packed("rgb", *arguments),
    "rgba": lambda *arguments: _packed("rgba", *arguments),
    "yuv420": _yuv420,
    "nv21": _nv21,
}


def random_camera_cases(
    seed: int, count: int, method: str
) -> Iterator[tuple[Case, Bytes, Preprocess]]:
    """Yield cases with every format, rule and orientation, upright pixels and rule."""
    random = np.random.default_rng(seed)
    while count:
        rule = random_rule(random, method)
        width, height = (int(n) for n in random.integers(1, 60, 2))
        case, pixels = random_image(random, rule_plan(rule), (width, height))
        # No pixel is left of some images when they are cut to the shape of the input.
        with contextlib.suppress(UsageError):
            crop_region(rule, pixels.shape[1], pixels.shape[0])
            yield case, pixels, rule
            count -= 1


def same_bits(seen: Floats, expected: Floats) -> bool:
    """True if all floats are the same to the bit."""
    return seen.shape == expected.shape and seen.tobytes() == expected.tobytes()

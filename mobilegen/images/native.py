"""A preprocessing rule as C++: the initialiser of `mobilegen::Preprocess`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mobilegen.artifacts import Preprocess
from mobilegen.images.crop import WHOLE_PIXEL_METHODS

_CROPS = {
    "none": "crop_none",
    "center": "crop_center",
    "resize-then-crop": "crop_resized",
    "aspect": "crop_aspect",
    "central": "crop_central",
}


def resize_function(rule: Preprocess) -> str:
    """Return the name of the C++ function, for example "resize_pillow_bicubic"."""
    return "resize_" + rule.resize.replace("-", "_")


def crop_function(rule: Preprocess) -> str:
    """Return the name of the C++ function, for example "crop_center"."""
    if rule.crop == "center" and rule.resize in WHOLE_PIXEL_METHODS:
        return "crop_center_whole"
    return _CROPS[rule.crop]


def initializer(rule: Preprocess) -> str:
    """Return the braces for `static const Preprocess kPreprocess = ...;`.

    The fields are in the order of native/core/preprocess/preprocess.h.
    """
    fields = (
        str(rule.width),
        str(rule.height),
        resize_function(rule),
        crop_function(rule),
        repr(float(rule.crop_fraction)),
        str(rule.resize_size),
        _float(rule.scale),
        _floats(rule.mean),
        _floats(rule.std),
        _flag(rule.color_order == "bgr"),
        _flag(rule.layout == "nhwc"),
    )
    return "{" + ", ".join(fields) + "}"


def _floats(values: Sequence[float]) -> str:
    return "{" + ", ".join(_float(value) for value in values) + "}"


def _float(value: float) -> str:
    # Nine digits give the same float32 back.
    return f"{np.float32(value):.9e}f"


def _flag(value: bool) -> str:
    return "true" if value else "false"

from __future__ import annotations

import re
from typing import get_args

import numpy as np
import pytest

from mobilegen.artifacts import Preprocess
from mobilegen.config.model import CropRule, ResizeMethod
from mobilegen.images.native import crop_function, initializer, resize_function
from mobilegen.resources import native_dir


def test_initializer() -> None:
    rule = Preprocess(8, 9, "pillow-bicubic", "center", 0.875, "bgr", (1.5, 0.1, 0.0), (2.0,) * 3)
    assert initializer(rule) == (
        "{8, 9, resize_pillow_bicubic, crop_center, 0.875, 0, 1.000000000e+00f, "
        "{1.500000000e+00f, 1.000000015e-01f, 0.000000000e+00f}, "
        "{2.000000000e+00f, 2.000000000e+00f, 2.000000000e+00f}, true, false}"
    )


def test_numbers_come_back_to_the_bit() -> None:
    values = np.random.default_rng(1).uniform(-1e3, 1e3, 300).astype(np.float32)
    for i in range(0, 300, 3):
        text = initializer(Preprocess(1, 1, mean=tuple(float(v) for v in values[i : i + 3])))
        seen = [np.float32(n) for n in re.findall(r"-?[\d.]+e[+-]\d+", text)[1:4]]
        assert seen == list(values[i : i + 3])


@pytest.mark.parametrize("method", get_args(ResizeMethod))
@pytest.mark.parametrize("crop", get_args(CropRule))
def test_every_function_is_declared(method: str, crop: str) -> None:
    header = (native_dir() / "core" / "preprocess" / "preprocess.h").read_text("utf-8")
    rule = Preprocess(1, 1, method, crop=crop)  # type: ignore
    assert f"int {resize_function(rule)}(" in header
    assert f"int {crop_function(rule)}(" in header


def test_fields_are_in_the_order_of_the_header() -> None:
    header = (native_dir() / "core" / "preprocess" / "preprocess.h").read_text("utf-8")
    struct = header.split("struct Preprocess {")[1].split("};")[0]
    code = re.sub(r"//.*", "", struct)
    names = re.findall(r"(\w+)(?:\[3\])?;", code)
    assert names == [
        "width", "height", "resize", "crop", "crop_fraction", "resize_size", "scale", "mean", "std",
        "bgr", "channels_last",
    ]  # fmt: skip

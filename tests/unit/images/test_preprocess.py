from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pydantic import ValidationError

from mobilegen.artifacts import Preprocess, TensorSpec
from mobilegen.config.model import PreprocessSettings
from mobilegen.errors import ConfigError, UsageError
from mobilegen.images.preprocess import FORMATS, bind_preprocess, image_to_input, read_image


@pytest.fixture
def picture() -> Image.Image:
    pixels = np.random.default_rng(1).integers(0, 256, (30, 41, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


def test_equals_pillow_with_a_fractional_box(picture: Image.Image) -> None:
    rule = Preprocess(
        16, 12, "pillow-bicubic", "center", 0.875, mean=(127.0,) * 3, std=(128.0,) * 3
    )
    side = 0.875 * 30
    box = ((41 - side) / 2, (30 - side) / 2, (41 + side) / 2, (30 + side) / 2)
    wanted = picture.resize((16, 12), Image.Resampling.BICUBIC, box=box)
    expected = ((np.asarray(wanted, np.float32) - 127) / 128).transpose(2, 0, 1)[None]
    seen = image_to_input(picture, rule)
    assert seen.shape == (1, 3, 12, 16)
    np.testing.assert_array_equal(seen, expected)


def test_filters_differ(picture: Image.Image) -> None:
    inputs = [
        image_to_input(picture, Preprocess(16, 12, method))
        for method in ("pillow-bilinear", "pillow-bicubic", "nearest")
    ]
    assert not np.array_equal(inputs[0], inputs[1])
    assert not np.array_equal(inputs[0], inputs[2])


def test_color_order_and_layout(picture: Image.Image) -> None:
    plain = image_to_input(picture, Preprocess(8, 8))
    turned = image_to_input(picture, Preprocess(8, 8, color_order="bgr", layout="nhwc"))
    np.testing.assert_array_equal(turned, plain[:, ::-1].transpose(0, 2, 3, 1))


def test_exif_rotation_is_undone(picture: Image.Image, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture.save(tmp_path / "turned.png", exif=exif)
    assert read_image(tmp_path / "turned.png").size == (30, 41)


def test_not_an_image(tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("hello")
    with pytest.raises(UsageError, match="not a readable image"):
        read_image(tmp_path / "text.png")
    with pytest.raises(UsageError, match="does not exist"):
        read_image(tmp_path / "none.png")


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_large_image_that_takes_few_bytes(tmp_path: Path) -> None:
    Image.new("1", (13300, 13300)).save(tmp_path / "white.png")
    with pytest.raises(UsageError, match="too large: 13300 x 13300"):
        read_image(tmp_path / "white.png")


@pytest.mark.parametrize("kind", ["GIF", "TIFF", "EPS", "ICO", "PPM"])
def test_formats_that_are_not_opened(kind: str, picture: Image.Image, tmp_path: Path) -> None:
    """One of them would start another program."""
    picture.save(tmp_path / "picture.png", format=kind)
    with pytest.raises(UsageError, match="not a readable image") as caught:
        read_image(tmp_path / "picture.png")
    assert "PNG, JPEG, WEBP, BMP" in caught.value.hint


@pytest.mark.parametrize("kind", FORMATS)
def test_formats_that_are_opened(kind: str, picture: Image.Image, tmp_path: Path) -> None:
    picture.save(tmp_path / "picture", format=kind)
    assert read_image(tmp_path / "picture").size == picture.size


def test_a_pipe_is_no_image(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(UsageError, match="not a readable image"):
        read_image(tmp_path / "pipe.png")


def test_size_comes_from_the_model() -> None:
    settings = PreprocessSettings(layout="nhwc")
    rule = bind_preprocess(settings, TensorSpec("x", (1, 20, 30, 3)))
    assert (rule.width, rule.height) == (30, 20)


@pytest.mark.parametrize("shape", [(1, 224, 224, 3), (2, 3, 8, 8), (1, 1, 8, 8), (3, 8, 8), (10,)])
def test_input_that_is_no_image(shape: tuple[int, ...]) -> None:
    with pytest.raises(ConfigError, match="does not fit"):
        bind_preprocess(PreprocessSettings(), TensorSpec("x", shape))


def test_mean_for_another_number_of_channels() -> None:
    with pytest.raises(ConfigError, match="mean"):
        bind_preprocess(PreprocessSettings(mean=(1.0,)), TensorSpec("x", (1, 3, 8, 8)))


def test_normalisation_divides_three_times(picture: Image.Image) -> None:
    """ToTensor and Normalize of torchvision; (x - 255 * mean) / (255 * std) has other bits."""
    mean, std = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
    pixels = np.asarray(picture.resize((8, 8), Image.Resampling.NEAREST), np.float32)
    expected = (pixels / np.float32(255) - np.float32(mean)) / np.float32(std)
    rule = Preprocess(8, 8, "nearest", scale=255.0, mean=mean, std=std, layout="nhwc")
    np.testing.assert_array_equal(image_to_input(picture, rule)[0], expected)


@pytest.mark.parametrize(
    "values",
    [{"scale": 0}, {"scale": 1e-60}, {"std": (1, 1e-50, 1)}, {"mean": (0, 0, 1e39)}],
)
def test_numbers_that_floats_cannot_hold(values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        PreprocessSettings(**values)


def test_resize_size_is_smaller_than_the_input() -> None:
    settings = PreprocessSettings(crop="resize-then-crop", resize_size=223)
    with pytest.raises(ConfigError, match="resize_size"):
        bind_preprocess(settings, TensorSpec("x", (1, 3, 224, 224)))

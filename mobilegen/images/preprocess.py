"""An image becomes a model input exactly as in training: crop, resize, then normalisation."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from mobilegen.artifacts import Preprocess, TensorSpec
from mobilegen.config.model import PreprocessSettings
from mobilegen.errors import ConfigError, UsageError
from mobilegen.images.crop import crop_region
from mobilegen.images.resize import resize
from mobilegen.system.files import require_plain

FORMATS = ("PNG", "JPEG", "WEBP", "BMP")
# More than the cameras of phones give in one picture, but for a few special modes.
MOST_PIXELS = 64_000_000
# Ours is the stricter limit, and an error.
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)


def bind_preprocess(settings: PreprocessSettings, tensor: TensorSpec) -> Preprocess:
    """Complete the settings with the width and height of the model's input.

    Raises:
        ConfigError: The input is not one image of three channels in the given layout.
    """
    shape = tensor.shape
    channels, height, width = (
        (shape[1], shape[2], shape[3])
        if len(shape) == 4 and settings.layout == "nchw"
        else (shape[3], shape[1], shape[2])
        if len(shape) == 4
        else (0, 0, 0)
    )
    if channels != 3 or shape[0] != 1:
        raise ConfigError(
            f"preprocess does not fit input {tensor.name!r}",
            seen=[f"layout {settings.layout}, input shape {'x'.join(map(str, shape))}"],
            hint="set preprocess.layout, or remove preprocess for a model without image input",
        )
    _check_channels("mean", settings.mean)
    _check_channels("std", settings.std)
    _check_resize_size(settings, width, height)
    return Preprocess(width=width, height=height, **settings.model_dump())


def _check_channels(name: str, values: tuple[float, ...]) -> None:
    if len(values) != 3:
        raise ConfigError(
            f"preprocess.{name} needs one number per channel",
            seen=[f"{len(values)} numbers for 3 channels"],
            hint=f"preprocess: {{{name}: [0, 0, 0]}}",
        )


def _check_resize_size(settings: PreprocessSettings, width: int, height: int) -> None:
    if settings.crop == "resize-then-crop" and settings.resize_size < max(width, height):
        raise ConfigError(
            "preprocess.resize_size is smaller than the model's input",
            seen=[f"resize_size {settings.resize_size}, input of {width} x {height} pixels"],
            hint=f"resize_size: {max(width, height)} or more, as in training",
        )


def read_image(path: Path) -> Image.Image:
    """Open a photograph as RGB, turned as its EXIF data says.

    Raises:
        UsageError: It is missing, not an image of a format in `FORMATS`, or too large.
    """
    try:
        # Pillow knows more formats; the program that opens EPS is another one.
        with Image.open(require_plain(path), formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise UsageError(
                    f"{path} is too large: {image.width} x {image.height} pixels",
                    seen=[f"{image.width * image.height} pixels, {MOST_PIXELS} are allowed"],
                    hint="scale it down",
                )
            return ImageOps.exif_transpose(image).convert("RGB")
    except FileNotFoundError:
        raise UsageError(f"{path} does not exist", hint="check the path of the image") from None
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise UsageError(
            f"{path} is not a readable image",
            seen=[str(error)],
            hint=f"use a file of the format {', '.join(FORMATS)}",
        ) from error


def image_to_input(image: Image.Image, rule: Preprocess) -> NDArray[np.float32]:
    """Return the model input of shape 1x3xHxW (nchw) or 1xHxWx3 (nhwc).

    Raises:
        UsageError: The image is too large or too elongated.
    """
    return pixels_to_input(np.asarray(image.convert("RGB")), rule)


def pixels_to_input(pixels: NDArray[np.uint8], rule: Preprocess) -> NDArray[np.float32]:
    """Return the model input from upright RGB pixels, height x width x 3.

    Every step is in float32, in this order; native/core/preprocess does the same.

    Raises:
        UsageError: The image is too large or too elongated.
    """
    height, width = pixels.shape[:2]
    region = crop_region(rule, width, height)
    picture = resize(pixels, region, rule.resize, (rule.width, rule.height)).astype(np.float32)
    if rule.color_order == "bgr":
        picture = picture[:, :, ::-1]
    mean, std = np.asarray(rule.mean, np.float32), np.asarray(rule.std, np.float32)
    scaled = (picture / np.float32(rule.scale) - mean) / std
    ordered = scaled.transpose(2, 0, 1) if rule.layout == "nchw" else scaled
    return np.ascontiguousarray(ordered[None], dtype=np.float32)

"""The settings of mobilegen.yml, most of which are command line options too."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from mobilegen.config.values import parse_abis, parse_shape
from mobilegen.platforms.android.jni import check_package
from mobilegen.platforms.android.libraries import check_library_name

ResizeMethod = Literal["pillow-bilinear", "pillow-bicubic", "nearest"]
Shape = Annotated[tuple[int, ...], BeforeValidator(parse_shape)]
Abis = Annotated[tuple[str, ...], BeforeValidator(parse_abis)]
ToolchainKind = Literal["auto", "embedded", "ndk"]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class PreprocessSettings(_Section):
    """How an image becomes the model's input; must equal what was done in training."""

    resize: ResizeMethod = Field("pillow-bilinear", description="Resize method of the training.")
    crop: Literal["none", "center"] = Field(
        "none", description="center: the centre square; none: the whole image."
    )
    crop_fraction: float = Field(
        1.0, gt=0, le=1, description="Side of the centre square / shorter side of the image."
    )
    color_order: Literal["rgb", "bgr"] = Field("rgb", description="Order of the channels.")
    mean: tuple[float, ...] = Field(
        (0.0, 0.0, 0.0), description="Subtracted from 0..255 values, one per channel."
    )
    std: tuple[float, ...] = Field((1.0, 1.0, 1.0), description="Divisor after the mean.")
    layout: Literal["nchw", "nhwc"] = Field("nchw", description="Order of the input's axes.")

    @field_validator("std")
    @classmethod
    def _no_zero(cls, value: tuple[float, ...]) -> tuple[float, ...]:
        if any(number == 0 for number in value):
            raise ValueError("std must not be 0")
        return value


class LimitSettings(_Section):
    """Largest allowed max |difference| / max |reference|, by precision."""

    # With 1 an answer of zeros would pass.
    fp32: float = Field(1e-3, gt=0, lt=1, description="Limit for fp32 models.")
    fp16: float = Field(1e-2, gt=0, lt=1, description="Limit for models stored as fp16.")


def _default_limits() -> LimitSettings:
    return LimitSettings.model_validate({})


class Settings(_Section):
    """Everything a build can be told."""

    model: Path = Field(description="The model file, relative to this file.")
    name: str = Field(
        pattern=r"^[a-z][a-z0-9_]{0,63}$",
        description="Name of the library: lib<name>.so. Small letters, digits, underscores.",
    )
    package: str = Field("com.example.sdk", description="Java package of the API classes.")
    runtime: str = Field("ncnn", description="The engine on the phone.")
    abi: Abis = Field(("arm64-v8a",), description="Android ABIs, or all.")
    api_level: int = Field(21, ge=21, le=36, description="Oldest Android API level (minSdk).")
    precision: Literal["fp32", "fp16"] = Field(
        "fp32", description="fp16 halves the model file; arithmetic stays fp32."
    )
    toolchain: ToolchainKind = Field(
        "auto", description="auto: a valid NDK if there is one, else the embedded compiler."
    )
    ndk: Path | None = Field(None, description="Folder of an Android NDK.")
    labels: Path | None = Field(None, description="Class names, one per line.")
    input_shapes: dict[str, Shape] = Field(
        default_factory=dict, description="Sizes of inputs that the model leaves open."
    )
    preprocess: PreprocessSettings | None = Field(
        None, description="How an image becomes the input; needed by run --image."
    )
    check_images: tuple[Path, ...] = Field(
        (), description="Photographs on which every library must answer like the source model."
    )
    limits: LimitSettings = Field(
        default_factory=_default_limits, description="Limits of the proofs."
    )

    @field_validator("name")
    @classmethod
    def _name(cls, value: str) -> str:
        return check_library_name(value)

    @field_validator("package")
    @classmethod
    def _package(cls, value: str) -> str:
        return check_package(value)

"""The settings of mobilegen.yml, most of which are command line options too."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
)

from mobilegen.config.values import parse_abis, parse_shape, to_float32
from mobilegen.platforms.android.apk.settings import RouteChoice
from mobilegen.platforms.android.application import check_application_id
from mobilegen.platforms.android.jni import check_package
from mobilegen.platforms.android.libraries import LIBRARY_NAME, check_library_name

ResizeMethod = Literal[
    "pillow-bilinear",
    "pillow-bicubic",
    "pillow13-bilinear",
    "pillow13-bicubic",
    "opencv-linear",
    "tensorflow-bilinear",
    "nearest",
]
CropRule = Literal["none", "center", "resize-then-crop", "aspect", "central"]
_ShapeText = Annotated[str, Field(pattern=r"^[1-9][0-9]*([x,][1-9][0-9]*)*$")]
_AbiName = Literal["arm64-v8a", "armeabi-v7a", "x86_64", "x86", "all"]
Shape = Annotated[
    tuple[int, ...],
    BeforeValidator(
        parse_shape, json_schema_input_type=_ShapeText | tuple[Annotated[int, Field(ge=1)], ...]
    ),
]
Abis = Annotated[
    tuple[str, ...],
    BeforeValidator(parse_abis, json_schema_input_type=_AbiName | tuple[_AbiName, ...]),
]
ToolchainKind = Literal["auto", "embedded", "ndk"]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class PreprocessSettings(_Section):
    """How an image becomes the model's input; must equal what was done in training."""

    resize: ResizeMethod = Field("pillow-bilinear", description="Resize method of the training.")
    crop: CropRule = Field(
        "none",
        description="none: the whole image; center: the centre square; resize-then-crop: "
        "torchvision's Resize and CenterCrop; aspect: the largest part of the input's shape "
        "(Keras); central: tf.image.central_crop.",
    )
    crop_fraction: float = Field(
        1.0,
        gt=0,
        le=1,
        description="center: side of the square / shorter side of the image; "
        "central: part of both sides.",
    )
    resize_size: int = Field(
        0,
        ge=0,
        le=16384,
        description="resize-then-crop: what the shorter side is resized to, as in Resize(256).",
    )
    color_order: Literal["rgb", "bgr"] = Field("rgb", description="Order of the channels.")
    scale: float = Field(
        1.0, gt=0, description="What 0..255 is divided by first: (x / scale - mean) / std."
    )
    mean: tuple[float, ...] = Field(
        (0.0, 0.0, 0.0), description="Subtracted after the scale, one per channel."
    )
    std: tuple[float, ...] = Field((1.0, 1.0, 1.0), description="Divisor after the mean.")
    layout: Literal["nchw", "nhwc"] = Field("nchw", description="Order of the input's axes.")

    @field_validator("scale", "mean", "std")
    @classmethod
    def _float32(cls, value: float | tuple[float, ...], info: ValidationInfo) -> Any:
        for number in value if isinstance(value, tuple) else (value,):
            single = to_float32(number)
            if single == 0 and info.field_name != "mean":
                raise ValueError(f"{info.field_name} must not be 0")
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
        pattern=LIBRARY_NAME,
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
    embed_model: bool = Field(
        False, description="Compile the model into the library: one file, and nothing to load."
    )
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
    samples: Path | None = Field(
        None,
        description="Inputs that every form of the model is compared on, an .npz of the arrays "
        "0/INPUT, 1/INPUT and so on.",
    )
    limits: LimitSettings = Field(
        default_factory=_default_limits, description="Limits of the proofs."
    )
    out: Path | None = Field(None, description="Folder of the result; by default build.")
    platform: Literal["android"] = Field("android", description="System of the project.")
    project: bool = Field(
        True, description="Leave an Android Studio project with an SDK and a demo app in android/."
    )
    with_sources: bool = Field(
        False,
        description="Add the library's C++ sources to the project, which then compiles them itself "
        "with an NDK.",
    )
    application_id: str | None = Field(
        None,
        description="Name of the demo app on a phone and in the store; by default <package>.demo.",
    )
    app_name: str | None = Field(
        None, max_length=64, description="Title of the demo app; by default from the name."
    )
    target_sdk: int = Field(36, ge=21, le=99, description="API level the app is made for.")
    compile_sdk: int = Field(
        36, ge=35, le=99, description="API level the app is compiled with; target_sdk or more."
    )
    version_code: int = Field(
        1, ge=1, le=2_100_000_000, description="Number of the app's version; it must only grow."
    )
    version_name: str = Field(
        "1.0", min_length=1, max_length=64, description="The app's version as people see it."
    )
    apk: bool = Field(
        False,
        description="Build the demo app, too: with Gradle when there is an Android SDK, else with "
        "tools of its own. Signed with a debug key, or with that of MOBILEGEN_KEYSTORE.",
    )
    apk_route: RouteChoice = Field("auto", description="How the app is built: gradle or embedded.")
    force: bool = Field(
        False, description="Overwrite files of the project that you have changed or removed."
    )
    jobs: int | None = Field(
        None, ge=1, le=256, description="Parallel jobs; by default one for each processor."
    )
    offline: bool = Field(False, description="Use the cache only, no network.")
    require_proof: bool = Field(False, description="Fail when a check had to be skipped.")
    json_output: bool = Field(False, description="Print the report as JSON and nothing else.")

    @field_validator("name")
    @classmethod
    def _name(cls, value: str) -> str:
        return check_library_name(value)

    @field_validator("package")
    @classmethod
    def _package(cls, value: str) -> str:
        return check_package(value)

    @field_validator("application_id")
    @classmethod
    def _application_id(cls, value: str | None) -> str | None:
        return value if value is None else check_application_id(value)

    @field_validator("app_name", "version_name")
    @classmethod
    def _one_line(cls, value: str | None) -> str | None:
        if value is not None and not (value.strip() and value.isprintable()):
            raise ValueError("must be one line of printable text")
        return value

    @field_validator("apk", "with_sources")
    @classmethod
    def _of_project(cls, value: bool, info: ValidationInfo) -> bool:
        if value and not info.data.get("project", True):
            raise ValueError("it is a part of the project, which is left out")
        return value

    @field_validator("target_sdk", "compile_sdk")
    @classmethod
    def _at_least(cls, value: int, info: ValidationInfo) -> int:
        below = "api_level" if info.field_name == "target_sdk" else "target_sdk"
        if value < info.data.get(below, value):
            raise ValueError(f"must not be lower than {below}")
        return value

"""The settings of mobilegen.yml, most of which are command line options too.

What is written here of a setting is all there is: the options of the commands, the JSON schema,
the file that `mobilegen init` writes and the options in build.json are made from it. A platform
adds a section of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, cast

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    create_model,
    field_validator,
    model_validator,
)
from pydantic.fields import FieldInfo

from mobilegen.config.option import CONVERT, Option
from mobilegen.config.values import parse_names, parse_shape, parse_shapes, to_float32

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
# A regular expression that means the same to Python and to a JSON schema.
LIBRARY_NAME = r"^[a-z][a-z0-9_]{0,63}$"
ALL_ABIS = "all"
_ShapeText = Annotated[str, Field(pattern=r"^[1-9][0-9]*([x,][1-9][0-9]*)*$")]
Shape = Annotated[
    tuple[int, ...],
    BeforeValidator(
        parse_shape, json_schema_input_type=_ShapeText | tuple[Annotated[int, Field(ge=1)], ...]
    ),
]
Names = Annotated[
    tuple[str, ...], BeforeValidator(parse_names, json_schema_input_type=str | tuple[str, ...])
]


class Section(BaseModel):
    """Settings that belong together; an unknown one is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class PlatformSection(Section):
    """The section of a platform; a platform derives its own from it.

    Attributes:
        title: The platform as people call it; heading of its options in `--help`.
        abis: The ABIs of the platform, in their usual order.
        default_abis: Those of a build that names none.
        reserved_names: Names that a library cannot have, as the system has one of that name.
    """

    title: ClassVar[str]
    abis: ClassVar[tuple[str, ...]]
    default_abis: ClassVar[tuple[str, ...]]
    reserved_names: ClassVar[frozenset[str]] = frozenset()


class PreprocessSettings(Section):
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


class LimitSettings(Section):
    """Largest allowed max |difference| / max |reference|, by precision."""

    # With 1 an answer of zeros would pass.
    fp32: float = Field(1e-3, gt=0, lt=1, description="Limit for fp32 models.")
    fp16: float = Field(1e-2, gt=0, lt=1, description="Limit for models stored as fp16.")


def _default_limits() -> LimitSettings:
    return LimitSettings.model_validate({})


class Settings(Section):
    """Everything a build can be told; `with_platforms` adds the sections of the platforms."""

    platforms: ClassVar[Mapping[str, type[PlatformSection]]] = {}

    model: Path = Field(description="The model file, relative to this file.")
    name: Annotated[str, Option("Model", default="from the model's name")] = Field(
        pattern=LIBRARY_NAME,
        description="Name of the library: lib<name>.so. Small letters, digits, underscores.",
    )
    framework: Annotated[
        str | None, Option("Model", default="from the file's ending", verbs=(*CONVERT, "inspect"))
    ] = Field(None, description="What the model was saved by, where its ending does not say it.")
    runtime: Annotated[str, Option("Model", verbs=(*CONVERT, "setup"))] = Field(
        "ncnn", description="The engine on the phone."
    )
    platform: Annotated[Names, Option("Output", verbs=("build", "setup"))] = Field(
        (), min_length=1, description="Systems to build for; may be repeated."
    )
    abi: Annotated[Names, Option("Output", default="the commonest", verbs=("build", "setup"))] = (
        Field(
            (),
            description="ABIs to build for, each for the platforms that know it, or all; "
            "may be repeated.",
        )
    )
    precision: Annotated[Literal["fp32", "fp16"], Option("Model", verbs=CONVERT)] = Field(
        "fp32", description="fp16 halves the model file; arithmetic stays fp32."
    )
    embed_model: Annotated[bool, Option("Output")] = Field(
        False, description="Compile the model into the library: one file, and nothing to load."
    )
    labels: Annotated[Path | None, Option("Model", verbs=CONVERT)] = Field(
        None, description="Class names, one per line."
    )
    input_shapes: Annotated[
        dict[str, Shape],
        Option("Model", ("--input-shape",), "NAME=1x3x224x224", verbs=(*CONVERT, "inspect")),
        BeforeValidator(parse_shapes, json_schema_input_type=dict[str, Shape]),
    ] = Field(default_factory=dict, description="Sizes of inputs that the model leaves open.")
    preprocess: PreprocessSettings | None = Field(
        None, description="How an image becomes the input; needed by run --image."
    )
    check_images: tuple[Path, ...] = Field(
        (), description="Photographs on which every library must answer like the source model."
    )
    samples: Annotated[Path | None, Option("Proof", verbs=CONVERT)] = Field(
        None,
        description="Inputs that every form of the model is compared on, an .npz of the arrays "
        "0/INPUT, 1/INPUT and so on.",
    )
    limits: LimitSettings = Field(
        default_factory=_default_limits, description="Limits of the proofs."
    )
    out: Annotated[
        Path | None,
        Option(
            "Output",
            default="build beside mobilegen.yml; <model>-sdk here for a model file",
            verbs=CONVERT,
            recorded=False,
        ),
    ] = Field(None, description="Folder of the result.")
    force: Annotated[bool, Option("Output", ("--force",), recorded=False)] = Field(
        False, description="Overwrite files of a project that you have changed or removed."
    )
    jobs: Annotated[
        int | None,
        Option(
            "Running",
            ("--jobs", "-j"),
            default="all cores",
            verbs=(*CONVERT, "bench"),
            recorded=False,
        ),
    ] = Field(None, ge=1, le=256, description="Parallel jobs.")
    offline: Annotated[
        bool,
        Option(
            "Running", ("--offline",), verbs=(*CONVERT, "verify", "run", "bench"), recorded=False
        ),
    ] = Field(False, description="Use the cache only, no network.")
    require_proof: Annotated[
        bool, Option("Proof", ("--require-proof",), verbs=(*CONVERT, "verify"), recorded=False)
    ] = Field(False, description="Fail when a check had to be skipped.")
    json_output: Annotated[bool, Option("Running", ("--json",), verbs=CONVERT, recorded=False)] = (
        Field(False, description="Print the report as JSON and nothing else.")
    )

    @property
    def limit(self) -> float:
        """Largest allowed max |difference| / max |reference| for the precision."""
        return float(getattr(self.limits, self.precision))

    def section(self, platform: str) -> PlatformSection:
        """Return the settings of one platform."""
        return cast(PlatformSection, getattr(self, platform))

    def abis_of(self, platform: str) -> tuple[str, ...]:
        """Return the ABIs of a platform that are to be built, in their usual order."""
        section = self.platforms[platform]
        if not self.abi:
            return section.default_abis
        return tuple(abi for abi in section.abis if abi in self.abi or ALL_ABIS in self.abi)

    @field_validator("platform")
    @classmethod
    def _platform(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        unknown = [name for name in value if name not in cls.platforms]
        if unknown:
            known = ", ".join(cls.platforms)
            raise ValueError(f"unknown platform {', '.join(unknown)}; known: {known}")
        return tuple(name for name in cls.platforms if name in value)

    @field_validator("abi")
    @classmethod
    def _abi(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        chosen = info.data.get("platform", tuple(cls.platforms))
        known = [abi for name in chosen for abi in cls.platforms[name].abis]
        unknown = sorted({*value} - {*known, ALL_ABIS})
        if unknown:
            raise ValueError(
                f"unknown ABI {', '.join(unknown)}; known: {', '.join(known)}, {ALL_ABIS}"
            )
        for name in chosen if value and ALL_ABIS not in value else ():
            if not {*value} & {*cls.platforms[name].abis}:
                raise ValueError(f"none of {name}; it has {', '.join(cls.platforms[name].abis)}")
        return tuple(abi for abi in (*dict.fromkeys(known), ALL_ABIS) if abi in value)

    @model_validator(mode="after")
    def _name_is_free(self) -> Settings:
        for platform in self.platform:
            if self.name in self.platforms[platform].reserved_names:
                raise ValueError(
                    f"name: {self.platforms[platform].title} has a lib{self.name}.so of its own, "
                    f"which would be loaded instead; take another, as {self.name}_model"
                )
        return self


def with_platforms(sections: Mapping[str, type[PlatformSection]]) -> type[Settings]:
    """Return the settings with a section for each platform.

    Args:
        sections: By name of the platform, in the order of `--help`.
    """
    abis = {name: section.abis for name, section in sections.items()}
    fields: dict[str, Any] = {
        "platform": _one_of(
            Settings.model_fields["platform"],
            sections,
            ", ".join(sections),
            default=tuple(sections)[:1],
        ),
        "abi": _one_of(
            Settings.model_fields["abi"],
            [*(abi for each in abis.values() for abi in each), ALL_ABIS],
            "; ".join(f"{name}: {', '.join(each)}" for name, each in abis.items()),
        ),
    }
    fields |= {
        name: (
            section,
            Field(
                default_factory=lambda section=section: section.model_validate({}),
                description=f"Settings of {section.title}.",
            ),
        )
        for name, section in sections.items()
    }
    made = create_model("Settings", __base__=Settings, __doc__=Settings.__doc__, **fields)
    made.platforms = dict(sections)
    return made


def _one_of(
    field: FieldInfo, names: Iterable[str], listing: str, default: tuple[str, ...] = ()
) -> tuple[Any, FieldInfo]:
    """Return a field of names that says which there are."""
    name: dict[str, Any] = {"type": "string", "enum": list(dict.fromkeys(names))}
    made = copy(field)
    made.default = default
    made.description = f"{field.description} Known: {listing}."
    made.json_schema_extra = {"anyOf": [name, {"type": "array", "items": name}]}
    return field.annotation, made

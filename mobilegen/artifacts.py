"""The frozen data types that flow from step to step; paths plus hashes, no behaviour."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Precision = Literal["fp32", "fp16"]
Format = Literal["onnx", "torchscript", "tflite", "caffe", "paddle"]
Scores = Literal["logits", "probabilities"]
LibraryKind = Literal["shared", "static"]
CheckStatus = Literal["pass", "fail", "skipped"]


@dataclass(frozen=True)
class TensorSpec:
    """One input or output of the source model.

    Attributes:
        name: As the source model names it.
        shape: Fixed sizes, batch axis included; () is a scalar.
        dtype: numpy name, for example "float32".
    """

    name: str
    shape: tuple[int, ...]
    dtype: str = "float32"


@dataclass(frozen=True)
class Preprocess:
    """How an image becomes the model's input; one description for every language.

    Attributes:
        width: Width of the model input in pixels.
        height: Height of the model input in pixels.
        resize: Name of the resize method, for example "pillow-bicubic".
        crop: Name of the crop rule, for example "center"; docs/preprocessing.md has them all.
        crop_fraction: For "center", side of the square relative to the shorter side of the image;
            for "central", part of both sides.
        color_order: "rgb" or "bgr".
        scale: What the values 0..255 are divided by first: (x / scale - mean) / std.
        mean: Subtracted per channel after that.
        std: Divisor per channel after the mean.
        layout: "nchw" or "nhwc".
        resize_size: For "resize-then-crop", what the shorter side is resized to.
    """

    width: int
    height: int
    resize: str = "pillow-bilinear"
    crop: Literal["none", "center", "resize-then-crop", "aspect", "central"] = "none"
    crop_fraction: float = 1.0
    color_order: Literal["rgb", "bgr"] = "rgb"
    mean: tuple[float, ...] = (0.0, 0.0, 0.0)
    std: tuple[float, ...] = (1.0, 1.0, 1.0)
    layout: Literal["nchw", "nhwc"] = "nchw"
    resize_size: int = 0
    scale: float = 1.0


@dataclass(frozen=True)
class SourceModel:
    """What the user has: a model file, and what he says about its inputs.

    Attributes:
        input_shapes: (input name, sizes) for inputs with symbolic sizes or to override them.
    """

    path: Path
    framework: str
    input_shapes: tuple[tuple[str, tuple[int, ...]], ...] = ()


@dataclass(frozen=True)
class Check:
    """One verified statement.

    Attributes:
        id: Stable name, for example "host.parity" or "arm64-v8a.execute.parity".
        title: What is stated, in words.
        status: Skipped is never counted as passed.
        measured: The value seen, None when there is no number.
        limit: The value allowed, None when there is no number.
        detail: Reason for fail or skipped, or further facts.
    """

    id: str
    title: str
    status: CheckStatus
    measured: float | None = None
    limit: float | None = None
    detail: str = ""


@dataclass(frozen=True)
class FileRecord:
    """A file of a result: path relative to the result's folder."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Candidate:
    """One form of the graph that a converter may try.

    Attributes:
        label: "original", "simplified" or the name of a repair.
        path: A self-contained file with fixed shapes.
        format: Of the file.
        batch: How often it has to be run for one run of the source model, each time on one part
            of every input along axis 0.
    """

    label: str
    path: Path
    format: Format = "onnx"
    batch: int = 1


@dataclass(frozen=True)
class Scheme:
    """How a converter is to store the model's numbers."""

    precision: Precision = "fp32"


@dataclass(frozen=True)
class Tolerance:
    """How far from the source model's answers a converted model may be.

    Attributes:
        relative: Largest max |difference| / max |reference|; `mobilegen.verify.numeric` has the
            whole formula.
    """

    relative: float


@dataclass(frozen=True)
class Graph:
    """The canonical form of the model inside mobilegen.

    Attributes:
        original: The untouched ONNX model: the reference of every parity check.
        candidates: What converters try, in order.
        inputs: Inputs with fixed shapes.
        outputs: Outputs with fixed shapes.
        opset: Version of the default operator set.
        samples: .npz with the reference: inputs and the source model's answers;
            graph/samples.py has its form.
        checks: Pre-flight checks.
        scores: What the numbers of the first output are, should they be scores of classes:
            logits become probabilities by softmax.
        reference: Who gave the source model's answers: onnxruntime from `original`, or the
            framework that the model was trained in; with the version.
    """

    original: Path
    candidates: tuple[Candidate, ...]
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    opset: int
    samples: Path
    checks: tuple[Check, ...] = ()
    scores: Scores = "logits"
    reference: str = "onnxruntime"


@dataclass(frozen=True)
class TensorBinding:
    """Which blob of the runtime carries which tensor of the source model, and how.

    Attributes:
        tensor: The source model's tensor.
        blob: The runtime's name for it.
        runtime_shape: Sizes as the runtime sees them, outermost first (for ncnn: c, d, h, w of
            the dims it has); without a permutation in the element order of the source tensor.
        runtime_dtype: numpy name of the type that the runtime takes or gives.
        permutation: Axis i of the runtime's array is axis permutation[i] of the source's, batch
            axis included; () for the order of the source.
    """

    tensor: TensorSpec
    blob: str
    runtime_shape: tuple[int, ...]
    runtime_dtype: str = "float32"
    permutation: tuple[int, ...] = ()


@dataclass(frozen=True)
class Artifact:
    """The runtime's own model files.

    Attributes:
        folder: Where the files are.
        files: The files by role, for example (("params", …), ("weights", …)).
        operators: Names of the runtime's operators (ncnn: layers) that this model needs, for
            trimming the native build.
        candidate: Label of the graph form that was converted.
        scores: As in `Graph`.
        batch: How often the runtime computes for one call. Axis 0 of every input and output of
            the source has a multiple of that size; the runtime gets one part after the other.
        answers: What the runtime answered on this computer to the samples of the `Graph`: .npz
            of "<i>/<name>", as the source model gives its outputs.
    """

    runtime: str
    runtime_version: str
    precision: Precision
    folder: Path
    files: tuple[tuple[str, FileRecord], ...]
    inputs: tuple[TensorBinding, ...]
    outputs: tuple[TensorBinding, ...]
    operators: tuple[str, ...]
    candidate: str
    checks: tuple[Check, ...] = ()
    scores: Scores = "logits"
    batch: int = 1
    answers: FileRecord | None = None


@dataclass(frozen=True)
class Target:
    """What native code is built for.

    Attributes:
        platform: Name of the platform, as in the catalog of platforms.
        abi: The platform's own name of the processor and its conventions.
        level: The oldest system that it runs on, as the platform counts: "21", "glibc2.17".
    """

    platform: str
    abi: str
    level: str

    @property
    def id(self) -> str:
        """Name of the target among those of all platforms, as "linux-x86_64"."""
        return f"{self.platform}-{self.abi}"


# None at all; one that is linked in; the one of an NDK, where the names of that one are demanded.
CxxLibrary = Literal["none", "static", "ndk"]


@dataclass(frozen=True)
class Bridge:
    """What a platform adds to the C interface of a library.

    Attributes:
        folder: Of its sources, with a file bridge.cmake: absolute, or relative to native/; "" for
            the C interface alone.
        defines: Macros that they take, for mobilegen_model.h: (name, text).
        exports: Names that they export, for the check of a library; bridge.cmake says them, too.
        package: Of the platform's own classes, in its language.
    """

    folder: str = ""
    defines: tuple[tuple[str, str], ...] = ()
    exports: tuple[str, ...] = ()
    package: str = ""


@dataclass(frozen=True)
class PlatformPlan:
    """What is built for one platform.

    Attributes:
        name: Of the platform.
    """

    name: str
    targets: tuple[Target, ...]


@dataclass(frozen=True)
class Toolchain:
    """A compiler set for one target.

    Attributes:
        kind: "embedded" or "ndk".
        version: For example "ziglang 0.17.1" or "NDK 28.2.13676358".
        cmake_file: The CMake toolchain file.
        variables: CMake cache variables that the toolchain file needs.
        reason: One line: why this one, and why the others were not taken.
        identity: Hash of everything that decides the bytes it produces.
    """

    kind: Literal["embedded", "ndk"]
    version: str
    cmake_file: Path
    variables: tuple[tuple[str, str], ...]
    reason: str
    identity: str


@dataclass(frozen=True)
class Companion:
    """A library of a runtime that lies beside the library of a model.

    Attributes:
        name: Its file name, which is its soname.
        licence: Its text, where it is not the runtime's.
        exports: Names that a model's library may take from it.
    """

    name: str
    path: Path
    sha256: str = ""
    licence: Path | None = None
    exports: tuple[str, ...] = ()


@dataclass(frozen=True)
class Library:
    """The library of a model for one target: stripped and shared, or an archive of objects.

    Attributes:
        soname: The name that a shared library has inside.
        needed: Names of the libraries it needs.
        exports: Names that a shared library defines for others.
        imports: Names that a shared library takes from others.
        companions: Libraries that it needs beside it, what others need first.
        licences: Of what is inside and beside it; they have to go wherever the library goes.
        system: Libraries of the system that its runtime needs, beside those of every library.
    """

    target: Target
    path: Path
    soname: str
    size: int
    sha256: str
    needed: tuple[str, ...]
    exports: tuple[str, ...]
    imports: tuple[str, ...]
    toolchain: str
    companions: tuple[Companion, ...] = ()
    licences: tuple[Path, ...] = ()
    system: tuple[str, ...] = ()
    kind: LibraryKind = "shared"
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True)
class NativeSources:
    """What a project needs to compile the library for one target itself.

    Attributes:
        folder: Holds the files.
        files: Sorted by path. A path that is there for several targets has the same content.
    """

    target: Target
    folder: Path
    files: tuple[FileRecord, ...]


@dataclass(frozen=True)
class Apk:
    """A signed app, ready to be installed.

    Attributes:
        route: "gradle" or "embedded".
        reason: One line: why this route, and with which tools.
    """

    path: Path
    size: int
    sha256: str
    route: Literal["gradle", "embedded"]
    reason: str
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True)
class ProjectFile:
    """A file of a generated project.

    Attributes:
        path: Relative to the project's folder, parts separated by "/".
        source: Where its content is until the project is put in place.
    """

    path: str
    source: Path
    sha256: str
    executable: bool = False


@dataclass(frozen=True)
class Project:
    """A generated project: an SDK for apps, and a demo app.

    Attributes:
        files: Sorted by path.
        names: Those that its sources are of, for example Java packages.
    """

    platform: str
    files: tuple[ProjectFile, ...]
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class ProjectReport:
    """What became of a generated project.

    Attributes:
        folder: Relative to the result's folder.
        files: How many files were generated.
        kept: Generated files that are as the user has changed them, each with the reason.
    """

    folder: str
    files: int
    kept: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proof:
    """What running a library showed.

    Attributes:
        executors: What was known of the target's executors afterwards, one text for each.
    """

    target: Target
    checks: tuple[Check, ...]
    executors: tuple[str, ...] = ()

    @property
    def is_partial(self) -> bool:
        """True when something was skipped."""
        return any(check.status == "skipped" for check in self.checks)


@dataclass(frozen=True)
class Answer:
    """What the source model says of a check image: its best class, 0..1."""

    image: str
    label: str
    probability: float


@dataclass(frozen=True)
class Description:
    """What comes with the model.

    Attributes:
        labels: Class names; () for a model without.
        answers: One for each check image of a classifier.
    """

    labels: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True)
class StepRecord:
    """What one step took.

    Attributes:
        cached: True when nothing had changed and the earlier result was kept.
    """

    name: str
    seconds: float
    cached: bool
    detail: str = ""


REPORT_FORMAT = 3


@dataclass(frozen=True)
class BuildReport:
    """build.json: everything that a build did and proved.

    Attributes:
        format: `REPORT_FORMAT`; another number says that other fields are to be expected.
        options: The settings of the build by name, files without their folders.
        answers: What the source model says of the check images.
        libraries: The native libraries; paths are relative to the result's folder.
        files: Every file of the result but the reports, build.json, report.html and bench.json,
            and the projects, which are the user's to change.
        projects: The generated projects.
        reference: Who gave the source model's answers, as in `Graph`.
    """

    format: int
    mobilegen: str
    inputs: tuple[FileRecord, ...]
    options: dict[str, Any]
    graph_inputs: tuple[TensorSpec, ...]
    graph_outputs: tuple[TensorSpec, ...]
    steps: tuple[StepRecord, ...]
    checks: tuple[Check, ...]
    answers: tuple[Answer, ...] = ()
    libraries: tuple[Library, ...] = ()
    files: tuple[FileRecord, ...] = ()
    projects: tuple[ProjectReport, ...] = ()
    reference: str = "onnxruntime"

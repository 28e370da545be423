"""What the native build needs to know about ncnn."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from functools import partial
from pathlib import Path

from mobilegen.artifacts import Artifact
from mobilegen.errors import NativeBuildError
from mobilegen.native_build.package import Package
from mobilegen.native_build.plan import (
    EnginePlan,
    FromSource,
    ObjectRecipe,
    ObjectSet,
    ProjectSources,
)
from mobilegen.resources import native_dir
from mobilegen.runtimes.ncnn.layers import needed_layers
from mobilegen.runtimes.ncnn.param import read_param
from mobilegen.runtimes.ncnn.registry import declaration_header, registry_header
from mobilegen.system.files import write_text
from mobilegen.system.pinned import PackageFile

PARAMS_FILE = "model.param"
WEIGHTS_FILE = "model.bin"

_MAX_RANK = 4
_LAYER_FOLDER = "layer/"
# Ours take their place: this model's layer table, and engines/ncnn/omp.cpp.
_REPLACED = {"layer.cpp", "simpleomp.cpp"}
_ARCHITECTURES = ("arm", "x86")

_ON = (
    "NCNN_SIMPLESTL", "NCNN_SIMPLEOMP", "NCNN_OPENMP", "NCNN_THREADS", "NCNN_STRING",
    "NCNN_VALIDATION", "NCNN_GNU_INLINE_ASM", "NCNN_VFPV4", "NCNN_RUNTIME_CPU",
    "NCNN_DISABLE_RTTI", "NCNN_DISABLE_EXCEPTION",
)  # fmt: skip
_OFF = (
    "NCNN_STDIO", "NCNN_C_API", "NCNN_PLATFORM_API", "NCNN_VULKAN", "NCNN_INT8", "NCNN_BF16",
    "NCNN_BATCH", "NCNN_WEIGHT_QUANT", "NCNN_BENCHMARK", "NCNN_PIXEL", "NCNN_PIXEL_ROTATE",
    "NCNN_PIXEL_AFFINE", "NCNN_PIXEL_DRAWING", "NCNN_SIMPLEOCV", "NCNN_ARM82", "NCNN_ARM82DOT",
    "NCNN_ARM82FP16FML", "NCNN_ARM84BF16", "NCNN_ARM84I8MM", "NCNN_ARM86SVE", "NCNN_AVX",
    "NCNN_AVX2", "NCNN_AVX512", "NCNN_FMA", "NCNN_FMA4", "NCNN_F16C", "NCNN_XOP",
    "NCNN_SHARED_LIB", "NCNN_ENABLE_LTO", "NCNN_INSTALL_SDK", "NCNN_PYTHON", "NCNN_COVERAGE",
    "NCNN_ASAN", "NCNN_BUILD_BENCHMARK", "NCNN_BUILD_EXAMPLES", "NCNN_BUILD_TOOLS",
    "NCNN_BUILD_TESTS",
)  # fmt: skip

# Extensions of the processors that are off above: that CMake need not try the compiler for each
# halves the time to configure.
_UNTRIED = tuple(
    f"NCNN_COMPILER_SUPPORT_{name}"
    for name in (
        "ARM82_FP16", "ARM82_DOTPROD", "ARM82_FP16FML", "ARM84_BF16", "ARM84_I8MM", "ARM86_SVE",
        "ARM86_SVE2", "ARM86_SVEBF16", "ARM86_SVEI8MM", "ARM86_SVEF32MM", "X86_AVX", "X86_AVX2",
        "X86_AVX512", "X86_AVX512_BF16", "X86_AVX512_FP16", "X86_AVX512_VNNI",
        "X86_AVX_NE_CONVERT", "X86_AVX_VNNI", "X86_AVX_VNNI_INT16", "X86_AVX_VNNI_INT8",
        "X86_F16C", "X86_FMA", "X86_FMA4", "X86_XOP",
    )
)  # fmt: skip

# -Os costs no speed: the time is spent in kernels of inline assembly.
_FLAGS = (
    "-Os", "-DNDEBUG", "-w", "-fvisibility=hidden", "-fvisibility-inlines-hidden",
    "-ffunction-sections", "-fdata-sections", "-fno-unwind-tables",
    "-fno-asynchronous-unwind-tables", "-fno-threadsafe-statics",
)  # fmt: skip

# From level 26 on ncnn includes headers for its Vulkan part even where that is off, and all
# that it takes of libc is there at level 21.
_FLAGS_ON = (("android-*", ("-U__ANDROID_API__", "-D__ANDROID_API__=21")),)


def plan(artifact: Artifact) -> EnginePlan:
    """Say how the library for an ncnn model is built.

    Raises:
        ConversionError: The params file is missing or damaged.
        NativeBuildError: A tensor has more than four dimensions, or there are no weights.
    """
    for binding in (*artifact.inputs, *artifact.outputs):
        if not 1 <= len(binding.runtime_shape) <= _MAX_RANK:
            raise NativeBuildError(
                f"ncnn cannot carry {binding.tensor.name}",
                seen=[f"shape in ncnn: {list(binding.runtime_shape)}, 1 to {_MAX_RANK} sizes"],
            )
        if binding.runtime_dtype != "float32":
            raise NativeBuildError(
                f"ncnn cannot carry {binding.tensor.name}",
                seen=[f"type in ncnn: {binding.runtime_dtype} instead of float32"],
            )
    files = dict(artifact.files)
    if not files["weights"].size:
        # The library takes an empty file for one that was cut off.
        raise NativeBuildError(
            "a model without weights does not become a library",
            seen=[f"{files['weights'].path} is empty"],
            hint="compute this in the app, or make it a part of a model with weights",
        )
    network = read_param(artifact.folder / files["params"].path)
    fp16_weights = artifact.precision == "fp16"
    layers = needed_layers(network, artifact.operators, fp16_weights=fp16_weights)
    return EnginePlan(
        runtime="ncnn",
        folder=native_dir() / "engines" / "ncnn",
        code=code(layers),
    )


def code(layers: Collection[str] = ()) -> FromSource:
    """Say how ncnn is compiled for a model with these layers."""
    return FromSource(
        package=package(),
        recipe=recipe(),
        select=partial(select_objects, layers),
        write_sources=partial(write_registry, layers),
        part_of=partial(part_of, layers),
        project=ProjectSources(("src/layer.cpp",), "src/platform.h"),
    )


def package() -> Package:
    """Return ncnn's pinned source."""
    pin = json.loads(Path(__file__).with_name("source.json").read_text("utf-8"))
    file = PackageFile(pin["project"], pin["filename"], pin["sha256"])
    return Package(file, pin["root"], tuple(pin["parts"]), pin["licence"])


def recipe() -> ObjectRecipe:
    """Return how ncnn is compiled; the same for all models."""
    pin = json.loads(Path(__file__).with_name("source.json").read_text("utf-8"))
    options = [(name, "ON") for name in _ON] + [(name, "OFF") for name in (*_OFF, *_UNTRIED)]
    # Without a given version ncnn takes the date of today, and the bytes change daily.
    options.append(("NCNN_VERSION", pin["version"].rpartition(".")[2]))
    return ObjectRecipe(
        options=tuple(options),
        flags=_FLAGS,
        flags_on=_FLAGS_ON,
        prefix="src/CMakeFiles/ncnn.dir/",
    )


def select_objects(layers: Collection[str], names: Sequence[str]) -> tuple[str, ...]:
    """Pick ncnn's core and the objects of some layers, processor variants included.

    Args:
        layers: Layer names, for example "ReLU".
        names: All objects, for example "layer/relu.cpp", "layer/arm/relu_arm_vfpv4.cpp".
    """
    stems = {layer.lower() for layer in layers}
    chosen = {f"{_LAYER_FOLDER}{stem}.cpp" for stem in stems}
    chosen |= {name for name in names if not name.startswith(_LAYER_FOLDER)}
    chosen |= {name for name in names if _variant_of(name) in stems}
    return tuple(sorted(chosen - _REPLACED))


def _variant_of(name: str) -> str:
    """Return "relu" for "layer/arm/relu_arm_vfpv4.cpp"; "" if the name is not of that form."""
    folder, _, file = name.removeprefix(_LAYER_FOLDER).partition("/")
    if folder not in _ARCHITECTURES:
        return ""
    return file.removesuffix(".cpp").partition(f"_{folder}")[0]


def part_of(layers: Collection[str], name: str) -> str:
    """Return "layer ReLU" for "layer/relu.cpp" and "layer/arm/relu_arm.cpp", else "core"."""
    stem = _variant_of(name) or name.removeprefix(_LAYER_FOLDER).removesuffix(".cpp")
    by_stem = {layer.lower(): layer for layer in layers}
    if not name.startswith(_LAYER_FOLDER) or not stem:
        return "core"
    return f"layer {by_stem.get(stem, stem)}"


def write_registry(
    layers: Collection[str], objects: ObjectSet, folder: Path
) -> tuple[tuple[str, str], ...]:
    """Write this model's layer tables; return the variables of engines/ncnn/engine.cmake."""
    generated = objects.binary / "src"
    registry = registry_header((generated / "layer_registry.h").read_text(), layers)
    declarations = declaration_header((generated / "layer_declaration.h").read_text(), registry)
    write_text(folder / "layer_registry.h", registry)
    write_text(folder / "layer_declaration.h", declarations)
    return (
        ("MOBILEGEN_NCNN_SOURCE", objects.source.as_posix()),
        ("MOBILEGEN_NCNN_BINARY", objects.binary.as_posix()),
        ("MOBILEGEN_NCNN_REGISTRY", folder.as_posix()),
        ("MOBILEGEN_NCNN_OBJECTS", ";".join(path.as_posix() for path in objects.objects)),
    )

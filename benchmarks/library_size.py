"""Bytes of the native library per model and ABI, beside untrimmed ncnn and stock TFLite.

    uv run benchmarks/library_size.py

Builds with the embedded toolchain and writes docs/sizes.md. TFLite's library comes through Maven.
"""

from __future__ import annotations

import sys
import tempfile
import zipfile
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

import models  # noqa: E402
from model_zoo import ZOO  # noqa: E402

from mobilegen import console  # noqa: E402
from mobilegen.artifacts import Artifact, SourceModel, Target  # noqa: E402
from mobilegen.config.load import load_settings  # noqa: E402
from mobilegen.config.model import PreprocessSettings  # noqa: E402
from mobilegen.frontends import catalog as frontends  # noqa: E402
from mobilegen.images.preprocess import bind_preprocess  # noqa: E402
from mobilegen.native_build.header import NOTHING_ELSE, Contents  # noqa: E402
from mobilegen.native_build.library import build_library, library_variables  # noqa: E402
from mobilegen.native_build.request import LibraryRequest  # noqa: E402
from mobilegen.native_build.run import configure, ninja  # noqa: E402
from mobilegen.native_build.sizes import find_sizes  # noqa: E402
from mobilegen.platforms.android.jni import bridge_of  # noqa: E402
from mobilegen.platforms.settings import settings_type  # noqa: E402
from mobilegen.resources import native_dir  # noqa: E402
from mobilegen.runtimes import catalog as runtimes  # noqa: E402
from mobilegen.runtimes.ncnn import engine as ncnn_engine  # noqa: E402
from mobilegen.runtimes.ncnn.operators import LAYERS  # noqa: E402
from mobilegen.system.download import fetch  # noqa: E402
from mobilegen.system.files import write_text  # noqa: E402
from mobilegen.system.pinned import MavenFile  # noqa: E402
from mobilegen.toolchains.choose import choose  # noqa: E402
from mobilegen.toolchains.targets import ANDROID_ABIS, android_target  # noqa: E402

PHOTO = ROOT / "samples" / "photo"
PHOTO_TITLE = "EfficientNet-Lite0"
ABI = "arm64-v8a"
NAME, PACKAGE, JOBS = "model", "com.example", 2
# The last one on Maven Central that is TFLite itself and not a pointer to another repository.
TFLITE = MavenFile(
    "org.tensorflow",
    "tensorflow-lite",
    "2.16.1",
    "aar",
    "34b065817e294e7dd3569504e8b9454938ceae453b6a459da54d5f6e45d3c94e",
)
THREAD_OPTIONS = ("NCNN_OPENMP", "NCNN_SIMPLEOMP")

SCHEDULER = "engines/ncnn/omp.cpp"

HEADER = f"""# Library sizes

Made by `uv run benchmarks/library_size.py`.

Bytes of the stripped `.so` as `mobilegen build` makes it: ncnn cut to the layers of the model, the
engine, the Java natives, threads, and preprocessing by Pillow's bicubic filter where the model
takes colour images; embedded toolchain, API level 21, `-Os`, 16 KB pages. Weights are files of
their own. The models have their real architectures; except for {PHOTO_TITLE} the weights
are random.

*Untrimmed* is the library of {PHOTO_TITLE} with every layer of ncnn, linked by the same
toolchain. *TFLite* is `libtensorflowlite_jni.so` with every operator, as it is published in
`{TFLITE.group}:{TFLITE.artifact}:{TFLITE.version}`. The last two columns say what part of
these the library of a model is, for {ABI}.

"""
COSTS = f"""
## What the parts of our own cost

The library of {PHOTO_TITLE} for {ABI}, and the same one built without a part: it grows
by the difference when the part is there. *Preprocessing* is the resize filter and the crop rule;
the engine keeps what is common to all of them. *Threads* are mostly ncnn's own loops: a loop that
several processors share is a function of its own, with code before and after it.

| library | bytes | the part costs |
|---|--:|--:|
"""


@dataclass(frozen=True)
class Parts:
    """Which parts of our own a library has."""

    java: bool = True
    preprocess: bool = True
    threads: bool = True


def convert(path: Path, folder: Path) -> Artifact:
    graph = frontends.get("onnx").load(SourceModel(path, "onnx"), folder / "graph")
    return runtimes.get("ncnn").convert(graph, "fp32", folder / "artifact")


def convert_all(folder: Path) -> dict[str, Artifact]:
    """Return the artifacts by title, in the order of the table."""
    paths = {each.title: folder / f"{each.make.__name__}.onnx" for each in ZOO}
    for each in ZOO:
        models.save(each.make(), paths[each.title])
    paths[PHOTO_TITLE] = PHOTO / "efficientnet_lite0.onnx"
    return {title: convert(path, folder / path.stem) for title, path in paths.items()}


def contents(artifact: Artifact, rule: PreprocessSettings) -> Contents:
    tensor = artifact.inputs[0].tensor
    if len(tensor.shape) != 4 or tensor.shape[1] != 3:
        return NOTHING_ELSE
    return Contents(preprocess=bind_preprocess(rule, tensor))


def library_bytes(artifact: Artifact, rule: PreprocessSettings, folder: Path) -> dict[str, int]:
    """Return the bytes by ABI."""
    sizes = {}
    for abi in ANDROID_ABIS:
        target = android_target(abi)
        library = build_library(request(artifact, target, contents(artifact, rule)), folder / abi)
        sizes[abi] = library.size
    return sizes


def request(artifact: Artifact, target: Target, inside: Contents) -> LibraryRequest:
    plan = ncnn_engine.plan(artifact)
    toolchain = choose("embedded", target)
    return LibraryRequest(artifact, plan, target, toolchain, NAME, bridge_of(PACKAGE), inside, JOBS)


def reduced_bytes(artifact: Artifact, rule: PreprocessSettings, folder: Path, parts: Parts) -> int:
    """Return the bytes of the library for one ABI with some parts only."""
    target = android_target(ABI)
    inside = contents(artifact, rule) if parts.preprocess else NOTHING_ELSE
    with nullcontext() if parts.threads else _serial_runtime():
        asked = request(artifact, target, inside)
        variables = library_variables(asked, folder)
    wanted = {**dict(variables), "MOBILEGEN_BRIDGE": asked.bridge.folder if parts.java else ""}
    configure(native_dir(), folder / "cmake", target, asked.toolchain, tuple(wanted.items()))
    ninja(folder / "cmake", ["mobilegen"], jobs=JOBS, title="linking")
    return (folder / "cmake" / f"lib{NAME}.so").stat().st_size


def _serial_runtime() -> AbstractContextManager[object]:
    """Let ncnn be compiled with its loops on one processor."""
    usual = ncnn_engine.recipe()
    options = tuple(
        (name, "OFF" if name in THREAD_OPTIONS else value) for name, value in usual.options
    )
    return mock.patch.object(ncnn_engine, "recipe", lambda: replace(usual, options=options))


def tflite_bytes() -> dict[str, int]:
    with zipfile.ZipFile(fetch(TFLITE)) as archive:
        names = {abi: f"jni/{abi}/libtensorflowlite_jni.so" for abi in ANDROID_ABIS}
        return {abi: archive.getinfo(name).file_size for abi, name in names.items()}


def size_table(
    sizes: Mapping[str, Mapping[str, int]], others: Mapping[str, Mapping[str, int]]
) -> str:
    """Return the table: models beside other libraries, with ratios to each of these."""
    titles = ["model", *ANDROID_ABIS, *(f"of {name}" for name in others)]
    text = f"| {' | '.join(titles)} |\n|---|{'--:|' * (len(titles) - 1)}\n"
    for title, each in sizes.items():
        cells = [f"{each[abi]:,}" for abi in ANDROID_ABIS]
        cells += [f"{100 * each[ABI] / other[ABI]:.1f} %" for other in others.values()]
        text += f"| {title} | {' | '.join(cells)} |\n"
    for title, each in others.items():
        cells = [f"{each[abi]:,}" for abi in ANDROID_ABIS]
        text += f"| {title} | {' | '.join(cells)} |{' |' * len(others)}\n"
    return text


def cost_rows(artifact: Artifact, rule: PreprocessSettings, folder: Path, usual: Path) -> str:
    """Return the rows of the second table.

    Args:
        usual: The library as `build_library` made it.
    """
    complete = reduced_bytes(artifact, rule, folder / "complete", Parts())
    assert complete == usual.stat().st_size, "both ways to link it give the same library"
    kinds = {
        "Java natives": Parts(java=False),
        "preprocessing": Parts(preprocess=False),
        "threads": Parts(threads=False),
        "all three": Parts(java=False, preprocess=False, threads=False),
    }
    text = f"| complete | {complete:,} | |\n"
    for title, parts in kinds.items():
        console.note(f"without {title}")
        size = reduced_bytes(artifact, rule, folder / title.replace(" ", "-"), parts)
        text += f"| without {title} | {size:,} | {complete - size:,} |\n"
    pieces = find_sizes(usual).pieces
    scheduler = sum(piece.size for piece in pieces if piece.source == SCHEDULER)
    return f"{text}| our scheduler of threads alone, by the linker's map | | {scheduler:,} |\n"


def main() -> None:
    rule = load_settings(settings_type(), PHOTO, {})[0].preprocess
    assert rule is not None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        artifacts = convert_all(folder)
        photo = artifacts[PHOTO_TITLE]
        everything = replace(photo, operators=tuple(sorted(LAYERS)))
        sizes = {}
        for title, artifact in {**artifacts, "untrimmed": everything}.items():
            console.note(title)
            sizes[title] = library_bytes(artifact, rule, folder / title.replace(" ", "-"))
        others = {"untrimmed": sizes.pop("untrimmed"), "TFLite": tflite_bytes()}
        usual = folder / PHOTO_TITLE / ABI / f"lib{NAME}.so"
        costs = cost_rows(photo, rule, folder / "costs", usual)
    text = HEADER + size_table(sizes, others) + COSTS + costs
    write_text(ROOT / "docs" / "sizes.md", text)


if __name__ == "__main__":
    main()

"""Bytes of the native library per model and ABI, beside ncnn with all of its layers.

    uv run benchmarks/library_size.py

Builds with the embedded toolchain and writes docs/sizes.md.
"""

from __future__ import annotations

import dataclasses
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

import models  # noqa: E402

from mobilegen import console  # noqa: E402
from mobilegen.artifacts import Artifact, SourceModel, Target  # noqa: E402
from mobilegen.frontends import catalog as frontends  # noqa: E402
from mobilegen.native_build.build import build_library  # noqa: E402
from mobilegen.runtimes import catalog as runtimes  # noqa: E402
from mobilegen.system.files import write_text  # noqa: E402
from mobilegen.toolchains.choose import choose  # noqa: E402
from mobilegen.toolchains.targets import ANDROID_ABIS  # noqa: E402

HEADER = """# Library sizes

Bytes of the stripped `.so`: ncnn cut to the layers of the model, the engine, the Java natives and
SIMPLEOMP threads; embedded toolchain, API level 21, `-Os`, 16 KB pages. The last row is the same
library with every layer of ncnn, linked by the same toolchain.

Made by `uv run benchmarks/library_size.py`.

"""


def convert(path: Path, folder: Path) -> Artifact:
    graph = frontends.get("onnx").load(SourceModel(path, "onnx"), folder / "graph")
    return runtimes.get("ncnn").convert(graph, "fp32", folder / "artifact")


def library_bytes(artifact: Artifact, abi: str, folder: Path) -> int:
    target = Target("android", abi, 21)
    toolchain = choose("embedded", target)
    library = build_library(
        artifact, target, toolchain, name="model", package="com.example", work_dir=folder, jobs=2
    )
    return library.size


def row(title: str, artifact: Artifact, folder: Path) -> str:
    console.note(title)
    sizes = [library_bytes(artifact, abi, folder / abi) for abi in ANDROID_ABIS]
    return f"| {title} | " + " | ".join(f"{size:,}" for size in sizes) + " |\n"


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        squeezenet = models.save(models.squeezenet(), folder / "squeezenet.onnx")
        lenet = models.save(models.lenet(), folder / "lenet.onnx")
        photo = ROOT / "samples" / "photo" / "efficientnet_lite0.onnx"
        artifacts = {
            "LeNet (28x28)": convert(lenet, folder / "lenet"),
            "SqueezeNet 1.1": convert(squeezenet, folder / "squeezenet"),
            "EfficientNet-Lite0": convert(photo, folder / "photo"),
        }
        layers = (ROOT / "mobilegen" / "runtimes" / "ncnn" / "layers.txt").read_text().split()
        everything = dataclasses.replace(artifacts["EfficientNet-Lite0"], operators=tuple(layers))
        artifacts["untrimmed: all layers"] = everything
        rows = [row(title, each, folder / "lib" / title) for title, each in artifacts.items()]
    table = f"| model | {' | '.join(ANDROID_ABIS)} |\n|---|{'--:|' * len(ANDROID_ABIS)}\n"
    write_text(ROOT / "docs" / "sizes.md", HEADER + table + "".join(rows))


if __name__ == "__main__":
    main()

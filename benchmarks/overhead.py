"""What a classification takes beyond the network, as part of a MobileNet v2 prediction.

    uv run benchmarks/overhead.py

Calls the x86_64 library of an app from a Java VM and writes docs/overhead.md.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

import model_zoo  # noqa: E402
from java_api import NAME, PACKAGE, compile_java, java  # noqa: E402
from native_models import Converted, convert, library_request  # noqa: E402

from mobilegen import console  # noqa: E402
from mobilegen.artifacts import Preprocess  # noqa: E402
from mobilegen.native_build.header import Contents  # noqa: E402
from mobilegen.native_build.library import build_library  # noqa: E402
from mobilegen.platforms.android.executors import jvm  # noqa: E402
from mobilegen.system.files import write_text  # noqa: E402
from mobilegen.toolchains.choose import choose  # noqa: E402
from mobilegen.toolchains.targets import android_target  # noqa: E402

ROUNDS = 100
METHODS = ("opencv-linear", "tensorflow-bilinear", "nearest", "pillow-bilinear", "pillow-bicubic")
HEADER = """# What a classification takes beyond the network

From the image in Java to the five best classes with labels, less the time of the network:
preprocessing, the way through JNI and the classes. Images of 640 x 480 pixels, centre crop of
87.5 %, 224 x 224 floats. The library is the one of an app, x86_64 with SSE, in a Java VM; one
thread; fastest of {rounds} rounds in which the kinds of images take turns. In percent of the
fastest MobileNet v2 prediction, {network:.1f} ms here.

Made by `uv run benchmarks/overhead.py`.

"""


def library(model: Converted, method: str, folder: Path) -> Path:
    target = android_target("x86_64")
    rule = Preprocess(224, 224, method, "center", 0.875, mean=(127.5,) * 3, std=(127.5,) * 3)
    toolchain, contents = choose("embedded", target), Contents(preprocess=rule)
    request = library_request(
        model, target, toolchain, name=NAME, package=PACKAGE, contents=contents
    )
    return build_library(request, folder).path


def measure(classes: Path, model: Converted, built: Path) -> dict[str, float]:
    """Return milliseconds by kind of image, and of the network."""
    option = f"-Dmobilegen.opener={jvm.shims() / jvm.OPENER}"
    arguments = (model.artifact.folder, ROUNDS)
    printed = java(classes, built, "Overhead", arguments, option, MOBILEGEN_LIBRARY=str(built))
    rows = [line.split("\t") for line in printed.splitlines() if "\t" in line]
    return {name: float(value) for name, value in rows}


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model = convert(model_zoo.mobilenet_v2(), folder / "model")
        labels = "".join(f"class {i}\n" for i in range(1000))
        (model.artifact.folder / "labels.txt").write_text(labels)
        classes = compile_java(folder, ROOT / "benchmarks" / "java" / "Overhead.java")
        found = {}
        for method in METHODS:
            found[method] = measure(classes, model, library(model, method, folder / method))
            console.note(f"{method}: {found[method]}")
    network = min(each.pop("network") for each in found.values())
    kinds = list(next(iter(found.values())))
    lines = [f"| image | {' | '.join(METHODS)} |\n|---|{'--:|' * len(METHODS)}\n"]
    for kind in kinds:
        cells = (f"{found[m][kind]:.2f} ms, {found[m][kind] / network:.1%}" for m in METHODS)
        lines.append(f"| {kind} | {' | '.join(cells)} |\n")
    header = HEADER.format(rounds=ROUNDS, network=network)
    write_text(ROOT / "docs" / "overhead.md", header + "".join(lines))


if __name__ == "__main__":
    main()

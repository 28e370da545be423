"""Installs the toy runtime of tests/toy_runtime as a package, its libraries compiled here."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from mobilegen.artifacts import Target
from mobilegen.native_build.run import build_type, configure, ninja
from mobilegen.system.files import sha256_file
from mobilegen.toolchains import embedded, linux

PACKAGE = Path(__file__).with_name("toy_runtime")
SHAPE = (1, 2, 3, 3)
TOOLCHAINS = {"android": embedded.prepare, "linux": linux.prepare}
_FLAGS = ("-Os", "-DNDEBUG", "-fvisibility=hidden", "-ffunction-sections", "-fdata-sections")


def toy_model(path: Path, seed: int = 4) -> Path:
    """Write the ONNX model: whole numbers in, bytes out, every number with a shift of its own."""
    random = np.random.default_rng(seed)
    # Multiples of a quarter: the sums are exact, so that floor has one answer.
    scale = random.integers(1, 9, (1, SHAPE[1], 1, 1)).astype(np.float32) / 4
    shift = random.integers(0, 400, SHAPE).astype(np.float32) / 4
    numbers = {"scale": scale, "shift": shift, "low": np.float32(0), "high": np.float32(255)}
    nodes = [
        helper.make_node("Cast", ["x"], ["real"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["real", "scale"], ["scaled"]),
        helper.make_node("Add", ["scaled", "shift"], ["shifted"]),
        helper.make_node("Floor", ["shifted"], ["whole"]),
        helper.make_node("Clip", ["whole", "low", "high"], ["clipped"]),
        helper.make_node("Cast", ["clipped"], ["y"], to=TensorProto.UINT8),
    ]
    graph = helper.make_graph(
        nodes,
        "toy",
        [helper.make_tensor_value_info("x", TensorProto.INT64, SHAPE)],
        [helper.make_tensor_value_info("y", TensorProto.UINT8, SHAPE)],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in numbers.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.save(model, path)
    return path


def install(site: Path, targets: Sequence[Target], *, defines: Sequence[str] = ()) -> Path:
    """Put the toy runtime and its entry points into a folder of packages; return its folder."""
    package = site / "toy_runtime"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    metadata = site / "toy_runtime-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: toy-runtime\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(
        "[mobilegen.runtimes]\ntoy = toy_runtime:RUNTIME\ntoysource = toy_runtime:FROM_SOURCE\n"
    )
    sdk = package / "sdk"
    (sdk / "include").mkdir(parents=True)
    shutil.copyfile(PACKAGE / "library" / "toy.h", sdk / "include" / "toy.h")
    shutil.copyfile(PACKAGE / "library" / "LICENSE", sdk / "LICENSE")
    pins = {}
    for target in targets:
        library = compile_library(target, sdk / "lib" / target.id, site.parent / "toy", defines)
        pins[target.id] = sha256_file(library)
    (package / "libraries.json").write_text(json.dumps(pins))
    return package


def compile_library(target: Target, folder: Path, work: Path, defines: Sequence[str]) -> Path:
    """Compile libtoy.so as its makers would, with the C++ library inside."""
    build = work / target.id
    toolchain = TOOLCHAINS[target.platform](target, cxx="static")
    flags = (*_FLAGS, *(f"-D{name}" for name in defines))
    configure(PACKAGE / "library", build, target, toolchain, build_type(flags))
    ninja(build, ["toy"], jobs=2, title="compiling the toy runtime")
    folder.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copy(build / "libtoy.so", folder))


def mobilegen(site: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command with the packages of a folder installed."""
    return subprocess.run(
        [sys.executable, "-m", "mobilegen", *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(site), "COLUMNS": "200"},
    )

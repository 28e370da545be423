"""ncnn models for tests of the native library, converted as users convert them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from graphs import make_graph

from mobilegen.artifacts import (
    Artifact,
    Bridge,
    Graph,
    Library,
    Precision,
    Scheme,
    Target,
    TensorBinding,
    Tolerance,
    Toolchain,
)
from mobilegen.graph.samples import Sample, read_samples
from mobilegen.native_build.header import NOTHING_ELSE, Contents
from mobilegen.native_build.library import build_library, library_variables
from mobilegen.native_build.request import LibraryRequest
from mobilegen.native_build.run import configure, ninja
from mobilegen.platforms.android.checks import check_library
from mobilegen.platforms.android.jni import bridge_of
from mobilegen.resources import native_dir
from mobilegen.runtimes import catalog
from mobilegen.toolchains.embedded import prepare
from mobilegen.toolchains.targets import android_target

HOST = Target("linux", "x86_64", "host")
HOST_TOOLCHAIN = Toolchain(
    kind="ndk",
    version="this machine's compiler",
    cmake_file=native_dir() / "tests" / "host.cmake",
    variables=(),
    reason="for tests",
    identity="this machine's compiler",
)


@dataclass(frozen=True)
class Converted:
    """A model with its samples: inputs, and the outputs of onnxruntime."""

    artifact: Artifact
    samples: tuple[Sample, ...]

    @property
    def params(self) -> Path:
        return self.artifact.folder / dict(self.artifact.files)["params"].path

    @property
    def weights(self) -> Path:
        return self.artifact.folder / dict(self.artifact.files)["weights"].path

    def inputs(self, sample: int = 0) -> list[npt.NDArray[Any]]:
        return _ordered(self.artifact.inputs, self.samples[sample].inputs)

    def outputs(self, sample: int = 0) -> list[npt.NDArray[Any]]:
        return _ordered(self.artifact.outputs, self.samples[sample].outputs)


def convert(
    model: onnx.ModelProto | Path, folder: Path, *, precision: Precision = "fp32"
) -> Converted:
    """Convert a model to ncnn in a toolbox, as `mobilegen convert` does."""
    graph: Graph = make_graph(model, folder)
    limit = 1e-4 if precision == "fp32" else 1e-2
    artifact = catalog.get("ncnn").convert(
        graph, Scheme(precision), folder / "ncnn", tolerance=Tolerance(limit)
    )
    return Converted(artifact, tuple(read_samples(graph.samples)))


def build_android(
    model: Converted,
    abi: str,
    folder: Path,
    *,
    name: str,
    package: str,
    api_level: int = 21,
    contents: Contents = NOTHING_ELSE,
) -> Library:
    """Build the library of a model as `mobilegen build` does without an NDK."""
    target = android_target(abi, api_level)
    request = library_request(
        model, target, prepare(target), name=name, package=package, contents=contents
    )
    library = build_library(request, folder)
    return replace(library, checks=check_library(library, request.bridge))


def library_request(
    model: Converted,
    target: Target = HOST,
    toolchain: Toolchain = HOST_TOOLCHAIN,
    *,
    name: str = "model",
    package: str = "com.example",
    contents: Contents = NOTHING_ELSE,
    java: bool = False,
) -> LibraryRequest:
    """Ask for the library of a model as `mobilegen build` does.

    Args:
        java: With the natives of the Java classes, which Android's libraries always have.
    """
    artifact = model.artifact
    plan = catalog.get(artifact.runtime).plan_native(artifact)
    bridge = bridge_of(package) if java or target.platform == "android" else Bridge()
    return LibraryRequest(artifact, plan, target, toolchain, name, bridge, contents, jobs=2)


def build_host(
    model: Converted,
    folder: Path,
    goals: Sequence[str],
    *,
    name: str,
    package: str,
    switch: str = "",
    contents: Contents = NOTHING_ELSE,
    java: bool = False,
) -> Path:
    """Build targets of native/CMakeLists.txt for this computer; return the folder with them.

    Args:
        switch: An option of CMakeLists.txt that is turned on.
        java: With the natives of the Java classes.
    """
    request = library_request(model, name=name, package=package, contents=contents, java=java)
    switches = [(switch, "ON")] if switch else []
    variables = (*library_variables(request, folder), *switches)
    configure(native_dir(), folder / "cmake", HOST, HOST_TOOLCHAIN, variables)
    ninja(folder / "cmake", goals, jobs=2, title=f"building {', '.join(goals)}")
    return folder / "cmake"


def _ordered(
    bindings: tuple[TensorBinding, ...], arrays: Mapping[str, npt.NDArray[Any]]
) -> list[npt.NDArray[Any]]:
    tensors = [binding.tensor for binding in bindings]
    return [np.ascontiguousarray(arrays[each.name], each.dtype) for each in tensors]

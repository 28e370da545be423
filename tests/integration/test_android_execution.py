"""The compiled Android library of every ABI answers like onnxruntime."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import models
import numpy as np
import pytest
from native_models import Converted, convert

from mobilegen.artifacts import Target
from mobilegen.executors import catalog, elfrun, jvm
from mobilegen.executors.base import Execution, ExecutionError, Interface, Request
from mobilegen.native_build.build import build_library
from mobilegen.system.files import record
from mobilegen.toolchains.embedded import prepare

PHOTO = Path(__file__).parents[2] / "samples" / "photo" / "efficientnet_lite0.onnx"
PACKAGE = "org.example.my_app"
LIMIT = 1e-4
ABIS = tuple(catalog.EXECUTORS)

Model = Callable[[str], Converted]
Library = Callable[[str, str], Path]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("android")


@pytest.fixture(scope="module")
def model(folder: Path) -> Model:
    sources = {"mobilenet": models.mobilenet, "multi_io": models.multi_io, "photo": lambda: PHOTO}
    made: dict[str, Converted] = {}

    def get(name: str) -> Converted:
        if name not in made:
            made[name] = convert(sources[name](), folder / name)
        return made[name]

    return get


@pytest.fixture(scope="module")
def library(folder: Path, model: Model) -> Library:
    made: dict[tuple[str, str], Path] = {}

    def get(name: str, abi: str) -> Path:
        if (name, abi) not in made:
            target = Target("android", abi, 21)
            made[name, abi] = build_library(
                model(name).artifact,
                target,
                prepare(target),
                name="recognition",
                package=PACKAGE,
                work_dir=folder / f"{name}-{abi}",
                jobs=2,
            ).path
        return made[name, abi]

    return get


def request(path: Path, converted: Converted, interface: Interface, threads: int = 1) -> Request:
    samples = tuple(sample.inputs for sample in converted.samples)
    return Request(path, PACKAGE, converted.artifact, threads, samples, interface)


def relative_error(execution: Execution, converted: Converted) -> float:
    """Largest error relative to the largest value of the output, over samples and outputs."""
    return max(
        float(np.abs(array - sample.outputs[name]).max() / np.abs(sample.outputs[name]).max())
        for outputs, sample in zip(execution.outputs, converted.samples, strict=True)
        for name, array in outputs.items()
    )


@pytest.mark.parametrize("abi", ABIS)
@pytest.mark.parametrize(("name", "interface"), [("mobilenet", "jni"), ("multi_io", "c")])
def test_equals_onnxruntime_on_one_and_two_threads(
    name: str, interface: Interface, abi: str, model: Model, library: Library
) -> None:
    path, converted = library(name, abi), model(name)
    runs = [catalog.execute(abi, request(path, converted, interface, n)) for n in (1, 2)]
    assert max(relative_error(run, converted) for run in runs) < LIMIT
    for one, two in zip(runs[0].outputs, runs[1].outputs, strict=True):
        assert len(one) == (1 if interface == "jni" else len(converted.artifact.outputs))
        for output in one:
            np.testing.assert_allclose(one[output], two[output], rtol=0, atol=1e-6)
    if "thread_signals" in runs[0].facts:
        assert runs[0].facts["thread_signals"] == 0
        assert runs[1].facts["thread_signals"] > 0
    assert all(run.facts["constructors_ran"] for run in runs)


@pytest.mark.slow
@pytest.mark.parametrize("abi", ABIS)
def test_photo_model_equals_onnxruntime(abi: str, model: Model, library: Library) -> None:
    converted = model("photo")
    execution = catalog.execute(abi, request(library("photo", abi), converted, "jni"))
    assert relative_error(execution, converted) < LIMIT


@pytest.mark.parametrize("abi", ABIS)
def test_damaged_weights_are_refused(
    abi: str, model: Model, library: Library, tmp_path: Path
) -> None:
    converted = model("mobilenet")
    good = converted.artifact
    for role, file in good.files:
        data = bytearray((good.folder / file.path).read_bytes())
        if role == "weights":
            data[-40:] = bytes(40)
        (tmp_path / file.path).write_bytes(data)
    files = tuple((role, record(tmp_path / file.path, tmp_path)) for role, file in good.files)
    damaged = dataclasses.replace(
        converted, artifact=dataclasses.replace(good, folder=tmp_path, files=files)
    )
    with pytest.raises(ExecutionError, match="load returned false"):
        catalog.execute(abi, request(library("mobilenet", abi), damaged, "jni"))


def test_java_vm_and_loader_agree(model: Model, library: Library) -> None:
    """Two ways to run the same machine code; the VM checks every JNI call."""
    asked = request(library("mobilenet", "x86_64"), model("mobilenet"), "jni")
    by_vm = jvm.execute("x86_64", asked, offline=False, timeout=120)
    by_loader = elfrun.execute("x86_64", asked, offline=False, timeout=120)
    assert by_vm.executor.startswith("Java VM")
    assert by_vm.facts["jni_checked"]
    for one, other in zip(by_vm.outputs, by_loader.outputs, strict=True):
        for name in one:
            np.testing.assert_allclose(one[name], other[name], rtol=0, atol=1e-6)

"""The compiled Android library of every ABI answers like onnxruntime."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import models
import numpy as np
import pytest
from android_run import EXECUTORS, execute
from native_models import Converted, build_android, convert

from mobilegen.artifacts import Library
from mobilegen.executors.base import Execution, ExecutionError, Interface, Request
from mobilegen.platforms.android.executors import elfrun, jvm
from mobilegen.platforms.android.jni import bridge_of
from mobilegen.system.files import cache_dir, record

ROOT = Path(__file__).parents[2]
PHOTO = ROOT / "samples" / "photo" / "efficientnet_lite0.onnx"
PACKAGE = "org.example.my_app"
LIMIT = 1e-4
ABIS = tuple(EXECUTORS)

Model = Callable[[str], Converted]
Build = Callable[[str, str], Library]


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
def library(folder: Path, model: Model) -> Build:
    made: dict[tuple[str, str], Library] = {}

    def get(name: str, abi: str) -> Library:
        if (name, abi) not in made:
            place = folder / f"{name}-{abi}"
            made[name, abi] = build_android(
                model(name), abi, place, name="recognition", package=PACKAGE
            )
        return made[name, abi]

    return get


def request(path: Path, converted: Converted, interface: Interface, threads: int = 1) -> Request:
    samples = tuple(sample.inputs for sample in converted.samples)
    return Request(path, bridge_of(PACKAGE), converted.artifact, threads, samples, interface)


def relative_error(execution: Execution, converted: Converted) -> float:
    """Largest error relative to the largest value of the output, over samples and outputs."""
    return max(
        float(np.abs(array - sample.outputs[name]).max() / np.abs(sample.outputs[name]).max())
        for outputs, sample in zip(execution.outputs, converted.samples, strict=True)
        for name, array in outputs.items()
    )


@pytest.mark.parametrize("abi", ABIS)
def test_library_passes_its_checks(abi: str, folder: Path, library: Build) -> None:
    made = library("mobilenet", abi)
    assert [check for check in made.checks if check.status != "pass"] == []
    assert len(made.checks) == 12
    assert made.soname == made.path.name == "librecognition.so"
    assert made.size == made.path.stat().st_size < 500_000
    assert set(made.needed) <= {"libc.so", "libm.so", "libdl.so", "liblog.so"}
    data = made.path.read_bytes()
    for place in (folder, cache_dir(), ROOT):
        assert str(place).encode() not in data


@pytest.mark.parametrize("abi", ABIS)
@pytest.mark.parametrize(
    ("name", "interface"), [("mobilenet", "jni"), ("mobilenet", "c"), ("multi_io", "c")]
)
def test_equals_onnxruntime_on_one_and_two_threads(
    name: str, interface: Interface, abi: str, model: Model, library: Build
) -> None:
    path, converted = library(name, abi).path, model(name)
    runs = [execute(abi, request(path, converted, interface, n)) for n in (1, 2)]
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
def test_photo_model_equals_onnxruntime(abi: str, model: Model, library: Build) -> None:
    converted = model("photo")
    execution = execute(abi, request(library("photo", abi).path, converted, "jni"))
    assert relative_error(execution, converted) < LIMIT


@pytest.mark.parametrize("abi", ABIS)
def test_damaged_weights_are_refused(
    abi: str, model: Model, library: Build, tmp_path: Path
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
    with pytest.raises(ExecutionError, match=r"load returned false|is damaged"):
        execute(abi, request(library("mobilenet", abi).path, damaged, "jni"))


def test_java_vm_and_loader_agree(model: Model, library: Build) -> None:
    """Two ways to run the same machine code; the VM checks every JNI call."""
    asked = request(library("mobilenet", "x86_64").path, model("mobilenet"), "jni")
    by_vm = jvm.execute("x86_64", asked, offline=False, timeout=120)
    by_loader = elfrun.execute("x86_64", asked, offline=False, timeout=120)
    assert by_vm.executor.startswith("Java VM")
    assert by_vm.facts["jni_checked"]
    for one, other in zip(by_vm.outputs, by_loader.outputs, strict=True):
        for name in one:
            np.testing.assert_allclose(one[name], other[name], rtol=0, atol=1e-6)

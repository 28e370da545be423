"""Models with inputs and outputs of other types than 32-bit floats, and with a batch.

A converter for such models is not needed here: the network is one of floats, and its artifact says
of whole numbers that they are whole. Its weights are whole, too, so onnxruntime's answers are
exact.
"""

from __future__ import annotations

import ctypes
import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import engine_api
import models
import numpy as np
import onnx
import onnxruntime
import pytest
from android_run import EXECUTORS
from android_run import execute as execute_android
from engine_api import Engine
from java_api import CHECKED, NAME, PACKAGE, compile_java, java
from native_models import Converted, build_android, build_host, convert
from numpy.typing import NDArray

from mobilegen.artifacts import Artifact, TensorBinding
from mobilegen.executors.base import Execution, Request
from mobilegen.graph.samples import Sample
from mobilegen.native_build import header
from mobilegen.platforms.android.jni import bridge_of
from mobilegen.system.process import run

Arrays = dict[str, NDArray[Any]]
ABIS = tuple(EXECUTORS)
# By the names of the model's inputs and outputs.
TYPES = {
    "ids": "int64",
    "pixels": "uint8",
    "sums": "int64",
    "map": "uint8",
    "signs": "bool",
    "halves": "float16",
    "real": "float32",
}
BATCH = 4


def whole_numbers() -> onnx.ModelProto:
    """Two inputs and five outputs; with whole inputs all outputs but the last are whole."""
    net = models.Net(seed=31)
    weight = net.const(net.random.integers(-3, 4, (6, 5)).astype(np.float32))
    sums = net.op("MatMul", "ids", weight, output="sums")
    net.op("Clip", sums, net.const(0.0), net.const(1.0), output="signs")
    net.op("Mul", sums, net.const(0.5), output="halves")
    kernel = net.const(net.random.integers(-1, 2, (2, 3, 3, 3)).astype(np.float32))
    x = net.op("Conv", "pixels", kernel, kernel_shape=[3, 3], pads=[1, 1, 1, 1])
    net.op("Clip", x, net.const(0.0), net.const(255.0), output="map")
    net.op("Sigmoid", x, output="real")
    return net.model(
        {"ids": [1, 6], "pixels": [1, 3, 5, 4]},
        {
            "sums": [1, 5],
            "map": [1, 2, 5, 4],
            "signs": [1, 5],
            "halves": [1, 5],
            "real": [1, 2, 5, 4],
        },
    )


def samples(session: onnxruntime.InferenceSession, batch: int) -> tuple[Sample, ...]:
    """Whole inputs with onnxruntime's answers, one part of a batch after the other."""
    random = np.random.default_rng(4)
    found = []
    for _ in range(2):
        given = {
            "ids": random.integers(-1000, 1000, (batch, 6)),
            "pixels": random.integers(0, 256, (batch, 3, 5, 4)).astype(np.uint8),
        }
        parts = [
            session.run(
                None, {name: each[i : i + 1].astype(np.float32) for name, each in given.items()}
            )
            for i in range(batch)
        ]
        names = [output.name for output in session.get_outputs()]
        made = {
            name: np.concatenate([part[i] for part in parts]).astype(TYPES[name])
            for i, name in enumerate(names)
        }
        found.append(Sample(given, made))
    return tuple(found)


def typed(artifact: Artifact, batch: int) -> Artifact:
    """Say of the artifact of a network of floats what its numbers are for the source model."""

    def changed(binding: TensorBinding) -> TensorBinding:
        tensor = binding.tensor
        shape = (batch, *tensor.shape[1:])
        tensor = dataclasses.replace(tensor, shape=shape, dtype=TYPES[tensor.name])
        return dataclasses.replace(binding, tensor=tensor)

    return dataclasses.replace(
        artifact,
        inputs=tuple(map(changed, artifact.inputs)),
        outputs=tuple(map(changed, artifact.outputs)),
        batch=batch,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("types")


@pytest.fixture(scope="module")
def model(folder: Path) -> Callable[[int], Converted]:
    source = whole_numbers()
    plain = convert(source, folder / "model")
    session = onnxruntime.InferenceSession(source.SerializeToString())

    def get(batch: int) -> Converted:
        return Converted(typed(plain.artifact, batch), samples(session, batch))

    return get


@pytest.fixture(scope="module")
def library(folder: Path, model: Callable[[int], Converted]) -> Callable[[int], Path]:
    made: dict[int, Path] = {}

    def get(batch: int) -> Path:
        if batch not in made:
            made[batch] = host_library(model(batch), folder / f"host-{batch}")
        return made[batch]

    return get


def host_library(model: Converted, folder: Path) -> Path:
    built = build_host(model, folder, ["mobilegen"], name=NAME, package=PACKAGE, java=True)
    return built / f"lib{NAME}.so"


def predict(engine: Engine, model: Converted, sample: int) -> list[NDArray[Any]]:
    expected = model.outputs(sample)
    status, outputs = engine.predict(model.inputs(sample), [array.size for array in expected])
    assert (status, engine.error) == (engine_api.OK, "")
    return [seen.reshape(right.shape) for seen, right in zip(outputs, expected, strict=True)]


def compare(seen: NDArray[Any], right: NDArray[Any]) -> None:
    assert seen.dtype == right.dtype
    if right.dtype == np.float32:
        np.testing.assert_allclose(seen, right, rtol=0, atol=1e-5)
    else:
        np.testing.assert_array_equal(seen, right)


@pytest.mark.parametrize("batch", [1, BATCH])
def test_equals_onnxruntime(
    batch: int, model: Callable[[int], Converted], library: Callable[[int], Path]
) -> None:
    given = model(batch)
    engine = Engine(library(batch), given.params, given.weights)
    for side, bindings in (("input", given.artifact.inputs), ("output", given.artifact.outputs)):
        assert engine.types(side) == [binding.tensor.dtype for binding in bindings]
        assert engine.tensors(side) == [(b.tensor.name, b.tensor.shape) for b in bindings]
    for sample in (0, 1, 0):
        for seen, right in zip(predict(engine, given, sample), given.outputs(sample), strict=True):
            compare(seen, right)
    engine.close()


def test_what_the_engine_cannot_take_is_refused(
    model: Callable[[int], Converted], library: Callable[[int], Path]
) -> None:
    """A whole number beyond 2^24, in the last part of a batch; afterwards all is as before."""
    given = model(BATCH)
    engine = Engine(library(BATCH), given.params, given.weights)
    right = predict(engine, given, 0)
    ids, pixels = given.inputs()
    wrong = ids.copy()
    wrong[-1, 2] = 2**24 + 1
    status, _ = engine.predict([wrong, pixels], [array.size for array in right])
    assert status == engine_api.ARGUMENT
    assert engine.error == (
        "input ids: value 2 cannot be a float32, in which the model is computed"
    )
    again = Engine(library(BATCH), given.params, given.weights)
    status, made = again.predict([ids, pixels], [array.size for array in right])
    assert status == engine_api.OK
    for one, other in zip(made, right, strict=True):
        np.testing.assert_array_equal(one.reshape(other.shape), other)


def test_a_sum_that_is_not_exact_is_refused(
    model: Callable[[int], Converted], library: Callable[[int], Path]
) -> None:
    """Each input fits into a float, but what comes of them does not."""
    given = model(1)
    engine = Engine(library(1), given.params, given.weights)
    ids, pixels = given.inputs()
    large = np.full_like(ids, 2**24)
    status, _ = engine.predict([large, pixels], [array.size for array in given.outputs()])
    assert status == engine_api.RUN
    assert "that was computed cannot be a" in engine.error


@pytest.mark.parametrize(("name", "wrong"), [("int64", "int32_t"), ("uint8", "Bool")])
def test_a_wrong_conversion_is_seen(
    name: str,
    wrong: str,
    model: Callable[[int], Converted],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setitem(header._TYPES, name, wrong)
    given = model(1)
    engine = Engine(host_library(given, tmp_path), given.params, given.weights)
    with pytest.raises(AssertionError):
        for seen, right in zip(predict(engine, given, 0), given.outputs(0), strict=True):
            compare(seen, right)


def test_sanitizers_find_nothing(model: Callable[[int], Converted], tmp_path: Path) -> None:
    given = model(BATCH)
    folder = build_host(
        given, tmp_path, ["engine_test"], name=NAME, package=PACKAGE, switch="MOBILEGEN_TESTS"
    )
    for kind, arrays in (("inputs", given.inputs()), ("outputs", given.outputs())):
        (tmp_path / kind).write_bytes(b"".join(array.tobytes() for array in arrays))
    (tmp_path / "scratch").mkdir()
    folders = [tmp_path / name for name in ("inputs", "outputs", "scratch")]
    argv = [folder / "engine_test", given.params, given.weights, *folders]
    done = run(argv, title="the test program", timeout=300)
    assert float(done.stdout) < 1e-5


def test_java(
    model: Callable[[int], Converted], library: Callable[[int], Path], tmp_path: Path
) -> None:
    """Every element type as an array of Java's type, with every call of JNI checked."""
    given = model(BATCH)
    sources = Path(__file__).parents[1] / "java"
    classes = compile_java(tmp_path / "classes", *sources.glob("*.java"))
    for kind, arrays in (("in", given.inputs()), ("out", given.outputs())):
        for index, array in enumerate(arrays):
            big = array.astype(array.dtype.newbyteorder(">"))
            (tmp_path / f"{kind}.{index}").write_bytes(big.tobytes())
    arguments = ("typed", given.artifact.folder, tmp_path)
    java(classes, library(BATCH), "ApiTest", arguments, CHECKED)


def execute(given: Converted, library: Path, abi: str) -> Execution:
    inputs = tuple(sample.inputs for sample in given.samples)
    request = Request(library, bridge_of(PACKAGE), given.artifact, 1, inputs, "jni")
    return execute_android(abi, request)


@pytest.mark.parametrize("abi", ABIS)
def test_android_library(abi: str, model: Callable[[int], Converted], tmp_path: Path) -> None:
    """Proved on every ABI: on x86_64 in a Java VM, with several inputs and outputs."""
    given = model(BATCH)
    made = build_android(given, abi, tmp_path, name=NAME, package=PACKAGE)
    execution = execute(given, made.path, abi)
    assert execution.executor.startswith("Java VM") == (abi == "x86_64")
    assert "passed_over" not in execution.facts
    for sample, outputs in zip(given.samples, execution.outputs, strict=True):
        assert list(outputs) == [binding.tensor.name for binding in given.artifact.outputs]
        for name, seen in outputs.items():
            compare(seen, sample.outputs[name])


def test_programs(model: Callable[[int], Converted], tmp_path: Path) -> None:
    """`predict` and `benchmark` take and give files of the model's own types."""
    given = model(BATCH)
    goals = ["predict", "benchmark"]
    folder = build_host(
        given, tmp_path, goals, name=NAME, package=PACKAGE, switch="MOBILEGEN_TOOLS"
    )
    paths = [tmp_path / f"in{i}" for i in range(2)]
    for path, array in zip(paths, given.inputs(), strict=True):
        path.write_bytes(array.tobytes())
    made = [tmp_path / f"out{i}" for i in range(5)]
    for program, counts in (("predict", ["1"]), ("benchmark", ["1", "2"])):
        argv = [folder / program, given.params, given.weights, *counts, *paths, *made]
        run(argv, title=program, timeout=60)
        for path, right in zip(made, given.outputs(), strict=True):
            compare(np.fromfile(path, right.dtype).reshape(right.shape), right)
            path.unlink()
    paths[0].write_bytes(given.inputs()[0].astype(np.float32).tobytes())
    with pytest.raises(Exception, match="is not a file of 192 bytes"):
        argv = [folder / "predict", given.params, given.weights, "1", *paths, *made]
        run(argv, title="predict", timeout=60)


def test_a_struct_of_a_file_is_as_large_as_in_c() -> None:
    assert ctypes.sizeof(engine_api.File) == 48

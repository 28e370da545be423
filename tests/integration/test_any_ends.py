"""Inputs and outputs of any number and type, and batches, proved in every compiled library."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import models
import numpy as np
import onnx
import pytest
from onnx import TensorProto as T
from program import succeed

ABIS = ("armeabi-v7a", "arm64-v8a", "x86_64", "x86")


def retyped(model: onnx.ModelProto, **types: int) -> onnx.ModelProto:
    for value in (*model.graph.input, *model.graph.output):
        if value.name in types:
            value.type.tensor_type.elem_type = types[value.name]
    onnx.checker.check_model(model, full_check=True)
    return model


def many() -> onnx.ModelProto:
    """Three inputs of different sizes, four outputs: maps, a vector, truth values."""
    net = models.Net(seed=90)
    x = net.relu(net.conv("picture", 3, 8, stride=2))
    y = net.op("Sigmoid", net.conv("side", 5, 8, 1))
    both = net.op("Mul", x, y, output="both")
    net.conv(both, 8, 4, 3)
    net.nodes[-1].output[0] = "map"
    flat = net.op("Flatten", net.op("GlobalAveragePool", both), axis=1)
    net.op("Tanh", net.op("Add", net.dense(flat, 8, 3), "bias"), output="vector")
    net.op("Greater", "vector", net.const(0.1), output="large")
    model = net.model(
        {"picture": [1, 3, 22, 26], "side": [1, 5, 11, 13], "bias": [1, 3]},
        {"map": [1, 4, 11, 13], "vector": [1, 3], "both": [1, 8, 11, 13], "large": [1, 3]},
        check=False,
    )
    return retyped(model, large=T.BOOL)


def words() -> onnx.ModelProto:
    """Word numbers as int64 select from a table; the mean over the words is scored."""
    net = models.Net(seed=91)
    rows = net.op("Gather", net.const(net.random.normal(0, 1, (40, 12))), "ids", axis=0)
    net.op("MatMul", rows, net.const(net.random.normal(0, 0.5, (12, 7))), output="y")
    model = net.model({"ids": [1, 9]}, {"y": [1, 9, 7]}, check=False)
    return retyped(model, ids=T.INT64)


def picture() -> onnx.ModelProto:
    """Bytes, divided by 255 inside."""
    net = models.Net(seed=92)
    x = net.op("Div", net.op("Cast", "image", to=T.FLOAT), net.const(255.0))
    net.conv(x, 3, 4)
    net.nodes[-1].output[0] = "y"
    model = net.model({"image": [1, 3, 9, 11]}, {"y": [1, 4, 9, 11]}, check=False)
    return retyped(model, image=T.UINT8)


def four() -> onnx.ModelProto:
    """Four samples at once."""
    net = models.Net(seed=93)
    x = net.op("Flatten", net.op("GlobalAveragePool", net.relu(net.conv("x", 3, 5))), axis=1)
    net.dense(x, 5, 7, output="y")
    return net.model({"x": [4, 3, 8, 6]}, {"y": [4, 7]})


MODELS: dict[str, Callable[[], onnx.ModelProto]] = {
    each.__name__: each for each in (many, words, picture, four)
}


@pytest.fixture(scope="module", params=MODELS)
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp(request.param)
    path = models.save(MODELS[request.param](), folder / "model.onnx")
    options = ("--abi", "all", "--require-proof", "--no-project", "--json")
    return (
        request.param,
        folder,
        json.loads(succeed("build", path, "--out", folder / "o", *options)),
    )


@pytest.mark.slow
def test_every_library_is_proved(built: Any) -> None:
    name, _, report = built
    checks = {check["id"]: check for check in report["checks"]}
    assert {check["status"] for check in checks.values()} == {"pass"}
    for abi in ABIS:
        for index in range(2):
            assert checks[f"{abi}.parity.{index}"]["measured"] <= 1e-4
            assert checks[f"{abi}.same.{index}"]["measured"] <= 1e-4
    assert "Java VM" in checks["x86_64.parity.0"]["title"]
    types = {each["name"]: each["dtype"] for each in report["graph_inputs"]}
    wanted = {"words": "int64", "picture": "uint8"}.get(name, "float32")
    assert set(types.values()) == {wanted}


@pytest.mark.slow
@pytest.mark.parametrize("place", ["--host", "--abi=x86"])
def test_it_runs_on_arrays_of_its_types(built: Any, place: str, tmp_path: Path) -> None:
    name, folder, report = built
    random = np.random.default_rng(1)
    inputs = {
        each["name"]: random.integers(0, 40, each["shape"]).astype(each["dtype"])
        for each in report["graph_inputs"]
    }
    np.savez(tmp_path / "in.npz", **inputs)
    succeed(
        "run", folder / "o", place, "--input", tmp_path / "in.npz", "--output", tmp_path / "o.npz"
    )
    session = _session(folder / "model.onnx")
    names = [value.name for value in session.get_outputs()]
    made = np.load(tmp_path / "o.npz")
    for key, wanted in zip(names, session.run(names, inputs), strict=True):
        assert made[key].dtype == wanted.dtype, name
        limit = 1e-4 * max(float(np.abs(wanted.astype(float)).max()), 1e-6)
        np.testing.assert_allclose(made[key].astype(float), wanted.astype(float), atol=limit)


def _session(path: Path) -> Any:
    import onnxruntime

    return onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])


TYPED = """
import sys
import numpy as np
from model import Model

with Model() as model, np.load(sys.argv[1]) as stored:
    for index in range(2):
        inputs = {each.name: stored[f"{index}/in/{each.name}"] for each in model.inputs}
        for name, array in model.predict(inputs).items():
            wanted = stored[f"{index}/out/{name}"]
            assert (array.dtype, array.shape) == (wanted.dtype, wanted.shape)
            size = max(1e-9, float(np.abs(wanted.astype("f8")).max()))
            assert np.abs(array.astype("f8") - wanted.astype("f8")).max() <= 1e-4 * size
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_boards_answer_too_and_so_does_their_python_class(name: str, tmp_path: Path) -> None:
    path = models.save(MODELS[name](), tmp_path / "model.onnx")
    options = ("--platform", "linux", "--abi", "all", "--require-proof", "--json")
    report = json.loads(succeed("build", path, "--out", tmp_path / "out", *options))
    assert {check["status"] for check in report["checks"]} == {"pass"}
    ids = {check["id"] for check in report["checks"]}
    for abi in ("aarch64", "armv7hf", "x86_64"):
        assert {f"linux-{abi}.parity.1", f"linux-{abi}.predict"} <= ids
    done = subprocess.run(
        [sys.executable, "-c", TYPED, tmp_path / "out" / "model" / "reference.npz"],
        env={**os.environ, "PYTHONPATH": str(tmp_path / "out" / "linux" / "python")},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr

"""Divisions that ncnn computes a little off, where that becomes another whole number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import models
import numpy as np
import onnx
import onnxruntime
import pytest
from graphs import Arrays, make_graph
from ncnn_conversion import FP32, NCNN, QUIET
from onnx import TensorProto

from mobilegen.arrays import Array
from mobilegen.artifacts import Graph, SourceModel
from mobilegen.errors import ConversionError
from mobilegen.frontends import catalog as frontends
from mobilegen.graph.samples import read_samples
from mobilegen.runtimes.ncnn import lower

# Numbers that fill no vector register whole: there ncnn takes its narrow kernels.
SHAPE = [1, 3, 5, 8]
DIVISORS = (2.0, 3.0, 7.0, 0.25)


def rounded(divisor: float, operator: str = "Floor") -> onnx.ModelProto:
    net = models.Net(seed=60)
    x = net.op("Div", "x", net.const(divisor))
    net.op(operator, x, output="y", **({"to": 1} if operator == "Cast" else {}))
    return net.model({"x": SHAPE}, {"y": SHAPE})


def load(model: onnx.ModelProto, folder: Path) -> Graph:
    path = models.save(model, folder / "model.onnx")
    return frontends.get("onnx").load(SourceModel(path, "onnx"), folder / "graph")


@pytest.mark.parametrize("divisor", DIVISORS)
def test_floor_of_a_division_is_exact(divisor: float, tmp_path: Path) -> None:
    graph = load(rounded(divisor), tmp_path)
    artifact = NCNN.convert(graph, FP32, tmp_path / "out", QUIET)
    numbers = np.arange(-60.0, 60.0, dtype=np.float32).reshape(SHAPE)
    [made] = NCNN.run_host(artifact, [{"x": numbers}], QUIET)
    np.testing.assert_array_equal(made["y"], np.floor(numbers / np.float32(divisor)))


def test_without_the_rewriting_the_proof_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph = load(rounded(2.0), tmp_path)
    monkeypatch.setattr(lower, "STEPS", ())
    with pytest.raises(ConversionError, match="does not convert") as caught:
        NCNN.convert(graph, FP32, tmp_path / "out", QUIET)
    assert any("source model's numbers" in line for line in caught.value.seen)


def test_samples_hold_whole_numbers_and_pixels(tmp_path: Path) -> None:
    arrays = [each.inputs["x"] for each in read_samples(load(rounded(2.0), tmp_path).samples)]
    whole = [array for array in arrays if (array == np.rint(array)).all()]
    assert [int(array.max()) > 100 for array in whole] == [False, True]


# Of both signs, and dividends for which a quotient is largest; as many as divisors.
DIVIDENDS = np.array([*range(-59, 60), 2**24 - 2, 2**24 - 1, -(2**24), 2**24], np.int64)
ODD = np.array([*range(-123, 123, 2)], np.int64)
EVERY = np.array([*range(-61, 0), *range(1, 63)], np.int64)


def whole(
    nodes: Callable[[models.Net], object], inputs: Sequence[str], outputs: dict[str, int]
) -> onnx.ModelProto:
    """A model of int64 inputs, with outputs of the given types, all of 123 x 123 numbers."""
    net = models.Net(seed=61)
    nodes(net)
    shape = [1, len(DIVIDENDS), len(DIVIDENDS)]
    model = net.model(dict.fromkeys(inputs, shape), dict.fromkeys(outputs, shape), check=False)
    for value in (*model.graph.input, *model.graph.output):
        value.type.tensor_type.elem_type = outputs.get(value.name, TensorProto.INT64)
    onnx.checker.check_model(model, full_check=True)
    return model


def require_equal(model: onnx.ModelProto, given: Arrays, folder: Path) -> None:
    """Convert, and compare with onnxruntime, every number of every output."""
    artifact = NCNN.convert(make_graph(model, folder / "graph"), FP32, folder / "out", QUIET)
    [made] = NCNN.run_host(artifact, [given], QUIET)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    for value, wanted in zip(session.get_outputs(), session.run(None, given), strict=True):
        np.testing.assert_array_equal(made[value.name], wanted, err_msg=value.name)


@pytest.mark.parametrize("divisors", [ODD, EVERY], ids=["odd", "every"])
def test_whole_numbers_are_divided_by_computed_ones(divisors: Array, tmp_path: Path) -> None:
    def nodes(net: models.Net) -> None:
        # No 0, whatever the samples of the proof are: onnxruntime dies of it.
        zero = net.op("Equal", "c", net.const(0, np.int64))
        c = net.op("Add", "c", net.op("Cast", zero, to=TensorProto.INT64))
        net.op("Div", "x", c, output="quotient")
        net.op("Mod", "x", c, output="rest")
        net.op("Mod", "x", c, output="signed_rest", fmod=1)
        net.op("Mod", "x", net.const(-7, np.int64), output="constant_rest")

    names = ("quotient", "rest", "signed_rest", "constant_rest")
    model = whole(nodes, ("x", "c"), dict.fromkeys(names, int(TensorProto.INT64)))
    x, c = np.meshgrid(DIVIDENDS, divisors, indexing="ij")
    require_equal(model, {"x": x[None], "c": c[None]}, tmp_path)


def test_a_cast_to_a_narrower_type_keeps_the_lowest_bits(tmp_path: Path) -> None:
    kinds = {"byte": TensorProto.UINT8, "signed": TensorProto.INT8, "short": TensorProto.INT16}

    def nodes(net: models.Net) -> None:
        x = net.op("Mul", "x", net.const(3, np.int64))
        for name, kind in kinds.items():
            y = net.op("Cast", net.op("Cast", x, to=kind), to=TensorProto.FLOAT)
            net.op("Mul", y, net.const(0.5), output=name)

    model = whole(nodes, ("x",), dict.fromkeys(kinds, int(TensorProto.FLOAT)))
    x = np.arange(len(DIVIDENDS) ** 2, dtype=np.int64).reshape(1, len(DIVIDENDS), -1)
    require_equal(model, {"x": 5 * x - 37000}, tmp_path)

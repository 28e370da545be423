from __future__ import annotations

import models
import numpy as np
import onnx
import pytest
from onnx import TensorProto

from mobilegen.runtimes.ncnn.lower import exact_division, floats, reductions
from mobilegen.runtimes.ncnn.lower.types import data_types


def operators(model: onnx.ModelProto) -> list[str]:
    return [node.op_type for node in model.graph.node]


def divided(divisor: float, *, then: str = "Floor") -> onnx.ModelProto:
    net = models.Net()
    x = net.op("Div", "x", net.const(divisor))
    net.op(then, net.relu(x), output="y")
    return net.model({"x": [1, 8]}, {"y": [1, 8]})


def test_powers_of_two_become_factors() -> None:
    model = divided(4.0)
    assert exact_division.apply(model) == 1
    assert operators(model) == ["Mul", "Relu", "Floor"]
    onnx.checker.check_model(model, full_check=True)


@pytest.mark.parametrize(
    "model",
    [
        divided(4.0, then="Sigmoid"),
        divided(3.0),
        divided(float(np.float32(2.0) ** -140)),
        models.lenet(),
    ],
)
def test_other_divisions_stay(model: onnx.ModelProto) -> None:
    before = model.SerializeToString()
    assert exact_division.apply(model) == 0
    assert model.SerializeToString() == before


def test_a_division_that_is_needed_elsewhere_stays_beside_the_correction() -> None:
    net = models.Net()
    x = net.op("Div", "x", net.const(3.0))
    net.op("Floor", x, output="y")
    net.op("Neg", x, output="z")
    model = net.model({"x": [1, 8]}, {"y": [1, 8], "z": [1, 8]})
    assert exact_division.apply(model) == 1
    assert operators(model).count("Div") == 1
    onnx.checker.check_model(model, full_check=True)


def test_a_model_of_floats_is_left_alone() -> None:
    for make in (models.lenet, models.multi_io, models.residual, models.identity_weights):
        model = make()
        before = model.SerializeToString()
        assert floats.apply(model) == 0
        assert model.SerializeToString() == before


def test_everything_behind_the_inputs_becomes_float() -> None:
    model = models.embedding()
    assert floats.apply(model) > 0
    assert set(data_types(model).values()) == {TensorProto.FLOAT}
    assert model.graph.input[0].type.tensor_type.elem_type == TensorProto.FLOAT
    assert "Gather" not in operators(model) and "MatMul" in operators(model)
    onnx.checker.check_model(model, full_check=True)


def test_sizes_stay_whole_numbers() -> None:
    net = models.Net()
    x = net.op("Cast", "x", to=TensorProto.INT64)
    size = net.op("Shape", "x")
    net.op("Cast", net.op("Reshape", x, size), output="y", to=TensorProto.FLOAT)
    model = net.model({"x": [1, 8]}, {"y": [1, 8]})
    assert floats.apply(model) > 0
    onnx.checker.check_model(model, full_check=True)


def test_data_types() -> None:
    net = models.Net()
    best = net.op("ArgMax", "x", axis=1)
    told = net.op("Equal", best, net.const(1, np.int64))
    net.op("Where", told, "x", net.const(0.0), output="y")
    kinds = data_types(net.model({"x": [1, 8]}, {"y": [1, 8]}))
    assert kinds == {
        "x": TensorProto.FLOAT,
        best: TensorProto.INT64,
        told: TensorProto.BOOL,
        "y": TensorProto.FLOAT,
    }


def reduced(*, beside: str = "Relu", axes: tuple[int, ...] = (1,)) -> onnx.ModelProto:
    net = models.Net(opset=20)
    x = net.op("ReduceMax", "x", net.const(axes, np.int64), keepdims=0)
    net.op(beside, x, output="y")
    return net.model({"x": [1, 3, 4]}, {"y": [None] * (3 - len(axes))}, check=False)


def test_axes_become_attributes_of_an_older_operator_set() -> None:
    model = reduced(axes=(1, 2))
    assert reductions.apply(model) == 1
    assert [list(node.attribute[0].ints) for node in model.graph.node[:2]] == [[2], [1]]
    assert model.opset_import[0].version == 17
    onnx.checker.check_model(model, full_check=True)


def test_operators_that_an_older_set_lacks_keep_theirs() -> None:
    model = reduced(beside="Gelu")
    before = model.SerializeToString()
    assert reductions.apply(model) == 0
    assert model.SerializeToString() == before

from __future__ import annotations

import models
import numpy as np
import onnx
import pytest

from mobilegen.artifacts import TensorSpec
from mobilegen.graph.batch import batch_of, joined, make_single, parts, single_tensors


def spec(*shape: int) -> TensorSpec:
    return TensorSpec("x", shape)


@pytest.mark.parametrize(
    ("inputs", "outputs", "batch"),
    [
        ([spec(4, 3, 8, 8)], [spec(4, 10)], 4),
        ([spec(4, 3), spec(4, 5)], [spec(8, 2), spec(4)], 4),
        ([spec(1, 3)], [spec(1, 3)], 1),
        ([spec(4, 3), spec(1, 5)], [spec(4, 2)], 1),
        ([spec(4, 3)], [spec(6, 2)], 1),
        ([spec(4, 3)], [spec()], 1),
        ([spec()], [spec()], 1),
        ([spec(65, 3)], [spec(65, 2)], 1),
        ([spec(0, 3)], [spec(4, 2)], 1),
    ],
)
def test_batch_of(inputs: list[TensorSpec], outputs: list[TensorSpec], batch: int) -> None:
    assert batch_of(inputs, outputs) == batch


def test_sizes_are_divided_also_in_shapes() -> None:
    net = models.Net()
    x = net.op("Reshape", net.relu("x"), net.const([4, 6], np.int64))
    net.op("Expand", x, net.const([4, 6], np.int64), output="y")
    model = net.model({"x": [4, 2, 3]}, {"y": [4, 6]})
    make_single(model, 4)
    onnx.checker.check_model(model, full_check=True)
    sizes = [
        [each.dim_value for each in value.type.tensor_type.shape.dim]
        for value in (*model.graph.input, *model.graph.output)
    ]
    assert sizes == [[1, 2, 3], [1, 6]]


def test_parts_and_whole() -> None:
    arrays = {"x": np.arange(12).reshape(4, 3)}
    assert [part["x"].tolist() for part in parts(arrays, 4)][1] == [[3, 4, 5]]
    np.testing.assert_array_equal(joined(parts(arrays, 4))["x"], arrays["x"])
    np.testing.assert_array_equal(joined(parts(arrays, 1))["x"], arrays["x"])


def test_tensors_of_one_sample() -> None:
    known = {"a": spec(8, 3), "b": spec(3, 4), "c": spec()}
    found = {name: each.shape for name, each in single_tensors(known, 4).items()}
    assert found == {"a": (2, 3), "b": (3, 4), "c": ()}

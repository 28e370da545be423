from __future__ import annotations

import models
import numpy as np
import onnx
import pytest
from onnx.reference import ReferenceEvaluator

from mobilegen.artifacts import TensorSpec
from mobilegen.graph.passes import explicit_split

TENSORS = {"x": TensorSpec("x", (2, 7, 6))}


def split(opset: int, outputs: int, **attributes: int) -> onnx.ModelProto:
    net = models.Net(opset=opset)
    net.op("Split", "x", output="y0", **attributes)
    net.nodes[0].output.extend(f"y{index}" for index in range(1, outputs))
    shapes = {f"y{index}": [None, None, None] for index in range(outputs)}
    return net.model({"x": [2, 7, 6]}, shapes)


@pytest.mark.parametrize(
    ("opset", "outputs", "attributes"),
    [
        (11, 3, {"axis": 2}),
        (11, 2, {}),
        (13, 3, {"axis": -1}),
        (17, 2, {"axis": 0}),
        (18, 3, {"axis": 2, "num_outputs": 3}),
        (18, 2, {"axis": 1, "num_outputs": 2}),
        (18, 3, {"axis": 1, "num_outputs": 3}),
    ],
)
def test_same_parts(opset: int, outputs: int, attributes: dict[str, int]) -> None:
    model = split(opset, outputs, **attributes)
    x = np.arange(84, dtype=np.float32).reshape(2, 7, 6)
    before = ReferenceEvaluator(model).run(None, {"x": x})
    assert explicit_split.apply(model, TENSORS) == 1
    onnx.checker.check_model(model, full_check=True)
    after = ReferenceEvaluator(model).run(None, {"x": x})
    assert [part.tolist() for part in after] == [part.tolist() for part in before]
    assert explicit_split.apply(model, TENSORS) == 0


def test_unknown_shape_is_left_alone() -> None:
    model = split(13, 3, axis=2)
    assert explicit_split.apply(model, {}) == 0

"""The well-known models have the architecture that they are named for."""

from __future__ import annotations

import onnx
import pytest
from model_zoo import ZOO, Known
from onnx import numpy_helper


def trainable(model: onnx.ModelProto) -> int:
    """Count weights; mean and variance of a batch norm are not trained, limits of Clip neither."""
    fixed = {
        name
        for node in model.graph.node
        for name in (node.input[3:] if node.op_type == "BatchNormalization" else ())
    }
    fixed |= {n for node in model.graph.node if node.op_type == "Clip" for n in node.input[1:]}
    return sum(
        numpy_helper.to_array(tensor).size
        for tensor in model.graph.initializer
        if tensor.name not in fixed
    )


@pytest.mark.parametrize("known", ZOO, ids=lambda known: known.title)
def test_parameters_are_as_published(known: Known) -> None:
    assert trainable(known.make()) == known.parameters

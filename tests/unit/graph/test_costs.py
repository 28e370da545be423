from __future__ import annotations

import models
import onnx
import pytest

from mobilegen.artifacts import TensorSpec
from mobilegen.graph.costs import count_costs


def tensors(model: onnx.ModelProto) -> dict[str, TensorSpec]:
    graph = onnx.shape_inference.infer_shapes(model, data_prop=True).graph
    return {
        v.name: TensorSpec(v.name, tuple(d.dim_value for d in v.type.tensor_type.shape.dim))
        for v in [*graph.value_info, *graph.input, *graph.output]
    }


def test_lenet_by_hand() -> None:
    model = models.lenet()
    costs = count_costs(model, tensors(model))
    convolutions = 28 * 28 * 6 * 25 + 10 * 10 * 16 * 6 * 25
    dense = 400 * 120 + 120 * 84 + 84 * 10
    assert costs.macs == convolutions + dense
    assert costs.parameters == 6 * 26 + 16 * (6 * 25 + 1) + dense + 120 + 84 + 10
    assert costs.largest_tensor_bytes == 28 * 28 * 6 * 4
    assert dict(costs.operators)["Gemm"] == 3
    assert costs.uncounted == 0


def test_squeezenet_has_its_published_parameters() -> None:
    # torchvision states 1,235,496 parameters for squeezenet1_1.
    model = models.squeezenet()
    assert count_costs(model, tensors(model)).parameters == 1_235_496


def test_transposed_convolution_counts_its_inputs() -> None:
    model = models.transposed()
    assert count_costs(model, tensors(model)).macs == 3 * 7 * 9 * (4 * 3 * 4)


def test_unknown_shapes_are_counted_as_such() -> None:
    model = models.lenet()
    costs = count_costs(model, {})
    assert (costs.macs, costs.uncounted) == (0, 5)


@pytest.mark.parametrize("transposed", [0, 1])
def test_matrix_products(transposed: int) -> None:
    net = models.Net()
    shape = [7, 5] if transposed else [5, 7]
    net.op("Gemm", "input", net.const([[1.0] * 3] * 7), output="output", transA=transposed)
    model = net.model({"input": shape}, {"output": [5, 3]})
    assert count_costs(model, tensors(model)).macs == 5 * 7 * 3

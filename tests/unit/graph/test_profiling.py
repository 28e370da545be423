"""Costs by layer, against numbers worked out by hand."""

from __future__ import annotations

import models
import onnx

from mobilegen.artifacts import TensorSpec
from mobilegen.graph.costs import count_costs
from mobilegen.graph.profile import LayerCost, Profile
from mobilegen.graph.profiling import make_profile


def tensors(model: onnx.ModelProto) -> dict[str, TensorSpec]:
    graph = onnx.shape_inference.infer_shapes(model, data_prop=True).graph
    return {
        v.name: spec(v.name, [d.dim_value for d in v.type.tensor_type.shape.dim])
        for v in [*graph.value_info, *graph.input, *graph.output]
    }


def spec(name: str, shape: list[int], dtype: str = "float32") -> TensorSpec:
    return TensorSpec(name, tuple(shape), dtype)


def profile(model: onnx.ModelProto) -> Profile:
    return make_profile(model, tensors(model))


def by_operator(found: Profile, operator: str) -> list[LayerCost]:
    return [layer for layer in found.layers if layer.operator == operator]


def test_lenet_layer_by_layer() -> None:
    found = profile(models.lenet())
    first, second = by_operator(found, "Conv")
    assert (first.parameters, first.macs) == (6 * 26, 28 * 28 * 6 * 25)
    assert (second.parameters, second.macs) == (16 * 151, 10 * 10 * 16 * 6 * 25)
    assert first.written_bytes == 28 * 28 * 6 * 4
    pixels = 28 * 28
    assert first.read_bytes == (pixels + 6 * 26) * 4
    assert [layer.parameters for layer in by_operator(found, "Gemm")] == [
        400 * 120 + 120,
        120 * 84 + 84,
        84 * 10 + 10,
    ]


def test_sums_equal_the_total_of_the_whole_model() -> None:
    for make in (models.lenet, models.squeezenet, models.residual, models.squeeze_excite):
        model = make()
        found, total = profile(model), count_costs(model, tensors(model))
        assert found.parameters == total.parameters == sum(x.parameters for x in found.layers)
        assert found.macs == total.macs == sum(each.macs for each in found.operators)
        assert found.parameters == sum(each.parameters for each in found.operators)
        assert found.read_bytes == sum(each.read_bytes for each in found.operators)
        assert found.written_bytes == sum(layer.written_bytes for layer in found.layers)
        assert len(found.layers) == sum(each.count for each in found.operators)


def test_peak_of_a_branch_by_hand() -> None:
    # x (256 values) lives on beside a and b until the sum needs it.
    net = models.Net()
    a = net.op("Relu", "x", output="a")
    b = net.op("MaxPool", a, output="b", kernel_shape=[2, 2], strides=[2, 2])
    c = net.op("Resize", b, "", net.const([1.0, 1.0, 2.0, 2.0]), output="c", mode="nearest")
    net.op("Add", c, "x", output="y")
    shape = [1, 4, 8, 8]
    model = net.model({"x": shape}, {"y": shape})
    sizes = {"x": 256, "a": 256, "b": 64, "c": 256, "y": 256}
    shapes = {"x": shape, "a": shape, "b": [1, 4, 4, 4], "c": shape, "y": shape}
    known = {n: spec(n, shapes[n]) for n in sizes}
    found = make_profile(model, known)
    assert [layer.live_bytes // 4 for layer in found.layers] == [
        256 + 256,
        256 + 256 + 64,
        256 + 64 + 256,
        256 + 256 + 256,
    ]
    assert (found.peak_bytes, found.peak_layer) == (768 * 4, 3)


def test_a_view_moves_nothing_and_keeps_its_input_alive() -> None:
    net = models.Net()
    flat = net.op("Flatten", "x", output="flat")
    net.op("Relu", flat, output="y")
    model = net.model({"x": [1, 4, 2, 2]}, {"y": [1, 16]})
    view, relu = profile(model).layers
    assert (view.read_bytes, view.written_bytes, view.live_bytes) == (0, 0, 64)
    assert (relu.read_bytes, relu.written_bytes, relu.live_bytes) == (64, 64, 128)


def test_a_table_is_read_only_where_it_is_asked() -> None:
    net = models.Net()
    net.op("Gather", net.const([[1.0] * 8] * 1000), "ids", output="y")
    model = net.model({"ids": [1, 2]}, {"y": [1, 2, 8]}, input_type=onnx.TensorProto.INT64)
    [gather] = make_profile(
        model, {"ids": spec("ids", [1, 2], "int64"), "y": spec("y", [1, 2, 8])}
    ).layers
    assert gather.parameters == 8000
    assert gather.read_bytes == 2 * 8 * 4 + 2 * 8


def test_shared_weights_count_once() -> None:
    net = models.Net()
    weight = net.const([[1.0] * 4] * 4)
    net.op("MatMul", net.op("MatMul", "x", weight), weight, output="y")
    found = profile(net.model({"x": [1, 4]}, {"y": [1, 4]}))
    assert [layer.parameters for layer in found.layers] == [16, 0]
    assert (found.parameters, found.macs, found.weight_bytes) == (16, 32, 64)
    assert [layer.read_bytes for layer in found.layers] == [(16 + 4) * 4] * 2


def test_unknown_shapes_are_told() -> None:
    found = make_profile(models.lenet(), {})
    assert (found.uncounted, found.macs, found.peak_bytes) == (5, 0, 0)
    assert found.unknown > 5
    assert [layer.macs for layer in by_operator(found, "Conv")] == [None, None]

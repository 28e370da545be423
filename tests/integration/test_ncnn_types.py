"""Models whose inputs, outputs or insides are not float32, against onnxruntime."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import models
import numpy as np
import onnx
import pytest
from graphs import Arrays, make_graph
from ncnn_conversion import FP32, NCNN, QUIET
from onnx import TensorProto as T

from mobilegen.artifacts import Scheme, SourceModel
from mobilegen.errors import UsageError
from mobilegen.frontends import catalog as frontends
from mobilegen.graph.samples import read_samples

# Element type and shape by name.
Ends = dict[str, tuple[int, list[int]]]


def typed(
    net: models.Net,
    inputs: dict[str, tuple[int, list[int]]],
    outputs: dict[str, tuple[int, list[int]]],
) -> onnx.ModelProto:
    """A model whose inputs and outputs have the named types and shapes."""
    model = net.model(
        {name: shape for name, (_, shape) in inputs.items()},
        {name: shape for name, (_, shape) in outputs.items()},
        check=False,
    )
    for value in (*model.graph.input, *model.graph.output):
        value.type.tensor_type.elem_type = {**inputs, **outputs}[value.name][0]
    onnx.checker.check_model(model, full_check=True)
    return model


def words() -> onnx.ModelProto:
    """Word numbers and a mask, both int64; a table of 50 rows."""
    net = models.Net(seed=70)
    rows = net.op("Gather", net.const(net.random.normal(0, 1, (50, 12))), "ids", axis=0)
    mask = net.op("Cast", "mask", to=T.FLOAT)
    masked = net.op("Mul", rows, net.op("Unsqueeze", mask, net.const([-1], np.int64)))
    net.op("MatMul", masked, net.const(net.random.normal(0, 0.5, (12, 7))), output="y")
    ends = {"ids": (T.INT64, [1, 9]), "mask": (T.INT64, [1, 9])}
    return typed(net, ends, {"y": (T.FLOAT, [1, 9, 7])})


def picture() -> onnx.ModelProto:
    """Bytes, scaled inside."""
    net = models.Net(seed=71)
    x = net.op("Div", net.op("Cast", "image", to=T.FLOAT), net.const(255.0))
    x = net.op("Transpose", x, perm=[0, 3, 1, 2])
    net.conv(x, 3, 4)
    net.nodes[-1].output[0] = "y"
    return typed(net, {"image": (T.UINT8, [1, 9, 11, 3])}, {"y": (T.FLOAT, [1, 4, 9, 11])})


def half() -> onnx.ModelProto:
    net = models.Net(seed=72)
    weight = net.const(net.random.normal(0, 0.3, (4, 3, 3, 3)), np.float16)
    net.op("Conv", "x", weight, output="y", pads=[1, 1, 1, 1])
    return typed(net, {"x": (T.FLOAT16, [1, 3, 7, 9])}, {"y": (T.FLOAT16, [1, 4, 7, 9])})


def double() -> onnx.ModelProto:
    net = models.Net(seed=73)
    weight = net.const(net.random.normal(0, 0.3, (10, 6)), np.float64)
    net.op("MatMul", "x", weight, output="y")
    return typed(net, {"x": (T.DOUBLE, [1, 10])}, {"y": (T.DOUBLE, [1, 6])})


def whole() -> onnx.ModelProto:
    """Whole numbers are divided towards zero, and have a rest of the divisor's sign."""
    net = models.Net(seed=74)
    x = net.op("Sub", net.op("Mul", "x", net.const(3, np.int32)), net.const(20, np.int32))
    net.op("Div", x, net.const(4, np.int32), output="quotient")
    net.op("Mod", x, net.const(7, np.int32), output="rest")
    ends = {"quotient": (T.INT32, [1, 5, 8]), "rest": (T.INT32, [1, 5, 8])}
    return typed(net, {"x": (T.INT32, [1, 5, 8])}, ends)


def logic() -> onnx.ModelProto:
    """Truth values in and out, comparisons of floats, and a choice with infinity."""
    net = models.Net(seed=75)
    shape = [1, 6, 7]
    large = net.op("Greater", "x", net.const(0.1))
    both = net.op("And", large, "flag")
    net.op("Or", both, net.op("Not", net.op("LessOrEqual", "x", net.const(-0.5))), output="told")
    score = net.op("Where", both, "x", net.const(-np.inf))
    net.op("Relu", net.op("Add", score, "x"), output="y")
    ends = {"x": (T.FLOAT, shape), "flag": (T.BOOL, shape)}
    return typed(net, ends, {"told": (T.BOOL, shape), "y": (T.FLOAT, shape)})


def truncated() -> onnx.ModelProto:
    """A cast of fractions to whole numbers drops them, also below zero."""
    net = models.Net(seed=76)
    net.op("Cast", net.op("Mul", "x", net.const(5.0)), output="y", to=T.INT64)
    return typed(net, {"x": (T.FLOAT, [1, 30])}, {"y": (T.INT64, [1, 30])})


def best() -> onnx.ModelProto:
    """The classes of a segmentation, and the place of the least number in each row."""
    net = models.Net(seed=77)
    scores = net.conv("x", 3, 6)
    net.op("ArgMax", scores, output="classes", axis=1)
    net.op("ArgMin", scores, output="least", axis=-1, keepdims=0)
    ends = {"classes": (T.INT64, [1, 1, 8, 7]), "least": (T.INT64, [1, 6, 8])}
    return typed(net, {"x": (T.FLOAT, [1, 3, 8, 7])}, ends)


def reduced() -> onnx.ModelProto:
    """Operator set 18: axes are an input; single ones, several of an extreme, counted from both."""
    net = models.Net(seed=78, opset=18)
    axes = {name: net.const(value, np.int64) for name, value in (("a", [1]), ("b", [-2, -1]))}
    both = net.const([2, 3], np.int64)
    net.op("ReduceMean", "x", axes["a"], output="mean", keepdims=0)
    net.op("ReduceMax", "x", axes["b"], output="most", keepdims=0)
    net.op("ReduceMin", net.op("Abs", "x"), both, output="least", keepdims=1)
    shapes = {"mean": [1, 6, 7], "most": [1, 5], "least": [1, 5, 1, 1]}
    ends = {name: (int(T.FLOAT), shape) for name, shape in shapes.items()}
    return typed(net, {"x": (T.FLOAT, [1, 5, 6, 7])}, ends)


MODELS: dict[str, Callable[[], onnx.ModelProto]] = {
    each.__name__: each
    for each in (words, picture, half, double, whole, logic, truncated, best, reduced)
}


@pytest.mark.parametrize("name", MODELS)
def test_types(name: str, tmp_path: Path) -> None:
    model = MODELS[name]()
    path = models.save(model, tmp_path / "model.onnx")
    graph = frontends.get("onnx").load(SourceModel(path, "onnx"), tmp_path / "graph", QUIET)
    artifact = NCNN.convert(graph, FP32, tmp_path / "out", QUIET)
    assert {check.status for check in artifact.checks} == {"pass"}
    kinds = {b.tensor.name: b.tensor.dtype for b in (*artifact.inputs, *artifact.outputs)}
    assert kinds == {spec.name: spec.dtype for spec in (*graph.inputs, *graph.outputs)}
    assert {b.runtime_dtype for b in (*artifact.inputs, *artifact.outputs)} == {"float32"}
    # Other samples than those of the proof, answered by onnxruntime itself.
    other = read_samples(make_graph(model, tmp_path / "other").samples)
    for sample, made in zip(
        other, NCNN.run_host(artifact, [each.inputs for each in other], QUIET), strict=True
    ):
        for key, wanted in sample.outputs.items():
            assert made[key].dtype == wanted.dtype
            limit = 0 if wanted.dtype.kind in "iub" else 1e-3 * np.abs(wanted).max()
            np.testing.assert_allclose(made[key].astype(float), wanted.astype(float), atol=limit)


def test_word_numbers_may_count_from_the_end(tmp_path: Path) -> None:
    graph = make_graph(words(), tmp_path)
    artifact = NCNN.convert(graph, FP32, tmp_path / "out", QUIET)
    mask = np.ones((1, 9), np.int64)
    ids = np.arange(9).reshape(1, 9)
    calls: list[Arrays] = [{"ids": each, "mask": mask} for each in (ids, ids - 50)]
    first, second = NCNN.run_host(artifact, calls, QUIET)
    np.testing.assert_array_equal(first["y"], second["y"])


def test_numbers_that_float32_lacks_are_refused(tmp_path: Path) -> None:
    artifact = NCNN.convert(make_graph(whole(), tmp_path), FP32, tmp_path / "out", QUIET)
    with pytest.raises(UsageError, match="cannot take"):
        NCNN.run_host(artifact, [{"x": np.full((1, 5, 8), 2**24 + 1, np.int32)}], QUIET)


def test_half_precision_of_both_kinds(tmp_path: Path) -> None:
    graph = make_graph(half(), tmp_path)
    artifact = NCNN.convert(graph, Scheme("fp16"), tmp_path / "out", QUIET)
    assert {check.status for check in artifact.checks} == {"pass"}

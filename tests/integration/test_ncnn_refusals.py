"""Models that ncnn or its converter cannot take, and converters that fail."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import models
import numpy as np
import onnx
import pytest
from graphs import make_graph
from ncnn_conversion import FP32, NCNN, QUIET, foreign, refusal
from onnx import TensorProto

from mobilegen.errors import ConversionError
from mobilegen.runtimes.ncnn import neutral


def top_k() -> onnx.ModelProto:
    net = models.Net()
    net.op("TopK", "x", net.const([3], np.int64), output="y")
    net.nodes[0].output.append("indices")
    net.op("Cast", "indices", output="z", to=1)
    return net.model({"x": [1, 10]}, {"y": [1, 3], "z": [1, 3]})


def suppression() -> onnx.ModelProto:
    net = models.Net()
    limits = net.const([3], np.int64), net.const([0.5]), net.const([0.1])
    found = net.op("NonMaxSuppression", "boxes", "scores", *limits)
    net.op("Cast", net.op("ReduceMax", found, axes=[0], keepdims=0), output="y", to=1)
    return net.model({"boxes": [1, 6, 4], "scores": [1, 2, 6]}, {"y": [3]})


def largest_index() -> onnx.ModelProto:
    """The last of several largest ones, which no rewriting finds."""
    net = models.Net()
    net.op("ArgMax", net.conv("x", 3, 6), output="y", axis=1, select_last_index=1)
    shapes = {"x": [1, 3, 8, 7]}, {"y": [1, 1, 8, 7]}
    return net.model(*shapes, output_type=TensorProto.INT64)


def six_axes() -> onnx.ModelProto:
    net = models.Net()
    x = net.op("Reshape", "x", net.const([1, 4, 2, 4, 2, 3], np.int64))
    x = net.op("Transpose", x, perm=[0, 1, 4, 2, 5, 3])
    net.op("Reshape", x, net.const([1, 4, 8, 6], np.int64), output="y")
    return net.model({"x": [1, 4, 8, 6]}, {"y": [1, 4, 8, 6]})


def recurrent() -> onnx.ModelProto:
    net = models.Net()
    weights = (net.const(net.random.normal(0, 0.3, (1, 24, size))) for size in (5, 6))
    net.op("LSTM", "x", *weights, output="y", hidden_size=6)
    return net.model({"x": [9, 1, 5]}, {"y": [9, 1, 1, 6]})


def test_same_reason_is_told_once(tmp_path: Path) -> None:
    """Two forms that differ, in other places, and fail alike; names are the original's."""
    one, two = foreign(), foreign()
    one.graph.doc_string = "another file"
    one.graph.node[0].name = two.graph.node[0].name = "made-up"
    graph = make_graph(foreign(), tmp_path, candidates=[("a", one), ("b", two)])
    assert refusal(graph, tmp_path).seen == (
        "a, b: ncnn cannot express "
        "Hardmax (node '/Hardmax_0'), ThresholdedRelu (node '/ThresholdedRelu_2')",
    )


@pytest.mark.parametrize(
    ("model", "named"),
    [
        (top_k, "TopK (node '/TopK_0')"),
        (suppression, "NonMaxSuppression (node '/NonMaxSuppression_0')"),
        (foreign, "Hardmax (node '/Hardmax_0'), ThresholdedRelu (node '/ThresholdedRelu_2')"),
        (largest_index, "ArgMax (node '/ArgMax_1')"),
        (six_axes, "Reshape (node '/Reshape_0', '/Reshape_2')"),
        (recurrent, "LSTM (node '/LSTM_0')"),
    ],
)
def test_operators_that_ncnn_lacks_are_named(model: object, named: str, tmp_path: Path) -> None:
    error = refusal(make_graph(model(), tmp_path), tmp_path)  # type: ignore[operator]
    assert named in str(error)


def test_old_softmax_is_not_accepted(tmp_path: Path) -> None:
    """The converter ignores what softmax meant before opset 13: silently wrong numbers."""
    error = refusal(make_graph(models.old_softmax(), tmp_path), tmp_path)
    assert "not so: ncnn on this computer gives the source model's numbers" in str(error)


def test_several_samples_in_the_batch(tmp_path: Path) -> None:
    net = models.Net()
    net.conv("x", 3, 4)
    net.nodes[-1].output[0] = "y"
    graph = make_graph(net.model({"x": [2, 3, 8, 7]}, {"y": [2, 4, 8, 7]}), tmp_path)
    error = refusal(graph, tmp_path)
    assert "'x' holds 2 samples" in str(error) and "batch size of 1" in error.hint


def handed_through() -> onnx.ModelProto:
    """An output that is an input."""
    net = models.Net()
    net.op("Identity", "x", output="y")
    net.op("Relu", "x", output="z")
    shape = [1, 3, 5, 7]
    return net.model({"x": shape}, {"y": shape, "z": shape})


def test_output_that_is_an_input(tmp_path: Path) -> None:
    """The converter would die of a memory error."""
    graph = make_graph(handed_through(), tmp_path)
    assert "output 'y' is input 'x'" in str(refusal(graph, tmp_path))


def test_converter_crash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same model, had nobody looked at its outputs."""
    monkeypatch.setattr(neutral, "bare_outputs", lambda model: {})
    graph = make_graph(handed_through(), tmp_path)
    assert "the converter pnnx failed (signal SIGSEGV)" in str(refusal(graph, tmp_path))


def test_converter_hang(tmp_path: Path) -> None:
    net = models.Net()
    last = "x"
    for _ in range(3000):
        last = net.op("Add", net.relu(last), net.const(0.001))
    net.op("Relu", last, output="y")
    graph = make_graph(net.model({"x": [1, 8]}, {"y": [1, 8]}), tmp_path)
    with pytest.raises(ConversionError, match="does not convert") as caught:
        NCNN.convert(graph, FP32, tmp_path / "out", replace(QUIET, timeout=3))
    assert "the converter pnnx did not finish within 3 s" in str(caught.value)


def test_converter_that_leaves_no_file(tmp_path: Path) -> None:
    graph = make_graph(models.lenet(), tmp_path)
    graph.candidates[0].path.write_bytes(onnx.ModelProto(ir_version=8).SerializeToString())
    assert "the converter pnnx" in str(refusal(graph, tmp_path))


def test_file_that_is_no_model(tmp_path: Path) -> None:
    graph = make_graph(models.lenet(), tmp_path)
    graph.candidates[0].path.write_bytes(b"\xff" * 9)
    assert "the model file cannot be read" in str(refusal(graph, tmp_path))

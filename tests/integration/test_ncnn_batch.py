"""Models of several samples at once: converted for one, where the samples are independent."""

from __future__ import annotations

from pathlib import Path

import models
import numpy as np
import onnx
import pytest
from graphs import make_graph
from ncnn_conversion import FP32, NCNN, QUIET

from mobilegen.artifacts import Graph, SourceModel
from mobilegen.errors import ConversionError
from mobilegen.frontends import catalog as frontends
from mobilegen.graph.samples import read_samples


def independent() -> onnx.ModelProto:
    """Four images; the shape of a reshaping has the 4 in it."""
    net = models.Net(seed=80)
    x = net.max_pool(net.relu(net.conv("x", 3, 5)), 2)
    x = net.op("Reshape", x, net.const([4, 5 * 4 * 3], np.int64))
    net.dense(x, 5 * 4 * 3, 7, output="y")
    return net.model({"x": [4, 3, 8, 6]}, {"y": [4, 7]})


def mixed() -> onnx.ModelProto:
    """The mean over the batch is taken off: each answer depends on all samples."""
    net = models.Net(seed=81)
    x = net.relu(net.conv("x", 3, 5))
    net.op("Sub", x, net.op("ReduceMean", x, axes=[0]), output="y")
    return net.model({"x": [4, 3, 8, 6]}, {"y": [4, 5, 8, 6]})


def load(model: onnx.ModelProto, folder: Path) -> Graph:
    path = models.save(model, folder / "model.onnx")
    return frontends.get("onnx").load(SourceModel(path, "onnx"), folder / "graph", QUIET)


def test_independent_samples(tmp_path: Path) -> None:
    graph = load(independent(), tmp_path)
    artifact = NCNN.convert(graph, FP32, tmp_path / "out", QUIET)
    assert artifact.batch == 4 and artifact.candidate.startswith("single")
    assert artifact.inputs[0].tensor.shape == (4, 3, 8, 6)
    assert artifact.inputs[0].runtime_shape == (3, 8, 6)
    assert {check.status for check in artifact.checks} == {"pass"}
    other = read_samples(make_graph(independent(), tmp_path / "other").samples)
    runs = NCNN.run_host(artifact, [each.inputs for each in other], QUIET)
    for sample, made in zip(other, runs, strict=True):
        np.testing.assert_allclose(made["y"], sample.outputs["y"], atol=1e-4)


def test_samples_that_depend_on_each_other_are_refused(tmp_path: Path) -> None:
    graph = load(mixed(), tmp_path)
    assert {candidate.batch for candidate in graph.candidates} == {1}
    assert "single: left out: differs from the original" in graph.checks[-1].detail
    with pytest.raises(ConversionError, match="does not convert"):
        NCNN.convert(graph, FP32, tmp_path / "out", QUIET)

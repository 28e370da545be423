"""From the user's file to ncnn: what only a repaired form of the graph lets convert."""

from __future__ import annotations

from pathlib import Path

import models
import onnx
import pytest

from mobilegen.artifacts import Scheme, SourceModel, Tolerance
from mobilegen.frontends import catalog as frontends
from mobilegen.runtimes import catalog


def enlarging(**attributes: object) -> onnx.ModelProto:
    net = models.Net(seed=50)
    weight = net.const(net.random.normal(0.0, 0.3, (4, 6, 3, 3)))
    net.op("ConvTranspose", net.relu("x"), weight, output="y", strides=[2, 2], **attributes)
    return net.model({"x": [1, 4, 7, 9]}, {"y": [None] * 4}, check=False)


def outputs(kind: str) -> onnx.ModelProto:
    net = models.Net(seed=51)
    shape = [1, 3, 5, 7]
    net.op("Relu", "x", output="z")
    weight = net.const(net.random.normal(0.0, 1.0, shape))
    net.op("Identity", {"input": "x", "weight": weight}.get(kind, "z"), output="y")
    return net.model({"x": shape}, {"y": shape, "z": shape})


MODELS = {
    "odd": enlarging(output_shape=[14, 18]),
    "large": enlarging(output_shape=[16, 20]),
    "same": enlarging(auto_pad="SAME_UPPER"),
    "uneven": enlarging(pads=[0, 1, 1, 0]),
    **{kind: outputs(kind) for kind in ("input", "weight", "again")},
}


@pytest.mark.parametrize("name", MODELS)
def test_repaired_form_converts(name: str, tmp_path: Path) -> None:
    path = models.save(MODELS[name], tmp_path / "model.onnx")
    graph = frontends.get("onnx").load(SourceModel(path, "onnx"), tmp_path / "graph")
    artifact = catalog.get("ncnn").convert(
        graph, Scheme("fp32"), tmp_path / "out", tolerance=Tolerance(1e-4)
    )
    assert artifact.candidate == "repaired", "the original form converts: the repair is not needed"
    assert {check.status for check in artifact.checks} == {"pass"}

"""Conversions to ncnn by the real converter, as tests ask for them."""

from __future__ import annotations

from pathlib import Path

import models
import onnx
import pytest

from mobilegen.artifacts import Artifact, Graph, Scheme, Tolerance
from mobilegen.errors import ConversionError
from mobilegen.run import Run
from mobilegen.runtimes import catalog

NCNN = catalog.get("ncnn")
STRICT = 1e-4


QUIET = Run(report=lambda line: None)
FP32 = Scheme("fp32")


def convert(graph: Graph, folder: Path, *, limit: float = STRICT) -> Artifact:
    return NCNN.convert(graph, FP32, folder / "out", QUIET, tolerance=Tolerance(limit))


def refusal(graph: Graph, folder: Path) -> ConversionError:
    with pytest.raises(ConversionError) as caught:
        convert(graph, folder)
    assert not (folder / "out").exists()
    return caught.value


def foreign() -> onnx.ModelProto:
    """A network of operators that ncnn lacks."""
    net = models.Net()
    x = net.op("Hardmax", "x", axis=1)
    net.op("ThresholdedRelu", net.op("Add", x, "x"), output="y")
    return net.model({"x": [1, 3, 5, 7]}, {"y": [1, 3, 5, 7]})

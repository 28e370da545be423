"""Divisions that ncnn computes a little off, where that becomes another whole number."""

from __future__ import annotations

from pathlib import Path

import models
import numpy as np
import onnx
import pytest
from ncnn_conversion import FP32, NCNN, QUIET

from mobilegen.artifacts import Graph, SourceModel
from mobilegen.errors import ConversionError
from mobilegen.frontends import catalog as frontends
from mobilegen.graph.samples import read_samples
from mobilegen.runtimes.ncnn import lower

# Numbers that fill no vector register whole: there ncnn takes its narrow kernels.
SHAPE = [1, 3, 5, 8]
DIVISORS = (2.0, 3.0, 7.0, 0.25)


def rounded(divisor: float, operator: str = "Floor") -> onnx.ModelProto:
    net = models.Net(seed=60)
    x = net.op("Div", "x", net.const(divisor))
    net.op(operator, x, output="y", **({"to": 1} if operator == "Cast" else {}))
    return net.model({"x": SHAPE}, {"y": SHAPE})


def load(model: onnx.ModelProto, folder: Path) -> Graph:
    path = models.save(model, folder / "model.onnx")
    return frontends.get("onnx").load(SourceModel(path, "onnx"), folder / "graph")


@pytest.mark.parametrize("divisor", DIVISORS)
def test_floor_of_a_division_is_exact(divisor: float, tmp_path: Path) -> None:
    graph = load(rounded(divisor), tmp_path)
    artifact = NCNN.convert(graph, FP32, tmp_path / "out", QUIET)
    numbers = np.arange(-60.0, 60.0, dtype=np.float32).reshape(SHAPE)
    [made] = NCNN.run_host(artifact, [{"x": numbers}], QUIET)
    np.testing.assert_array_equal(made["y"], np.floor(numbers / np.float32(divisor)))


def test_without_the_rewriting_the_proof_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph = load(rounded(2.0), tmp_path)
    monkeypatch.setattr(lower, "STEPS", ())
    with pytest.raises(ConversionError, match="does not convert") as caught:
        NCNN.convert(graph, FP32, tmp_path / "out", QUIET)
    assert any("source model's numbers" in line for line in caught.value.seen)


def test_samples_hold_whole_numbers_and_pixels(tmp_path: Path) -> None:
    arrays = [each.inputs["x"] for each in read_samples(load(rounded(2.0), tmp_path).samples)]
    whole = [array for array in arrays if (array == np.rint(array)).all()]
    assert [int(array.max()) > 100 for array in whole] == [False, True]

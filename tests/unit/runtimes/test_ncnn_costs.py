"""Multiply-accumulates of ncnn's layers, against numbers worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from mobilegen.artifacts import Artifact, FileRecord
from mobilegen.errors import ConversionError
from mobilegen.runtimes.base import LayerCost
from mobilegen.runtimes.ncnn.costs import layer_costs, layer_macs
from mobilegen.runtimes.ncnn.param import Layer

PARAM = """7767517
3 4
Input in0 0 1 in0
Split split_0 1 2 in0 a b
Convolution conv_0 1 1 a out0 0=4 1=3 4=1 6=108
"""


def layer(kind: str, parameters: dict[int, int], inputs: tuple[str, ...] = ("x",)) -> Layer:
    values = tuple((number, str(value)) for number, value in parameters.items())
    return Layer(kind, "layer", inputs, ("y",), values)


# Outputs, then all that one output value takes.
@pytest.mark.parametrize(
    ("kind", "parameters", "given", "made", "macs"),
    [
        # 16 filters of 3 x 5x5.
        ("Convolution", {0: 16, 6: 1200}, (3, 32, 32), (16, 30, 28), 16 * 30 * 28 * 75),
        # 8 channels of 3x3 each.
        ("ConvolutionDepthWise", {0: 8, 6: 72, 7: 8}, (8, 9, 9), (8, 7, 5), 8 * 7 * 5 * 9),
        # 6 channels in 2 groups: each output sees 3 channels of 1x1.
        ("ConvolutionDepthWise", {0: 4, 6: 12, 7: 2}, (6, 5, 5), (4, 5, 5), 4 * 25 * 3),
        ("Convolution1D", {0: 4, 6: 4 * 6 * 3}, (6, 20), (4, 18), 4 * 18 * 6 * 3),
        ("Convolution3D", {0: 2, 6: 2 * 27}, (1, 5, 6, 7), (2, 3, 4, 5), 2 * 60 * 27),
        # Each of the 5x4 x 6 input values goes through 8 filters of 2x2.
        ("Deconvolution", {0: 8, 6: 6 * 8 * 4}, (6, 5, 4), (8, 10, 8), 6 * 20 * 8 * 4),
        ("InnerProduct", {0: 10, 2: 840}, (84,), (10,), 840),
        ("InnerProduct", {0: 10, 2: 840}, (7, 84), (7, 10), 7 * 840),
        ("InnerProduct", {0: 10, 2: 120}, (3, 2, 2), (10,), 120),
        ("Gemm", {5: 1, 8: 6, 9: 5}, (4, 5), (4, 6), 4 * 6 * 5),
        # GRU: 3 gates of 8 from 5 inputs and from 8 outputs, both directions, 7 steps.
        ("GRU", {0: 8, 1: 2 * 24 * 5, 2: 2}, (7, 5), (7, 16), 7 * 2 * 24 * (5 + 8)),
        ("RNN", {0: 8, 1: 40, 2: 0}, (7, 5), (7, 8), 7 * 8 * (5 + 8)),
        ("LSTM", {0: 8, 1: 160, 2: 0}, (7, 5), (7, 8), 7 * 32 * (5 + 8)),
        # An LSTM of 12 cells whose 12 values are projected to 8.
        ("LSTM", {0: 8, 1: 240, 3: 12}, (7, 5), (7, 8), 7 * (48 * (5 + 8) + 12 * 8)),
        ("ReLU", {}, (3, 4, 4), (3, 4, 4), 0),
        ("MultiHeadAttention", {0: 64}, (3, 64), (3, 64), None),
    ],
)  # fmt: skip
def test_macs(
    kind: str,
    parameters: dict[int, int],
    given: tuple[int, ...],
    made: tuple[int, ...],
    macs: int | None,
) -> None:
    assert layer_macs(layer(kind, parameters), {"x": given, "y": made}) == macs


def test_products_of_two_inputs() -> None:
    shapes = {"x": (2, 4, 5), "b": (2, 5, 6), "y": (2, 4, 6)}
    assert layer_macs(layer("MatMul", {}, ("x", "b")), shapes) == 2 * 4 * 6 * 5
    shapes = {"x": (5, 4), "b": (5, 6), "y": (4, 6)}
    assert layer_macs(layer("Gemm", {2: 1}, ("x", "b")), shapes) == 4 * 6 * 5


@pytest.mark.parametrize("kind", ["Convolution", "InnerProduct", "Gemm", "GRU", "Deconvolution"])
def test_what_is_missing_is_unknown(kind: str) -> None:
    assert layer_macs(layer(kind, {0: 4, 5: 1}), {"x": (3, 4, 4), "y": (4, 2, 2)}) is None
    assert layer_macs(layer(kind, {0: 4, 6: 9, 2: 9, 9: 9, 1: 9}), {}) is None


def artifact(folder: Path) -> Artifact:
    (folder / "model.param").write_text(PARAM)
    return Artifact(
        runtime="ncnn",
        runtime_version="1",
        precision="fp32",
        folder=folder,
        files=(("params", FileRecord("model.param", len(PARAM), "")),),
        inputs=(),
        outputs=(),
        operators=(),
        candidate="original",
    )


def test_layers_of_a_file(tmp_path: Path) -> None:
    image = (3, 8, 8)
    shapes = [image, image, image, (4, 8, 8)]
    assert layer_costs(artifact(tmp_path), shapes) == (
        LayerCost("in0", "Input", image, 0),
        LayerCost("split_0", "Split", image, 0),
        LayerCost("conv_0", "Convolution", (4, 8, 8), 4 * 64 * 27),
    )
    with pytest.raises(ConversionError, match="another model"):
        layer_costs(artifact(tmp_path), shapes[:3])

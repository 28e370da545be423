"""Multiply-accumulates of ncnn's layers, from their parameters and the shapes seen in a run.

The numbers of the parameters are those of ncnn's `load_param` functions (src/layer/*.cpp).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from mobilegen.artifacts import Artifact
from mobilegen.errors import ConversionError
from mobilegen.runtimes.base import LayerCost
from mobilegen.runtimes.ncnn.param import Layer, read_param

Shapes = Mapping[str, tuple[int, ...]]

_NUM_OUTPUT = 0
# Number of the parameter with the number of weights.
_CONVOLUTION_WEIGHTS = 6
_INNER_PRODUCT_WEIGHTS = 2
_RECURRENT_WEIGHTS = 1
_DIRECTION, _BOTH_DIRECTIONS = 2, 2
_LSTM_HIDDEN = 3
_GEMM_TRANSPOSED_A, _GEMM_CONSTANT_A, _GEMM_CONSTANT_B, _GEMM_K = 2, 4, 5, 9
# They multiply, but how often is not in their parameters and outermost shapes alone.
_UNCOUNTED = frozenset(
    (
        "DeformableConv2D",
        "Einsum",
        "InverseSpectrogram",
        "MultiHeadAttention",
        "SDPA",
        "Spectrogram",
    )
)


def layer_costs(artifact: Artifact, shapes: Sequence[tuple[int, ...]]) -> tuple[LayerCost, ...]:
    """Return the layers of a model, in the order of its file.

    Args:
        shapes: Of every blob, outermost axis first, in the order in which layers make them.

    Raises:
        ConversionError: The file is damaged, or has another number of blobs.
    """
    network = read_param(artifact.folder / dict(artifact.files)["params"].path)
    blobs = [blob for layer in network.layers for blob in layer.outputs]
    if len(blobs) != len(shapes):
        raise ConversionError(
            "the shapes are those of another model",
            seen=[f"{len(shapes)} shapes for {len(blobs)} blobs"],
        )
    by_blob = dict(zip(blobs, shapes, strict=True))
    return tuple(
        LayerCost(layer.name, layer.type, _shape(layer, by_blob), layer_macs(layer, by_blob))
        for layer in network.layers
    )


def layer_macs(layer: Layer, shapes: Shapes) -> int | None:
    """Return the multiply-accumulates of one layer, 0 for those that are not counted.

    None when they cannot be known.
    """
    if layer.type in _UNCOUNTED:
        return None
    rule = _RULES.get(layer.type)
    if rule is None:
        return 0
    try:
        return rule(layer, shapes)
    except (IndexError, KeyError, ValueError, ZeroDivisionError):
        return None


def _shape(layer: Layer, shapes: Shapes) -> tuple[int, ...]:
    return shapes[layer.outputs[0]] if layer.outputs else ()


def _parameter(layer: Layer, number: int, default: int = 0) -> int:
    return int(dict(layer.parameters).get(number, default))


def _weights(layer: Layer, number: int) -> int:
    """Number of weights; they may also be the second input."""
    count = _parameter(layer, number)
    if count < 1:
        raise ValueError(f"{layer.name} has no weights of its own")
    return count


def _convolution(layer: Layer, shapes: Shapes) -> int:
    # Every weight is used once for each place of the output.
    return math.prod(shapes[layer.outputs[0]][1:]) * _weights(layer, _CONVOLUTION_WEIGHTS)


def _convolution_1d(layer: Layer, shapes: Shapes) -> int:
    return shapes[layer.outputs[0]][-1] * _weights(layer, _CONVOLUTION_WEIGHTS)


def _deconvolution(layer: Layer, shapes: Shapes) -> int:
    # Every weight is used once for each place of the input.
    return math.prod(shapes[layer.inputs[0]][1:]) * _weights(layer, _CONVOLUTION_WEIGHTS)


def _deconvolution_1d(layer: Layer, shapes: Shapes) -> int:
    return shapes[layer.inputs[0]][-1] * _weights(layer, _CONVOLUTION_WEIGHTS)


def _inner_product(layer: Layer, shapes: Shapes) -> int:
    rows = math.prod(shapes[layer.outputs[0]]) // _parameter(layer, _NUM_OUTPUT)
    return rows * _weights(layer, _INNER_PRODUCT_WEIGHTS)


def _gemm(layer: Layer, shapes: Shapes) -> int:
    constant = [_parameter(layer, number) for number in (_GEMM_CONSTANT_A, _GEMM_CONSTANT_B)]
    if any(constant):
        inner = _weights(layer, _GEMM_K)
    else:
        inner = shapes[layer.inputs[0]][-2 if _parameter(layer, _GEMM_TRANSPOSED_A) else -1]
    return math.prod(shapes[layer.outputs[0]]) * inner


def _matmul(layer: Layer, shapes: Shapes) -> int:
    return math.prod(shapes[layer.outputs[0]]) * shapes[layer.inputs[0]][-1]


def _recurrent(gates: int) -> Callable[[Layer, Shapes], int]:
    def macs(layer: Layer, shapes: Shapes) -> int:
        outputs = _parameter(layer, _NUM_OUTPUT)
        hidden = _parameter(layer, _LSTM_HIDDEN, outputs) if layer.type == "LSTM" else outputs
        directions = 2 if _parameter(layer, _DIRECTION) == _BOTH_DIRECTIONS else 1
        projection = hidden * outputs if hidden != outputs else 0
        own = directions * (gates * hidden * outputs + projection)
        return shapes[layer.inputs[0]][-2] * (_weights(layer, _RECURRENT_WEIGHTS) + own)

    return macs


_RULES: dict[str, Callable[[Layer, Shapes], int]] = {
    "Convolution": _convolution,
    "Convolution1D": _convolution_1d,
    "Convolution3D": _convolution,
    "ConvolutionDepthWise": _convolution,
    "ConvolutionDepthWise1D": _convolution_1d,
    "ConvolutionDepthWise3D": _convolution,
    "Deconvolution": _deconvolution,
    "Deconvolution1D": _deconvolution_1d,
    "Deconvolution3D": _deconvolution,
    "DeconvolutionDepthWise": _deconvolution,
    "DeconvolutionDepthWise1D": _deconvolution_1d,
    "DeconvolutionDepthWise3D": _deconvolution,
    "GRU": _recurrent(3),
    "Gemm": _gemm,
    "InnerProduct": _inner_product,
    "LSTM": _recurrent(4),
    "MatMul": _matmul,
    "RNN": _recurrent(1),
}

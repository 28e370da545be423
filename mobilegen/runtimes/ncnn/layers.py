"""Which of ncnn's layers a network needs: those it names, and those that layers create inside.

The tables follow from ncnn's source; a test compares them with it. Left out are layers that are
created only for what a converted network does not have: a convolution of a vector
(InnerProduct), reduced precision at run time (Cast, Quantize and the like).
"""

from __future__ import annotations

from collections.abc import Iterable

from mobilegen.runtimes.ncnn.param import Layer, Network

# ncnn itself converts between packed and plain blobs around every layer.
ALWAYS = ("Input", "Packing")

# Created by fused activations, by value of parameter 9 (ncnn: layer/fused_activation.h).
ACTIVATIONS = {1: "ReLU", 2: "ReLU", 3: "Clip", 4: "Sigmoid", 5: "Mish", 6: "HardSwish"}
_ACTIVATION_PARAM = 9

# Layers whose weights may be an input; they then flatten it. By parameter that says so.
_DYNAMIC_WEIGHT_PARAM = {
    "Convolution": 19,
    "Convolution1D": 19,
    "ConvolutionDepthWise": 19,
    "ConvolutionDepthWise1D": 19,
    "Deconvolution": 28,
    "Deconvolution1D": 28,
    "DeconvolutionDepthWise": 28,
    "DeconvolutionDepthWise1D": 28,
}

# Created by a layer's own code, whatever its parameters.
REQUIRES: dict[str, tuple[str, ...]] = {
    "Convolution": ("Padding",),
    "Convolution1D": ("Padding",),
    "Convolution3D": ("Padding",),
    "ConvolutionDepthWise": ("Padding", "Convolution"),
    "ConvolutionDepthWise1D": ("Padding", "Convolution1D"),
    "ConvolutionDepthWise3D": ("Padding",),
    "Deconvolution": ("Crop", "Gemm"),
    "Deconvolution1D": ("Crop",),
    "Deconvolution3D": ("Crop",),
    "DeconvolutionDepthWise": ("Crop", "Deconvolution"),
    "DeconvolutionDepthWise1D": ("Crop",),
    "DeconvolutionDepthWise3D": ("Crop",),
    "DeformableConv2D": ("Gemm",),
    "Fold": ("Crop",),
    "InnerProduct": ("Flatten",),
    "LRN": ("Padding",),
    "MatMul": ("Gemm",),
    "MultiHeadAttention": ("Gemm", "Softmax"),
    "Pooling": ("Padding",),
    "Pooling1D": ("Padding",),
    "Pooling3D": ("Padding",),
    "Reshape": ("Flatten",),
    "SDPA": ("Gemm", "Softmax"),
    "SPP": ("Padding", "Flatten"),
    "Spectrogram": ("Padding",),
    "Unfold": ("Padding",),
    "YoloDetectionOutput": ("Softmax",),
}

# Half-precision weights are widened while loading.
FP16_WEIGHTS = ("Cast",)


def needed_layers(
    network: Network, operators: Iterable[str] = (), *, fp16_weights: bool = False
) -> set[str]:
    """Return the names of all layers that a network needs, implicit ones included.

    Args:
        operators: Further layers that the converter reported.
    """
    needed = {*ALWAYS, *operators, *(FP16_WEIGHTS if fp16_weights else ())}
    for layer in network.layers:
        needed |= {layer.type, *_by_parameters(layer)}
    todo = list(needed)
    while todo:
        new = set(REQUIRES.get(todo.pop(), ())) - needed
        needed |= new
        todo.extend(new)
    return needed


def _by_parameters(layer: Layer) -> set[str]:
    values = dict(layer.parameters)
    found = set()
    activation = values.get(_ACTIVATION_PARAM, "")
    if activation.isdigit() and int(activation) in ACTIVATIONS:
        found.add(ACTIVATIONS[int(activation)])
    dynamic = _DYNAMIC_WEIGHT_PARAM.get(layer.type)
    if dynamic is not None and values.get(dynamic, "0") != "0":
        found.add("Flatten")
    return found

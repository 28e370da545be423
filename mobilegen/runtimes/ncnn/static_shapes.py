"""Writes sizes that a network would compute while it runs as the numbers that they are.

pnnx keeps some sizes open for a changing batch: `12=0 13=0 6="1,1,//(5,0n),0n"` of a `Reshape`
says on which axis the batch lies (keys 12 and 13) and computes the sizes from those of the input
(key 6). The native library has no batch, so it cannot read that. The shapes of a converted model
are fixed, and ncnn itself says what they come to. Keys are those of `load_param` in ncnn's
layer/reshape.cpp and layer/interp.cpp.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mobilegen.errors import ConversionError
from mobilegen.runtimes.ncnn.param import Layer, Network

_BATCH_AXES = (12, 13)
_NO_AXIS = "233"
# By type: the keys of the sizes that are made, by the number of axes of the output, and the keys
# that give way to them: expressions, axes of the batch, scales.
_SIZES: dict[str, dict[int, tuple[int, ...]]] = {
    "Interp": {2: (3, 4), 3: (3, 4)},
    "Reshape": {1: (0,), 2: (1, 0), 3: (2, 1, 0), 4: (2, 11, 1, 0)},
}
_OLD = {"Interp": {1, 2, 3, 4, 9}, "Reshape": {0, 1, 2, 6, 11, *_BATCH_AXES}}


def open_layers(network: Network) -> tuple[Layer, ...]:
    """Return the layers that compute sizes from others or move the batch.

    Raises:
        ConversionError: One of them is of a type that `fix` cannot write with numbers.
    """
    found = tuple(layer for layer in network.layers if _expressions(layer) or _has_batch(layer))
    foreign = [layer for layer in found if layer.type not in _SIZES]
    if foreign:
        raise ConversionError(
            "the converter left sizes open that are to be computed at run time",
            seen=[f"{_name(layer)}: {', '.join(_expressions(layer))}" for layer in foreign],
            hint="give the slices of the model constant starts and ends",
        )
    return found


def fix(network: Network, shapes: Mapping[str, tuple[int, ...]]) -> Network:
    """Write the open layers of a network with numbers.

    Args:
        shapes: By the output blob of each open layer: its batch size, then its shape as the
            model has it, for example (1, channels, height, width).

    Raises:
        ConversionError: Several samples, or none of the shapes that ncnn has.
    """
    ready = {layer.name: _fixed(layer, shapes[layer.outputs[0]]) for layer in open_layers(network)}
    return Network(tuple(ready.get(layer.name, layer) for layer in network.layers))


def _expressions(layer: Layer) -> list[str]:
    return [f"{key}={value}" for key, value in layer.parameters if value.startswith('"')]


def _has_batch(layer: Layer) -> bool:
    values = dict(layer.parameters)
    axes = (values.get(key, _NO_AXIS) for key in _BATCH_AXES)
    return layer.type == "Reshape" and any(axis != _NO_AXIS for axis in axes)


def _fixed(layer: Layer, shape: tuple[int, ...]) -> Layer:
    batch, *sizes = shape
    if batch != 1:
        raise ConversionError(
            f"{_name(layer)} makes a batch of {batch} inside the network",
            seen=["the native library computes one sample at a time"],
            hint="keep the first axis of every tensor at 1, or use another runtime",
        )
    keys = _SIZES[layer.type].get(len(sizes))
    if keys is None:
        raise ConversionError(f"{_name(layer)} makes a tensor of another shape", seen=[f"{shape}"])
    made = sorted(zip(keys, map(str, sizes[-len(keys) :]), strict=True))
    rest = [(key, value) for key, value in layer.parameters if key not in _OLD[layer.type]]
    # Further inputs only lent their sizes.
    return replace(layer, inputs=layer.inputs[:1], parameters=(*made, *rest))


def _name(layer: Layer) -> str:
    return f"{layer.type} {layer.name!r}"

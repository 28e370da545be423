"""Models that take several independent samples at once, and the same for one sample.

Axis 0 of every input is the batch, and the outputs hold as many parts. Whether the samples are
independent shows when the form for one of them is run on each in turn: the answers together have to
be those of the whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import onnx
from onnx import NodeProto, numpy_helper

from mobilegen.arrays import Array
from mobilegen.artifacts import TensorSpec
from mobilegen.graph.passes import edit
from mobilegen.graph.shapes import set_shape

# More are no batch, but an axis of the data.
_MOST = 64
# Operators whose second input is a shape with the batch in front.
_SHAPED = frozenset(("Expand", "Reshape"))


def batch_of(inputs: Sequence[TensorSpec], outputs: Sequence[TensorSpec]) -> int:
    """Return how many samples a model may take at once; 1 when it can be only one."""
    sizes = {spec.shape[0] if spec.shape else 0 for spec in inputs}
    size = sizes.pop() if len(sizes) == 1 else 1
    if not 1 < size <= _MOST:
        return 1
    fits = all(spec.shape and spec.shape[0] % size == 0 for spec in outputs)
    return size if fits else 1


def make_single(model: onnx.ModelProto, batch: int) -> None:
    """Rewrite a model in place so that it takes one sample instead of `batch`."""
    weights = {tensor.name for tensor in model.graph.initializer}
    for value in (*model.graph.input, *model.graph.output):
        sizes = [each.dim_value for each in value.type.tensor_type.shape.dim]
        if value.name not in weights:
            set_shape(value, (sizes[0] // batch, *sizes[1:]))
    del model.graph.value_info[:]
    constants = edit.constants(model)
    for node in model.graph.node:
        if node.op_type in _SHAPED and node.input[1] in constants:
            _divide(model, node, numpy_helper.to_array(constants[node.input[1]]), batch)


def single_tensors(tensors: Mapping[str, TensorSpec], batch: int) -> dict[str, TensorSpec]:
    """Return what the tensors of a model should be when it takes one sample."""
    if batch == 1:
        return dict(tensors)
    return {name: replace(spec, shape=_part(spec.shape, batch)) for name, spec in tensors.items()}


def parts(arrays: Mapping[str, Array], batch: int) -> list[dict[str, Array]]:
    """Return the samples of a batch one by one."""
    if batch == 1:
        return [dict(arrays)]
    split = {name: np.split(array, batch) for name, array in arrays.items()}
    return [{name: pieces[i] for name, pieces in split.items()} for i in range(batch)]


def joined(answers: Sequence[Mapping[str, Array]]) -> dict[str, Array]:
    """Put the answers to single samples together."""
    if len(answers) == 1:
        return dict(answers[0])
    return {name: np.concatenate([each[name] for each in answers]) for name in answers[0]}


def _divide(model: onnx.ModelProto, node: NodeProto, shape: Array, batch: int) -> None:
    sizes = [int(size) for size in shape]
    if sizes and sizes[0] > 0 and sizes[0] % batch == 0:
        single = [sizes[0] // batch, *sizes[1:]]
        node.input[1] = edit.add_constant(model, f"{node.output[0]}_shape", single)


def _part(shape: tuple[int, ...], batch: int) -> tuple[int, ...]:
    return (shape[0] // batch, *shape[1:]) if shape and shape[0] % batch == 0 else shape

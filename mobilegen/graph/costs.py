"""How large a model is: parameters, multiply-accumulates, memory of its tensors."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from onnx import NodeProto, TensorProto

from mobilegen.artifacts import TensorSpec
from mobilegen.graph import walk
from mobilegen.graph.load import read_model
from mobilegen.graph.shapes import trace_shapes


@dataclass(frozen=True)
class Costs:
    """Size of a model.

    Attributes:
        parameters: Values of all floating-point and quantised weights.
        macs: Multiply-accumulates of convolutions, matrix products and recurrent layers for one
            run; element-wise operators are not counted.
        largest_tensor_bytes: The largest intermediate tensor whose shape is known.
        operators: (operator, number of nodes), by name.
        uncounted: Nodes that would count but whose shapes are unknown.
    """

    parameters: int
    macs: int
    largest_tensor_bytes: int
    operators: tuple[tuple[str, int], ...]
    uncounted: int


def measure_costs(path: Path) -> Costs:
    """Return the costs of an .onnx file with fixed shapes.

    Raises:
        ModelError: The model cannot be read, or crashes onnxruntime.
    """
    return count_costs(read_model(path), trace_shapes(path))


def count_costs(model: onnx.ModelProto, tensors: Mapping[str, TensorSpec]) -> Costs:
    """Return the costs of a model whose tensors have the given shapes."""
    shapes = {name: spec.shape for name, spec in tensors.items()}
    shapes |= {tensor.name: tuple(tensor.dims) for tensor in model.graph.initializer}
    counts = [node_macs(node, shapes) for node in walk.nodes(model)]
    kinds = [node.op_type for node in walk.nodes(model)]
    made = {name for node in model.graph.node for name in node.output}
    return Costs(
        parameters=count_parameters(model),
        macs=sum(count for count in counts if count is not None),
        largest_tensor_bytes=max((_bytes(tensors[n]) for n in made & set(tensors)), default=0),
        operators=tuple((kind, kinds.count(kind)) for kind in sorted(set(kinds))),
        uncounted=counts.count(None),
    )


def node_macs(node: NodeProto, shapes: Mapping[str, tuple[int, ...]]) -> int | None:
    """Return the multiply-accumulates of one node, 0 for operators that are not counted.

    None when a shape is missing.
    """
    rule = _RULES.get(node.op_type)
    if rule is None:
        return 0
    try:
        return rule(node, shapes)
    except (KeyError, IndexError):
        return None


def _conv(node: NodeProto, shapes: Mapping[str, tuple[int, ...]]) -> int:
    # Weight: (outputs, inputs / group, kernel…); each output value takes one filter.
    return math.prod(shapes[node.output[0]]) * math.prod(shapes[node.input[1]][1:])


def _conv_transpose(node: NodeProto, shapes: Mapping[str, tuple[int, ...]]) -> int:
    # Weight: (inputs, outputs / group, kernel…); each input value is spread by one filter.
    return math.prod(shapes[node.input[0]]) * math.prod(shapes[node.input[1]][1:])


def _gemm(node: NodeProto, shapes: Mapping[str, tuple[int, ...]]) -> int:
    transposed = any(a.name == "transA" and a.i for a in node.attribute)
    inner = shapes[node.input[0]][0 if transposed else 1]
    return math.prod(shapes[node.output[0]]) * inner


def _matmul(node: NodeProto, shapes: Mapping[str, tuple[int, ...]]) -> int:
    return math.prod(shapes[node.output[0]]) * shapes[node.input[0]][-1]


def _recurrent(node: NodeProto, shapes: Mapping[str, tuple[int, ...]]) -> int:
    # X: (steps, batch, inputs); W and R hold every gate's matrix for every direction.
    steps, batch = shapes[node.input[0]][:2]
    weights = math.prod(shapes[node.input[1]]) + math.prod(shapes[node.input[2]])
    return steps * batch * weights


_RULES: dict[str, Callable[[NodeProto, Mapping[str, tuple[int, ...]]], int]] = {
    "Conv": _conv,
    "ConvInteger": _conv,
    "ConvTranspose": _conv_transpose,
    "GRU": _recurrent,
    "Gemm": _gemm,
    "LSTM": _recurrent,
    "MatMul": _matmul,
    "MatMulInteger": _matmul,
    "QLinearConv": lambda node, shapes: (
        math.prod(shapes[node.output[0]]) * math.prod(shapes[node.input[3]][1:])
    ),
    "RNN": _recurrent,
}

# Wide integers are shapes, axes and indices, not weights.
_NO_WEIGHTS = (TensorProto.INT64, TensorProto.STRING, TensorProto.BOOL)


def parameters_of(tensor: TensorProto) -> int:
    """Return how many parameters a tensor holds: 0 for scalars, shapes, axes and indices."""
    if tensor.data_type in _NO_WEIGHTS or not tensor.dims:
        return 0
    return math.prod(tensor.dims)


def count_parameters(model: onnx.ModelProto) -> int:
    """Return the parameters of a model, in subgraphs and functions too."""
    return sum(parameters_of(tensor) for _, tensor in walk.tensors(model))


def _bytes(spec: TensorSpec) -> int:
    return math.prod(spec.shape) * np.dtype(spec.dtype).itemsize

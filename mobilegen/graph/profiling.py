"""Measures what every layer of a model costs: parameters, multiply-accumulates, memory."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import onnx
from onnx import NodeProto, TensorProto
from onnx.helper import tensor_dtype_to_np_dtype

from mobilegen.artifacts import Graph, TensorSpec
from mobilegen.graph import walk
from mobilegen.graph.costs import count_parameters, node_macs, parameters_of
from mobilegen.graph.load import read_model
from mobilegen.graph.profile import LayerCost, OperatorCost, Profile
from mobilegen.graph.shapes import trace_shapes

# They give their input's memory another shape: no byte moves.
_VIEWS = frozenset({"Dropout", "Flatten", "Identity", "Reshape", "Squeeze", "Unsqueeze"})
# They look at a tensor's shape only.
_SHAPE_READERS = frozenset({"Shape", "Size"})


def profile_graph(graph: Graph) -> Profile:
    """Return the costs of a graph, in its simplified form if there is one.

    In that form what does not depend on the inputs is computed already, as in a runtime.

    Raises:
        ModelError: As `measure_profile`.
    """
    forms = {candidate.label: candidate.path for candidate in graph.candidates}
    return measure_profile(forms.get("simplified", graph.original))


def measure_profile(path: Path) -> Profile:
    """Return the costs of an .onnx file with fixed shapes, layer by layer.

    Raises:
        ModelError: The model cannot be read, or crashes onnxruntime.
    """
    return make_profile(read_model(path), trace_shapes(path))


def make_profile(model: onnx.ModelProto, tensors: Mapping[str, TensorSpec]) -> Profile:
    """Return the costs of a model whose tensors have the given shapes."""
    weights = _weights(model)
    nodes = [node for node in model.graph.node if node.op_type != "Constant"]
    sizes = {name: _tensor_bytes(spec) for name, spec in tensors.items() if name not in weights}
    live = _live_bytes(model, nodes, sizes)
    shapes = {name: spec.shape for name, spec in tensors.items()}
    shapes |= {name: tuple(tensor.dims) for name, tensor in weights.items()}
    fresh = dict(weights)
    layers = tuple(
        _layer(node, shapes, sizes, weights, fresh, live_bytes)
        for node, live_bytes in zip(nodes, live, strict=True)
    )
    made = {name for node in nodes for name in node.output if name}
    peak = max(live, default=0)
    return Profile(
        layers=layers,
        operators=_by_operator(layers),
        parameters=count_parameters(model),
        macs=sum(layer.macs or 0 for layer in layers),
        uncounted=sum(layer.macs is None for layer in layers),
        weight_bytes=sum(_weight_bytes(tensor) for _, tensor in walk.tensors(model)),
        read_bytes=sum(layer.read_bytes for layer in layers),
        written_bytes=sum(layer.written_bytes for layer in layers),
        peak_bytes=peak,
        peak_layer=live.index(peak) if live else 0,
        unknown=len(made - set(sizes)),
    )


def _weights(model: onnx.ModelProto) -> dict[str, TensorProto]:
    """Return what is known before a run: initializers and the results of Constant nodes."""
    found = {tensor.name: tensor for tensor in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type == "Constant" and node.output:
            for _, tensor in walk.node_tensors(node):
                found[node.output[0]] = tensor
    return found


def _layer(
    node: NodeProto,
    shapes: Mapping[str, tuple[int, ...]],
    sizes: Mapping[str, int],
    weights: Mapping[str, TensorProto],
    fresh: dict[str, TensorProto],
    live_bytes: int,
) -> LayerCost:
    """Return the cost of a node; `fresh` are the weights that no earlier one has used."""
    used = _used(node)
    inner = [each for graph in walk.subgraphs(node) for each in graph.node]
    macs = [node_macs(each, shapes) for each in (node, *inner)]
    own = [fresh.pop(name) for name in used if name in fresh] + _inner_tensors(node, inner)
    read, written = _traffic(node, used, sizes, weights)
    return LayerCost(
        name=node.name or (node.output[0] if node.output else ""),
        operator=node.op_type,
        shape=shapes.get(node.output[0], ()) if node.output else (),
        parameters=sum(parameters_of(tensor) for tensor in own),
        macs=None if None in macs else sum(count or 0 for count in macs),
        read_bytes=read,
        written_bytes=written,
        live_bytes=live_bytes,
    )


def _used(node: NodeProto) -> list[str]:
    """Return the names that a node takes, those that its subgraphs capture included."""
    inner = (name for graph in walk.subgraphs(node) for each in graph.node for name in each.input)
    captured = (value.name for graph in walk.subgraphs(node) for value in graph.output)
    return list(dict.fromkeys(name for name in (*node.input, *inner, *captured) if name))


def _inner_tensors(node: NodeProto, inner: Iterable[NodeProto]) -> list[TensorProto]:
    found = [tensor for each in (node, *inner) for _, tensor in walk.node_tensors(each)]
    return found + [tensor for graph in walk.subgraphs(node) for tensor in graph.initializer]


def _traffic(
    node: NodeProto,
    used: Iterable[str],
    sizes: Mapping[str, int],
    weights: Mapping[str, TensorProto],
) -> tuple[int, int]:
    if node.op_type in _VIEWS:
        return 0, 0
    written = sum(sizes.get(name, 0) for name in node.output)
    if node.op_type in _SHAPE_READERS:
        return 0, written
    known = [sizes.get(n, 0) if n not in weights else _weight_bytes(weights[n]) for n in used]
    if node.op_type == "Gather" and known:
        # Of a table only the rows that are asked for are read.
        known[0] = min(known[0], written)
    return sum(known), written


def _live_bytes(
    model: onnx.ModelProto, nodes: list[NodeProto], sizes: Mapping[str, int]
) -> list[int]:
    """Return for each node the bytes of the tensors that exist while it runs.

    A tensor exists from the node that makes it to the last one that takes it; the model's
    inputs exist from the start, its outputs to the end.
    """
    storage = _storage(nodes)
    last = {storage.get(name, name): i for i, node in enumerate(nodes) for name in _used(node)}
    last |= {storage.get(value.name, value.name): len(nodes) for value in model.graph.output}
    alive = {value.name for value in model.graph.input if value.name in last}
    found = []
    for index, node in enumerate(nodes):
        alive |= {storage.get(name, name) for name in node.output if name}
        found.append(sum(sizes.get(name, 0) for name in alive))
        alive = {name for name in alive if last.get(name, -1) > index}
    return found


def _storage(nodes: Iterable[NodeProto]) -> dict[str, str]:
    """Map the result of a view to the tensor in whose memory it lies."""
    storage: dict[str, str] = {}
    for node in nodes:
        if node.op_type in _VIEWS and node.input and node.output:
            storage[node.output[0]] = storage.get(node.input[0], node.input[0])
    return storage


def _by_operator(layers: Iterable[LayerCost]) -> tuple[OperatorCost, ...]:
    """Sum up by operator, the one with the most multiply-accumulates first."""
    groups: dict[str, list[LayerCost]] = {}
    for layer in layers:
        groups.setdefault(layer.operator, []).append(layer)
    sums = [
        OperatorCost(
            operator,
            len(group),
            sum(layer.parameters for layer in group),
            sum(layer.macs or 0 for layer in group),
            sum(layer.read_bytes for layer in group),
            sum(layer.written_bytes for layer in group),
        )
        for operator, group in groups.items()
    ]
    return tuple(sorted(sums, key=lambda each: (-each.macs, -each.written_bytes, each.operator)))


def _tensor_bytes(spec: TensorSpec) -> int:
    return math.prod(spec.shape) * np.dtype(spec.dtype).itemsize


def _weight_bytes(tensor: TensorProto) -> int:
    if tensor.data_type in (TensorProto.STRING, TensorProto.UNDEFINED):
        return 0
    return math.prod(tensor.dims) * int(tensor_dtype_to_np_dtype(tensor.data_type).itemsize)

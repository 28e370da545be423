"""The part of a graph that makes one of its inner tensors, as a model of its own."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import onnx
from onnx import NodeProto, helper

from mobilegen.artifacts import TensorSpec
from mobilegen.graph.walk import subgraphs


def ancestors(model: onnx.ModelProto, tensor: str) -> list[NodeProto]:
    """Return the nodes of the main graph that a tensor needs, its own maker last."""
    makers = {name: place for place, node in enumerate(model.graph.node) for name in node.output}
    needed: set[int] = set()
    waiting = [tensor]
    while waiting:
        place = makers.get(waiting.pop())
        if place is not None and place not in needed:
            needed.add(place)
            waiting += _taken(model.graph.node[place])
    return [node for place, node in enumerate(model.graph.node) if place in needed]


def cut(model: onnx.ModelProto, tensor: TensorSpec) -> onnx.ModelProto:
    """Return a copy of a model that ends with one inner tensor; inputs that it needs not go."""
    nodes = ancestors(model, tensor.name)
    used = {name for node in nodes for name in _taken(node)}
    part = onnx.ModelProto()
    part.CopyFrom(model)
    graph = part.graph
    inputs = [value for value in graph.input if value.name in used]
    weights = [tensor for tensor in graph.initializer if tensor.name in used]
    kind = helper.np_dtype_to_tensor_dtype(np.dtype(tensor.dtype))
    outputs = [helper.make_tensor_value_info(tensor.name, kind, tensor.shape)]
    for name in ("node", "input", "initializer", "output", "value_info"):
        graph.ClearField(name)
    graph.node.extend(nodes)
    graph.input.extend(inputs)
    graph.initializer.extend(weights)
    graph.output.extend(outputs)
    return part


def _taken(node: NodeProto) -> Iterator[str]:
    yield from filter(None, node.input)
    for graph in subgraphs(node):
        for inner in graph.node:
            yield from filter(None, inner.input)

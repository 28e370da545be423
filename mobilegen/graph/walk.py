"""Going over everything inside a model: subgraphs and local functions included."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import onnx
from onnx import AttributeProto, GraphProto, NodeProto, TensorProto


def nodes(model: onnx.ModelProto, *, functions: bool = True) -> Iterator[NodeProto]:
    """Yield every node of the graph, its subgraphs and, unless told otherwise, the functions."""
    yield from _nodes_below(model.graph.node)
    for function in model.functions if functions else ():
        yield from _nodes_below(function.node)


def graphs(model: onnx.ModelProto) -> Iterator[GraphProto]:
    """Yield the main graph and every subgraph."""
    yield model.graph
    for node in nodes(model):
        yield from _direct_subgraphs(node)


def tensors(model: onnx.ModelProto) -> Iterator[tuple[str, TensorProto]]:
    """Yield (where, tensor) of every tensor the model carries: initializers and attributes."""
    for graph in graphs(model):
        for tensor in graph.initializer:
            yield f"initializer {tensor.name!r}", tensor
        for sparse in graph.sparse_initializer:
            yield f"initializer {sparse.values.name!r}", sparse.values
            yield f"initializer {sparse.values.name!r} (indices)", sparse.indices
    for node in nodes(model):
        for name, tensor in node_tensors(node):
            yield f"attribute {name!r} of {describe(node)}", tensor
    for function in model.functions:
        for attribute in function.attribute_proto:
            for tensor in _attribute_tensors(attribute):
                yield f"attribute {attribute.name!r} of function {function.name!r}", tensor


def node_tensors(node: NodeProto) -> Iterator[tuple[str, TensorProto]]:
    """Yield (attribute, tensor) of the tensors that a node's own attributes carry."""
    for attribute in node.attribute:
        for tensor in _attribute_tensors(attribute):
            yield attribute.name, tensor


def subgraphs(node: NodeProto) -> Iterator[GraphProto]:
    """Yield the graphs inside a node, at every depth."""
    for graph in _direct_subgraphs(node):
        yield graph
        for inner in graph.node:
            yield from subgraphs(inner)


def describe(node: NodeProto) -> str:
    """Return operator and name of a node, for messages."""
    return f"{node.op_type} {node.name or (node.output[0] if node.output else '')!r}"


def opset(model: onnx.ModelProto) -> int:
    """Return the version of the default operator set, 0 when the model names none."""
    versions = [o.version for o in model.opset_import if o.domain in ("", "ai.onnx")]
    return max(versions, default=0)


def _nodes_below(level: Iterable[NodeProto]) -> Iterator[NodeProto]:
    for node in level:
        yield node
        for graph in _direct_subgraphs(node):
            yield from _nodes_below(graph.node)


def _direct_subgraphs(node: NodeProto) -> Iterator[GraphProto]:
    for attribute in node.attribute:
        if attribute.HasField("g"):
            yield attribute.g
        yield from attribute.graphs


def _attribute_tensors(attribute: AttributeProto) -> Iterator[TensorProto]:
    if attribute.HasField("t"):
        yield attribute.t
    yield from attribute.tensors
    if attribute.HasField("sparse_tensor"):
        yield attribute.sparse_tensor.values
        yield attribute.sparse_tensor.indices
    for sparse in attribute.sparse_tensors:
        yield sparse.values
        yield sparse.indices

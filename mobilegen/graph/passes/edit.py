"""Small edits that passes share; main graph only, unless said otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import NodeProto, helper, numpy_helper

from mobilegen.graph import walk


def constants(model: onnx.ModelProto) -> dict[str, onnx.TensorProto]:
    """Return the tensors that are the same in every run: initializers and Constant nodes."""
    found = {tensor.name: tensor for tensor in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type == "Constant" and node.attribute and node.attribute[0].name == "value":
            found[node.output[0]] = node.attribute[0].t
    return found


def attribute(node: NodeProto, name: str, default: Any = None) -> Any:
    """Return the value of an attribute, or the default."""
    for item in node.attribute:
        if item.name == name:
            return helper.get_attribute_value(item)
    return default


def set_attribute(node: NodeProto, name: str, value: Any) -> None:
    """Replace or add an attribute."""
    remove_attributes(node, name)
    node.attribute.append(helper.make_attribute(name, value))


def remove_attributes(node: NodeProto, *names: str) -> None:
    """Remove attributes where they are present."""
    kept = [item for item in node.attribute if item.name not in names]
    del node.attribute[:]
    node.attribute.extend(kept)


def captured_names(model: onnx.ModelProto) -> set[str]:
    """Return the names that subgraphs use; they may come from the main graph."""
    inner = [graph for graph in walk.graphs(model) if graph is not model.graph]
    names = {name for graph in inner for node in graph.node for name in node.input}
    return names | {output.name for graph in inner for output in graph.output}


def all_names(model: onnx.ModelProto) -> set[str]:
    """Return every tensor name in use."""
    names = {name for node in walk.nodes(model) for name in (*node.input, *node.output)}
    return names | {tensor.name for graph in walk.graphs(model) for tensor in graph.initializer}


def free_name(model: onnx.ModelProto, wish: str) -> str:
    """Return a name like `wish` that no tensor has."""
    used = all_names(model)
    while wish in used:
        wish += "_"
    return wish


def add_constant(
    model: onnx.ModelProto, wish: str, value: npt.ArrayLike, dtype: npt.DTypeLike = np.int64
) -> str:
    """Add an initializer with a name like `wish` and return its name."""
    name = free_name(model, wish)
    model.graph.initializer.append(numpy_helper.from_array(np.asarray(value, dtype), name))
    return name


def replace_node(model: onnx.ModelProto, old: NodeProto, new: Sequence[NodeProto]) -> None:
    """Put nodes in the place of the one that makes the same first output."""
    nodes: list[NodeProto] = []
    for node in model.graph.node:
        nodes += new if node.output[:1] == old.output[:1] else [node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)

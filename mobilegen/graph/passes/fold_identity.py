"""Identity on a weight: its users take the weight itself.

PyTorch's exporter shares a weight through Identity nodes; converters then see no constant.
"""

from __future__ import annotations

from collections.abc import Mapping

import onnx

from mobilegen.artifacts import TensorSpec
from mobilegen.graph.passes import edit


def apply(model: onnx.ModelProto, tensors: Mapping[str, TensorSpec]) -> int:
    """Remove Identity nodes on constants whose result is neither an output nor in a subgraph."""
    kept = {output.name for output in model.graph.output} | edit.captured_names(model)
    same = {name: name for name in edit.constants(model)}
    removed = []
    for node in model.graph.node:
        if node.op_type == "Identity" and node.input[0] in same and node.output[0] not in kept:
            same[node.output[0]] = same[node.input[0]]
            removed.append(node)
        for position, name in enumerate(node.input):
            node.input[position] = same.get(name, name)
    for node in removed:
        model.graph.node.remove(node)
    return len(removed)

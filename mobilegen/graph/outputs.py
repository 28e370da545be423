"""Finds outputs of a model that nothing computes."""

from __future__ import annotations

import onnx

# What hands its input on when a model is not being trained.
_PASSING = ("Identity", "Dropout")


def bare_outputs(model: onnx.ModelProto) -> dict[str, str]:
    """Return why by name: an output is an input, a weight, or another output once more."""
    makers = {output: node for node in model.graph.node for output in node.output if output}
    weights = {tensor.name for tensor in model.graph.initializer}
    weights |= {node.output[0] for node in model.graph.node if node.op_type == "Constant"}
    inputs = {value.name for value in model.graph.input} - weights
    found: dict[str, str] = {}
    # Of several outputs with one value the computed one stays.
    known = {output.name: output.name for output in model.graph.output}
    for output in model.graph.output:
        origin = _origin(output.name, makers)
        if origin in inputs:
            found[output.name] = f"output {output.name!r} is input {origin!r}"
        elif origin in weights:
            found[output.name] = f"output {output.name!r} is a constant"
        elif known.setdefault(origin, output.name) != output.name:
            found[output.name] = f"output {output.name!r} is output {known[origin]!r} once more"
    return found


def _origin(name: str, makers: dict[str, onnx.NodeProto]) -> str:
    """Follow nodes that hand their input on; the model is known to have no cycle."""
    node = makers.get(name)
    while node is not None and node.op_type in _PASSING and name == node.output[0]:
        name = node.input[0]
        node = makers.get(name)
    return name

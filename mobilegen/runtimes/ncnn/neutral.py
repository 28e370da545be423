"""A copy of a model for pnnx, with harmless names and in operators that ncnn computes right.

pnnx writes names of constants into its text file as they are, where a space or a line end makes
other layers of them, and its own names `in0`, `out0` and numbers can clash with the model's.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import onnx

from mobilegen.errors import ConversionError
from mobilegen.graph import walk
from mobilegen.graph.outputs import bare_outputs
from mobilegen.runtimes.ncnn.lower import lower

Rename = Callable[[str], str]


def write_neutral_copy(model: Path, copy: Path) -> tuple[str, ...]:
    """Write the model with every tensor and node renamed, inputs and outputs in their order.

    Args:
        model: A self-contained .onnx file.
        copy: Where to write.

    Returns:
        Operator and own name of each node of the main graph; in the copy they are n0, n1, ….

    Raises:
        google.protobuf.message.DecodeError: The file is not a model.
        OSError: A file cannot be read or written.
        ConversionError: An output is not computed; pnnx crashes on that.
    """
    proto = onnx.load(str(model), load_external_data=False)
    if bare := bare_outputs(proto):
        raise ConversionError(
            "an output of the model is not computed",
            seen=list(bare.values()),
            hint="take it out of the model's outputs; the app has that value already",
        )
    lower(proto)
    described = tuple(walk.describe(node) for node in proto.graph.node)
    names: dict[str, str] = {"": ""}

    def rename(name: str) -> str:
        return names.setdefault(name, f"v{len(names)}")

    # Local functions have names of their own; with them in place the model is left as it is.
    for graph in () if proto.functions else walk.graphs(proto):
        _rename_graph(graph, rename)
    proto.graph.doc_string = proto.doc_string = ""
    del proto.metadata_props[:]
    copy.write_bytes(proto.SerializeToString(deterministic=True))
    return () if proto.functions else described


def _rename_graph(graph: onnx.GraphProto, rename: Rename) -> None:
    # One table for all graphs: a name of an outer graph means the same tensor inside a branch.
    for value in (*graph.input, *graph.output, *graph.value_info):
        value.name = rename(value.name)
    for tensor in (*graph.initializer, *(sparse.values for sparse in graph.sparse_initializer)):
        tensor.name = rename(tensor.name)
    for index, node in enumerate(graph.node):
        node.name = f"n{index}"
        node.input[:] = [rename(name) for name in node.input]
        node.output[:] = [rename(name) for name in node.output]
    del graph.quantization_annotation[:]

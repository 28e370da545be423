"""Statements about a parsed model that need no native code: operators, training mode, weights."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import NodeProto, TensorProto, numpy_helper

from mobilegen.artifacts import Check
from mobilegen.errors import ModelError
from mobilegen.graph import walk

_RANDOM = frozenset(
    {
        "Bernoulli",
        "Multinomial",
        "RandomNormal",
        "RandomNormalLike",
        "RandomUniform",
        "RandomUniformLike",
    }
)
# What these multiply by must be finite; elsewhere -inf is legal, for example in attention masks.
_MULTIPLYING = frozenset(
    {
        "BatchNormalization",
        "Conv",
        "ConvTranspose",
        "GRU",
        "Gemm",
        "InstanceNormalization",
        "LSTM",
        "LayerNormalization",
        "MatMul",
        "PRelu",
        "RNN",
    }
)
_DOMAIN_HINTS = {
    "com.microsoft": "export without onnxruntime's graph optimisation or contrib operators",
    "ai.onnx.ml": "leave classical machine-learning operators (trees, SVMs) out of the model",
}
_LONGEST_NAME = 1000
# A turn costs onnxruntime microseconds at least; networks loop over words or boxes.
_MOST_TURNS = 100_000


def check_operators(model: onnx.ModelProto) -> Check:
    """State that every operator is standard ONNX of a version known here.

    Raises:
        ModelError: A custom domain, no or a newer operator set, or a newer file format.
    """
    _refuse_unknown_domains(model)
    _refuse_references(model)
    version, newest = walk.opset(model), onnx.defs.onnx_opset_version()
    if not version:
        raise ModelError("the model names no operator set", hint="export the model again")
    if version > newest:
        raise ModelError(
            f"the model needs ONNX operator set {version}",
            seen=[f"the newest known to onnx {onnx.__version__} is {newest}"],
            hint=f"export it with opset_version={min(newest, 17)}",
        )
    if model.ir_version > onnx.IR_VERSION:
        raise ModelError(
            f"the model has the ONNX file format {model.ir_version}",
            seen=[f"the newest known to onnx {onnx.__version__} is {onnx.IR_VERSION}"],
            hint="export it with an older version of onnx",
        )
    kinds = {node.op_type for node in walk.nodes(model)}
    detail = f"operator set {version}, {len(kinds)} kinds of operators"
    return Check("graph.operators", "Standard operators only", "pass", detail=detail)


def check_cycles(model: onnx.ModelProto) -> Check:
    """State that no node needs its own result, and that no loop turns for ever.

    Raises:
        ModelError: A cycle, a tensor that nothing makes, or a loop with too many turns.
    """
    known = {value.name for value in model.graph.input}
    known |= {tensor.name for tensor in model.graph.initializer}
    known |= {sparse.values.name for sparse in model.graph.sparse_initializer} | {""}
    stuck = _never_ready(list(model.graph.node), known)
    if stuck:
        raise _stuck_error(stuck, known)
    _refuse_long_loops(model)
    return Check("graph.cycles", "No cycles, no endless loops, no missing tensors", "pass")


def check_inference_mode(model: onnx.ModelProto) -> Check:
    """State that the same input gives the same output: no training mode, nothing random.

    Raises:
        ModelError: Naming the first node that is in training mode or random.
    """
    if model.training_info:
        raise ModelError("the model carries a training graph", hint="export it for inference")
    constants = _scalar_constants(model)
    for node in walk.nodes(model):
        if node.op_type in _RANDOM:
            raise ModelError(
                f"the model has a random operator: {walk.describe(node)}",
                hint="export the model in evaluation mode (model.eval())",
            )
        if _is_training(node, constants):
            raise ModelError(
                f"the model was exported in training mode: {walk.describe(node)}",
                hint="export the model in evaluation mode (model.eval())",
            )
    return Check("graph.inference", "No training mode, no random operators", "pass")


def check_weights(model: onnx.ModelProto) -> Check:
    """State that no weight is NaN and none that is multiplied by is infinite.

    Raises:
        ModelError: Naming the first tensor with such a value, or whose data is damaged.
    """
    multiplied = {
        name for n in walk.nodes(model) if n.op_type in _MULTIPLYING for name in n.input if name
    }
    count = 0
    for where, tensor in walk.tensors(model):
        values = tensor_values(tensor, where)
        count += values.size
        if not np.issubdtype(values.dtype, np.inexact):
            continue
        if np.isnan(values).any():
            raise _bad_weight(where, "NaN", values)
        if tensor.name in multiplied and np.isinf(values).any():
            raise _bad_weight(where, "infinite", values)
    return Check("graph.weights", "Weights are finite", "pass", detail=f"{count} values")


def require_interface(
    inputs: Iterable[onnx.ValueInfoProto], outputs: Iterable[onnx.ValueInfoProto]
) -> None:
    """Make sure that inputs and outputs are tensors, with names that files and messages can carry.

    Raises:
        ModelError: No input, an output that is no tensor, or a name that is empty, repeated, very
            long or unprintable.
    """
    inputs, outputs = list(inputs), list(outputs)
    if not inputs:
        raise ModelError("the model has no inputs", hint="export the model again")
    _require_names([value.name for value in inputs])
    _require_names([value.name for value in outputs])
    for value in outputs:
        if value.type.WhichOneof("value") not in (None, "tensor_type"):
            raise ModelError(
                f"output {value.name!r} is not a tensor",
                seen=[f"type {value.type.WhichOneof('value')}"],
                hint="export the model with tensors as outputs only",
            )


def _require_names(names: Iterable[str]) -> None:
    seen = set()
    for name in names:
        if not name or not name.isprintable() or len(name) > _LONGEST_NAME or name in seen:
            raise ModelError(
                "an input or output of the model has no usable name",
                seen=[repr(name[:80])],
                hint="give every input and output a short printable name of its own",
            )
        seen.add(name)


def tensor_values(tensor: TensorProto, where: str) -> npt.NDArray[Any]:
    """Return the values of a tensor; bfloat16 and smaller floats come as float32.

    Raises:
        ModelError: Its data does not fit its sizes and type.
    """
    try:
        values = numpy_helper.to_array(tensor)
        # ml_dtypes' types are no subtypes of numpy's floating types.
        return values.astype(np.float32) if values.dtype.kind == "V" else values
    except Exception as error:
        raise ModelError(
            f"the data of {where} does not fit its sizes and type",
            seen=[f"sizes {list(tensor.dims)[:8]}, element type {tensor.data_type}"],
            hint="the file is damaged: copy or export it again",
        ) from error


def _refuse_unknown_domains(model: onnx.ModelProto) -> None:
    local = {(function.domain, function.name) for function in model.functions}
    foreign: dict[str, set[str]] = {}
    for node in walk.nodes(model):
        if node.domain not in ("", "ai.onnx") and (node.domain, node.op_type) not in local:
            foreign.setdefault(node.domain, set()).add(node.op_type)
    if not foreign:
        return
    domain = sorted(foreign)[0]
    raise ModelError(
        "the model uses operators that are not standard ONNX",
        seen=[f"{name}: {', '.join(sorted(kinds)[:5])}" for name, kinds in sorted(foreign.items())],
        hint=_DOMAIN_HINTS.get(domain, "export the model with standard operators only"),
    )


def _refuse_references(model: onnx.ModelProto) -> None:
    """An attribute may take its value from a function's call only inside that function."""
    for node in walk.nodes(model, functions=False):
        for attribute in node.attribute:
            if attribute.ref_attr_name:
                raise ModelError(
                    f"an attribute outside of a function has no value: {walk.describe(node)}",
                    seen=[f"{attribute.name!r} refers to {attribute.ref_attr_name!r}"],
                    hint="export the model again",
                )


def _refuse_long_loops(model: onnx.ModelProto) -> None:
    turns = _whole_constants(model)
    for node in walk.nodes(model):
        count = turns.get(node.input[0], 0) if node.op_type == "Loop" and node.input else 0
        if count > _MOST_TURNS:
            raise ModelError(
                f"the model has a loop that does not end: {walk.describe(node)}",
                seen=[f"{count} turns, {_MOST_TURNS} are allowed"],
                hint="export the model without loops, or do not trust it",
            )


def _never_ready(nodes: list[NodeProto], known: set[str]) -> list[NodeProto]:
    """Return the nodes whose inputs never come to be (Kahn's algorithm); extends `known`."""
    waiting: dict[str, list[int]] = {}
    missing = [len({name for name in node.input if name not in known}) for node in nodes]
    for index, node in enumerate(nodes):
        for name in set(node.input) - known:
            waiting.setdefault(name, []).append(index)
    ready = [index for index, count in enumerate(missing) if not count]
    for index in ready:
        for name in set(nodes[index].output) - known:
            known.add(name)
            for user in waiting.get(name, ()):
                missing[user] -= 1
                if not missing[user]:
                    ready.append(user)
    return [node for node, count in zip(nodes, missing, strict=True) if count]


def _stuck_error(stuck: list[NodeProto], known: set[str]) -> ModelError:
    made = {name for node in stuck for name in node.output}
    for node in stuck:
        missing = [name for name in node.input if name not in known and name not in made]
        if missing:
            return ModelError(
                f"nothing in the model makes the tensor {missing[0]!r}",
                seen=[f"needed by {walk.describe(node)}"],
                hint="export the model again",
            )
    return ModelError(
        "the model has a cycle: nodes need each other's results",
        seen=[walk.describe(node) for node in stuck[:4]],
        hint="export the model again",
    )


def _scalar_constants(model: onnx.ModelProto) -> dict[str, bool]:
    """Return the truth value of each one-element constant, by name."""
    return {
        name: bool(tensor_values(tensor, repr(name)).reshape(-1)[0])
        for name, tensor in _one_element_tensors(model)
        if tensor.data_type != TensorProto.STRING
    }


def _one_element_tensors(model: onnx.ModelProto) -> list[tuple[str, TensorProto]]:
    tensors = [(t.name, t) for graph in walk.graphs(model) for t in graph.initializer]
    for node in walk.nodes(model):
        if node.op_type == "Constant" and node.output:
            tensors += [(node.output[0], a.t) for a in node.attribute if a.name == "value"]
    return [(name, t) for name, t in tensors if list(t.dims) in ([], [1])]


def _whole_constants(model: onnx.ModelProto) -> dict[str, int]:
    """Return the value of each one-element int64 constant, by name."""
    return {
        name: int(tensor_values(tensor, repr(name)).reshape(-1)[0])
        for name, tensor in _one_element_tensors(model)
        if tensor.data_type == TensorProto.INT64
    }


def _is_training(node: NodeProto, constants: dict[str, bool]) -> bool:
    if node.op_type == "Dropout" and len(node.input) > 2 and node.input[2]:
        return constants.get(node.input[2], True)
    if node.op_type == "BatchNormalization":
        return any(a.name == "training_mode" and a.i for a in node.attribute)
    return False


def _bad_weight(where: str, kind: str, values: npt.NDArray[Any]) -> ModelError:
    test: Callable[..., Any] = np.isnan if kind == "NaN" else np.isinf
    return ModelError(
        f"the model has weights that are {kind}",
        seen=[f"{int(test(values).sum())} of {values.size} values of {where}"],
        hint="look at the training run: it diverged, or the file is damaged",
    )

"""Everything that is computed from a model's inputs becomes float32.

ncnn knows no other type: whole numbers and truth values are float32 numbers there, exactly up to
2^24, and numbers of half or double precision are converted. Casts between them go away, but for
what a narrower type of whole numbers cuts off. Logic and comparisons become arithmetic of 0 and 1,
and a table that word numbers select from is multiplied with rows of one 1 and zeros. The source's
types are converted at the ends by who calls the runtime.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import NodeProto, TensorProto, helper, numpy_helper

from mobilegen.graph import walk
from mobilegen.graph.passes import edit
from mobilegen.runtimes.ncnn.lower.types import FLOATS, data_types

_LARGEST = float(np.finfo(np.float32).max)
_FIRST_AXES_INPUT = 13
# Operators all of whose inputs are numbers of one kind, and which inputs of others are.
_ARITHMETIC = frozenset(
    {
        *("Add", "Concat", "Div", "Gemm", "MatMul", "Max", "Mean", "Min", "Mod", "Mul", "PRelu"),
        *("Pow", "Sub", "Sum"),
    }
)
_NUMBERS: dict[str, Sequence[int]] = {"Clip": (1, 2), "Gather": (), "Pad": (2,)}
_WHOLE = frozenset(("Ceil", "Floor", "Round", "Sign"))
_WHOLE_TYPES = {
    int(getattr(TensorProto, name.upper())): np.iinfo(name)
    for name in ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")
}
# Wider types hold more than float32 does: no number that got this far is cut off.
_WIDEST_CUT = 16


def apply(model: onnx.ModelProto) -> int:
    """Rewrite in place; a model with branches or loops, or without other types, stays."""
    if any(True for node in model.graph.node for _ in walk.subgraphs(node)) or model.functions:
        return 0
    types = data_types(model)
    if all(kind == TensorProto.FLOAT for kind in types.values()) and not _other_floats(model):
        return 0
    count = sum(_make_float(tensor) for _, tensor in walk.tensors(model))
    for node in model.graph.node:
        if node.op_type == "Cast" and edit.attribute(node, "to") in FLOATS:
            edit.set_attribute(node, "to", int(TensorProto.FLOAT))
    work = _Work(model, types)
    nodes = [new for node in model.graph.node for new in _lowered(work, node)]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    del model.graph.value_info[:]
    for value in (*model.graph.input, *model.graph.output):
        if value.name in types:
            value.type.tensor_type.elem_type = TensorProto.FLOAT
    return count + work.changed


@dataclass
class _Work:
    """What the rewriting of all nodes shares.

    Attributes:
        types: Of the tensors that depend on the inputs, as they were.
        names: Of tensors and of those made here.
        changed: Number of nodes that were replaced.
    """

    model: onnx.ModelProto
    types: Mapping[str, int]
    changed: int = 0
    names: set[str] = field(default_factory=set)
    producers: dict[str, str] = field(default_factory=dict)
    constants: dict[str, TensorProto] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.names = edit.all_names(self.model)
        self.constants = edit.constants(self.model)
        self.producers = {out: n.op_type for n in self.model.graph.node for out in n.output}

    def constant(self, value: object, dtype: type[np.generic] = np.float32) -> str:
        name = self.free("number")
        array = np.asarray(value, dtype)
        self.model.graph.initializer.append(numpy_helper.from_array(array, name))
        return name

    def free(self, wish: str) -> str:
        index = 0
        while f"{wish}_{index}" in self.names:
            index += 1
        self.names.add(f"{wish}_{index}")
        return f"{wish}_{index}"

    def as_float(self, name: str) -> str:
        """Return a constant of whole numbers or truth values as one of float32."""
        tensor = self.constants.get(name)
        if name in self.types or tensor is None or tensor.data_type == TensorProto.FLOAT:
            return name
        return self.constant(np.clip(numpy_helper.to_array(tensor), -_LARGEST, _LARGEST))


class _Chain:
    """Nodes that compute one tensor, written one after the other."""

    def __init__(self, work: _Work) -> None:
        self.work = work
        self.nodes: list[NodeProto] = []

    def op(self, kind: str, *inputs: str, **attributes: Any) -> str:
        result = self.work.free("value")
        self.nodes.append(helper.make_node(kind, inputs, [result], **attributes))
        return result

    def minus(self, number: float, x: str) -> str:
        return self.op("Sub", self.work.constant(number), x)

    def ended(self, result: str) -> list[NodeProto]:
        """The nodes, the last of which computes `result`."""
        self.nodes[-1].output[0] = result
        return self.nodes


Rule = Callable[[_Chain, NodeProto, Sequence[str]], object]


def _lowered(work: _Work, node: NodeProto) -> list[NodeProto]:
    kinds = {work.types[name] for name in (*node.input, *node.output) if name in work.types}
    if not kinds or kinds == {TensorProto.FLOAT}:
        return [node]
    rule = _RULES.get(node.op_type)
    default = len(node.input) if rule or node.op_type in _ARITHMETIC else 0
    for place in _NUMBERS.get(node.op_type, range(default)):
        if place < len(node.input):
            node.input[place] = work.as_float(node.input[place])
    if rule is None:
        return [node]
    chain = _Chain(work)
    if rule(chain, node, list(node.input)) is None or not chain.nodes:
        return [node]
    work.changed += 1
    return chain.ended(node.output[0])


def _cast(chain: _Chain, node: NodeProto, inputs: Sequence[str]) -> object:
    work, (x,) = chain.work, inputs
    old, new = work.types[x], int(edit.attribute(node, "to"))
    if new == TensorProto.BOOL and old != TensorProto.BOOL:
        return chain.op("Sign", chain.op("Abs", x))
    if _cuts(old, new):
        return _cut(chain, x, _WHOLE_TYPES[new])
    if new in FLOATS or old not in FLOATS or work.producers.get(x) in _WHOLE:
        return chain.op("Identity", x)
    # Towards zero.
    return chain.op("Mul", chain.op("Sign", x), chain.op("Floor", chain.op("Abs", x)))


def _cuts(old: int, new: int) -> bool:
    """True when a type of whole numbers has some that the other lacks."""
    if old not in _WHOLE_TYPES or new not in _WHOLE_TYPES:
        return False
    wide, narrow = _WHOLE_TYPES[old], _WHOLE_TYPES[new]
    return narrow.bits <= _WIDEST_CUT and (wide.min < narrow.min or wide.max > narrow.max)


def _cut(chain: _Chain, x: str, kind: np.iinfo[Any]) -> str:
    """Keep the lowest bits, as casts do: 300 is 44 in eight bits. Exact: powers of two only."""
    count = float(2**kind.bits)
    from_least = chain.op("Sub", x, chain.work.constant(float(kind.min))) if kind.min else x
    turns = chain.op("Floor", chain.op("Mul", from_least, chain.work.constant(1.0 / count)))
    return chain.op("Sub", x, chain.op("Mul", turns, chain.work.constant(count)))


def _gather(chain: _Chain, node: NodeProto, inputs: Sequence[str]) -> object:
    """Rows of a constant table, selected by numbers that may count from its end."""
    work, positions = chain.work, inputs[1]
    tensor = work.constants.get(inputs[0])
    if positions not in work.types or tensor is None or edit.attribute(node, "axis", 0) != 0:
        return None
    rows = numpy_helper.to_array(tensor).astype(np.float32)
    if rows.ndim != 2:
        return None
    count = len(rows)
    from_end = chain.op("Relu", chain.op("Sign", chain.op("Neg", positions)))
    turns = chain.op("Mul", from_end, work.constant(float(count)))
    column = _unsqueeze(chain, chain.op("Add", positions, turns))
    away = chain.op("Abs", chain.op("Sub", column, work.constant(np.arange(count))))
    return chain.op("MatMul", chain.op("Relu", chain.minus(1.0, away)), work.constant(rows))


def _unsqueeze(chain: _Chain, x: str) -> str:
    if walk.opset(chain.work.model) < _FIRST_AXES_INPUT:
        return chain.op("Unsqueeze", x, axes=[-1])
    return chain.op("Unsqueeze", x, chain.work.constant([-1], np.int64))


def _divide(chain: _Chain, node: NodeProto, inputs: Sequence[str]) -> object:
    """Whole numbers are divided towards zero."""
    x, c = inputs
    if chain.work.types[node.output[0]] in FLOATS:
        return None
    sign = chain.op("Mul", chain.op("Sign", x), chain.op("Sign", c))
    return chain.op("Mul", sign, _quotient(chain, *_sizes(chain, x, c)))


def _modulo(chain: _Chain, node: NodeProto, inputs: Sequence[str]) -> object:
    """What is left of whole numbers has the divisor's sign, with `fmod` that of the dividend."""
    x, c = inputs
    if chain.work.types[node.output[0]] in FLOATS:
        return None
    fmod, number = edit.attribute(node, "fmod", 0), _number(chain, c)
    if not fmod and number is not None and (number > 0).all():
        return chain.op("Sub", x, chain.op("Mul", c, chain.op("Floor", chain.op("Div", x, c))))
    size, by = _sizes(chain, x, c)
    left = _left(chain, size, by, _quotient(chain, size, by))
    rest = chain.op("Mul", chain.op("Sign", x), left)
    if fmod:
        return rest
    signs = chain.op("Mul", chain.op("Sign", rest), chain.op("Sign", c))
    return chain.op("Add", rest, chain.op("Mul", c, chain.op("Relu", chain.op("Neg", signs))))


def _sizes(chain: _Chain, x: str, c: str) -> tuple[str, str]:
    number = _number(chain, c)
    by = chain.op("Abs", c) if number is None else chain.work.constant(np.abs(number))
    return chain.op("Abs", x), by


def _quotient(chain: _Chain, x: str, c: str) -> str:
    """Divide positive numbers and drop the fraction.

    ncnn's division is a little off, and so may be what Floor makes of it. `exact_division` mends
    that for constants. For others what is left after a division is divided once more, since the
    first is off by more than 1 for large quotients; then the quotient is off by 1 at most.
    """
    whole = chain.op("Floor", chain.op("Div", x, c))
    if _number(chain, c) is not None:
        return whole
    left = _left(chain, x, c, whole)
    more = chain.op("Floor", chain.op("Div", left, c))
    left = _left(chain, left, c, more)
    fits = chain.minus(1.0, _greater(chain, c, left))
    less = chain.op("Relu", chain.op("Sign", chain.op("Neg", left)))
    whole = chain.op("Add", whole, more)
    return chain.op("Sub", chain.op("Add", whole, fits), less)


def _left(chain: _Chain, x: str, c: str, quotient: str) -> str:
    return chain.op("Sub", x, chain.op("Mul", quotient, c))


def _number(chain: _Chain, name: str) -> npt.NDArray[Any] | None:
    for tensor in chain.work.model.graph.initializer:
        if tensor.name == name:
            return numpy_helper.to_array(tensor)
    return None


def _where(chain: _Chain, _: NodeProto, inputs: Sequence[str]) -> object:
    condition, yes, no = (_finite(chain, name) for name in inputs)
    other = chain.minus(1.0, condition)
    return chain.op("Add", chain.op("Mul", condition, yes), chain.op("Mul", other, no))


def _finite(chain: _Chain, name: str) -> str:
    """Infinity times 0 is no number: the largest float32 stands for it."""
    tensor = chain.work.constants.get(name)
    if tensor is None or np.isfinite(numpy_helper.to_array(tensor)).all():
        return name
    return chain.work.constant(np.clip(numpy_helper.to_array(tensor), -_LARGEST, _LARGEST))


def _greater(chain: _Chain, x: str, y: str) -> str:
    return chain.op("Relu", chain.op("Sign", chain.op("Sub", x, y)))


_RULES: dict[str, Rule] = {
    "Cast": _cast,
    "Gather": _gather,
    "Div": _divide,
    "Mod": _modulo,
    "Where": _where,
    "Not": lambda chain, _, i: chain.minus(1.0, i[0]),
    "And": lambda chain, _, i: chain.op("Mul", *i),
    "Or": lambda chain, _, i: chain.op("Sub", chain.op("Add", *i), chain.op("Mul", *i)),
    "Xor": lambda chain, _, i: chain.op("Abs", chain.op("Sub", *i)),
    "Equal": lambda chain, _, i: chain.minus(
        1.0, chain.op("Sign", chain.op("Abs", chain.op("Sub", *i)))
    ),
    "Greater": lambda chain, _, i: _greater(chain, i[0], i[1]),
    "Less": lambda chain, _, i: _greater(chain, i[1], i[0]),
    "GreaterOrEqual": lambda chain, _, i: chain.minus(1.0, _greater(chain, i[1], i[0])),
    "LessOrEqual": lambda chain, _, i: chain.minus(1.0, _greater(chain, i[0], i[1])),
}


def _other_floats(model: onnx.ModelProto) -> bool:
    return any(_is_other_float(tensor) for _, tensor in walk.tensors(model))


def _is_other_float(tensor: TensorProto) -> bool:
    return tensor.data_type in FLOATS and tensor.data_type != TensorProto.FLOAT


def _make_float(tensor: TensorProto) -> int:
    if not _is_other_float(tensor):
        return 0
    values = numpy_helper.to_array(tensor).astype(np.float64)
    # The largest float64 stands for "no limit": it becomes the largest float32.
    finite = np.where(np.isfinite(values), np.clip(values, -_LARGEST, _LARGEST), values)
    tensor.CopyFrom(numpy_helper.from_array(finite.astype(np.float32), tensor.name))
    return 1

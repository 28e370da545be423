"""Divisions whose result is rounded to whole numbers, in a form that ncnn computes exactly.

ncnn divides by an estimated reciprocal, on x86 and on 32-bit ARM: 2 / 2 can be 0.99999994, which
Floor makes 0 of. A division by a power of two is a multiplication, which is exact. Floor(x / c)
for any other constant c > 0 is

    n = Floor(x * (1 / c)),  e = x - n * c,  n + 1 if e >= c, n - 1 if e < 0, else n

where n is off by one at most, and e is exact for whole x and c below 2^24. Divisions that go into
no such operator stay: pnnx knows some of them as parts of others, and their error is rounding.
Whole numbers divided by computed ones are mended where they become float32, in `floats`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import onnx
from onnx import NodeProto, TensorProto, helper, numpy_helper

from mobilegen.graph.passes import edit

# What makes another whole number of a value that is a little off.
_STEPS = frozenset(
    {
        *("ArgMax", "ArgMin", "Cast", "Ceil", "Equal", "Floor", "Greater", "GreaterOrEqual"),
        *("Less", "LessOrEqual", "Mod", "Round", "Sign", "TopK"),
    }
)

Floats = npt.NDArray[np.float32]


def apply(model: onnx.ModelProto) -> int:
    """Rewrite such divisions by a constant in place; returns their number."""
    constants = edit.constants(model)
    count = 0
    for node in [n for n in model.graph.node if n.op_type == "Div"]:
        divisor = constants.get(node.input[1])
        if divisor is None or divisor.data_type != TensorProto.FLOAT:
            continue
        values: Floats = numpy_helper.to_array(divisor)
        if _are_powers_of_two(values):
            if _reaches_step(model, node.output[0]):
                _multiply(model, node, values)
                count += 1
        elif (values > 0).all() and np.isfinite(values).all():
            count += _correct_floors(model, node, values)
    return count


def _are_powers_of_two(values: Floats) -> bool:
    """True when 1 / value is exact too; a reciprocal that is denormal may be taken for zero."""
    mantissas, exponents = np.frexp(values)
    return bool(np.all((np.abs(mantissas) == 0.5) & (np.abs(exponents) < 125)))


def _reaches_step(model: onnx.ModelProto, name: str) -> bool:
    reached, todo = {name}, [name]
    while todo:
        current = todo.pop()
        for node in model.graph.node:
            if current in node.input:
                if node.op_type in _STEPS:
                    return True
                todo += [each for each in node.output if each and each not in reached]
                reached |= set(node.output)
    return False


def _multiply(model: onnx.ModelProto, node: NodeProto, values: Floats) -> None:
    node.op_type = "Mul"
    node.input[1] = edit.add_constant(model, f"{node.output[0]}_factor", 1 / values, np.float32)


def _correct_floors(model: onnx.ModelProto, division: NodeProto, values: Floats) -> int:
    result = division.output[0]
    floors = [n for n in model.graph.node if n.op_type == "Floor" and n.input[0] == result]
    for floor in floors:
        _correct(model, floor, division, values)
    outside = {output.name for output in model.graph.output} | edit.captured_names(model)
    if floors and result not in outside and not any(result in n.input for n in model.graph.node):
        edit.replace_node(model, division, [])
    return len(floors)


def _correct(model: onnx.ModelProto, floor: NodeProto, division: NodeProto, values: Floats) -> None:
    x, c, result = division.input[0], division.input[1], floor.output[0]
    factor = edit.add_constant(model, f"{result}_factor", 1 / values, np.float32)
    one = edit.add_constant(model, f"{result}_one", 1, np.float32)
    steps = [
        ("Mul", (x, factor), "quotient"),
        ("Floor", ("quotient",), "whole"),
        ("Mul", ("whole", c), "product"),
        ("Sub", (x, "product"), "rest"),
        ("Sub", (c, "rest"), "room"),
        ("Sign", ("room",), "room_sign"),
        ("Relu", ("room_sign",), "fits"),
        ("Neg", ("rest",), "lack"),
        ("Sign", ("lack",), "lack_sign"),
        ("Relu", ("lack_sign",), "less"),
        ("Add", ("whole", one), "most"),
        ("Sub", ("most", "fits"), "fitting"),
        ("Sub", ("fitting", "less"), ""),
    ]
    own = {name: edit.free_name(model, f"{result}_{name}") for _, _, name in steps if name}
    nodes = [
        helper.make_node(op, [own.get(each, each) for each in inputs], [own.get(name, result)])
        for op, inputs, name in steps
    ]
    edit.replace_node(model, floor, nodes)

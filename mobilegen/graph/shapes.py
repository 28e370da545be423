"""Fixed sizes for every input: from the model, from the user, or 1 for a symbolic batch axis."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, TensorShapeProto, ValueInfoProto
from onnx.helper import tensor_dtype_to_np_dtype

from mobilegen.artifacts import TensorSpec
from mobilegen.errors import ConfigError, ModelError
from mobilegen.graph import native
from mobilegen.names import nearest

Shape = tuple[int, ...]
# A size is a number, a symbol's name, or None where the model says nothing.
Size = int | str | None

# Element types that inputs can have.
NUMBER_TYPES = frozenset(
    {
        TensorProto.BOOL,
        TensorProto.DOUBLE,
        TensorProto.FLOAT,
        TensorProto.FLOAT16,
        TensorProto.INT8,
        TensorProto.INT16,
        TensorProto.INT32,
        TensorProto.INT64,
        TensorProto.UINT8,
        TensorProto.UINT16,
        TensorProto.UINT32,
        TensorProto.UINT64,
    }
)
# More than any phone model takes (four channels of 2896 x 2896 in float32); every sample, and
# several copies of it, are in memory at once.
MOST_INPUT_BYTES = 1 << 27


@dataclass(frozen=True)
class Binding:
    """Fixed inputs, and how they came about.

    Attributes:
        inputs: Every real input with fixed sizes, in the model's order.
        symbols: (name, size) of each symbol that was bound.
        notes: What was assumed, in words.
    """

    inputs: tuple[TensorSpec, ...]
    symbols: tuple[tuple[str, int], ...]
    notes: tuple[str, ...]


def real_inputs(model: onnx.ModelProto) -> tuple[ValueInfoProto, ...]:
    """Return the inputs that have to be fed; old files list the weights among them too."""
    weights = {tensor.name for tensor in model.graph.initializer}
    return tuple(value for value in model.graph.input if value.name not in weights)


def bind_shapes(
    inputs: Sequence[ValueInfoProto], given: Iterable[tuple[str, Sequence[int]]]
) -> Binding:
    """Find a fixed size for every axis of every input.

    Args:
        inputs: As the model declares them.
        given: (input name, sizes) from the user.

    Raises:
        ModelError: An input that is no tensor of numbers.
        ConfigError: A size is needed from the user, or a given one does not fit the model.
    """
    declared = {value.name: _declared(value) for value in inputs}
    wanted = _given_by_name(given, declared)
    symbols: dict[str, int] = {}
    for name, shape in wanted.items():
        _match(name, declared[name], shape, symbols)
    notes: list[str] = []
    shapes = {
        name: wanted.get(name) or _complete(name, sizes, symbols, notes)
        for name, sizes in declared.items()
    }
    for name, shape in shapes.items():
        _match(name, declared[name], shape, symbols)
    specs = tuple(TensorSpec(v.name, shapes[v.name], _dtype(v)) for v in inputs)
    _refuse_huge(specs)
    return Binding(specs, tuple(sorted(symbols.items())), tuple(dict.fromkeys(notes)))


def fix_shapes(model: onnx.ModelProto, binding: Binding) -> bool:
    """Write the sizes of `binding` into the model, in place.

    Intermediate shapes are dropped when anything changed: they may hold the old sizes.

    Returns:
        Whether the model was changed.
    """
    shapes = {spec.name: spec.shape for spec in binding.inputs}
    changed = False
    for value in real_inputs(model):
        changed |= set_shape(value, shapes[value.name])
    if changed:
        del model.graph.value_info[:]
    return changed


def set_shape(value: ValueInfoProto, shape: Shape) -> bool:
    """Declare the sizes of an input or output; returns whether that changed it."""
    tensor = value.type.tensor_type
    if tensor.HasField("shape") and _sizes(value) == shape:
        return False
    tensor.shape.CopyFrom(
        TensorShapeProto(dim=[TensorShapeProto.Dimension(dim_value=size) for size in shape])
    )
    return True


def trace_shapes(path: Path) -> dict[str, TensorSpec]:
    """Return every tensor of a model with fixed inputs, found by running it once.

    Tensors inside subgraphs are not among them; there are none when the model cannot be run.

    Raises:
        ModelError: onnxruntime crashed or ran out of time.
    """
    [answer] = native.perform([native.Step("trace", path)])
    return read_trace(answer)


def read_trace(answer: Mapping[str, Any]) -> dict[str, TensorSpec]:
    """Return the tensors that a performed step "trace" tells of."""
    tensors = answer["tensors"].items()
    return {name: TensorSpec(name, tuple(sizes), dtype) for name, (dtype, sizes) in tensors}


def declared_sizes(value: ValueInfoProto) -> tuple[Size, ...] | None:
    """Return the sizes that a model declares, None when not even their number is declared."""
    return _sizes(value) if value.type.tensor_type.HasField("shape") else None


def _declared(value: ValueInfoProto) -> tuple[Size, ...] | None:
    """Return the declared sizes of an input that can be fed."""
    tensor = value.type.tensor_type
    if not value.type.HasField("tensor_type") or tensor.elem_type not in NUMBER_TYPES:
        raise ModelError(
            f"input {value.name!r} is not a tensor of numbers",
            seen=[f"type {value.type.WhichOneof('value')}, element type {tensor.elem_type}"],
            hint="export the model with tensors as inputs only",
        )
    return declared_sizes(value)


def _sizes(value: ValueInfoProto) -> tuple[Size, ...]:
    return tuple(_size(dimension) for dimension in value.type.tensor_type.shape.dim)


def _size(dimension: TensorShapeProto.Dimension) -> Size:
    # Some exporters write -1 or 0 for "unknown".
    if dimension.HasField("dim_value") and dimension.dim_value > 0:
        return int(dimension.dim_value)
    return dimension.dim_param or None


def _dtype(value: ValueInfoProto) -> str:
    return str(np.dtype(tensor_dtype_to_np_dtype(value.type.tensor_type.elem_type)))


def _given_by_name(
    given: Iterable[tuple[str, Sequence[int]]], declared: Mapping[str, object]
) -> dict[str, Shape]:
    shapes: dict[str, Shape] = {}
    for name, sizes in given:
        if name not in declared:
            raise _unknown_input(name, list(declared))
        shapes[name] = tuple(sizes)
        if any(size < 1 for size in sizes):
            raise ConfigError(
                f"sizes of input {name!r} must be 1 or more",
                seen=[f"given {_text(shapes[name])}"],
                hint=f"--input-shape {name}=1x3x224x224",
            )
    return shapes


def _unknown_input(name: str, known: list[str]) -> ConfigError:
    return ConfigError(
        f"the model has no input {name!r}",
        seen=[f"its inputs: {', '.join(map(repr, known))}"],
        hint=nearest(name, known),
    )


def _match(
    name: str, declared: tuple[Size, ...] | None, shape: Shape, symbols: dict[str, int]
) -> None:
    """Hold a shape against the declaration and bind its symbols."""
    if declared is None:
        return
    if len(shape) != len(declared):
        raise _contradiction(name, declared, shape, f"{len(declared)} sizes are needed")
    for size, seen in zip(declared, shape, strict=True):
        if isinstance(size, int) and size != seen:
            raise _contradiction(name, declared, shape, f"{size} is fixed, {seen} was given")
        if isinstance(size, str) and symbols.setdefault(size, seen) != seen:
            problem = f"{size!r} would be both {symbols[size]} and {seen}"
            raise _contradiction(name, declared, shape, problem)


def _contradiction(
    name: str, declared: tuple[Size, ...], shape: Shape, problem: str
) -> ConfigError:
    return ConfigError(
        f"the shape given for input {name!r} does not fit the model",
        seen=[f"the model has {_text(declared)}, given {_text(shape)}", problem],
        hint=f"--input-shape {_example(name, declared)}",
    )


def _complete(
    name: str, declared: tuple[Size, ...] | None, symbols: dict[str, int], notes: list[str]
) -> Shape:
    """Fill in bound symbols, and 1 for an unbound batch axis."""
    if declared is None:
        raise _needs_shape(name, "the model does not say how many sizes it has", "1x3x224x224")
    sizes = [symbols.get(size, size) if isinstance(size, str) else size for size in declared]
    if sizes and not isinstance(sizes[0], int):
        symbol = f" {declared[0]!r}" if declared[0] else ""
        notes.append(f"symbolic batch axis{symbol} of input {name!r} taken as 1")
        if isinstance(declared[0], str):
            symbols[declared[0]] = 1
            sizes = [1 if size == declared[0] else size for size in sizes]
        sizes[0] = 1
    fixed = tuple(size for size in sizes if isinstance(size, int))
    if len(fixed) < len(sizes):
        example = _example(name, declared, only_value=True)
        raise _needs_shape(name, f"the model has {_text(declared)}", example)
    return fixed


def _needs_shape(name: str, seen: str, example: str) -> ConfigError:
    return ConfigError(
        f"input {name!r} has no fixed shape",
        seen=[seen],
        hint=f"--input-shape {name}={example}",
    )


def _example(name: str, declared: tuple[Size, ...], *, only_value: bool = False) -> str:
    """Return an example for --input-shape with the fixed sizes kept."""
    sizes = [size if isinstance(size, int) else 224 for size in declared]
    if declared and not isinstance(declared[0], int):
        sizes[0] = 1
    text = "x".join(map(str, sizes))
    return text if only_value else f"{name}={text}"


def _text(sizes: Sequence[Size]) -> str:
    return "x".join("?" if size is None else str(size) for size in sizes) or "a scalar"


def _refuse_huge(specs: Sequence[TensorSpec]) -> None:
    sizes = {spec.name: math.prod(spec.shape) * np.dtype(spec.dtype).itemsize for spec in specs}
    if sum(sizes.values()) <= MOST_INPUT_BYTES:
        return
    largest = max(specs, key=lambda spec: sizes[spec.name])
    raise ConfigError(
        f"input {largest.name!r} is too large" if len(specs) == 1 else "the inputs are too large",
        seen=[
            f"{_text(largest.shape)} of {largest.dtype} are {sizes[largest.name]} bytes",
            f"all inputs together may have {MOST_INPUT_BYTES}",
        ],
        hint=f"give it smaller sizes: --input-shape {largest.name}=…, or export the model again",
    )

"""Inputs on which models are compared: made from a seed, or given by the user."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import onnx

from mobilegen.arrays import Array, read_npz, write_npz
from mobilegen.artifacts import TensorSpec
from mobilegen.errors import ConfigError

Kind = Literal["waves", "whole", "pixels"]

_WAVES = 4
_NOISE = 0.25
# Whole numbers small enough for a network that expects values around 0.
_MOST_WHOLE = 8
_MOST_BYTE = 255
# Compiled libraries run on so many samples: an emulated CPU takes seconds for each.
_IN_LIBRARIES = 2
# Integer inputs are mostly word numbers, masks or flags: 0 and 1 are valid for all of them. Where
# the model need not answer they are larger: 0 and 1 hide what is wrong with divisions and casts.
_FEW = {"waves": 2, "whole": 21, "pixels": _MOST_BYTE + 1}
_PIXELS = "pixels"
_IMAGE = "image"


@dataclass(frozen=True)
class CheckImage:
    """An image that a sample was made from.

    Attributes:
        name: Of its file.
        pixels: Upright, height x width x (red, green, blue), uint8.
    """

    name: str
    pixels: npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Sample:
    """One input of the model and the reference's answer, arrays by tensor name.

    Attributes:
        outputs: Empty until the reference was asked.
        image: What the input was made from; None for numbers.
    """

    inputs: Mapping[str, Array]
    outputs: Mapping[str, Array] = field(default_factory=dict)
    image: CheckImage | None = None


# From the model's inputs to samples of them, without outputs.
SampleSource = Callable[[tuple[TensorSpec, ...]], Sequence[Sample]]


def read_samples(path: Path) -> tuple[Sample, ...]:
    """Read the samples of a `Graph`, in order.

    Raises:
        ValueError, OSError, zipfile.BadZipFile: The file does not hold samples.
    """
    arrays = read_npz(path)
    numbers = {int(key.split("/", 1)[0]) for key in arrays}
    if not numbers or numbers != set(range(len(numbers))):
        raise ValueError(f"samples {sorted(numbers)[:5]} are not numbered from 0")
    return tuple(_read_sample(_below(arrays, f"{index}/")) for index in range(len(numbers)))


def write_samples(path: Path, samples: Sequence[Sample]) -> Path:
    """Write samples: same samples, same bytes.

    The arrays are "<i>/in/<name>" and "<i>/out/<name>"; for samples that were made from an image
    also "<i>/pixels" and "<i>/image", the name of its file.
    """
    arrays: dict[str, Array] = {}
    for index, sample in enumerate(samples):
        arrays |= {f"{index}/in/{name}": array for name, array in sample.inputs.items()}
        arrays |= {f"{index}/out/{name}": array for name, array in sample.outputs.items()}
        if sample.image:
            arrays |= {f"{index}/{_PIXELS}": sample.image.pixels}
            arrays |= {f"{index}/{_IMAGE}": np.array(sample.image.name)}
    return write_npz(path, arrays)


def make_inputs(
    specs: Sequence[TensorSpec],
    seed: int,
    integer_limits: Mapping[str, int] | None = None,
    kind: Kind = "waves",
) -> dict[str, Array]:
    """Return one sample: smooth waves with some noise for float inputs.

    Images are smooth, so that pooling and resizing see what they will see; the noise makes every
    value differ from its neighbours, so that swapped pixels are found. Whole numbers find what
    -1 to 1 hides: a division that is a little off changes what Floor and the like make of it.

    Args:
        specs: The inputs.
        seed: The same seed gives the same sample.
        integer_limits: Exclusive upper limit of wide integer inputs by name; by default 2,
            21 for "whole" and 256 for "pixels".
        kind: "waves" are in -1 to 1, "whole" are whole numbers in -8 to 8, "pixels" whole
            numbers in 0 to 255.
    """
    limits, few = integer_limits or {}, _FEW[kind]
    random = np.random.default_rng(seed)
    return {spec.name: _make(spec, random, limits.get(spec.name, few), kind) for spec in specs}


def for_libraries(samples: Sequence[Sample]) -> tuple[int, ...]:
    """Return the numbers of the samples that compiled libraries run on.

    These are all that were made from an image, whose pixels are compared too, and the first of
    the others up to two in all: the most telling ones come first.
    """
    images = [index for index, sample in enumerate(samples) if sample.image]
    others = [index for index, sample in enumerate(samples) if not sample.image]
    return tuple(sorted([*images, *others[: max(1, _IN_LIBRARIES - len(images))]]))


def integer_limits(model: onnx.ModelProto) -> dict[str, int]:
    """Return, for inputs that index a table of the model, the number of its entries."""
    sizes = {tensor.name: list(tensor.dims) for tensor in model.graph.initializer}
    origin: dict[str, str] = {value.name: value.name for value in model.graph.input}
    limits: dict[str, int] = {}
    for node in model.graph.node:
        if node.op_type in ("Cast", "Identity", "Reshape", "Squeeze", "Unsqueeze"):
            if node.output and node.input and node.input[0] in origin:
                origin[node.output[0]] = origin[node.input[0]]
        elif node.op_type == "Gather" and len(node.input) > 1 and node.input[1] in origin:
            table = sizes.get(node.input[0])
            axis = next((a.i for a in node.attribute if a.name == "axis"), 0)
            if table and -len(table) <= axis < len(table):
                name = origin[node.input[1]]
                limits[name] = min(limits.get(name, table[axis]), table[axis])
    return limits


def samples_from_file(
    path: Path,
) -> Callable[[tuple[TensorSpec, ...]], list[Sample]]:
    """Return a source of samples: the arrays "<i>/in/<name>" or "<i>/<name>" of an .npz.

    Calling it raises ConfigError when the file cannot be read or holds no sample.
    """
    return lambda specs: _from_file(path, specs)


def require_fitting(specs: Sequence[TensorSpec], samples: Sequence[Mapping[str, Array]]) -> None:
    """Make sure that samples have the model's inputs: names, shapes, types, finite values.

    Raises:
        ConfigError: Naming the first sample and input that do not fit.
    """
    for number, sample in enumerate(samples):
        for spec in specs:
            _require_fitting(spec, sample.get(spec.name), number)


def _read_sample(arrays: Mapping[str, Array]) -> Sample:
    return Sample(_below(arrays, "in/"), _below(arrays, "out/"), _read_image(arrays))


def _read_image(arrays: Mapping[str, Array]) -> CheckImage | None:
    if _PIXELS not in arrays:
        return None
    pixels, name = arrays[_PIXELS], arrays.get(_IMAGE, np.empty(0))
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or not pixels.size:
        raise ValueError(f"{pixels.dtype} {pixels.shape} are no pixels of an image")
    if name.dtype.kind != "U" or name.ndim:
        raise ValueError("the name of an image is no text")
    return CheckImage(str(name), pixels)


def _from_file(path: Path, specs: Sequence[TensorSpec]) -> list[Sample]:
    try:
        arrays = read_npz(path)
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise ConfigError(
            f"the samples cannot be read: {path}",
            seen=[f"{type(error).__name__}: {error}"],
            hint="write them with numpy.savez: arrays '0/<input>', '1/<input>', …",
        ) from error
    numbers = sorted({int(k.split("/")[0]) for k in arrays if k.split("/")[0].isdecimal()})
    found = [_below(arrays, f"{n}/") | _below(arrays, f"{n}/in/") for n in numbers]
    if not found:
        raise ConfigError(
            f"there are no samples in {path}",
            seen=[f"arrays: {', '.join(sorted(arrays)[:6])}"],
            hint="name the arrays '0/<input>', '1/<input>', …",
        )
    names = [spec.name for spec in specs]
    return [Sample({name: each[name] for name in names if name in each}) for each in found]


def _require_fitting(spec: TensorSpec, array: Array | None, number: int) -> None:
    if array is None:
        raise ConfigError(
            f"sample {number} has no array for input {spec.name!r}",
            hint=f"name the array '{number}/{spec.name}'",
        )
    if array.shape != spec.shape or str(array.dtype) != spec.dtype:
        raise ConfigError(
            f"sample {number} does not fit input {spec.name!r}",
            seen=[f"given {array.dtype} {array.shape}, needed {spec.dtype} {spec.shape}"],
            hint="save the array as the model takes it",
        )
    if not np.isfinite(array).all():
        raise ConfigError(
            f"sample {number} of input {spec.name!r} has NaN or infinite values",
            hint="take another sample",
        )


def _below(arrays: Mapping[str, Array], prefix: str) -> dict[str, Array]:
    return {key[len(prefix) :]: array for key, array in arrays.items() if key.startswith(prefix)}


def _make(spec: TensorSpec, random: np.random.Generator, limit: int, kind: Kind) -> Array:
    dtype = np.dtype(spec.dtype)
    if dtype.kind == "b":
        return random.integers(0, 2, spec.shape).astype(dtype)
    if dtype.kind in "iu" and dtype.itemsize > 1:
        return random.integers(0, max(limit, 1), spec.shape).astype(dtype)
    waves = _waves(spec.shape, random)
    if dtype.kind == "f":
        return _scaled(waves, kind).astype(dtype)
    # Eight bits are image bytes or quantised values: the whole range.
    low, high = np.iinfo(dtype).min, np.iinfo(dtype).max
    return np.rint(low + (waves + 1.0) / 2.0 * (high - low)).astype(dtype)


def _scaled(waves: Array, kind: Kind) -> Array:
    if kind == "waves":
        return waves
    scaled = waves * _MOST_WHOLE if kind == "whole" else (waves + 1.0) / 2.0 * _MOST_BYTE
    whole: Array = np.rint(scaled)
    return whole


def _waves(shape: tuple[int, ...], random: np.random.Generator) -> Array:
    """Return a few slow plane waves with random directions and phases, plus noise."""
    noise: Array = np.asarray(random.random(shape, np.float32))
    total: Array = np.asarray(np.float32(_NOISE) * (2 * noise - 1))
    for _ in range(_WAVES):
        phase: Array = np.asarray(random.uniform(0.0, 2.0 * np.pi), np.float32)
        for axis, size in enumerate(shape):
            turns = random.uniform(-3.0, 3.0)
            ramp = 2.0 * np.pi * turns * np.arange(size) / max(size, 8)
            ramp = ramp.reshape([-1 if a == axis else 1 for a in range(len(shape))])
            phase = np.add(phase, ramp, dtype=np.float32)
        total += np.cos(phase, out=phase) * np.float32((1.0 - _NOISE) / _WAVES)
    return total

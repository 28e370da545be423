"""What a model answers: onnxruntime on the CPU, unoptimised, in a child process."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mobilegen.arrays import Array, read_npz, write_npz
from mobilegen.errors import ModelError
from mobilegen.graph import native
from mobilegen.verify.numeric import relative_error

Arrays = dict[str, Array]

# What conversion to fp32 is allowed: it says how small a part of an output is negligible.
_LIMIT = 1e-3


def run_reference(
    model: Path,
    inputs: Sequence[Mapping[str, Array]],
    *,
    timeout: float = native.TIMEOUT_SECONDS,
) -> list[Arrays]:
    """Run an .onnx file on each sample with all graph optimisations off, one thread.

    Args:
        model: A self-contained .onnx file.
        inputs: Per sample, arrays by input name.
        timeout: Seconds for all of it.

    Returns:
        Per sample, arrays by output name.

    Raises:
        ModelError: onnxruntime refused the model, failed, crashed or ran out of time.
    """
    with tempfile.TemporaryDirectory(prefix="mobilegen-") as scratch:
        step = run_step(model, inputs, Path(scratch))
        [answer] = native.perform([step], timeout=timeout)
        return read_run(step, answer)


def run_step(
    model: Path, inputs: Sequence[Mapping[str, Array]], folder: Path, *, optional: int = 0
) -> native.Step:
    """Return the step that runs a model, to be performed together with others.

    Args:
        model: A self-contained .onnx file.
        inputs: Per sample, arrays by input name.
        folder: A scratch folder for the arrays.
        optional: How many of the last samples the model may refuse: it answers them with nothing.
    """
    fed, made = (
        folder.resolve() / f"{model.stem}-in.npz",
        folder.resolve() / f"{model.stem}-out.npz",
    )
    write_npz(fed, {f"{i}/{name}": a for i, s in enumerate(inputs) for name, a in s.items()})
    numbers = {"count": len(inputs), "optional": optional}
    return native.Step("run", model, {"inputs": fed, "outputs": made, **numbers})


def read_run(step: native.Step, answer: Mapping[str, Any]) -> list[Arrays]:
    """Return what a performed `run_step` made: per sample, arrays by output name."""
    arrays = read_npz(Path(str(step.arguments["outputs"])))
    count = int(str(step.arguments["count"]))
    keys = [{name: f"{i}/{name}" for name in answer["outputs"]} for i in range(count)]
    return [{name: arrays[key] for name, key in each.items() if key in arrays} for each in keys]


def require_repeatable(first: Mapping[str, Array], again: Mapping[str, Array]) -> None:
    """Make sure that the same sample gave the same answer twice.

    Raises:
        ModelError: An output differs: something in the model is random or keeps a state.
    """
    for name, array in first.items():
        if array.tobytes() != again[name].tobytes() or array.shape != again[name].shape:
            raise ModelError(
                "the model does not give the same answer twice",
                seen=[f"output {name!r} differs on the same input"],
                hint="export the model in evaluation mode, without random operators",
            )


def require_finite(samples: Sequence[Mapping[str, Array]]) -> None:
    """Make sure that every output is an array of finite numbers.

    Raises:
        ModelError: NaN or infinite values, no values at all, or an output that is no tensor.
    """
    for outputs in samples:
        for name, array in outputs.items():
            if array.dtype.kind not in "fiub" or not array.size:
                raise ModelError(
                    f"output {name!r} is not a tensor of numbers",
                    seen=[f"element type {array.dtype}, shape {array.shape}"],
                    hint="leave that output out of the model",
                )
            wrong = int(np.count_nonzero(~np.isfinite(array)))
            if wrong:
                raise ModelError(
                    f"output {name!r} of the model has values that are NaN or infinite",
                    seen=[f"{wrong} of {array.size} values, computed by onnxruntime"],
                    hint="give real samples, if the model does not expect values in -1 to 1",
                )


def require_same_shapes(samples: Sequence[Mapping[str, Array]]) -> None:
    """Make sure that no output's size depends on the values of the input.

    Raises:
        ModelError: An output that has another shape for another sample.
    """
    for name in samples[0]:
        shapes = {outputs[name].shape for outputs in samples}
        if len(shapes) > 1:
            raise ModelError(
                f"the size of output {name!r} depends on the data",
                seen=[f"shapes {sorted(shapes)}"],
                hint="cut the model before that step (for example non-maximum suppression)",
            )


def variation(samples: Sequence[Mapping[str, Array]]) -> dict[str, float]:
    """Return how much each output changes with the input: the largest error that comparing the
    answers to two samples would show.

    Near zero, a converter that ignores the input would pass every comparison of outputs. It is
    measured as comparisons are, so small scores beside large box coordinates count.

    Args:
        samples: At least one; the others are held against the first.
    """
    first, *others = samples
    return {
        name: max((relative_error(array, each[name], _LIMIT) for each in others), default=0.0)
        for name, array in first.items()
    }


def is_usable(outputs: Mapping[str, Array], like: Mapping[str, Array]) -> bool:
    """True when all outputs are there, of finite numbers and of the shapes of `like`."""
    return outputs.keys() == like.keys() and all(
        array.shape == like[name].shape and bool(np.isfinite(array).all())
        for name, array in outputs.items()
    )


def flat_outputs(samples: Sequence[Mapping[str, Array]]) -> tuple[str, ...]:
    """Return the outputs of floating point that have one and the same value everywhere."""
    return tuple(
        name
        for name, array in samples[0].items()
        if array.dtype.kind == "f"
        and len(np.unique(np.concatenate([outputs[name].ravel() for outputs in samples]))) == 1
    )

"""The reference: samples of the inputs, and what the original answers to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

import numpy as np
import onnx

from mobilegen.arrays import Array
from mobilegen.artifacts import Check, TensorSpec
from mobilegen.errors import ModelError
from mobilegen.graph import native, reference, walk
from mobilegen.graph.reference import Arrays
from mobilegen.graph.samples import Sample, integer_limits, make_inputs
from mobilegen.graph.shapes import read_trace
from mobilegen.verify.numeric import parity, worst

_SAMPLES = 2
# Outputs must change this much between samples, or a limit of 1e-3 would prove nothing.
_LEAST_VARIATION = 1e-2
# Tries for a model that answers the first samples alike (an arg-max, a saturated output).
_MORE_SEEDS = 6
_MORE_AMPLITUDE = 3.0
# A sample far from what a network was trained for may blow rounding up to any size: it is taken
# when a change of a few units in the last place changes the answer by no more than this.
_NUDGE = 1.0 + 1e-6
_STEADY = 1e-4
# How long a model with loops may take: how often they turn may depend on the numbers.
_LOOP_SECONDS = 20.0


# What the export of a model may differ from the model in its own framework.
EXPORT_LIMIT = 1e-4
_ONNXRUNTIME = "onnxruntime"


@dataclass(frozen=True)
class Answerer:
    """The source model in its own framework: its answers, not its export's, are the reference.

    Attributes:
        name: Framework and version, for example "torch 2.9.1".
        answer: From the inputs of samples, by the graph's names, to the outputs of each, by the
            graph's names and in its shapes and types. It raises ModelError.
    """

    name: str
    answer: Callable[[Sequence[Mapping[str, Array]]], Sequence[Mapping[str, Array]]]


@dataclass(frozen=True)
class Answers:
    """What the native libraries say of the original.

    Attributes:
        samples: Inputs with the reference's outputs.
        tensors: Types and sizes of the tensors inside.
        checks: What was found to be in order.
    """

    samples: tuple[Sample, ...]
    tensors: Mapping[str, TensorSpec]
    checks: tuple[Check, ...]


def ask_original(
    path: Path,
    model: onnx.ModelProto,
    specs: Sequence[TensorSpec],
    given: Sequence[Sample],
    *,
    timeout: float,
) -> Answers:
    """Let the full checker look at the original, and onnxruntime run it on samples.

    Args:
        path: The model with fixed shapes.
        model: The same, parsed.
        specs: Its inputs.
        given: The user's samples. To fewer than two that are not made from images, others are
            added: waves up to two in all, whole numbers, and without any given one numbers as
            those of pixels, as far as the model answers them with numbers.

    Raises:
        ModelError: A library refuses the model or dies of it; its answers are not finite, not
            repeatable, have no fixed shape, or do not depend on the input.
    """
    timeout = min(timeout, _LOOP_SECONDS) if _has_loops(model) else timeout
    # Before anything is made for a model that has no chance.
    native.check(path, timeout=timeout)
    limits = integer_limits(model)
    inputs = [dict(sample.inputs) for sample in given]
    inputs += [make_inputs(specs, seed, limits) for seed in range(_SAMPLES - len(given))]
    hoped = _hoped(specs, given, limits)
    run = reference.run_step(path, [*inputs, inputs[0], *hoped], path.parent, optional=len(hoped))
    answer, trace = native.perform([run, native.Step("trace", path)], timeout=timeout)
    answers = reference.read_run(run, answer)
    outputs, again, others = (
        answers[: len(inputs)],
        answers[len(inputs)],
        answers[len(inputs) + 1 :],
    )
    reference.require_finite(outputs)
    reference.require_repeatable(outputs[0], again)
    tensors = read_trace(trace)
    reference.require_same_shapes([*outputs, *_empty_answers(outputs[0], tensors)])
    asked = [replace(s, outputs=o) for s, o in zip(given, outputs, strict=False)]
    waves = _pairs(inputs[len(given) :], outputs[len(given) :])
    samples = _most_telling(asked, waves, _pairs(hoped, others))
    if len(asked) < _SAMPLES and _change(samples) < _LEAST_VARIATION:
        seeds = range(_SAMPLES, _SAMPLES + _MORE_SEEDS)
        more = [_louder(make_inputs(specs, seed, limits)) for seed in seeds]
        samples = _more_varied(path, samples, more, timeout)
    checks = (*_PASSED, _require_variation([sample.outputs for sample in samples]))
    return Answers(tuple(samples), tensors, checks)


def ask_source(
    source: Answerer | None, samples: Sequence[Sample]
) -> tuple[tuple[Sample, ...], str, tuple[Check, ...]]:
    """Return samples with the answers of the source model, who gave them, and what that proves.

    Args:
        source: None: the ONNX graph itself is the source.
        samples: With onnxruntime's answers.

    Raises:
        ModelError: The source does not answer, or in another way than the graph.
    """
    if source is None:
        return tuple(samples), f"{_ONNXRUNTIME} {version(_ONNXRUNTIME)}", ()
    answers = [dict(each) for each in source.answer([sample.inputs for sample in samples])]
    title = f"The ONNX graph computes what {source.name} does with the source model"
    if len(answers) != len(samples):
        raise ModelError(f"{source.name} answered {len(answers)} of {len(samples)} samples")
    check = worst(
        parity(answer, sample.outputs, limit=EXPORT_LIMIT, id="graph.export", title=title)
        for sample, answer in zip(samples, answers, strict=True)
    )
    types = [
        f"output {name!r}: {array.dtype} instead of {sample.outputs[name].dtype}"
        for sample, answer in zip(samples, answers, strict=True)
        for name, array in answer.items()
        if name in sample.outputs and array.dtype != sample.outputs[name].dtype
    ]
    if check.status != "pass" or types:
        raise ModelError(
            f"the ONNX graph differs from the model in {source.name}",
            seen=[*types[:1], f"measured {check.measured}, allowed {EXPORT_LIMIT:g}", check.detail],
            hint="export the model in evaluation mode, with another version of the framework",
        )
    asked = (replace(s, outputs=answer) for s, answer in zip(samples, answers, strict=True))
    return tuple(asked), source.name, (check,)


def is_onnxruntime(reference: str) -> bool:
    """True when the reference of a `Graph` is what onnxruntime computed from its original."""
    return reference.partition(" ")[0] == _ONNXRUNTIME


def _hoped(
    specs: Sequence[TensorSpec], given: Sequence[Sample], limits: Mapping[str, int]
) -> list[Arrays]:
    """Return inputs that say more if the model can answer them: whole numbers, pixels, and those
    once more with a change of rounding size."""
    if sum(not sample.image for sample in given) >= _SAMPLES:
        return []
    whole = make_inputs(specs, _SAMPLES, limits, "whole")
    if given:
        return [whole]
    pixels = make_inputs(specs, _SAMPLES + 1, limits, "pixels")
    return [whole, pixels, _scaled(pixels, _NUDGE)]


def _pairs(inputs: Sequence[Arrays], outputs: Sequence[Arrays]) -> list[Sample]:
    return [Sample(one, other) for one, other in zip(inputs, outputs, strict=True)]


def _most_telling(
    given: Sequence[Sample], waves: Sequence[Sample], hoped: Sequence[Sample]
) -> list[Sample]:
    """Return the samples that can be used, those first that libraries shall run on."""
    first = [*given, *waves][0]
    whole = [each for each in hoped[:1] if reference.is_usable(each.outputs, first.outputs)]
    usual = [*given, *waves[:1], *whole, *waves[1:]]
    pixels = [each for each in hoped[1:] if reference.is_usable(each.outputs, first.outputs)]
    if len(pixels) < 2:
        return usual
    if _change(usual) < _LEAST_VARIATION:
        return [pixels[0], *usual]
    return [*usual, pixels[0]] if _change(pixels) <= _STEADY else usual


def _change(samples: Sequence[Sample]) -> float:
    """How much the output that changes most changes between the first sample and the others."""
    return max(reference.variation([sample.outputs for sample in samples]).values())


def _empty_answers(names: Iterable[str], tensors: Mapping[str, TensorSpec]) -> list[Arrays]:
    """Return arrays of the sizes that a run on zeros gave; none when it gave none.

    Two samples may have as many positive values, or boxes, by chance; zeros have none.
    """
    if not all(name in tensors for name in names):
        return []
    zero = np.zeros(())
    return [{name: np.broadcast_to(zero, tensors[name].shape) for name in names}]


def _has_loops(model: onnx.ModelProto) -> bool:
    return any(node.op_type in ("Loop", "Scan") for node in walk.nodes(model))


_PASSED = (
    Check("graph.checker", "The full ONNX checker accepts the model", "pass"),
    Check("graph.finite", "Outputs of the reference are finite", "pass"),
    Check("graph.repeatable", "The reference answers the same sample alike", "pass"),
)


def _more_varied(
    path: Path, samples: list[Sample], more: Sequence[Arrays], timeout: float
) -> list[Sample]:
    """Look for a sample that the model answers in another way than the first one."""
    further = reference.run_reference(path, more, timeout=timeout)
    reference.require_finite(further)
    reference.require_same_shapes([samples[0].outputs, *further])
    found = max(_pairs(more, further), key=lambda other: _change([samples[0], other]))
    if _change([samples[0], found]) <= _change(samples):
        return samples
    return [samples[0], found, *samples[1:]]


def _louder(arrays: Arrays) -> Arrays:
    return _scaled(arrays, _MORE_AMPLITUDE)


def _scaled(arrays: Arrays, factor: float) -> Arrays:
    return {
        name: array * array.dtype.type(factor) if array.dtype.kind == "f" else array
        for name, array in arrays.items()
    }


def _require_variation(outputs: Sequence[Mapping[str, Array]]) -> Check:
    changes, flat = reference.variation(outputs), reference.flat_outputs(outputs)
    measured = max(changes.values())
    if flat or measured < _LEAST_VARIATION:
        what = f"output {flat[0]!r} is constant" if flat else "the outputs hardly change"
        raise ModelError(
            f"{what} whatever the input: comparing it would prove nothing",
            seen=[f"change between {len(outputs)} samples {measured:.3g}, needed 0.01"],
            hint="check that the model is trained, or give real samples: --samples FILE.npz",
        )
    still = [name for name, change in changes.items() if change < _LEAST_VARIATION]
    needed = f"{_LEAST_VARIATION:g} of an output's values or more is needed"
    detail = f"{needed}; hardly: {', '.join(still)}" if still else needed
    return Check("graph.varies", "Outputs change with the input", "pass", measured, detail=detail)

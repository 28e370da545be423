"""The reference: samples of the inputs, and what the original answers to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import onnx

from mobilegen.artifacts import Check, TensorSpec
from mobilegen.errors import ModelError
from mobilegen.graph import native, reference
from mobilegen.graph.reference import Arrays
from mobilegen.graph.samples import Sample, integer_limits, make_inputs
from mobilegen.graph.shapes import read_trace

_SAMPLES = 2
# Outputs must change this much between samples, or a limit of 1e-3 would prove nothing.
_LEAST_VARIATION = 1e-2
# Tries for a model that answers the first samples alike (an arg-max, a saturated output).
_MORE_SEEDS = 6
_MORE_AMPLITUDE = 3.0


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
        given: The user's samples; made ones fill up to two.

    Raises:
        ModelError: A library refuses the model or dies of it; its answers are not finite, not
            repeatable, have no fixed shape, or do not depend on the input.
    """
    limits = integer_limits(model)
    inputs = [dict(sample.inputs) for sample in given]
    inputs += [make_inputs(specs, seed, limits) for seed in range(_SAMPLES - len(given))]
    run = reference.run_step(path, [*inputs, inputs[0]], path.parent)
    steps = [native.Step("check", path), run, native.Step("trace", path)]
    _, answer, trace = native.perform(steps, timeout=timeout)
    *outputs, again = reference.read_run(run, answer)
    reference.require_finite(outputs)
    reference.require_repeatable(outputs[0], again)
    reference.require_same_shapes(outputs)
    if len(given) < _SAMPLES and reference.variation(outputs) < _LEAST_VARIATION:
        seeds = range(_SAMPLES, _SAMPLES + _MORE_SEEDS)
        more = [_louder(make_inputs(specs, seed, limits)) for seed in seeds]
        inputs, outputs = _more_varied(path, inputs, outputs, more, timeout)
    checks = (*_PASSED, _require_variation(outputs))
    asked = [*given, *(Sample(made) for made in inputs[len(given) :])]
    samples = tuple(replace(s, outputs=o) for s, o in zip(asked, outputs, strict=True))
    return Answers(samples, read_trace(trace), checks)


_PASSED = (
    Check("graph.checker", "The full ONNX checker accepts the model", "pass"),
    Check("graph.finite", "Outputs of the reference are finite", "pass"),
    Check("graph.repeatable", "The reference answers the same sample alike", "pass"),
)


def _more_varied(
    path: Path,
    inputs: list[Arrays],
    outputs: list[Arrays],
    more: Sequence[Arrays],
    timeout: float,
) -> tuple[list[Arrays], list[Arrays]]:
    """Look for a second sample that the model answers differently; else keep the first two."""
    further = reference.run_reference(path, more, timeout=timeout)
    reference.require_finite(further)
    reference.require_same_shapes([outputs[0], *further])
    changes = [reference.variation([outputs[0], other]) for other in further]
    best = max(range(len(more)), key=lambda index: changes[index])
    if changes[best] <= reference.variation(outputs):
        return inputs, outputs
    return [inputs[0], more[best]], [outputs[0], further[best]]


def _louder(arrays: Arrays) -> Arrays:
    return {
        name: array * array.dtype.type(_MORE_AMPLITUDE) if array.dtype.kind == "f" else array
        for name, array in arrays.items()
    }


def _require_variation(outputs: Sequence[Arrays]) -> Check:
    measured, flat = reference.variation(outputs), reference.flat_outputs(outputs)
    if flat or measured < _LEAST_VARIATION:
        what = f"output {flat[0]!r} is constant" if flat else "the outputs hardly change"
        raise ModelError(
            f"{what} whatever the input: comparing it would prove nothing",
            seen=[f"change between samples {measured:.3g} of the largest value"],
            hint="check that the model is trained, or give real samples",
        )
    return Check(
        "graph.varies",
        "Outputs change with the input",
        "pass",
        measured,
        detail=f"{_LEAST_VARIATION:g} of the largest value or more is needed",
    )

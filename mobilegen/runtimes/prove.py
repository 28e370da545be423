"""Proves that a converted model gives the source model's numbers on this computer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from mobilegen.artifacts import Artifact, Check, TensorBinding, Tolerance
from mobilegen.graph.samples import Sample
from mobilegen.run import Run
from mobilegen.runtimes.tensors import observe, to_runtime, to_source
from mobilegen.verify.numeric import parity, worst

if TYPE_CHECKING:
    from mobilegen.runtimes.base import Runtime

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Proof:
    """What running a converted model showed.

    Attributes:
        artifact: With the output bindings as they were seen.
        answers: For each sample the outputs, as the source model would give them.
    """

    artifact: Artifact
    answers: tuple[dict[str, Array], ...]
    checks: tuple[Check, ...]


def prove(
    runtime: Runtime, artifact: Artifact, samples: Sequence[Sample], tolerance: Tolerance, run: Run
) -> Proof:
    """Run all samples and the first one again on one loaded model, and compare.

    Args:
        samples: Inputs, and the outputs of the source model.

    Raises:
        ConversionError: The runtime could not run the model, or an output has another shape.
    """
    order = [*range(len(samples)), 0]
    fed = [call for index in order for call in to_runtime(artifact, samples[index].inputs)]
    raw = runtime.execute(artifact, fed, run)
    seen = tuple(observe(each, raw[0][each.blob].shape) for each in artifact.outputs)
    artifact = replace(artifact, outputs=seen)
    size = artifact.batch
    answers = [to_source(artifact, raw[i * size : (i + 1) * size]) for i in range(len(order))]
    checks = (
        _shapes(runtime.name, seen),
        _numbers(runtime.name, samples, answers, tolerance),
        _repeat(answers),
    )
    return Proof(artifact, tuple(answers[:-1]), checks)


def _shapes(name: str, outputs: Sequence[TensorBinding]) -> Check:
    parts = (f"{b.tensor.name} {list(b.tensor.shape)} as {list(b.runtime_shape)}" for b in outputs)
    title = f"{name} gives every output of the source model, in its shape"
    return Check("host.outputs", title, "pass", len(outputs), len(outputs), "; ".join(parts))


def _numbers(
    name: str,
    samples: Sequence[Sample],
    answers: Sequence[Mapping[str, Array]],
    tolerance: Tolerance,
) -> Check:
    title = f"{name} on this computer gives the source model's numbers ({len(samples)} samples)"
    limit = tolerance.relative
    return worst(
        parity(sample.outputs, answer, limit=limit, id="host.parity", title=title)
        for sample, answer in zip(samples, answers, strict=False)
    )


def _repeat(answers: Sequence[Mapping[str, Array]]) -> Check:
    """No state may survive from one run to the next."""
    check_id, title = "host.repeat", "the first sample gives the same bits after the others"
    if len(answers) < 3:
        return Check(check_id, title, "skipped", detail="there is only one sample")
    first, again = answers[0], answers[-1]
    changed = [name for name in first if first[name].tobytes() != again[name].tobytes()]
    if not changed:
        return Check(check_id, title, "pass", 0.0, 0.0)
    largest = max(
        float(np.abs(first[name].astype(np.float64) - again[name]).max()) for name in changed
    )
    return Check(check_id, title, "fail", largest, 0.0, f"changed: {', '.join(changed)}")

"""Proves that an ncnn model gives the source model's numbers on this computer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mobilegen.artifacts import Check, TensorBinding
from mobilegen.graph.samples import Sample
from mobilegen.runtimes.ncnn import host, layout
from mobilegen.toolboxes import Toolbox
from mobilegen.verify.numeric import parity, worst

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Proof:
    """The output bindings as they were seen, and the checks."""

    outputs: tuple[TensorBinding, ...]
    checks: tuple[Check, ...]


def prove(
    toolbox: Toolbox,
    model: tuple[Path, Path],
    inputs: Sequence[TensorBinding],
    outputs: Sequence[TensorBinding],
    samples: Sequence[Sample],
    *,
    limit: float,
    timeout: float,
) -> Proof:
    """Run all samples and the first one again on one loaded network, and compare.

    Args:
        model: Paths of the .param and the .bin file.
        samples: Inputs, and the outputs of the source model.
        limit: Largest error allowed, see `mobilegen.verify.numeric`.

    Raises:
        ConversionError: ncnn could not run the model, or an output has another shape.
    """
    order = [*range(len(samples)), 0]
    runs = host.execute(
        toolbox,
        model,
        inputs,
        outputs,
        [sample.inputs for sample in samples],
        order=order,
        timeout=timeout,
    )
    seen = tuple(layout.observe(each, runs[0][each.tensor.name].shape) for each in outputs)
    shaped = [_source_shapes(run, seen) for run in runs]
    return Proof(seen, (_shapes(seen), _numbers(samples, shaped, limit), _repeat(shaped)))


def _source_shapes(run: Mapping[str, Array], outputs: Sequence[TensorBinding]) -> dict[str, Array]:
    for binding in outputs:
        layout.observe(binding, run[binding.tensor.name].shape)
    return {b.tensor.name: run[b.tensor.name].reshape(b.tensor.shape) for b in outputs}


def _shapes(outputs: Sequence[TensorBinding]) -> Check:
    parts = (f"{b.tensor.name} {list(b.tensor.shape)} as {list(b.runtime_shape)}" for b in outputs)
    title = "ncnn gives every output of the source model, in its shape"
    return Check("host.outputs", title, "pass", len(outputs), len(outputs), "; ".join(parts))


def _numbers(samples: Sequence[Sample], runs: Sequence[dict[str, Array]], limit: float) -> Check:
    title = f"ncnn on this computer gives the source model's numbers ({len(samples)} samples)"
    return worst(
        parity(sample.outputs, run, limit=limit, id="host.parity", title=title)
        for sample, run in zip(samples, runs, strict=False)
    )


def _repeat(runs: Sequence[dict[str, Array]]) -> Check:
    """No state may survive from one run to the next."""
    check_id, title = "host.repeat", "the first sample gives the same bits after the others"
    if len(runs) < 3:
        return Check(check_id, title, "skipped", detail="there is only one sample")
    first, again = runs[0], runs[-1]
    changed = [name for name in first if first[name].tobytes() != again[name].tobytes()]
    if not changed:
        return Check(check_id, title, "pass", 0.0, 0.0)
    largest = max(float(np.abs(first[name] - again[name]).max()) for name in changed)
    return Check(check_id, title, "fail", largest, 0.0, f"changed: {', '.join(changed)}")

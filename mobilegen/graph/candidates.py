"""The forms of a graph that converters try: original first, each proved equal to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mobilegen.artifacts import Candidate, Check, TensorSpec
from mobilegen.errors import ModelError
from mobilegen.graph import native
from mobilegen.graph.batch import joined, make_single, parts, single_tensors
from mobilegen.graph.load import read_model
from mobilegen.graph.passes import repair
from mobilegen.graph.reference import read_run, run_step
from mobilegen.graph.samples import Sample
from mobilegen.verify.numeric import parity, worst

Tensors = Mapping[str, TensorSpec]

# Folding batch norm and the like rounds differently; more than that is another network. A tenth
# of what conversion to fp32 is allowed.
LIMIT = 1e-4
# These forms are second tries: when one takes long, it is done without.
_TIMEOUT_SECONDS = 120.0


@dataclass(frozen=True)
class _Form:
    """A form to try.

    Attributes:
        label: Name of the candidate and its file.
        source: Label of the form it is made from, where that could be made.
        action: What makes it: "repair" and "single" here, others in the child process.
        single: It takes one sample of the batch.
    """

    label: str
    source: str
    action: str
    single: bool = False


_INLINED = _Form("inlined", "original", "inline")
_FORMS = (
    _Form("simplified", "original", "simplify"),
    _Form("repaired", "original", "repair"),
    _Form("repaired-simplified", "repaired", "simplify"),
)
_SINGLE = (
    _Form("single", "original", "single", single=True),
    _Form("single-simplified", "single", "simplify", single=True),
    _Form("single-repaired", "single", "repair", single=True),
    _Form("single-repaired-simplified", "single-repaired", "simplify", single=True),
)


def make_candidates(
    folder: Path,
    samples: Sequence[Sample],
    tensors: Tensors,
    *,
    functions: bool = False,
    batch: int = 1,
) -> tuple[tuple[Candidate, ...], Check]:
    """Write every form of the graph into `folder` and keep those that compute the same.

    In order: original, inlined (when the model has local functions), simplified, repaired, and
    the repaired one simplified; then those for one sample of a batch. A form that cannot be made,
    changes nothing or is not equal is left out.

    Args:
        folder: Has the original with fixed shapes as original.onnx; the files go there.
        samples: The original's own answers.
        tensors: Types and sizes of the original's tensors.
        functions: Whether the model has local functions.
        batch: How many samples the model may take at once.

    Returns:
        The candidates, and a check that says how close they are and what was left out.
    """
    kept = [Candidate("original", folder / "original.onnx")]
    checks, notes = [Check("graph.candidates", "", "pass", 0.0, LIMIT)], []
    forms = (_INLINED,) * functions + _FORMS + _SINGLE * (batch > 1)
    for form in forms:
        source, path = folder / f"{form.source}.onnx", folder / f"{form.label}.onnx"
        if not source.is_file():
            continue
        size = batch if form.single else 1
        check, note = _try(form, source, path, samples, tensors, size)
        notes += [f"{form.label}: {note}"] if note else []
        if check is not None and not _is_copy(path, kept):
            checks.append(check)
            kept.append(Candidate(form.label, path, batch=size))
        else:
            path.unlink(missing_ok=True)
    title = "Every form of the graph computes the same"
    measured = worst(checks).measured
    return tuple(kept), Check("graph.candidates", title, "pass", measured, LIMIT, "; ".join(notes))


def _try(
    form: _Form,
    source: Path,
    path: Path,
    samples: Sequence[Sample],
    tensors: Tensors,
    batch: int,
) -> tuple[Check | None, str]:
    """Make one form and hold it against the samples; returns (None, why) when it is no use."""
    note = ""
    steps = []
    if form.action == "single":
        note = _single(source, path, batch)
    elif form.action == "repair":
        note = _repair(source, path, single_tensors(tensors, batch))
        if not note:
            return None, ""
    else:
        steps = [native.Step(form.action, source, {"result": path.resolve()})]
    try:
        check = _compare(steps, path, samples, batch)
    except ModelError as error:
        return None, f"left out: {error.what}"
    if check.status != "pass":
        return None, f"left out: differs from the original by {check.measured} {check.detail}"
    return check, note


def _compare(
    steps: Sequence[native.Step], model: Path, samples: Sequence[Sample], batch: int
) -> Check:
    """Perform the steps that make `model`, run it and hold its answers against the original's."""
    inputs = [part for sample in samples for part in parts(sample.inputs, batch)]
    step = run_step(model, inputs, model.parent)
    single = read_run(step, native.perform([*steps, step], timeout=_TIMEOUT_SECONDS)[-1])
    answers = [joined(single[i : i + batch]) for i in range(0, len(single), batch)]
    return worst(
        parity(sample.outputs, answer, limit=LIMIT, id="graph.candidates", title=model.stem)
        for sample, answer in zip(samples, answers, strict=True)
    )


def _is_copy(path: Path, kept: Sequence[Candidate]) -> bool:
    data = path.read_bytes()
    return any(candidate.path.read_bytes() == data for candidate in kept)


def _single(source: Path, result: Path, batch: int) -> str:
    model = read_model(source)
    make_single(model, batch)
    result.write_bytes(model.SerializeToString(deterministic=True))
    return f"one of {batch} samples"


def _repair(source: Path, result: Path, tensors: Tensors) -> str:
    model = read_model(source)
    done = repair(model, tensors)
    if done:
        result.write_bytes(model.SerializeToString(deterministic=True))
    return ", ".join(done)

"""The forms of a graph that converters try: original first, each proved equal to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mobilegen.artifacts import Candidate, Check
from mobilegen.errors import ModelError
from mobilegen.graph import native
from mobilegen.graph.load import read_model
from mobilegen.graph.passes import repair
from mobilegen.graph.reference import run_reference
from mobilegen.graph.samples import Sample
from mobilegen.graph.shapes import infer_shapes
from mobilegen.graph.simplify import simplify
from mobilegen.verify.numeric import parity, worst

# Folding batch norm and the like rounds differently; more than that is another network. A tenth
# of what conversion to fp32 is allowed.
LIMIT = 1e-4

# Writes a form of the model (source, result) and says what it did; "" when there is nothing to do.
Maker = Callable[[Path, Path], str]


@dataclass(frozen=True)
class _Form:
    """A form to try: made from another one, where that could be made."""

    label: str
    source: str
    make: Maker


def make_candidates(
    folder: Path, samples: Sequence[Sample], *, functions: bool = False
) -> tuple[tuple[Candidate, ...], Check]:
    """Write every form of the graph into `folder` and keep those that compute the same.

    In order: original, inlined (when the model has local functions), simplified, repaired, and
    the repaired one simplified. A form that cannot be made, changes nothing or is not equal is
    left out.

    Args:
        folder: Has the original with fixed shapes as original.onnx; the files go there.
        samples: The original's own answers.
        functions: Whether the model has local functions.

    Returns:
        The candidates, and a check that says how close they are and what was left out.
    """
    kept = [Candidate("original", folder / "original.onnx")]
    checks, notes = [Check("graph.candidates", "", "pass", 0.0, LIMIT)], []
    for form in _forms(functions):
        source = folder / f"{form.source}.onnx"
        path = folder / f"{form.label}.onnx"
        if not source.is_file():
            continue
        check, note = _try(form, source, path, samples)
        notes += [f"{form.label}: {note}"] if note else []
        if check is not None and not _is_copy(path, kept):
            checks.append(check)
            kept.append(Candidate(form.label, path))
        else:
            path.unlink(missing_ok=True)
    measured = worst(checks).measured
    title = "Every form of the graph computes the same"
    return tuple(kept), Check("graph.candidates", title, "pass", measured, LIMIT, "; ".join(notes))


def _forms(functions: bool) -> tuple[_Form, ...]:
    base = "inlined" if functions else "original"
    forms = (
        _Form("simplified", "original", _simplify),
        _Form("repaired", base, _repair),
        _Form("repaired-simplified", "repaired", _simplify),
    )
    return (_Form("inlined", "original", _inline), *forms) if functions else forms


def _try(
    form: _Form, source: Path, path: Path, samples: Sequence[Sample]
) -> tuple[Check | None, str]:
    """Make one form and hold it against the samples; returns (None, why) when it is no use."""
    try:
        note = form.make(source, path)
        if not path.is_file():
            return None, note
        check = compare(path, samples)
    except ModelError as error:
        return None, f"left out: {error.what}"
    if check.status != "pass":
        return None, f"left out: differs from the original by {check.measured} {check.detail}"
    return check, note


def compare(model: Path, samples: Sequence[Sample]) -> Check:
    """State that a form of the model gives the original's answers.

    Raises:
        ModelError: onnxruntime refuses or crashes on it.
    """
    answers = run_reference(model, [sample.inputs for sample in samples])
    title = f"{model.stem} computes the same as the original"
    return worst(
        parity(sample.outputs, answer, limit=LIMIT, id="graph.candidates", title=title)
        for sample, answer in zip(samples, answers, strict=True)
    )


def _is_copy(path: Path, kept: Sequence[Candidate]) -> bool:
    data = path.read_bytes()
    return any(candidate.path.read_bytes() == data for candidate in kept)


def _simplify(source: Path, result: Path) -> str:
    simplify(source, result)
    return ""


def _inline(source: Path, result: Path) -> str:
    native.call("inline", source, result=result.resolve())
    return ""


def _repair(source: Path, result: Path) -> str:
    model = read_model(source)
    done = repair(model, infer_shapes(source))
    if done:
        result.write_bytes(model.SerializeToString(deterministic=True))
    return ", ".join(done)

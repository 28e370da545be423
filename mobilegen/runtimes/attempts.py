"""Converts a graph: the first of its forms whose result proves right is taken."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from mobilegen.arrays import write_npz
from mobilegen.artifacts import Artifact, Candidate, Check, Graph, Scheme, Tolerance
from mobilegen.errors import ConversionError
from mobilegen.graph.samples import Sample, read_samples
from mobilegen.run import Run
from mobilegen.runtimes.culprit import Culprit, Prover, find_culprit
from mobilegen.runtimes.prove import Proof, prove
from mobilegen.runtimes.tensors import UnexplainedError
from mobilegen.system.files import record, sha256_file, write_bytes

if TYPE_CHECKING:
    from mobilegen.runtimes.base import Runtime

ANSWERS = "answers.npz"


@dataclass(frozen=True)
class Attempt:
    """A converted form of the graph, not yet proved.

    Attributes:
        artifact: Its files are in the folder that was given for it.
        suspects: What the converter said that may be the reason, should the proof fail.
    """

    artifact: Artifact
    suspects: tuple[str, ...] = ()


# From one form of the graph to the runtime's files in a folder; raises ConversionError.
Converter = Callable[[Graph, Candidate, Scheme, Path, Run], Attempt]


class TooFarError(UnexplainedError):
    """A result that is a proper conversion, but further from the source model than allowed."""

    def __init__(self, check: Check) -> None:
        """`check` is the comparison that failed."""
        super().__init__(f"not so: {check.title}", seen=_numbers(check))
        self.check = check


def first_that_proves(
    graph: Graph,
    runtime: Runtime,
    attempt: Converter,
    run: Run,
    *,
    scheme: Scheme,
    tolerance: Tolerance,
    out_dir: Path,
) -> Artifact:
    """Convert one form after the other until one proves right, and leave that one in `out_dir`.

    All forms share the time of `run`: each may take half of what is left, the last one all of it.
    After an error nothing was written.

    Raises:
        ConversionError: No form passed; the reason of each is given.
    """
    samples = read_samples(graph.samples)
    refusals: list[tuple[Candidate, ConversionError]] = []
    candidates = list(_usable(graph.candidates, runtime))
    end = time.monotonic() + run.timeout
    for place, candidate in enumerate(candidates):
        last = place == len(candidates) - 1
        with tempfile.TemporaryDirectory(prefix=f"mobilegen-{runtime.name}-") as folder:
            try:
                made = attempt(graph, candidate, scheme, Path(folder), _share(run, end, last=last))
                proof = _prove(runtime, made, samples, tolerance, _share(run, end, last=True))
            except ConversionError as error:
                refusals.append((candidate, error))
                text = f"the {candidate.label} form does not convert to {runtime.name}"
                run.report(f"{text}: {_reason(error)}")
                continue
            return _keep(proof, out_dir, refusals)

    def convert_part(part: Graph, candidate: Candidate, folder: Path, run: Run) -> None:
        made = attempt(part, candidate, scheme, folder, run)
        _prove(runtime, made, read_samples(part.samples), tolerance, run)

    failure = _failure(runtime, scheme, refusals)
    if culprit := _culprit(graph, runtime, scheme, refusals, convert_part, run):
        if culprit.is_first:
            failure.seen += (f"the first node with which it fails: {culprit.node}",)
            failure.hint = f"replace {culprit.node} in the model, or use another runtime"
        else:
            failure.seen += (f"it fails at {culprit.node} or before: no time to look further",)
    raise failure


def _culprit(
    graph: Graph,
    runtime: Runtime,
    scheme: Scheme,
    refusals: Sequence[tuple[Candidate, ConversionError]],
    prover: Prover,
    run: Run,
) -> Culprit | None:
    """Find the node with which the first form fails; None if rounding alone is too large."""
    wrong = [each for each, error in refusals if isinstance(error, UnexplainedError)]
    if not wrong or _nearest(runtime, scheme, refusals):
        return None
    run.report("looking for the node with which it fails")
    return find_culprit(graph, wrong[0], prover, run)


def _usable(candidates: Sequence[Candidate], runtime: Runtime) -> Iterator[Candidate]:
    """Leave out forms that the converter does not read, or with the bytes of an earlier one."""
    known: set[str] = set()
    for candidate in candidates:
        digest = sha256_file(candidate.path)
        if candidate.format in runtime.accepts and digest not in known:
            known.add(digest)
            yield candidate


def _share(run: Run, end: float, *, last: bool) -> Run:
    left = end - time.monotonic()
    if left <= 0:
        raise ConversionError(f"the other forms left nothing of {run.timeout:g} s")
    return replace(run, timeout=float(max(1, round(left if last else left / 2))))


def _prove(
    runtime: Runtime, made: Attempt, samples: Sequence[Sample], tolerance: Tolerance, run: Run
) -> Proof:
    try:
        proof = prove(runtime, made.artifact, samples, tolerance, run)
        for check in proof.checks:
            if check.status == "fail":
                raise TooFarError(check)
    except ConversionError as error:
        error.seen = (*made.suspects, *error.seen)
        raise
    return proof


def _numbers(check: Check) -> list[str]:
    seen = "no number" if check.measured is None else f"{check.measured:.3g}"
    return [f"measured {seen}, allowed {check.limit:.3g}", check.detail]


def _keep(
    proof: Proof, out_dir: Path, refusals: Sequence[tuple[Candidate, ConversionError]]
) -> Artifact:
    artifact, checks = proof.artifact, proof.checks
    for _, file in artifact.files:
        write_bytes(out_dir / file.path, (artifact.folder / file.path).read_bytes())
    arrays = {f"{i}/{name}": a for i, each in enumerate(proof.answers) for name, a in each.items()}
    answers = write_npz(out_dir / ANSWERS, arrays)
    if refusals:
        reasons = "; ".join(f"{each.label}: {_reason(error)}" for each, error in refusals)
        first = replace(checks[0], detail=f"{checks[0].detail} (not taken: {reasons})")
        checks = (first, *checks[1:])
    return replace(artifact, folder=out_dir, checks=checks, answers=record(answers, out_dir))


def _failure(
    runtime: Runtime, scheme: Scheme, refusals: Sequence[tuple[Candidate, ConversionError]]
) -> ConversionError:
    if not refusals:
        return ConversionError(
            f"{runtime.name} reads no form of this model", seen=[f"it reads {runtime.accepts}"]
        )
    labels: dict[tuple[str, ...], list[str]] = {}
    for candidate, error in refusals:
        labels.setdefault((error.what, *filter(None, error.seen)), []).append(candidate.label)
    lines: list[str] = []
    for (what, *seen), forms in labels.items():
        lines += [f"{', '.join(forms)}: {what}", *(f"    {line}" for line in seen)]
    if near := _nearest(runtime, scheme, refusals):
        return ConversionError(
            f"no conversion to {runtime.name} is as near to the source model as was asked for",
            seen=lines,
            hint=f"set limits: {{{scheme.precision}: {near}}} or more; or use another runtime",
        )
    hints = [error.hint for _, error in refusals if error.hint]
    hint = hints[0] if hints else "replace what is named above in the model, or use another runtime"
    return ConversionError(f"the model does not convert to {runtime.name}", seen=lines, hint=hint)


def _nearest(
    runtime: Runtime, scheme: Scheme, refusals: Sequence[tuple[Candidate, ConversionError]]
) -> str:
    """Return a limit that one of the forms keeps, if that is one of a right conversion; else ""."""
    errors = [error for _, error in refusals if isinstance(error, TooFarError)]
    measured = [e.check.measured for e in errors if e.check.id == "host.parity"]
    least = min((each for each in measured if each is not None), default=float("inf"))
    return f"{least * 1.1:.1e}" if least <= runtime.tolerance(scheme).relative else ""


def _reason(error: ConversionError) -> str:
    first = next((line for line in error.seen if line), "")
    return f"{error.what} ({first})" if first else error.what

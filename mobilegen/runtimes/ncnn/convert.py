"""Converts a graph to ncnn: the first of its forms whose result proves right is taken."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mobilegen import console
from mobilegen.artifacts import Artifact, Candidate, Check, Graph, Precision, TensorBinding
from mobilegen.errors import ConversionError
from mobilegen.graph.samples import Sample, read_samples
from mobilegen.runtimes.base import Report
from mobilegen.runtimes.ncnn import RUNTIME, layout, static_shapes
from mobilegen.runtimes.ncnn.host import blob_shapes
from mobilegen.runtimes.ncnn.operators import describe, left_over, unsupported
from mobilegen.runtimes.ncnn.param import Network, format_param, read_param
from mobilegen.runtimes.ncnn.pnnx import Conversion, run_pnnx
from mobilegen.runtimes.ncnn.prove import prove
from mobilegen.system.files import record, sha256_file, write_bytes, write_text
from mobilegen.toolboxes import Toolbox, ensure

# fp16 weights are rounded to 11 bits, 5e-4 relative; it grows with the depth of the network.
LIMITS: dict[Precision, float] = {"fp32": 1e-3, "fp16": 1e-2}

# pnnx numbers other blobs; a layer may have one that nobody takes, such as the state of an LSTM.
_NUMBERED_OUTPUT = re.compile(r"out\d+")


@dataclass(frozen=True)
class _Job:
    """What stays the same for all forms of the graph."""

    graph: Graph
    toolbox: Toolbox
    precision: Precision
    samples: tuple[Sample, ...]
    limit: float
    timeout: float


@dataclass(frozen=True)
class _Proved:
    """A conversion that passed its checks; its files are in a folder that will go away."""

    files: Conversion
    network: Network
    inputs: tuple[TensorBinding, ...]
    outputs: tuple[TensorBinding, ...]
    checks: tuple[Check, ...]


def convert(
    graph: Graph,
    precision: Precision,
    out_dir: Path,
    *,
    limit: float | None = None,
    offline: bool = False,
    timeout: float = 180.0,
    report: Report = console.note,
) -> Artifact:
    """Convert to model.param and model.bin; see `mobilegen.runtimes.base.Runtime.convert`."""
    _refuse_types(graph)
    allowed = LIMITS[precision] if limit is None else limit
    toolbox = ensure(RUNTIME.toolbox, offline=offline, report=report)
    samples = read_samples(graph.samples)
    job = _Job(graph, toolbox, precision, samples, allowed, timeout)
    refusals: list[tuple[Candidate, ConversionError]] = []
    for candidate in _different(graph.candidates):
        with tempfile.TemporaryDirectory(prefix="mobilegen-ncnn-") as folder:
            try:
                proved = _attempt(job, candidate, Path(folder))
            except ConversionError as error:
                refusals.append((candidate, error))
                report(f"the {candidate.label} form does not convert to ncnn: {_reason(error)}")
                continue
            return _publish(job, candidate, proved, out_dir, refusals)
    raise _failure(refusals)


def _refuse_types(graph: Graph) -> None:
    wrong = [f"{each.name}: {each.dtype}" for each in graph.inputs if each.dtype != "float32"]
    if wrong:
        raise ConversionError(
            "ncnn models take 32-bit float inputs only",
            seen=wrong,
            hint="let the model take float32 and cast inside, or use another runtime",
        )


def _different(candidates: Sequence[Candidate]) -> Iterator[Candidate]:
    """Leave out forms with the same bytes as an earlier one."""
    known: set[str] = set()
    for candidate in candidates:
        if (digest := sha256_file(candidate.path)) not in known:
            known.add(digest)
            yield candidate


def _attempt(job: _Job, candidate: Candidate, folder: Path) -> _Proved:
    files = run_pnnx(
        job.toolbox, candidate.path, folder, precision=job.precision, timeout=job.timeout
    )
    network = read_param(files.param)
    if foreign := unsupported(network):
        names = describe(foreign, [job.graph.original, candidate.path])
        raise ConversionError(f"ncnn cannot express {', '.join(names)}")
    axes = layout.read_batch_axes(files.example)
    inputs = layout.bind(job.graph.inputs, "in", axes)
    outputs = layout.bind(job.graph.outputs, "out", axes)
    _check_blobs(network, inputs, outputs)
    try:
        network = _fix_shapes(job, files, network, inputs)
        proof = prove(
            job.toolbox,
            (files.param, files.weights),
            inputs,
            outputs,
            job.samples,
            limit=job.limit,
            timeout=job.timeout,
        )
        _refuse_failed(proof.checks)
    except ConversionError as error:
        raise _explained(error, files, [job.graph.original, candidate.path]) from error
    return _Proved(files, network, inputs, proof.outputs, proof.checks)


def _fix_shapes(
    job: _Job, files: Conversion, network: Network, inputs: Sequence[TensorBinding]
) -> Network:
    """Write sizes that pnnx left open as numbers, also into the file."""
    if not (layers := static_shapes.open_layers(network)):
        return network
    shapes = blob_shapes(
        job.toolbox,
        (files.param, files.weights),
        inputs,
        [layer.outputs[0] for layer in layers],
        job.samples[0].inputs,
        timeout=job.timeout,
    )
    fixed = static_shapes.fix(network, shapes)
    write_text(files.param, format_param(fixed))
    return fixed


def _check_blobs(
    network: Network, inputs: Sequence[TensorBinding], outputs: Sequence[TensorBinding]
) -> None:
    made = {blob for blob in network.output_blobs if _NUMBERED_OUTPUT.fullmatch(blob)}
    same_outputs = made == {binding.blob for binding in outputs}
    if not same_outputs or set(network.input_blobs) != {binding.blob for binding in inputs}:
        raise ConversionError(
            "the converter made other inputs or outputs than the model has",
            seen=[f"inputs {sorted(network.input_blobs)}, outputs {sorted(made)}"],
        )


def _refuse_failed(checks: Sequence[Check]) -> None:
    for check in checks:
        if check.status == "fail":
            seen = "no number" if check.measured is None else f"{check.measured:.3g}"
            raise ConversionError(
                f"not so: {check.title}",
                seen=[f"measured {seen}, allowed {check.limit:.3g}", check.detail],
            )


def _explained(
    error: ConversionError, files: Conversion, models: Sequence[Path]
) -> ConversionError:
    """Add the operators that the converter left as they were; they are the likely cause."""
    if not (names := left_over(files.printed)):
        return error
    likely = f"the converter has no rule for {', '.join(describe(names, models))}"
    return ConversionError(error.what, seen=[likely, *error.seen], hint=error.hint)


def _publish(
    job: _Job,
    candidate: Candidate,
    proved: _Proved,
    out_dir: Path,
    refusals: Sequence[tuple[Candidate, ConversionError]],
) -> Artifact:
    param = write_bytes(out_dir / "model.param", proved.files.param.read_bytes())
    weights = write_bytes(out_dir / "model.bin", proved.files.weights.read_bytes())
    checks = proved.checks
    if refusals:
        reasons = "; ".join(f"{each.label}: {_reason(error)}" for each, error in refusals)
        first = replace(checks[0], detail=f"{checks[0].detail} (not taken: {reasons})")
        checks = (first, *checks[1:])
    return Artifact(
        runtime=RUNTIME.name,
        runtime_version=RUNTIME.version,
        precision=job.precision,
        folder=out_dir,
        files=(("params", record(param, out_dir)), ("weights", record(weights, out_dir))),
        inputs=proved.inputs,
        outputs=proved.outputs,
        operators=proved.network.layer_types,
        candidate=candidate.label,
        checks=checks,
    )


def _failure(refusals: Sequence[tuple[Candidate, ConversionError]]) -> ConversionError:
    labels: dict[tuple[str, ...], list[str]] = {}
    for candidate, error in refusals:
        labels.setdefault((error.what, *filter(None, error.seen)), []).append(candidate.label)
    lines: list[str] = []
    for (what, *seen), forms in labels.items():
        lines += [f"{', '.join(forms)}: {what}", *(f"    {line}" for line in seen)]
    hints = [error.hint for _, error in refusals if error.hint]
    hint = hints[0] if hints else "replace what is named above in the model, or use another runtime"
    return ConversionError("the model does not convert to ncnn", seen=lines, hint=hint)


def _reason(error: ConversionError) -> str:
    first = next((line for line in error.seen if line), "")
    return f"{error.what} ({first})" if first else error.what

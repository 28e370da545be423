"""Converts one form of a graph to ncnn: model.param and model.bin."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from mobilegen.artifacts import Artifact, Candidate, Graph, Scheme, TensorBinding
from mobilegen.errors import ConversionError
from mobilegen.graph.samples import read_samples
from mobilegen.run import Run
from mobilegen.runtimes.attempts import Attempt
from mobilegen.runtimes.ncnn import RUNTIME, TOOLBOX, layout, static_shapes
from mobilegen.runtimes.ncnn.host import blob_shapes
from mobilegen.runtimes.ncnn.operators import describe, left_over, unsupported
from mobilegen.runtimes.ncnn.param import Network, format_param, read_param
from mobilegen.runtimes.ncnn.pnnx import Conversion, run_pnnx
from mobilegen.runtimes.tensors import to_runtime
from mobilegen.system.files import record, write_bytes, write_text
from mobilegen.toolboxes import ensure

# pnnx numbers other blobs; a layer may have one that nobody takes, such as the state of an LSTM.
_NUMBERED_OUTPUT = re.compile(r"out\d+")


def attempt(graph: Graph, candidate: Candidate, scheme: Scheme, folder: Path, run: Run) -> Attempt:
    """Convert one form; see `mobilegen.runtimes.attempts.Converter`."""
    files = run_pnnx(
        ensure(TOOLBOX, run),
        candidate.path,
        folder,
        precision=scheme.precision,
        timeout=run.timeout,
    )
    network = read_param(files.param)
    models = [graph.original, candidate.path]
    if foreign := unsupported(network):
        raise ConversionError(f"ncnn cannot express {', '.join(describe(foreign, models))}")
    axes = layout.read_batch_axes(files.example)
    inputs = layout.bind(graph.inputs, "in", axes, candidate.batch)
    outputs = layout.bind(graph.outputs, "out", axes, candidate.batch)
    _check_blobs(network, inputs, outputs)
    made = _artifact(candidate, scheme, files, network, inputs, outputs)
    suspects = _suspects(files, models)
    try:
        return Attempt(_fix_shapes(graph, made, network, run), suspects)
    except ConversionError as error:
        raise ConversionError(error.what, seen=[*suspects, *error.seen], hint=error.hint) from error


def _artifact(
    candidate: Candidate,
    scheme: Scheme,
    files: Conversion,
    network: Network,
    inputs: tuple[TensorBinding, ...],
    outputs: tuple[TensorBinding, ...],
) -> Artifact:
    folder = files.param.parent / "artifact"
    param = write_bytes(folder / "model.param", files.param.read_bytes())
    weights = write_bytes(folder / "model.bin", files.weights.read_bytes())
    return Artifact(
        runtime=RUNTIME.name,
        runtime_version=RUNTIME.version,
        precision=scheme.precision,
        folder=folder,
        files=(("params", record(param, folder)), ("weights", record(weights, folder))),
        inputs=inputs,
        outputs=outputs,
        operators=network.layer_types,
        candidate=candidate.label,
        batch=candidate.batch,
    )


def _fix_shapes(graph: Graph, artifact: Artifact, network: Network, run: Run) -> Artifact:
    """Write sizes that pnnx left open as numbers."""
    if not (layers := static_shapes.open_layers(network)):
        return artifact
    call, *_ = to_runtime(artifact, read_samples(graph.samples)[0].inputs)
    shapes = blob_shapes(artifact, [layer.outputs[0] for layer in layers], call, run)
    fixed = static_shapes.fix(network, shapes)
    param = write_text(artifact.folder / "model.param", format_param(fixed))
    _, weights = artifact.files
    files = (("params", record(param, artifact.folder)), weights)
    return replace(artifact, files=files, operators=fixed.layer_types)


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


def _suspects(files: Conversion, models: Sequence[Path]) -> tuple[str, ...]:
    """Name the operators that the converter left as they were: the likely cause of a failure."""
    if not (names := left_over(files.printed)):
        return ()
    return (f"the converter has no rule for {', '.join(describe(names, models))}",)

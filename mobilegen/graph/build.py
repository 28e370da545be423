"""From an .onnx file to a `Graph`: checked, fixed in shape, with a reference and candidates."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import onnx

from mobilegen.artifacts import Check, Graph, TensorSpec
from mobilegen.errors import ModelError
from mobilegen.graph import native, preflight, walk
from mobilegen.graph.answers import Answerer, ask_original, ask_source
from mobilegen.graph.batch import batch_of
from mobilegen.graph.candidates import make_candidates
from mobilegen.graph.external import inline_external_data
from mobilegen.graph.load import MAX_BYTES, read_model
from mobilegen.graph.samples import Sample, SampleSource, require_fitting, write_samples
from mobilegen.graph.scores import score_kind
from mobilegen.graph.shapes import bind_shapes, fix_shapes, real_inputs, set_shape, trace_shapes
from mobilegen.system.files import write_bytes


@dataclass(frozen=True)
class Prepared:
    """The original with fixed inputs, not yet looked at natively.

    Attributes:
        model: Parsed.
        data: The same as bytes: the user's own, unless sizes or external data were put in.
        inputs: What has to be fed.
        checks: What was found to be in order.
    """

    model: onnx.ModelProto
    data: bytes
    inputs: tuple[TensorSpec, ...]
    checks: tuple[Check, ...]


def build_graph(
    path: Path,
    work_dir: Path,
    *,
    input_shapes: Iterable[tuple[str, Sequence[int]]] = (),
    sample_source: SampleSource | None = None,
    source: Answerer | None = None,
    timeout: float = native.TIMEOUT_SECONDS,
) -> Graph:
    """Check an .onnx file, compute its reference answers and write every form of it.

    Args:
        path: The user's file; it is only read.
        work_dir: Where original.onnx, further candidates and samples.npz go: same input, same
            bytes. After an error nothing was written.
        input_shapes: (input name, sizes) for inputs with symbolic sizes.
        sample_source: Gives the first samples to compare on; made ones fill up to two.
        source: Answers for the model in its own framework, of which `path` is an export.
        timeout: Seconds for the native libraries on the original.

    Raises:
        ModelError: The file is missing, damaged, hostile or not supported.
        ConfigError: `input_shapes` or the samples do not fit the model, or are needed.
    """
    prepared = prepare(path, tuple(input_shapes))
    given = sample_source(prepared.inputs) if sample_source else []
    require_fitting(prepared.inputs, [sample.inputs for sample in given])
    with tempfile.TemporaryDirectory(prefix="mobilegen-") as scratch:
        original = Path(scratch, "original.onnx")
        original.write_bytes(prepared.data)
        # A large model is in memory once here and several times in the child process.
        prepared = replace(prepared, data=b"")
        model, inputs = prepared.model, prepared.inputs
        _declare_ranks(model, original)
        answers = ask_original(original, model, inputs, given, timeout=timeout)
        samples, reference, equals = ask_source(source, answers.samples)
        outputs = _output_specs(model, samples)
        _declare_outputs(model, outputs, original)
        forms, equal = make_candidates(
            Path(scratch),
            answers.samples,
            answers.tensors,
            functions=bool(model.functions),
            batch=batch_of(inputs, outputs),
        )
        candidates = tuple(replace(form, path=_keep(form.path, work_dir)) for form in forms)
    return Graph(
        original=candidates[0].path,
        candidates=candidates,
        inputs=inputs,
        outputs=outputs,
        opset=walk.opset(model),
        samples=write_samples(work_dir / "samples.npz", samples),
        checks=(*prepared.checks, *answers.checks, *equals, equal),
        scores=score_kind(model, outputs[0].name, samples),
        reference=reference,
    )


def prepare(path: Path, given: Sequence[tuple[str, Sequence[int]]]) -> Prepared:
    """Do everything that needs no native code.

    Raises:
        ModelError, ConfigError: As `build_graph`.
    """
    model = read_model(path)
    inputs = real_inputs(model)
    preflight.require_interface(inputs, model.graph.output)
    checks = [
        Check("graph.file", "The model file is complete", "pass", detail=path.name),
        preflight.check_operators(model),
        preflight.check_cycles(model),
    ]
    files = inline_external_data(model, path.parent)
    checks += [
        _external_check(files),
        preflight.check_inference_mode(model),
        preflight.check_weights(model),
    ]
    binding = bind_shapes(inputs, given)
    changed = fix_shapes(model, binding)
    notes = "; ".join(binding.notes)
    checks.append(Check("graph.shapes", "Every input has a fixed shape", "pass", detail=notes))
    data = _serialize(model) if files or changed else path.read_bytes()
    return Prepared(model, data, binding.inputs, tuple(checks))


def _external_check(files: Sequence[str]) -> Check:
    detail = f"put into the model: {', '.join(files)}" if files else "none"
    title = "External data is complete and inside the model's folder"
    return Check("graph.external", title, "pass", detail=detail)


def _declare_ranks(model: onnx.ModelProto, original: Path) -> None:
    """Give outputs without any declared shape the true one: the checker demands it."""
    bare = [v for v in model.graph.output if not v.type.tensor_type.HasField("shape")]
    known = trace_shapes(original) if bare else {}
    changes = [set_shape(value, known[value.name].shape) for value in bare if value.name in known]
    if any(changes):
        original.write_bytes(_serialize(model))


def _output_specs(model: onnx.ModelProto, samples: Sequence[Sample]) -> tuple[TensorSpec, ...]:
    arrays = [(value.name, samples[0].outputs[value.name]) for value in model.graph.output]
    return tuple(TensorSpec(name, array.shape, str(array.dtype)) for name, array in arrays)


def _declare_outputs(model: onnx.ModelProto, outputs: Sequence[TensorSpec], original: Path) -> None:
    """Write the outputs' true sizes where they were symbolic or missing."""
    shapes = {spec.name: spec.shape for spec in outputs}
    changes = [set_shape(value, shapes[value.name]) for value in model.graph.output]
    if any(changes):
        original.write_bytes(_serialize(model))


def _serialize(model: onnx.ModelProto) -> bytes:
    if model.ByteSize() > MAX_BYTES:
        raise ModelError(
            "the model is larger than the 2 GB that an ONNX file can have",
            hint="use a smaller model, or convert its weights to float16",
        )
    data: bytes = model.SerializeToString(deterministic=True)
    return data


def _keep(file: Path, folder: Path) -> Path:
    return write_bytes(folder / file.name, file.read_bytes())

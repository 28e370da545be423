"""From an .onnx file to a `Graph`: checked, fixed in shape, with a reference and candidates."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import onnx

from mobilegen.artifacts import Check, Graph, TensorSpec
from mobilegen.errors import ModelError
from mobilegen.frontends.base import SampleSource
from mobilegen.graph import native, preflight, reference, walk
from mobilegen.graph import samples as sampling
from mobilegen.graph.arrays import Array
from mobilegen.graph.candidates import make_candidates
from mobilegen.graph.external import inline_external_data
from mobilegen.graph.load import MAX_BYTES, read_model
from mobilegen.graph.reference import Arrays
from mobilegen.graph.samples import Sample
from mobilegen.graph.shapes import bind_shapes, fix_shapes, infer_shapes, real_inputs, set_shape
from mobilegen.system.files import write_bytes

_SAMPLES = 2
# Outputs must change this much between samples, or a limit of 1e-3 would prove nothing.
_LEAST_VARIATION = 1e-2
# Tries for a model that answers the first samples alike (an arg-max, a saturated output).
_MORE_SEEDS = 6
_MORE_AMPLITUDE = 3.0


_CHECKED = Check("graph.checker", "The full ONNX checker accepts the model", "pass")


@dataclass(frozen=True)
class Prepared:
    """The original with fixed inputs, not yet looked at natively."""

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
    timeout: float = native.TIMEOUT_SECONDS,
) -> Graph:
    """Check an .onnx file, compute its reference answers and write every form of it.

    Args:
        path: The user's file; it is only read.
        work_dir: Where original.onnx, further candidates and samples.npz go: same input, same
            bytes. After an error nothing was written.
        input_shapes: (input name, sizes) for inputs with symbolic sizes.
        sample_source: Gives the first samples to compare on; made ones fill up to two.
        timeout: Seconds for each look at the model by a native library.

    Raises:
        ModelError: The file is missing, damaged, hostile or not supported.
        ConfigError: `input_shapes` or the samples do not fit the model, or are needed.
    """
    prepared = prepare(path, tuple(input_shapes))
    given = sample_source(prepared.inputs) if sample_source else []
    sampling.require_fitting(prepared.inputs, given)
    with tempfile.TemporaryDirectory(prefix="mobilegen-") as scratch:
        original = Path(scratch, "original.onnx")
        original.write_bytes(prepared.data)
        prepared = _declare_ranks(prepared, original)
        native.call("check", original, timeout=timeout)
        pairs, answer_checks = _reference(prepared, original, given, timeout)
        outputs = _output_specs(prepared.model, pairs)
        original.write_bytes(_with_outputs(prepared, outputs))
        functions = bool(prepared.model.functions)
        forms, equal = make_candidates(Path(scratch), pairs, functions=functions)
        candidates = tuple(replace(form, path=_keep(form.path, work_dir)) for form in forms)
    return Graph(
        original=candidates[0].path,
        candidates=candidates,
        inputs=prepared.inputs,
        outputs=outputs,
        opset=walk.opset(prepared.model),
        samples=sampling.write_samples(work_dir / "samples.npz", pairs),
        checks=(*prepared.checks, _CHECKED, *answer_checks, equal),
    )


def _declare_ranks(prepared: Prepared, original: Path) -> Prepared:
    """Give outputs without any declared shape the inferred one: the checker demands it."""
    bare = [v for v in prepared.model.graph.output if not v.type.tensor_type.HasField("shape")]
    known = infer_shapes(original) if bare else {}
    changes = [set_shape(value, known[value.name].shape) for value in bare if value.name in known]
    if not any(changes):
        return prepared
    data = _serialize(prepared.model)
    original.write_bytes(data)
    return replace(prepared, data=data)


def _keep(file: Path, folder: Path) -> Path:
    return write_bytes(folder / file.name, file.read_bytes())


def prepare(path: Path, given: Sequence[tuple[str, Sequence[int]]]) -> Prepared:
    """Do everything that needs no native code."""
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
    checks.append(
        Check("graph.shapes", "Fixed input sizes", "pass", detail="; ".join(binding.notes))
    )
    # Without a change the bytes stay the user's own.
    data = _serialize(model) if files or changed else path.read_bytes()
    return Prepared(model, data, binding.inputs, tuple(checks))


def _external_check(files: Sequence[str]) -> Check:
    detail = f"put into the model: {', '.join(files)}" if files else "none"
    return Check(
        "graph.external", "External data complete, inside its folder", "pass", detail=detail
    )


def _reference(
    prepared: Prepared, model: Path, given: Sequence[Mapping[str, Array]], timeout: float
) -> tuple[list[Sample], list[Check]]:
    """Run the original; returns its samples and what was found about its answers."""
    inputs = [dict(sample) for sample in given]
    inputs += [_made(prepared, seed) for seed in range(_SAMPLES - len(given))]
    answers = _run(model, inputs, timeout)
    if len(given) < _SAMPLES and reference.variation(answers) < _LEAST_VARIATION:
        inputs, answers = _more_varied(prepared, model, inputs, answers, timeout)
    varies = _require_variation(answers)
    finite = Check("graph.finite", "Outputs of the reference are finite", "pass")
    same = Check("graph.repeatable", "The reference answers the same sample alike", "pass")
    pairs = [Sample(i, o) for i, o in zip(inputs, answers, strict=True)]
    return pairs, [finite, same, varies]


def _made(prepared: Prepared, seed: int) -> Arrays:
    limits = sampling.integer_limits(prepared.model)
    return sampling.make_inputs(prepared.inputs, seed, limits)


def _run(model: Path, inputs: Sequence[Mapping[str, Array]], timeout: float) -> list[Arrays]:
    *answers, again = reference.run_reference(model, [*inputs, inputs[0]], timeout=timeout)
    reference.require_finite(answers)
    reference.require_repeatable(answers[0], again)
    reference.require_same_shapes(answers)
    return answers


def _more_varied(
    prepared: Prepared, model: Path, inputs: list[Arrays], answers: list[Arrays], timeout: float
) -> tuple[list[Arrays], list[Arrays]]:
    """Look for a second sample that the model answers differently; else keep the first two."""
    more = [_louder(_made(prepared, seed)) for seed in range(_SAMPLES, _SAMPLES + _MORE_SEEDS)]
    further = _run(model, more, timeout)
    pairs = zip(more, further, strict=True)
    best = max(pairs, key=lambda pair: reference.variation([answers[0], pair[1]]))
    if reference.variation([answers[0], best[1]]) <= reference.variation(answers):
        return inputs, answers
    return [inputs[0], best[0]], [answers[0], best[1]]


def _louder(arrays: Arrays) -> Arrays:
    return {
        n: a * a.dtype.type(_MORE_AMPLITUDE) if a.dtype.kind == "f" else a
        for n, a in arrays.items()
    }


def _require_variation(answers: Sequence[Arrays]) -> Check:
    measured, flat = reference.variation(answers), reference.flat_outputs(answers)
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


def _output_specs(model: onnx.ModelProto, pairs: Sequence[Sample]) -> tuple[TensorSpec, ...]:
    arrays = [(value.name, pairs[0].outputs[value.name]) for value in model.graph.output]
    return tuple(TensorSpec(name, array.shape, str(array.dtype)) for name, array in arrays)


def _with_outputs(prepared: Prepared, outputs: Sequence[TensorSpec]) -> bytes:
    """Return the original with the outputs' true sizes where they were symbolic or missing."""
    shapes = {spec.name: spec.shape for spec in outputs}
    changes = [set_shape(value, shapes[value.name]) for value in prepared.model.graph.output]
    return _serialize(prepared.model) if any(changes) else prepared.data


def _serialize(model: onnx.ModelProto) -> bytes:
    if model.ByteSize() > MAX_BYTES:
        raise ModelError("the model is larger than the 2 GB that an ONNX file can have")
    data: bytes = model.SerializeToString(deterministic=True)
    return data

"""Graphs for converter tests: the reference is onnxruntime itself, every optimisation off."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime

from mobilegen.artifacts import Candidate, Graph, TensorSpec
from mobilegen.graph.samples import Sample, write_samples

Arrays = dict[str, npt.NDArray[Any]]


def make_graph(
    model: onnx.ModelProto | Path,
    folder: Path,
    *,
    count: int = 2,
    candidates: Sequence[tuple[str, onnx.ModelProto]] = (),
) -> Graph:
    """Write the model and `count` random samples with onnxruntime's answers into `folder`.

    Args:
        candidates: Forms to try, (label, model); the original alone by default.
    """
    folder.mkdir(parents=True, exist_ok=True)
    original = folder / "original.onnx"
    data = model.read_bytes() if isinstance(model, Path) else model.SerializeToString()
    original.write_bytes(data)
    session = _session(original)
    inputs = tuple(_spec(value) for value in session.get_inputs())
    random = np.random.default_rng(20)
    samples = [answer(session, draw(inputs, random)) for _ in range(count)]
    outputs = tuple(
        TensorSpec(name, array.shape, str(array.dtype))
        for name, array in samples[0].outputs.items()
    )
    forms = [Candidate("original", original)] if not candidates else []
    for label, form in candidates:
        path = folder / f"{label}.onnx"
        path.write_bytes(form.SerializeToString())
        forms.append(Candidate(label, path))
    archive = write_samples(folder / "samples.npz", samples)
    return Graph(original, tuple(forms), inputs, outputs, 17, archive)


def answer(session: onnxruntime.InferenceSession, inputs: Arrays) -> Sample:
    names = [value.name for value in session.get_outputs()]
    values = (np.asarray(value) for value in session.run(names, inputs))
    return Sample(inputs, dict(zip(names, values, strict=True)))


def draw(specs: Sequence[TensorSpec], random: np.random.Generator) -> Arrays:
    return {
        spec.name: random.standard_normal(spec.shape).astype(spec.dtype)
        if spec.dtype.startswith("float")
        else random.integers(0, 5, spec.shape).astype(spec.dtype)
        for spec in specs
    }


def _session(path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def _spec(value: Any) -> TensorSpec:
    kinds = {"float": "float32", "double": "float64"}
    kind = value.type.removeprefix("tensor(").removesuffix(")")
    return TensorSpec(value.name, tuple(value.shape), kinds.get(kind, kind))

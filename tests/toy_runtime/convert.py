"""From ONNX to the toy model: no toolbox, the graph has the numbers under their names."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

from mobilegen.artifacts import Artifact, Candidate, Graph, Scheme, TensorBinding, TensorSpec
from mobilegen.errors import ConversionError
from mobilegen.run import Run
from mobilegen.runtimes.attempts import Attempt
from mobilegen.system.files import record, write_bytes
from toy_runtime import VERSION
from toy_runtime.model_file import ToyModel

FILE = "model.toy"
# Channels last: axis i of the toy's array is axis PERMUTATION[i] of the source's.
PERMUTATION = (0, 2, 3, 1)


def attempt(graph: Graph, candidate: Candidate, scheme: Scheme, folder: Path, run: Run) -> Attempt:
    """Convert one form of the graph."""
    return _attempt("toy", graph, candidate, scheme, folder)


def attempt_from_source(
    graph: Graph, candidate: Candidate, scheme: Scheme, folder: Path, run: Run
) -> Attempt:
    """Convert one form for the runtime that is compiled from source."""
    return _attempt("toysource", graph, candidate, scheme, folder)


def _attempt(
    runtime: str, graph: Graph, candidate: Candidate, scheme: Scheme, folder: Path
) -> Attempt:
    model = onnx.load(candidate.path)
    numbers = {each.name: numpy_helper.to_array(each) for each in model.graph.initializer}
    if not {"scale", "shift"} <= numbers.keys():
        raise ConversionError("the graph has no scale and shift")
    scale, shift = (numbers[name].astype(np.float32) for name in ("scale", "shift"))
    channels = graph.inputs[0].shape[1]
    if scale.size != channels or shift.shape != graph.inputs[0].shape:
        raise ConversionError("there is one scale for each channel, one shift for each number")
    toy = ToyModel(scale.ravel(), shift[0].transpose(1, 2, 0))
    path = write_bytes(folder / FILE, toy.to_bytes())
    return Attempt(
        Artifact(
            runtime=runtime,
            runtime_version=VERSION,
            precision=scheme.precision,
            folder=folder,
            files=(("model", record(path, folder)),),
            inputs=(_bind(graph.inputs[0], "x", "int64"),),
            outputs=(_bind(graph.outputs[0], "y", "uint8"),),
            operators=("Affine",),
            candidate=candidate.label,
        )
    )


def _bind(tensor: TensorSpec, blob: str, dtype: str) -> TensorBinding:
    shape = tuple(tensor.shape[axis] for axis in PERMUTATION)
    return TensorBinding(tensor, blob, shape, dtype, PERMUTATION)

"""Finds the first node of a graph with which a conversion fails, by converting parts of it."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import onnx

from mobilegen.artifacts import Candidate, Graph, TensorSpec
from mobilegen.errors import ConversionError, ModelError
from mobilegen.graph.cut import ancestors, cut
from mobilegen.graph.load import read_model
from mobilegen.graph.reference import run_reference
from mobilegen.graph.samples import Sample, read_samples, write_samples
from mobilegen.graph.shapes import real_inputs, trace_shapes
from mobilegen.graph.walk import describe
from mobilegen.run import Run
from mobilegen.runtimes.tensors import UnexplainedError

# One part takes a second or two; a long chain has parts that take as long as the whole.
BUDGET_SECONDS = 30.0
# Converts the part that a graph holds as its original and proves it; raises ConversionError.
Prover = Callable[[Graph, Candidate, Path, Run], None]


@dataclass(frozen=True)
class Culprit:
    """A node with which a conversion fails.

    Attributes:
        node: In words.
        is_first: False when there was no time to look whether it fails before that node, too.
    """

    node: str
    is_first: bool


def find_culprit(graph: Graph, candidate: Candidate, prove: Prover, run: Run) -> Culprit | None:
    """Return the first node with which it fails, as far as it is found in time.

    Args:
        candidate: A form of the graph that does not convert, or not to what it computes.
        prove: Converts a part and compares it with onnxruntime; what it raises an
            `UnexplainedError` for is wrong.
    """
    end = time.monotonic() + min(BUDGET_SECONDS, run.timeout)
    try:
        model, tensors = read_model(candidate.path), trace_shapes(candidate.path)
        parts = _Parts(graph, candidate, model, prove, run, end)
        wrong = next((spec.name for spec in graph.outputs if parts.is_wrong(spec)), "")
        earlier = wrong
        while earlier:
            wrong = earlier
            inner = [name for node in ancestors(model, wrong) for name in node.output]
            specs = [tensors[name] for name in inner if name in tensors and name != wrong]
            earlier = _first_wrong([s for s in specs if _is_comparable(s)], parts.is_wrong)
    except ModelError:
        return None
    makers = {name: node for node in model.graph.node for name in node.output}
    if wrong not in makers:
        return None
    return Culprit(describe(makers[wrong]), is_first=time.monotonic() < end)


def _is_comparable(spec: TensorSpec) -> bool:
    return spec.dtype == "float32" and len(spec.shape) > 1 and spec.shape[0] == 1


def _first_wrong(specs: list[TensorSpec], is_wrong: Callable[[TensorSpec], bool | None]) -> str:
    """Return the first wrong one of tensors in the order of computation; "" if none is.

    Everything after a wrong tensor is taken for wrong, too; one that cannot be told is left out.
    """
    low, high = -1, len(specs)
    while high - low > 1:
        middle = (low + high) // 2
        answer = is_wrong(specs[middle])
        if answer is None:
            del specs[middle]
            high -= 1
        elif answer:
            high = middle
        else:
            low = middle
    return specs[high].name if high < len(specs) else ""


class _Parts:
    """Parts of a model that end with one tensor each: is the conversion of a part wrong?"""

    def __init__(
        self,
        graph: Graph,
        candidate: Candidate,
        model: onnx.ModelProto,
        prove: Prover,
        run: Run,
        end: float,
    ) -> None:
        self._graph, self._candidate, self._model = graph, candidate, model
        self._prove, self._run, self._end = prove, run, end
        self._samples = read_samples(graph.samples)
        self._known: dict[str, bool | None] = {}

    def is_wrong(self, tensor: TensorSpec) -> bool | None:
        """Return None when the part cannot be run or converted for another reason, or in time."""
        if time.monotonic() >= self._end:
            return None
        if tensor.name not in self._known:
            with tempfile.TemporaryDirectory(prefix="mobilegen-") as folder:
                self._known[tensor.name] = self._try(tensor, Path(folder))
        return self._known[tensor.name]

    def _try(self, tensor: TensorSpec, folder: Path) -> bool | None:
        part, path = cut(self._model, tensor), folder / "part.onnx"
        names = {value.name for value in real_inputs(part)}
        if not names:
            return None
        path.write_bytes(part.SerializeToString(deterministic=True))
        fed = [{n: a for n, a in s.inputs.items() if n in names} for s in self._samples]
        try:
            outputs = run_reference(path, fed, timeout=self._left())
        except ModelError:
            return None
        samples = [Sample(*pair) for pair in zip(fed, outputs, strict=True)]
        graph = replace(
            self._graph,
            original=path,
            inputs=tuple(spec for spec in self._graph.inputs if spec.name in names),
            outputs=(tensor,),
            samples=write_samples(folder / "samples.npz", samples),
        )
        try:
            run = replace(self._run, timeout=self._left())
            self._prove(graph, replace(self._candidate, path=path), folder, run)
        except UnexplainedError:
            return True
        except ConversionError:
            return None
        return False

    def _left(self) -> float:
        return max(1.0, self._end - time.monotonic())

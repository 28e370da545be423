"""The node with which a conversion fails is found by converting parts of the graph."""

from __future__ import annotations

from pathlib import Path

import models
import numpy as np
import onnx
import pytest
from network import Net

from mobilegen.artifacts import Candidate, Graph
from mobilegen.errors import ConversionError
from mobilegen.graph.build import build_graph
from mobilegen.graph.samples import read_samples
from mobilegen.run import DEFAULT, Run
from mobilegen.runtimes import culprit
from mobilegen.runtimes.culprit import find_culprit
from mobilegen.runtimes.tensors import UnexplainedError

SIZE = [1, 3, 8, 8]


class Converter:
    """A converter that fails with one operator and refuses another; it remembers the parts."""

    def __init__(self, wrong: str = "", refused: str = "") -> None:
        self.wrong, self.refused = wrong, refused
        self.parts: list[list[str]] = []

    def __call__(self, graph: Graph, candidate: Candidate, folder: Path, run: Run) -> None:
        nodes = onnx.load(candidate.path).graph.node
        self.parts.append([node.op_type for node in nodes])
        assert candidate.path == graph.original
        for sample in read_samples(graph.samples):
            assert set(sample.inputs) == {spec.name for spec in graph.inputs}
            assert [a.shape for a in sample.outputs.values()] == [graph.outputs[0].shape]
        if self.refused in self.parts[-1]:
            raise ConversionError(f"no {self.refused}")
        if self.wrong in self.parts[-1]:
            raise UnexplainedError("other numbers")


class Clock:
    """Stands for the module `time`."""

    now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    """Two inputs, two branches, one of them long; a weight that only one of them uses."""
    folder = tmp_path_factory.mktemp("culprit")
    net = Net()
    long = "a"
    for kind in ("Sigmoid", "Tanh", "Sin", "Cos", "Atan", "Exp"):
        long = net.op(kind, long)
    short = net.op("Mul", net.op("Softplus", "b"), net.const(np.full((1, 3, 1, 1), 0.5)))
    net.op("Elu", net.op("Add", long, short), output="y")
    model = net.model({"a": SIZE, "b": SIZE}, {"y": SIZE})
    return build_graph(models.save(model, folder / "m.onnx"), folder / "graph")


def find(graph: Graph, converter: Converter) -> str:
    found = find_culprit(graph, graph.candidates[0], converter, DEFAULT)
    assert found is None or found.is_first
    return found.node if found else ""


@pytest.mark.parametrize(
    ("kind", "node"),
    [("Sin", "Sin '/Sin_2'"), ("Sigmoid", "Sigmoid '/Sigmoid_0'"), ("Elu", "Elu '/Elu_9'"),
     ("Softplus", "Softplus '/Softplus_6'"), ("Mul", "Mul '/Mul_7'")],
)  # fmt: skip
def test_the_first_node_with_which_it_fails(kind: str, node: str, graph: Graph) -> None:
    converter = Converter(kind)
    assert find(graph, converter) == node
    assert len(converter.parts) < 10
    assert len({tuple(part) for part in converter.parts}) == len(converter.parts)


def test_parts_that_are_refused_for_another_reason_say_nothing(graph: Graph) -> None:
    assert find(graph, Converter("Sin", refused="Elu")) == ""


def test_control_what_converts_has_no_such_node(graph: Graph) -> None:
    assert find(graph, Converter()) == ""


def test_the_search_ends_in_time(graph: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(culprit, "BUDGET_SECONDS", 0.0)
    converter = Converter("Sin")
    assert find(graph, converter) == ""
    assert converter.parts == []


def test_parts_share_the_time_of_the_search(graph: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    """When it is over, what is known by then is said."""
    clock = Clock()
    monkeypatch.setattr(culprit, "time", clock)
    given: list[float] = []

    class Slow(Converter):
        def __call__(self, graph: Graph, candidate: Candidate, folder: Path, run: Run) -> None:
            given.append(run.timeout)
            clock.now += 12
            super().__call__(graph, candidate, folder, run)

    found = find_culprit(graph, graph.candidates[0], Slow("Sigmoid"), DEFAULT)
    assert given == [30, 18, 6]
    assert found and not found.is_first
    assert found.node != "Sigmoid '/Sigmoid_0'"
    given.clear()
    find_culprit(graph, graph.candidates[0], Slow("Sigmoid"), Run(timeout=13))
    assert given == [13, 1]

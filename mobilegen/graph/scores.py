"""What the scores of a classifier are: probabilities already, or logits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import onnx

from mobilegen.arrays import Array
from mobilegen.artifacts import Scores
from mobilegen.graph.samples import Sample

# Sigmoid gives each class a probability of its own; they need not sum to one.
_PROBABILITIES = frozenset(("Softmax", "Sigmoid", "HardSigmoid"))
_SAME_VALUES = frozenset(("Cast", "Flatten", "Identity", "Reshape", "Squeeze", "Unsqueeze"))
_SUM_TOLERANCE = 1e-3


def score_kind(model: onnx.ModelProto, output: str, samples: Sequence[Sample]) -> Scores:
    """Return what the numbers of an output are, should they be scores of classes.

    The operator that makes them tells; a softmax that is written out in smaller operators is
    known by its answers, which are a distribution for every sample.
    """
    if _maker(model.graph, output) in _PROBABILITIES:
        return "probabilities"
    answers = [sample.outputs[output] for sample in samples]
    return "probabilities" if all(map(_is_distribution, answers)) else "logits"


def _maker(graph: onnx.GraphProto, name: str) -> str:
    """Return the operator that computes the values of a tensor; "" if none does."""
    makers = {output: node for node in graph.node for output in node.output}
    for _ in range(len(makers)):
        node = makers.get(name)
        if node is None or node.op_type not in _SAME_VALUES:
            return node.op_type if node else ""
        name = node.input[0]
    return ""


def _is_distribution(scores: Array) -> bool:
    if scores.dtype.kind != "f" or scores.size < 2 or scores.min() < 0:
        return False
    return abs(float(scores.sum(dtype=np.float64)) - 1) < _SUM_TOLERANCE

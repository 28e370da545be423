from __future__ import annotations

import models
import numpy as np
import onnx
import pytest

from mobilegen.graph.samples import Sample
from mobilegen.graph.scores import score_kind

LOGITS = [np.float32([[2.0, -1.0, 0.5]]), np.float32([[0.5, 0.5, 0.0]])]
CHANCES = [np.float32([[0.2, 0.3, 0.5]]), np.float32([[0.5, 0.5, 0.0]])]


def ending(*operators: str) -> onnx.ModelProto:
    """A model whose output is made by these operators."""
    net = models.Net(seed=1)
    x = "x"
    for operator in operators[:-1]:
        x = net.op(operator, x)
    net.op(operators[-1], x, output="y")
    return net.model({"x": [1, 3]}, {"y": [1, 3]})


def kind(model: onnx.ModelProto, answers: list[np.ndarray]) -> str:
    return score_kind(model, "y", [Sample({}, {"y": answer}) for answer in answers])


@pytest.mark.parametrize(
    ("operators", "wanted"),
    [
        (("Softmax",), "probabilities"),
        (("Sigmoid",), "probabilities"),
        (("Sigmoid", "Identity", "Flatten"), "probabilities"),
        (("LogSoftmax",), "logits"),
        (("Softmax", "Neg"), "logits"),
        (("Identity",), "logits"),
        (("Relu",), "logits"),
    ],
)
def test_the_last_operator_tells(operators: tuple[str, ...], wanted: str) -> None:
    assert kind(ending(*operators), LOGITS) == wanted


def test_a_softmax_in_other_words_is_known_by_its_answers() -> None:
    assert kind(ending("Relu"), CHANCES) == "probabilities"


def test_one_answer_that_is_no_distribution_is_enough() -> None:
    assert kind(ending("Relu"), [CHANCES[0], LOGITS[0]]) == "logits"


def test_a_single_number_is_no_distribution() -> None:
    assert kind(ending("Relu"), [np.float32([[1.0]]), np.float32([[1.0]])]) == "logits"


def test_an_output_that_nothing_computes() -> None:
    model = ending("Relu")
    del model.graph.node[:]
    assert kind(model, LOGITS) == "logits"

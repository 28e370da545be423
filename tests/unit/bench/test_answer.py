"""What the benchmark program prints, and what it is joined with."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mobilegen.bench.answer import Answer, by_operator, join_layers, parse_answer
from mobilegen.bench.result import Times, rate
from mobilegen.errors import VerificationError
from mobilegen.runtimes.base import LayerCost

TIMES = {"min": 1.0, "median": 2.0, "max": 3.0}
PRINTED: dict[str, Any] = {
    "threads": 2,
    "rounds": 5,
    "open": 4.5,
    "predict": TIMES,
    "by_layer": TIMES,
    "image": [1280, 720],
    "preprocess": TIMES,
    "layers": [TIMES, TIMES | {"min": 0.5}, TIMES | {"min": 2.5}],
    "shapes": [[3, 8, 8], [4, 8, 8], [10]],
}
COSTS = (
    LayerCost("in0", "Input", (3, 8, 8), 0),
    LayerCost("conv_0", "Convolution", (4, 8, 8), 6912),
    LayerCost("conv_1", "Convolution", (10,), None),
)


def answer(**changes: Any) -> Answer:
    return parse_answer(json.dumps(PRINTED | changes) + "\n")


def test_everything_is_read() -> None:
    read = answer()
    assert (read.threads, read.rounds, read.open) == (2, 5, 4.5)
    assert read.predict == Times(1.0, 2.0, 3.0)
    assert read.shapes == ((3, 8, 8), (4, 8, 8), (10,))
    assert read.image == (1280, 720)
    assert parse_answer("WARNING: a phone says something\n" + json.dumps(PRINTED)) == read


def test_a_model_without_images() -> None:
    plain = {k: v for k, v in PRINTED.items() if k not in ("image", "preprocess")}
    read = parse_answer(json.dumps(plain))
    assert read.preprocess is None and read.image is None


@pytest.mark.parametrize(
    "text",
    ["", "\n", "Segmentation fault", "[1, 2]", "{}", json.dumps(PRINTED)[:-5], '{"threads": 1}'],
)
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(VerificationError, match="something else than its times"):
        parse_answer(text)


@pytest.mark.parametrize(
    "changes", [{"layers": [1.0]}, {"shapes": [["a"]]}, {"predict": {"min": 1}}, {"rounds": "x"}]
)
def test_other_values_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(VerificationError):
        answer(**changes)


def test_layers_get_names_and_shares() -> None:
    layers = join_layers(answer(), COSTS)
    assert [layer.name for layer in layers] == ["in0", "conv_0", "conv_1"]
    assert [layer.share for layer in layers] == [0.25, 0.125, 0.625]
    assert layers[1].macs == 6912 and layers[1].milliseconds.min == 0.5
    with pytest.raises(VerificationError, match="another model"):
        join_layers(answer(), COSTS[:2])


def test_layers_that_take_no_time() -> None:
    still = {"min": 0.0, "median": 0.0, "max": 0.0}
    layers = join_layers(answer(layers=[still] * 3), COSTS)
    assert [layer.share for layer in layers] == [0, 0, 0]


def test_sums_by_operator() -> None:
    sums = by_operator(join_layers(answer(), COSTS))
    assert [each.operator for each in sums] == ["Convolution", "Input"]
    assert (sums[0].count, sums[0].milliseconds, sums[0].macs) == (2, 3.0, 6912)
    assert sums[0].share == 0.75


def test_rate() -> None:
    assert rate(2_000_000, 1.0) == 2.0
    assert rate(0, 1.0) is None and rate(None, 1.0) is None and rate(1, 0.0) is None

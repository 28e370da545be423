"""Reads what the benchmark program prints and joins it with what the runtime's file says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from mobilegen.bench.result import LayerTime, OperatorTime, Times
from mobilegen.errors import VerificationError
from mobilegen.runtimes.base import LayerCost


@dataclass(frozen=True)
class Answer:
    """The line of JSON of native/tools/engine/benchmark.c; times in milliseconds.

    Attributes:
        layers: In the order of the runtime's file.
        shapes: Of every blob, in the order in which layers make them.
    """

    threads: int
    rounds: int
    open: float
    predict: Times
    by_layer: Times
    layers: tuple[Times, ...]
    shapes: tuple[tuple[int, ...], ...]
    image: tuple[int, int] | None = None
    preprocess: Times | None = None


def parse_answer(text: str) -> Answer:
    """Return what the program printed on its last line; above it, a phone may have put warnings.

    Raises:
        VerificationError: It is not what the program prints.
    """
    last = (text.strip().splitlines() or [""])[-1]
    try:
        return TypeAdapter(Answer).validate_json(last)
    except ValidationError as error:
        raise VerificationError(
            "the benchmark program printed something else than its times",
            seen=[text[:200].strip() or "nothing", *str(error).splitlines()[:3]],
        ) from error


def join_layers(answer: Answer, costs: Sequence[LayerCost]) -> tuple[LayerTime, ...]:
    """Give the times of the layers their names, shapes and multiply-accumulates.

    Raises:
        VerificationError: The program has another number of layers than the file.
    """
    if len(answer.layers) != len(costs):
        raise VerificationError(
            "the benchmark program runs another model",
            seen=[f"{len(answer.layers)} layers instead of {len(costs)}"],
        )
    total = sum(times.min for times in answer.layers) or 1.0
    return tuple(
        LayerTime(cost.name, cost.operator, cost.shape, cost.macs, times, times.min / total)
        for cost, times in zip(costs, answer.layers, strict=True)
    )


def by_operator(layers: Sequence[LayerTime]) -> tuple[OperatorTime, ...]:
    """Sum up by operator, the one that takes most time first."""
    groups: dict[str, list[LayerTime]] = {}
    for layer in layers:
        groups.setdefault(layer.operator, []).append(layer)
    sums = [
        OperatorTime(
            operator,
            len(group),
            sum(layer.milliseconds.min for layer in group),
            sum(layer.macs or 0 for layer in group),
            sum(layer.share for layer in group),
        )
        for operator, group in groups.items()
    ]
    return tuple(sorted(sums, key=lambda each: (-each.milliseconds, each.operator)))

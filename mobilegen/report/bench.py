"""Table of how long the layers of a model take."""

from __future__ import annotations

from mobilegen import console
from mobilegen.bench.result import Benchmark, LayerTime, OperatorTime, Times, rate
from mobilegen.report.text import format_milliseconds, format_rate

_LAYER_COLUMNS = ("layer", "operator", "shape", "ms", "share", "MACs", "GMAC/s")
_OPERATOR_COLUMNS = ("operator", "layers", "ms", "share", "MACs", "GMAC/s")
_TOTAL_COLUMNS = ("total", "ms", "median", "slowest", "")


def print_benchmark(times: Benchmark) -> None:
    """Write the times by layer, by operator and in total."""
    console.table(_LAYER_COLUMNS, map(_layer, times.layers), right=range(3, 7), spare=(5, 2))
    console.line()
    console.table(_OPERATOR_COLUMNS, map(_operator, times.operators), right=range(1, 6))
    console.line()
    console.table(_TOTAL_COLUMNS, _totals(times), right=range(1, 4))
    console.line()
    where = ", ".join(filter(None, (times.place.name, times.place.processor, times.place.system)))
    threads = "1 thread" if times.threads == 1 else f"{times.threads} threads"
    console.line(
        f"{where}; {times.abi}, {threads}, fastest of {times.rounds} rounds; "
        f"{times.runtime}, {times.compiler}"
    )


def _layer(layer: LayerTime) -> tuple[str, ...]:
    milliseconds = layer.milliseconds.min
    return (
        layer.name,
        layer.operator,
        "x".join(map(str, layer.shape)),
        format_milliseconds(milliseconds),
        f"{layer.share:.1%}",
        "unknown" if layer.macs is None else f"{layer.macs:,}",
        format_rate(rate(layer.macs, milliseconds)),
    )


def _operator(each: OperatorTime) -> tuple[str, ...]:
    return (
        each.operator,
        f"{each.count:,}",
        format_milliseconds(each.milliseconds),
        f"{each.share:.1%}",
        f"{each.macs:,}",
        format_rate(rate(each.macs, each.milliseconds)),
    )


def _totals(times: Benchmark) -> list[tuple[str, ...]]:
    speed = format_rate(rate(times.macs, times.predict.min))
    note = f"{times.macs:,} MACs" + (f", {speed} GMAC/s" if speed else "")
    rows = [
        ("layers", format_milliseconds(times.layers_milliseconds), "", "", "sum of the above"),
        _row("prediction", times.predict, note),
        _row("layer by layer", times.by_layer, "the same, stopping to read the clock"),
    ]
    if times.preprocess and times.image:
        width, height = times.image
        rows.append(_row("preprocessing", times.preprocess, f"of {width}x{height} RGB pixels"))
    opened = format_milliseconds(times.open_milliseconds)
    return [*rows, ("opening", opened, "", "", "once, digests compared")]


def _row(name: str, times: Times, note: str) -> tuple[str, ...]:
    return (name, *map(format_milliseconds, (times.min, times.median, times.max)), note)

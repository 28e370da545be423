"""The table of `mobilegen bench`."""

from __future__ import annotations

import dataclasses

import pytest
from layer_times import benchmark

from mobilegen.report.bench import print_benchmark
from mobilegen.report.text import format_milliseconds


def lines(capsys: pytest.CaptureFixture[str]) -> list[list[str]]:
    return [line.split() for line in capsys.readouterr().out.splitlines()]


def test_table(capsys: pytest.CaptureFixture[str]) -> None:
    print_benchmark(benchmark("conv"))
    rows = lines(capsys)
    assert rows[0] == ["layer", "operator", "shape", "ms", "share", "MACs", "GMAC/s"]
    assert rows[1] == ["conv", "conv", "4x8x8", "1.500", "75.0%", "6,000,000", "4.0"]
    assert rows[2] == ["b", "ReLU", "4x8x8", "0.375", "18.8%", "0"]
    assert rows[3] == ["c", "SDPA", "0.125", "6.2%", "unknown"]
    assert ["conv", "1", "1.500", "75.0%", "6,000,000", "4.0"] in rows
    totals = {" ".join(row[:-3]): row for row in rows if row}
    text = [" ".join(row) for row in rows]
    assert "layers 2.000 sum of the above" in text
    assert "prediction 2.250 2.500 4.000 6,000,000 MACs, 2.7 GMAC/s" in text
    assert "preprocessing 1.000 1.125 1.250 of 1280x720 RGB pixels" in text
    assert "opening 20.000 once, digests compared" in text
    assert totals and "conv, conv, conv; conv, 1 thread, fastest of 7 rounds; conv, conv" in text


def test_without_images_and_with_threads(capsys: pytest.CaptureFixture[str]) -> None:
    print_benchmark(dataclasses.replace(benchmark(), preprocess=None, image=None, threads=4))
    text = capsys.readouterr().out
    assert "preprocessing" not in text and "4 threads" in text


def test_names_do_nothing_to_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    print_benchmark(benchmark("\x1b[31mred[/bold]\n"))
    assert "\x1b" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0.000"), (0.00042, "0.00042"), (0.0098765, "0.0099"), (0.0123, "0.012"),
     (1.23456, "1.235"), (1234.5, "1,234.500")],
)  # fmt: skip
def test_times_of_tiny_layers_are_not_zero(value: float, text: str) -> None:
    assert format_milliseconds(value) == text

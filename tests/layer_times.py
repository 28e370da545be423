"""Times of a small model that was never run, for tests of what shows them."""

from __future__ import annotations

from mobilegen.artifacts import Check, FileRecord
from mobilegen.bench.answer import by_operator
from mobilegen.bench.result import Benchmark, LayerTime, Place, Times


def benchmark(text: str = "plain", *files: FileRecord) -> Benchmark:
    layers = (
        LayerTime(text, text, (4, 8, 8), 6_000_000, Times(1.5, 2.0, 3.0), 0.75),
        LayerTime("b", "ReLU", (4, 8, 8), 0, Times(0.375, 0.5, 0.5), 0.1875),
        LayerTime("c", "SDPA", (), None, Times(0.125, 0.25, 0.5), 0.0625),
    )
    return Benchmark(
        mobilegen="1.0",
        runtime=text,
        compiler=text,
        files=files,
        place=Place("device", text, text, text),
        abi=text,
        threads=1,
        rounds=7,
        open_milliseconds=20.0,
        predict=Times(2.25, 2.5, 4.0),
        by_layer=Times(2.5, 2.75, 5.0),
        layers_milliseconds=2.0,
        macs=6_000_000,
        layers=layers,
        operators=by_operator(layers),
        parity=Check("bench.parity", text, "pass", 1e-6, 1e-3),
        preprocess=Times(1.0, 1.125, 1.25),
        image=(1280, 720),
    )

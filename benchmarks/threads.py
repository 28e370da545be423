"""What a second thread brings on this computer: fastest of interleaved predictions.

    uv run benchmarks/threads.py

Builds EfficientNet-Lite0 for this computer and writes docs/threads.md.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from engine_api import Engine  # noqa: E402
from native_models import Converted, convert, library_request  # noqa: E402

from mobilegen import console  # noqa: E402
from mobilegen.native_build.library import build_library  # noqa: E402
from mobilegen.system.files import write_text  # noqa: E402

PHOTO = ROOT / "samples" / "photo" / "efficientnet_lite0.onnx"
ROUNDS = 400
HEADER = """# Threads

Milliseconds of one EfficientNet-Lite0 prediction (fp32, SSE) through the C interface on this
computer: the fastest of {rounds} predictions, engines taking turns. Both give the same numbers,
bit for bit.

Made by `uv run benchmarks/threads.py`.

| threads | ms | speed-up |
|--:|--:|--:|
"""


def build(folder: Path) -> tuple[Converted, Path]:
    model = convert(PHOTO, folder / "model")
    library = build_library(library_request(model), folder / "library")
    return model, library.path


def measure(model: Converted, library: Path, counts: tuple[int, ...]) -> dict[int, float]:
    engines = {count: Engine(library, model.params, model.weights) for count in counts}
    answers = {}
    best = dict.fromkeys(counts, float("inf"))
    for count, engine in engines.items():
        engine.set_threads(count)
    for _ in range(ROUNDS):
        for count, engine in engines.items():
            started = time.perf_counter()
            _, (answers[count],) = engine.predict(model.inputs(), [1000])
            best[count] = min(best[count], time.perf_counter() - started)
    if any(not np.array_equal(answers[counts[0]], answer) for answer in answers.values()):
        raise SystemExit("the answers differ")
    return best


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        model, library = build(Path(name))
        best = measure(model, library, (1, 2))
    rows = [f"| {n} | {s * 1e3:.1f} | {best[1] / s:.2f} |\n" for n, s in best.items()]
    for row in rows:
        console.note(row.strip())
    write_text(ROOT / "docs" / "threads.md", HEADER.format(rounds=ROUNDS) + "".join(rows))


if __name__ == "__main__":
    main()

"""How long each layer of EfficientNet-Lite0 takes on this computer, and what looking costs.

    uv run benchmarks/layers.py

Runs `mobilegen bench` on the sample model and writes docs/layers.md.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

import model_zoo  # noqa: E402
import models  # noqa: E402

from mobilegen import console  # noqa: E402
from mobilegen.bench.result import Benchmark, rate  # noqa: E402
from mobilegen.cli.build import build_from  # noqa: E402
from mobilegen.pipeline.bench import bench, host_stand  # noqa: E402
from mobilegen.pipeline.result import open_result  # noqa: E402
from mobilegen.report.text import format_milliseconds, format_rate  # noqa: E402
from mobilegen.system.files import write_text  # noqa: E402

PHOTO = ROOT / "samples" / "photo"
OTHERS = {
    "MobileNet-v2": model_zoo.mobilenet_v2,
    "SqueezeNet": models.squeezenet,
    "LeNet": models.lenet,
}
ROUNDS = 300
HEADER = """# Time by layer

`mobilegen bench` times every layer of a model with the clock of the processor it runs on. This is
EfficientNet-Lite0 (fp32) on {processor}, {abi}, one thread,
{compiler}: the fastest of {rounds} rounds.

Made by `uv run benchmarks/layers.py`; for a result of your own it is `mobilegen bench RESULT`.

"""
OVERHEAD = """
## What looking costs

A prediction that stops after every layer to read the clock, beside one that does not; both with
one thread, the fastest of {rounds} rounds, taking turns. The last column is the sum of the fastest
time of every layer: it leaves out what comes between layers, and no single round is the fastest
in all.

| model | layers | prediction, ms | layer by layer, ms | sum of the layers, ms |
|---|--:|--:|--:|--:|
"""


def measure(model: Path, folder: Path) -> Benchmark:
    if not (folder / "build.json").is_file():
        build_from(model, {"out": folder, "json_output": True}, libraries=False)
    return bench(open_result(folder), host_stand(None), threads=1, rounds=ROUNDS, jobs=2)


def operator_rows(times: Benchmark) -> str:
    head = "| operator | layers | ms | share | MACs | GMAC/s |\n|---|--:|--:|--:|--:|--:|\n"
    return head + "".join(
        f"| {each.operator} | {each.count} | {format_milliseconds(each.milliseconds)} | "
        f"{each.share:.1%} | {each.macs:,} | {format_rate(rate(each.macs, each.milliseconds))} |\n"
        for each in times.operators
    )


def layer_rows(times: Benchmark) -> str:
    head = "\n| layer | operator | shape | ms | share | MACs | GMAC/s |\n"
    head += "|---|---|---|--:|--:|--:|--:|\n"
    return head + "".join(
        f"| {each.name} | {each.operator} | {'x'.join(map(str, each.shape))} | "
        f"{format_milliseconds(each.milliseconds.min)} | {each.share:.1%} | {each.macs or 0:,} | "
        f"{format_rate(rate(each.macs, each.milliseconds.min))} |\n"
        for each in times.layers
    )


def overhead_row(name: str, times: Benchmark) -> str:
    numbers = (times.predict.min, times.by_layer.min, times.layers_milliseconds)
    columns = " | ".join(map(format_milliseconds, numbers))
    return f"| {name} | {len(times.layers)} | {columns} |\n"


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        photo = measure(PHOTO, folder / "photo")
        rows = overhead_row("EfficientNet-Lite0", photo)
        for title, make in OTHERS.items():
            model = models.save(make(), folder / f"{title}.onnx")
            rows += overhead_row(title, measure(model, folder / title))
    header = HEADER.format(
        processor=photo.place.processor, abi=photo.abi, compiler=photo.compiler, rounds=ROUNDS
    )
    text = header + operator_rows(photo) + layer_rows(photo)
    write_text(ROOT / "docs" / "layers.md", text + OVERHEAD.format(rounds=ROUNDS) + rows)
    console.note(rows)


if __name__ == "__main__":
    main()

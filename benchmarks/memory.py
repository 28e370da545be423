"""Peak memory of a build against the size of its model.

    uv run benchmarks/memory.py

Adds the resident memory of the command and of everything it starts, twenty times a second, and
writes the peaks to docs/memory.md. Pages that two processes share are counted twice.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

import models  # noqa: E402
from program import command, succeed  # noqa: E402

from mobilegen import console  # noqa: E402
from mobilegen.system.files import write_text  # noqa: E402

CHANNELS = 1024
LAYERS = {"5 MB": 1, "20 MB": 5, "100 MB": 25}
OPTIONS = ("--abi", "arm64-v8a", "--abi", "x86_64", "--jobs", "2")
MEGA = 1e6

HEADER = """# Memory

Peak of the resident memory of `mobilegen build` and everything it starts, for models of 1x1
convolutions, arm64-v8a and x86_64 with all proofs, two jobs; objects of ncnn compiled before.
The goal is 4 times the model plus 500 MB. Next to the peak: what held most of it.

Made by `uv run benchmarks/memory.py`.

| model | bytes | peak | goal | largest processes at the peak |
|---|--:|--:|--:|---|
"""


def make_model(layers: int, path: Path) -> Path:
    net = models.Net()
    x = net.conv("image", 256, CHANNELS, 1)
    for _ in range(layers):
        x = net.op("Relu", net.conv(x, CHANNELS, CHANNELS, 1))
    net.op("Flatten", net.op("GlobalAveragePool", x), output="out", axis=1)
    model = net.model({"image": [1, 256, 4, 4]}, {"out": [1, CHANNELS]})
    return models.save(model, path)


def family(pid: int) -> dict[str, int]:
    """Resident bytes of a process and its descendants, by what they are."""
    found: dict[str, int] = {}
    try:
        root = psutil.Process(pid)
        for process in [root, *root.children(recursive=True)]:
            try:
                words = " ".join(process.cmdline()[:6])
                name = next((mark for mark in MARKS if mark in words), process.name())
                found[name] = found.get(name, 0) + process.memory_info().rss
            except psutil.NoSuchProcess:
                continue
    except psutil.NoSuchProcess:
        pass
    return found


MARKS = ("emulite_worker", "SCons", "graph.worker", "ncnn/worker", "pnnx", "java", "clang")


def peak(model: Path, out: Path) -> dict[str, int]:
    argv = command("build", model, "--out", out, *OPTIONS)
    child = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    largest: dict[str, int] = {}
    while child.poll() is None:
        now = family(child.pid)
        largest = max(largest, now, key=lambda each: sum(each.values()))
        time.sleep(0.05)
    assert child.returncode == 0, argv
    return largest


def main() -> None:
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        warm = make_model(1, folder / "warm.onnx")
        succeed("build", warm, "--out", folder / "warm", *OPTIONS)
        for title, layers in LAYERS.items():
            model = make_model(layers, folder / "net.onnx")
            size = model.stat().st_size
            seen = peak(model, folder / "out")
            total, goal = sum(seen.values()), 4 * size + 500 * MEGA
            parts = sorted(seen.items(), key=lambda item: -item[1])[:3]
            listed = ", ".join(f"{part} {held / MEGA:.0f} MB" for part, held in parts)
            figures = f"{size:,} | {total / MEGA:.0f} MB | {goal / MEGA:.0f} MB"
            rows.append(f"| {title} | {figures} | {listed} |\n")
            console.note(rows[-1].strip())
    write_text(ROOT / "docs" / "memory.md", HEADER + "".join(rows))


if __name__ == "__main__":
    main()

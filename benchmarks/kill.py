"""Kills builds at random moments with signal 9; each must be gone on with to the same bytes.

uv run benchmarks/kill.py [50]
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

import models  # noqa: E402
from killing import kill_builds  # noqa: E402

from mobilegen import console  # noqa: E402


def main(count: int, seed: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        nets = (
            models.save(models.lenet(), folder / "lenet.onnx"),
            models.save(models.residual(), folder / "residual.onnx"),
        )
        options = ("--abi", "x86", "--abi", "x86_64", "--name", "net")
        kills = []
        for number, kill in enumerate(kill_builds(nets, folder / "out", options, count, seed), 1):
            kills.append(kill)
            console.note(f"{number}: {kill}")
    disturbed = sum(not kill.ended_before for kill in kills)
    console.line(f"{disturbed} builds killed, {len(kills)} gone on with, all results identical")


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:]]
    main(*(numbers + [50, 0][len(numbers) :]))

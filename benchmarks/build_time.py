"""How long builds take, on a cache that has the downloads and nothing else.

    uv run benchmarks/build_time.py [REPETITIONS]

Every repetition begins with a cache of its own, into which the user's downloads and toolboxes
are linked, so that no download is timed. Writes docs/build-times.md with the least time of all
repetitions: other programs can only make it longer.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

import models  # noqa: E402
from program import PHOTO, command  # noqa: E402

from mobilegen import console  # noqa: E402
from mobilegen.system.files import cache_dir, write_text  # noqa: E402

ALL = ("--abi", "all")
ONE = ("--abi", "arm64-v8a")

HEADER = """# Build times

Seconds of the whole command `mobilegen build`, reading the model, converting and every proof
included, but no download: the cache has ncnn's source archive and the two toolboxes, and nothing
else where the table says *cold*. The least of {repetitions} repetitions, on {processors}
processors ({machine}), Python {python}. *Library* is what the stage `lib` took of it, *CPU* the
processor seconds of the command and all that it started: on two idle processors a cold build
takes little more than half of them, on a busy computer several times as long.

Made by `uv run benchmarks/build_time.py`.

| build | seconds | library | CPU |
|---|--:|--:|--:|
"""


class Folder:
    """A cache and models of one repetition."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.cache = root / "cache"
        self.cache.mkdir()
        for name in ("downloads", "toolboxes"):
            (self.cache / name).symlink_to(cache_dir() / name)
        self.photo = Path(shutil.copytree(PHOTO, root / "photo"))
        shutil.rmtree(self.photo / "build", ignore_errors=True)
        self.second = models.save(models.squeezenet(), root / "squeezenet.onnx")

    def forget(self, *kept: str) -> None:
        """Empty the cache but for downloads, and remove all results."""
        for path in (*self.cache.iterdir(), self.photo / "build"):
            if path.name not in ("downloads", "toolboxes", *kept):
                shutil.rmtree(path, ignore_errors=True)

    def build(self, model: Path, *options: str) -> tuple[float, float, float]:
        """Build; return seconds, seconds of the slowest library, and processor seconds."""
        import json

        before, started = os.times(), time.monotonic()
        done = subprocess.run(
            [*command("build", model, *options, "--json", "--offline")],
            env={**os.environ, "MOBILEGEN_CACHE": str(self.cache)},
            check=True,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        seconds, after = time.monotonic() - started, os.times()
        steps = json.loads(done.stdout)["steps"]
        libraries = [s["seconds"] for s in steps if s["name"][:4] == "lib/" and not s["cached"]]
        used = after.children_user + after.children_system
        used -= before.children_user + before.children_system
        return seconds, max(libraries, default=0.0), used


def first_of_an_abi(folder: Folder) -> tuple[float, float, float]:
    folder.forget()
    return folder.build(folder.photo, *ONE)


def second_model(folder: Folder) -> tuple[float, float, float]:
    """SqueezeNet after EfficientNet-Lite0, twice: the layers are there the second time."""
    folder.build(folder.second, *ONE, "--name", "warm", "--out", str(folder.root / "warm"))
    return folder.build(folder.second, *ONE, "--out", str(folder.root / "second"))


def nothing_to_do(folder: Folder) -> tuple[float, float, float]:
    return folder.build(folder.photo, *ONE)


def four_cold(folder: Folder) -> tuple[float, float, float]:
    folder.forget()
    return folder.build(folder.photo, *ALL)


def four_with_programs(folder: Folder) -> tuple[float, float, float]:
    """As cold, but the programs that run the libraries are there, for all models to come."""
    folder.forget("executors", "zig-cache")
    return folder.build(folder.photo, *ALL)


def four_nothing_to_do(folder: Folder) -> tuple[float, float, float]:
    return folder.build(folder.photo, *ALL)


CASES: dict[str, Callable[[Folder], tuple[float, float, float]]] = {
    "EfficientNet-Lite0, arm64-v8a, cold": first_of_an_abi,
    "the same again, nothing changed": nothing_to_do,
    "SqueezeNet, arm64-v8a, its layers compiled before": second_model,
    "EfficientNet-Lite0, four ABIs, cold": four_cold,
    "the same, but the programs that run the libraries are compiled": four_with_programs,
    "the same again, nothing changed (four ABIs)": four_nothing_to_do,
}


def main(repetitions: int) -> None:
    best: dict[str, tuple[float, float, float]] = {}
    for _ in range(repetitions):
        with tempfile.TemporaryDirectory() as name:
            folder = Folder(Path(name))
            for title, case in CASES.items():
                seen = case(folder)
                console.note(f"{title}: " + ", ".join(f"{value:.1f}" for value in seen))
                best[title] = min(best.get(title, seen), seen)
    text = HEADER.format(
        repetitions=repetitions,
        processors=os.cpu_count(),
        machine=platform.machine(),
        python=platform.python_version(),
    )
    rows = [f"| {title} | {a:.1f} | {b:.1f} | {c:.1f} |\n" for title, (a, b, c) in best.items()]
    write_text(ROOT / "docs" / "build-times.md", text + "".join(rows))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)

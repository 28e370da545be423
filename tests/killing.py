"""Kills builds at random moments and looks whether they can be gone on with."""

from __future__ import annotations

import hashlib
import random
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
from program import command, succeed

RESULT_PARTS = ("model", "lib", "android")

_HIDDEN = (".mobilegen", ".mobilegen.json", ".gitattributes", ".gitignore")


@dataclass(frozen=True)
class Kill:
    """One killed build: when, what was killed, and what was half-done."""

    seconds: float
    whole_tree: bool
    ended_before: bool


def digests(out: Path) -> dict[str, str]:
    """Hashes of all files of a result."""
    return {
        path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for part in RESULT_PARTS
        for path in sorted((out / part).rglob("*"))
        if path.is_file()
    }


def kill_builds(
    sources: tuple[Path, Path], out: Path, options: tuple[str, ...], kills: int, seed: int = 0
) -> Iterator[Kill]:
    """Build two models by turns into one folder, each build killed and then gone on with.

    Args:
        kills: How many builds have to be killed; one that ends before its moment counts not.

    Raises:
        AssertionError: A result differs from that of a build that nobody disturbed.
    """
    chance = random.Random(seed)
    right, seconds = {}, {}
    for source in sources:
        clean = out.with_name(f"{out.name} {source.stem}")
        started = time.monotonic()
        succeed("build", source, "--out", clean, *options)
        seconds[source] = time.monotonic() - started
        right[source] = digests(clean)
    assert right[sources[0]] != right[sources[1]]
    turn = 0
    while kills > 0:
        turn += 1
        source = sources[turn % 2]
        moment = chance.uniform(0.1, seconds[source])
        kill = _kill(["build", str(source), "--out", str(out), *options], moment, turn % 3 == 0)
        kills -= not kill.ended_before
        yield kill
        succeed("build", source, "--out", out, *options)
        assert digests(out) == right[source], f"kill {turn} at {moment:.2f} s"
        leftovers = [path for path in out.rglob(".*") if path.name not in _HIDDEN]
        assert not leftovers, leftovers


def _kill(arguments: list[str], moment: float, whole_tree: bool) -> Kill:
    child = subprocess.Popen(
        command(*arguments), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        child.wait(moment)
    except subprocess.TimeoutExpired:
        family = psutil.Process(child.pid).children(recursive=True) if whole_tree else []
        child.kill()
        for process in family:
            if process.is_running():
                process.kill()
        child.wait()
        return Kill(moment, whole_tree, False)
    return Kill(moment, whole_tree, True)

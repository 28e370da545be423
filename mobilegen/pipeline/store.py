"""The folder of each stage: its result, a manifest of its files, and what it took.

The manifest decides what later stages have to do again, so no file in it may differ between two
runs on the same input; times go to `TIMING`.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter

from mobilegen.artifacts import FileRecord
from mobilegen.pipeline.plan import BuildPlan
from mobilegen.serialize import dump_json, load_json
from mobilegen.system.files import record, sha256_file

GRAPH_LOCK = "graph.lock"
RESULT = "result.json"
MANIFEST = "manifest.json"
TIMING = "timing.json"
PROFILE = "profile.json"
LABELS = "labels.txt"
PREPROCESS = "preprocess.json"
PROJECT = "project"
GOLDEN = "golden"
T = TypeVar("T")


def read_result(plan: BuildPlan, stage: str, kind: type[T]) -> T:
    """Return what a finished stage left."""
    return load_json(kind, plan.work / stage / RESULT)


def leave_result(plan: BuildPlan, stage: str, folder: Path, value: object) -> None:
    """Write the result of a stage that works in `folder`, as seen from its final place."""
    dump_json(relocate(value, folder, plan.work / stage), folder / RESULT)


def read_timing(plan: BuildPlan, stage: str) -> tuple[float, str]:
    """Return the seconds that a finished stage took, and what it said of its result."""
    data = (plan.work / stage / TIMING).read_bytes()
    values: dict[str, Any] = TypeAdapter(dict[str, Any]).validate_json(data)
    return float(values["seconds"]), str(values["detail"])


def close_folder(folder: Path, seconds: float, detail: str) -> None:
    """Write the manifest and the timing of a stage's folder; nothing may change afterwards."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    dump_json(tuple(record(path, folder) for path in files), folder / MANIFEST)
    dump_json({"seconds": seconds, "detail": detail}, folder / TIMING)


def is_intact(manifest: Path) -> bool:
    """True when every file of a manifest is there with its content."""
    try:
        files = TypeAdapter(tuple[FileRecord, ...]).validate_json(manifest.read_bytes())
        return all(sha256_file(manifest.parent / file.path) == file.sha256 for file in files)
    except (OSError, ValueError):
        return False


def relocate(value: T, old: Path, new: Path) -> T:
    """Rewrite the paths in a dataclass that are below `old` to be below `new`."""

    def moved(item: object) -> object:
        if isinstance(item, Path) and item.is_relative_to(old):
            return new / item.relative_to(old)
        if isinstance(item, tuple):
            return tuple(moved(part) for part in item)
        if dataclasses.is_dataclass(item) and not isinstance(item, type):
            fields = {f.name: moved(getattr(item, f.name)) for f in dataclasses.fields(item)}
            return type(item)(**fields)
        return item

    return moved(value)  # type: ignore[return-value]

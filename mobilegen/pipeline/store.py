"""The folder of each stage: its result, a manifest of its files, and what it took.

The manifest decides what later stages have to do again, so no file in it may differ between two
runs on the same input; times go to `TIMING`.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import Field, TypeAdapter

from mobilegen.artifacts import FileRecord
from mobilegen.pipeline.plan import BuildPlan
from mobilegen.serialize import dump_json, load_json
from mobilegen.system.files import record, sha256_file

# Of the folders of the stages; another number is another form.
FORMAT = "2"
GRAPH_LOCK = "graph.lock"
RESULT = "result.json"
MANIFEST = "manifest.json"
TIMING = "timing.json"
STAMPS = "stamps.json"
MODEL = "model"
ARTIFACT = "artifact.json"
GRAPH = "graph.onnx"
REFERENCE = "reference.npz"
PROFILE = "profile.json"
LABELS = "labels.txt"
PREPROCESS = "preprocess.json"
_MANIFEST = TypeAdapter(tuple[FileRecord, ...])
_STAMPS = TypeAdapter(dict[str, tuple[int, int]])
T = TypeVar("T")


@dataclasses.dataclass(frozen=True)
class _Timing:
    """The content of `TIMING`."""

    seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    detail: str


def read_result(plan: BuildPlan, stage: str, kind: type[T]) -> T:
    """Return what a finished stage left."""
    return load_json(kind, plan.work / stage / RESULT)


def leave_result(plan: BuildPlan, stage: str, folder: Path, value: object) -> None:
    """Write the result of a stage that works in `folder`, as seen from its final place."""
    dump_json(relocate(value, folder, plan.work / stage), folder / RESULT)


def read_timing(plan: BuildPlan, stage: str) -> tuple[float, str]:
    """Return the seconds that a finished stage took, and what it said of its result."""
    timing = load_json(_Timing, plan.work / stage / TIMING)
    return timing.seconds, timing.detail


def close_folder(folder: Path, seconds: float, detail: str) -> None:
    """Write the manifest and the timing of a stage's folder; nothing may change afterwards."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    records = tuple(record(path, folder) for path in files)
    dump_json(records, folder / MANIFEST)
    dump_json(_Timing(seconds, detail), folder / TIMING)
    _write_stamps(folder, records)


def read_manifest(folder: Path) -> tuple[FileRecord, ...]:
    """Return what a finished stage's folder holds.

    Raises:
        OSError: It cannot be read.
        pydantic.ValidationError: It is damaged.
    """
    return _MANIFEST.validate_json((folder / MANIFEST).read_bytes())


def is_intact(folder: Path) -> bool:
    """True when every file of a finished stage is there with its content, and its times.

    A file of the recorded size and time is believed to be the same; any other is read.
    """
    try:
        files = read_manifest(folder)
        load_json(_Timing, folder / TIMING)
        stamps = _STAMPS.validate_json((folder / STAMPS).read_bytes())
        other = [file for file in files if stamps.get(file.path) != _stamp(folder / file.path)]
        same = all(sha256_file(folder / file.path) == file.sha256 for file in other)
        if other and same:
            _write_stamps(folder, files)
        return same
    except (OSError, ValueError):
        return False


def _write_stamps(folder: Path, files: tuple[FileRecord, ...]) -> None:
    """Keep sizes and times out of the manifest: what follows from a stage has none of them."""
    dump_json({file.path: _stamp(folder / file.path) for file in files}, folder / STAMPS)


def _stamp(path: Path) -> tuple[int, int]:
    stat = path.stat()
    return stat.st_size, stat.st_mtime_ns


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

"""What a result must be like before anything in it is believed: complete, unchanged, consistent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from mobilegen.artifacts import (
    Artifact,
    BuildReport,
    FileRecord,
    Library,
    Preprocess,
    TensorSpec,
)
from mobilegen.pipeline import store
from mobilegen.system.files import sha256_file

# Small files that say what the others mean; who reads a result believes them.
_DESCRIPTIONS = (store.ARTIFACT, store.LABELS, store.PREPROCESS)


def changed_files(folder: Path, files: Iterable[FileRecord]) -> list[str]:
    """Return the paths of those files that are missing or not as recorded, and say which."""
    return [file.path for file in files if not _is_intact(folder / file.path, file)]


def require_intact(folder: Path, report: BuildReport) -> None:
    """Make sure that the report names all that is used, and that the descriptions are unchanged.

    Raises:
        ValueError: Naming the first file or option that is not in order.
    """
    records = {file.path: file for file in report.files}
    for name in [*records, *library_files(report.libraries)]:
        if not is_inside(name):
            raise ValueError(f"it names a file outside of the folder: {name!r}")
    for name in _used(report):
        if name not in records:
            raise ValueError(f"it has no record of {name}")
    names = [f"{store.MODEL}/{name}" for name in _DESCRIPTIONS]
    found = [records[name] for name in names if name in records]
    if changed := changed_files(folder, found):
        raise ValueError(f"{changed[0]} is missing or not as the build left it")


def require_consistent(
    report: BuildReport, artifact: Artifact, preprocess: Preprocess | None
) -> None:
    """Make sure that the parts of a result are of one model.

    Raises:
        ValueError: Naming what contradicts what.
    """
    records = {file.path for file in report.files}
    for name in ("runtime", "precision"):
        if report.options.get(name) != getattr(artifact, name):
            raise ValueError(f"the {name} of the report is not that of {store.ARTIFACT}")
    answers = [artifact.answers] if artifact.answers else []
    for file in [*(file for _, file in artifact.files), *answers]:
        if f"{store.MODEL}/{file.path}" not in records:
            raise ValueError(f"it has no record of {store.MODEL}/{file.path}")
    for kind, bindings, specs in (
        ("inputs", artifact.inputs, report.graph_inputs),
        ("outputs", artifact.outputs, report.graph_outputs),
    ):
        if {binding.tensor for binding in bindings} != set(specs):
            raise ValueError(f"the {kind} of the report are not those of {store.ARTIFACT}")
    if preprocess and not _fits(preprocess, report.graph_inputs):
        raise ValueError(f"{store.PREPROCESS} does not fit the inputs of the model")


def is_inside(name: str) -> bool:
    """True for a path that a file of a result can have."""
    path = PurePosixPath(name)
    strange = any(character in name for character in "\0\\:")
    hidden = name.startswith(".")
    return bool(path.parts) and not (path.is_absolute() or ".." in path.parts or strange or hidden)


def library_files(libraries: Iterable[Library]) -> Iterator[str]:
    """Yield the paths of libraries and of those that go beside them."""
    for library in libraries:
        yield library.path.as_posix()
        yield from (companion.path.as_posix() for companion in library.companions)


def _used(report: BuildReport) -> Iterator[str]:
    yield from (f"{store.MODEL}/{n}" for n in (store.ARTIFACT, store.GRAPH, store.REFERENCE))
    yield from library_files(report.libraries)


def _fits(rule: Preprocess, inputs: tuple[TensorSpec, ...]) -> bool:
    """True when an input of the model is an image of the rule's size."""
    first = 2 if rule.layout == "nchw" else 1
    sizes = [each.shape[first : first + 2] for each in inputs if len(each.shape) == 4]
    return (rule.height, rule.width) in sizes


def _is_intact(path: Path, file: FileRecord) -> bool:
    try:
        return path.stat().st_size == file.size and sha256_file(path) == file.sha256
    except OSError:
        return False

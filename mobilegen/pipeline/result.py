"""Opens the result folder of an earlier build."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from mobilegen.artifacts import REPORT_FORMAT, Artifact, BuildReport, Check, Library, Preprocess
from mobilegen.config.model import Settings
from mobilegen.errors import MobilegenError, UsageError
from mobilegen.pipeline import publish, store
from mobilegen.platforms.settings import settings_type
from mobilegen.serialize import load_json
from mobilegen.system.files import sha256_file


@dataclass(frozen=True)
class Result:
    """What a build left, with absolute paths.

    Attributes:
        settings: Those of the build; of files it has the names alone.
        reference: .npz of the samples with the source model's outputs.
        graph: The source model as self-contained ONNX with fixed shapes.
    """

    folder: Path
    report: BuildReport
    settings: Settings
    artifact: Artifact
    libraries: tuple[Library, ...]
    preprocess: Preprocess | None
    labels: tuple[str, ...]
    reference: Path
    graph: Path

    def library(self, abi: str) -> Library:
        """Return the library of one ABI.

        Raises:
            UsageError: The build made none for it.
        """
        libraries = {library.target.abi: library for library in self.libraries}
        if abi not in libraries:
            raise UsageError(
                f"this result has no library for {abi}",
                seen=[f"it has: {', '.join(libraries) or 'none'}"],
                hint=f"mobilegen build --abi {abi}",
            )
        return libraries[abi]


def open_result(folder: Path) -> Result:
    """Read the result of a build.

    Raises:
        UsageError: The folder holds none, or a part of it is missing or unreadable.
    """
    folder = folder.resolve()
    model = folder / "model"
    if not (folder / publish.REPORT).is_file():
        raise UsageError(
            f"{folder} holds no result of a build",
            seen=[f"{publish.REPORT} is missing"],
            hint="name the folder that mobilegen build wrote (its --out)",
        )
    _refuse_other_form(folder / publish.REPORT)
    try:
        report = load_json(BuildReport, folder / publish.REPORT)
        artifact = load_json(Artifact, model / store.ARTIFACT)
        return Result(
            folder=folder,
            report=report,
            settings=settings_type().model_validate(report.options),
            artifact=dataclasses.replace(artifact, folder=model),
            libraries=tuple(_placed(library, folder) for library in report.libraries),
            preprocess=_preprocess(model),
            labels=_labels(model),
            reference=model / store.REFERENCE,
            graph=model / store.GRAPH,
        )
    except (OSError, ValidationError, MobilegenError) as error:
        raise UsageError(
            f"the result in {folder} is damaged",
            seen=str(error).splitlines()[:3],
            hint="build it again",
        ) from error


def _placed(library: Library, folder: Path) -> Library:
    companions = (dataclasses.replace(each, path=folder / each.path) for each in library.companions)
    return dataclasses.replace(library, path=folder / library.path, companions=tuple(companions))


def _refuse_other_form(path: Path) -> None:
    """Look at nothing but the report's own name, for that is in every form.

    Raises:
        UsageError: Another version of mobilegen wrote it.
    """
    try:
        values = json.loads(path.read_bytes())
        version, form = str(values["mobilegen"]), values.get("format", 1)
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return
    if form != REPORT_FORMAT:
        raise UsageError(
            f"the result in {path.parent} is from another version of mobilegen",
            seen=[f"{path.name} has format {form}, written by mobilegen {version}; known is "
                  f"{REPORT_FORMAT}"],
            hint="build it again",
        )  # fmt: skip


def file_check(result: Result) -> Check:
    """State that every file of the result is as the build left it."""
    changed = [
        file.path
        for file in result.report.files
        if not _is_intact(result.folder / file.path, file.sha256)
    ]
    return Check(
        "files",
        f"all {len(result.report.files)} files are as the build left them",
        "fail" if changed else "pass",
        len(changed),
        0,
        f"changed or missing: {', '.join(changed)}" if changed else "",
    )


def _is_intact(path: Path, sha256: str) -> bool:
    return path.is_file() and sha256_file(path) == sha256


def _preprocess(model: Path) -> Preprocess | None:
    path = model / store.PREPROCESS
    return load_json(Preprocess, path) if path.is_file() else None


def _labels(model: Path) -> tuple[str, ...]:
    path = model / store.LABELS
    return (
        tuple(path.read_bytes().decode().removesuffix("\n").split("\n")) if path.is_file() else ()
    )

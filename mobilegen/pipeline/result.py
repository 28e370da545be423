"""Opens the result folder of an earlier build."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mobilegen.artifacts import (
    REPORT_FORMAT,
    Artifact,
    Bridge,
    BuildReport,
    Check,
    FileRecord,
    Library,
    Preprocess,
)
from mobilegen.config.model import Settings
from mobilegen.errors import MobilegenError, UsageError
from mobilegen.pipeline import publish, store
from mobilegen.pipeline.intact import (
    changed_files,
    library_files,
    require_consistent,
    require_intact,
)
from mobilegen.platforms import catalog as platforms
from mobilegen.platforms.settings import settings_type
from mobilegen.serialize import load_json
from mobilegen.system.files import require_plain
from mobilegen.verify.judge import refuse_failures

_LONGEST_LINE = 500


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
        """Return the library of one ABI; should several platforms have it, the first one's.

        Raises:
            UsageError: The build made none for it.
        """
        return self.libraries_for([abi])[0]

    def libraries_for(self, abis: Sequence[str]) -> tuple[Library, ...]:
        """Return the libraries of some ABIs, named as their platform does or by target's id.

        Raises:
            UsageError: The build made none for one of them.
        """
        found = []
        for abi in abis:
            those = [each for each in self.libraries if abi in (each.target.abi, each.target.id)]
            if not those:
                raise UsageError(
                    f"this result has no library for {abi}",
                    seen=[f"it has: {self._targets() or 'none'}"],
                    hint=f"mobilegen build --abi {abi}",
                )
            found += those
        return tuple(found)

    def _targets(self) -> str:
        abis = [library.target.abi for library in self.libraries]
        twice = {abi for abi in abis if abis.count(abi) > 1}
        names = (
            each.target.id if each.target.abi in twice else each.target.abi
            for each in self.libraries
        )
        return ", ".join(names)

    def bridge(self, platform: str) -> Bridge:
        """Return what a platform added to the C interface of this result's libraries."""
        return platforms.get(platform).bridge_for(self.settings.section(platform))


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
        require_intact(folder, report)
        artifact = load_json(Artifact, model / store.ARTIFACT)
        preprocess = _preprocess(model)
        require_consistent(report, artifact, preprocess)
        return Result(
            folder=folder,
            report=report,
            settings=settings_type().model_validate(report.options),
            artifact=dataclasses.replace(artifact, folder=model),
            libraries=tuple(_placed(library, folder) for library in report.libraries),
            preprocess=preprocess,
            labels=_labels(model),
            reference=model / store.REFERENCE,
            graph=model / store.GRAPH,
        )
    except (OSError, ValueError, MobilegenError) as error:
        raise damaged(folder, str(error)) from error


def damaged(folder: Path, seen: str) -> UsageError:
    """Return the error for a result that cannot be read."""
    lines = [line[:_LONGEST_LINE] for line in seen.splitlines()[:3]]
    return UsageError(f"the result in {folder} is damaged", seen=lines, hint="build it again")


def _placed(library: Library, folder: Path) -> Library:
    companions = (dataclasses.replace(each, path=folder / each.path) for each in library.companions)
    return dataclasses.replace(library, path=folder / library.path, companions=tuple(companions))


def _refuse_other_form(path: Path) -> None:
    """Look at nothing but the report's own name, for that is in every form.

    Raises:
        UsageError: Another version of mobilegen wrote it.
    """
    try:
        values = json.loads(require_plain(path).read_bytes())
        version, form = str(values["mobilegen"]), values.get("format", 1)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return
    if form != REPORT_FORMAT:
        raise UsageError(
            f"the result in {path.parent} is from another version of mobilegen",
            seen=[f"{path.name} has format {form}, written by mobilegen {version}; known is "
                  f"{REPORT_FORMAT}"],
            hint="build it again",
        )  # fmt: skip


def file_check(result: Result, files: Sequence[FileRecord] = ()) -> Check:
    """State that files of the result are as the build left them; all, when none are given."""
    files = files or result.report.files
    changed = changed_files(result.folder, files)
    return Check(
        "files",
        f"all {len(files)} files are as the build left them",
        "fail" if changed else "pass",
        len(changed),
        0,
        f"changed or missing: {', '.join(changed)}" if changed else "",
    )


def refuse_changed(result: Result, library: Library | None = None) -> None:
    """Make sure that what is about to run is what was proved.

    Args:
        library: What runs; None: the model files, on this computer.

    Raises:
        VerificationError: A file is not as the build left it.
    """
    paths = map(Path, library_files([library] if library else []))
    names = {path.relative_to(result.folder).as_posix() for path in paths}
    if library is None or not result.settings.embed_model:
        names |= {f"{store.MODEL}/{file.path}" for _, file in result.artifact.files}
    used = [file for file in result.report.files if file.path in names]
    refuse_failures([file_check(result, used)], hint="build it again")


def _preprocess(model: Path) -> Preprocess | None:
    path = model / store.PREPROCESS
    return load_json(Preprocess, path) if path.is_file() else None


def _labels(model: Path) -> tuple[str, ...]:
    path = model / store.LABELS
    text = path.read_bytes().decode() if path.is_file() else ""
    # Other characters than this one end lines for Python, and are in labels.
    return tuple(text.removesuffix("\n").split("\n")) if text else ()

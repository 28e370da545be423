"""The stage of the toy platform's project."""

import functools
from pathlib import Path

from mobilegen.artifacts import Artifact, Library, PlatformPlan, Project, ProjectFile
from mobilegen.pipeline.plan import BuildPlan
from mobilegen.pipeline.stage import Stage
from mobilegen.pipeline.store import leave_result, read_result
from mobilegen.system.files import sha256_file, write_text
from toy_platform.settings import ToySettings

_NAME = "project/toy"


def stages(plan: BuildPlan, part: PlatformPlan) -> tuple[Stage, ...]:
    section = plan.settings.section("toy")
    assert isinstance(section, ToySettings)
    return (
        Stage(
            _NAME,
            "write the toy project",
            Project,
            functools.partial(make_project, part=part, greeting=section.greeting),
            needs=("artifact", *(f"lib/{target.id}" for target in part.targets)),
            decisions={"greeting": section.greeting},
        ),
    )


def make_project(plan: BuildPlan, folder: Path, part: PlatformPlan, greeting: str) -> str:
    text = write_text(folder / "project" / "README.txt", f"{greeting}\n")
    files = [ProjectFile("README.txt", text, sha256_file(text))]
    for target in part.targets:
        library = read_result(plan, f"lib/{target.id}", Library)
        files.append(ProjectFile(library.path.name, library.path, library.sha256))
    artifact = read_result(plan, "artifact", Artifact)
    for _, file in artifact.files:
        files.append(ProjectFile(file.path, artifact.folder / file.path, file.sha256))
    project = Project("toy", tuple(sorted(files, key=lambda file: file.path)))
    leave_result(plan, _NAME, folder, project)
    return f"{len(files)} files"

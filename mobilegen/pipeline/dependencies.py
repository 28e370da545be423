"""The build graph as data: what each stage is made of, and one fingerprint of it all."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from pathlib import Path

from mobilegen.pipeline import stages
from mobilegen.pipeline.plan import BuildPlan
from mobilegen.system.files import sha256_bytes, sha256_file


@dataclass(frozen=True)
class Stage:
    """One stage: its result is done again when a file, a need or a decision changes.

    Attributes:
        files: The user's files that it reads.
        needs: Stages whose results it reads.
        decisions: Option values, tool versions and the identity of our own code.
        after: A stage that shall be tried first, so that cheap errors come early.
    """

    name: str
    files: tuple[Path, ...]
    needs: tuple[str, ...]
    decisions: dict[str, str]
    action: stages.Action
    after: str = ""


def stages_of(plan: BuildPlan) -> tuple[Stage, ...]:
    """Return every stage of a plan, each after those that it needs."""
    listed = [
        Stage(
            "graph",
            tuple(stages.graph_sources(plan)),
            (),
            stages.graph_decisions(plan),
            stages.make_graph,
        ),
        Stage(
            "description",
            tuple(stages.description_sources(plan)),
            ("graph",),
            stages.description_decisions(plan),
            stages.describe,
        ),
        Stage(
            "artifact",
            (),
            ("graph",),
            stages.artifact_decisions(plan),
            stages.make_artifact,
            after="description",
        ),
        Stage("interface", (), ("artifact",), {}, stages.make_interface),
    ]
    for abi in plan.abis:
        listed += _stages_of_abi(plan, abi)
        if plan.with_sources:
            listed.append(_sources_stage(plan, abi))
    if plan.project:
        listed.append(_project_stage(plan))
    if plan.apk:
        listed.append(
            Stage(
                "apk",
                tuple(stages.apk_sources(plan)),
                ("project",),
                stages.apk_decisions(plan),
                stages.make_apk,
            )
        )
    return tuple(listed)


def _project_stage(plan: BuildPlan) -> Stage:
    parts = ("lib", "sources") if plan.with_sources else ("lib",)
    of_abis = (f"{part}/{abi}" for abi in plan.abis for part in parts)
    return Stage(
        "project",
        tuple(plan.check_images),
        ("graph", "description", "artifact", *of_abis),
        stages.project_decisions(plan),
        stages.make_project,
    )


def _needs_of_library(plan: BuildPlan) -> tuple[str, ...]:
    """Labels are in a library, and in its sources, only beside a model that is there, too."""
    return ("interface", "description") if plan.embed_model else ("interface",)


def _sources_stage(plan: BuildPlan, abi: str) -> Stage:
    return Stage(
        f"sources/{abi}",
        (),
        _needs_of_library(plan),
        stages.library_decisions(plan, abi),
        functools.partial(stages.make_sources, abi=abi),
        # They are those of the objects that the library was made of.
        after=f"lib/{abi}",
    )


def _stages_of_abi(plan: BuildPlan, abi: str) -> list[Stage]:
    return [
        Stage(
            f"lib/{abi}",
            (),
            _needs_of_library(plan),
            stages.library_decisions(plan, abi),
            functools.partial(stages.make_library, abi=abi),
        ),
        Stage(
            f"proof/{abi}",
            (),
            (f"lib/{abi}", "artifact", "graph"),
            stages.proof_decisions(plan, abi),
            functools.partial(stages.prove_library, abi=abi),
        ),
    ]


def fingerprint(declared: tuple[Stage, ...]) -> str:
    """Return a hash of all that decides the results; "" when a file cannot be read.

    Two equal fingerprints mean that the build graph would find nothing to do.
    """
    try:
        facts = [
            (stage.name, stage.needs, sorted(stage.decisions.items()), _hashes(stage.files))
            for stage in declared
        ]
    except OSError:
        return ""
    return sha256_bytes(json.dumps(facts).encode())


def _hashes(files: tuple[Path, ...]) -> list[tuple[str, str]]:
    return [(str(path), sha256_file(path)) for path in files]

"""The build graph as data: its stages in order, and one fingerprint of it all."""

from __future__ import annotations

import json
from dataclasses import replace

from mobilegen.names import code_identity
from mobilegen.pipeline.plan import BuildPlan
from mobilegen.pipeline.stage import Stage
from mobilegen.pipeline.stages.library import library_stages
from mobilegen.pipeline.stages.model import model_stages
from mobilegen.platforms import catalog as platforms
from mobilegen.resources import package_identity
from mobilegen.system.files import sha256_bytes
from mobilegen.system.hashes import Hashes


def stages_of(plan: BuildPlan) -> tuple[Stage, ...]:
    """Return every stage of a plan, each after those that it needs."""
    listed = [*model_stages(plan)]
    for part in plan.platforms:
        theirs = (*library_stages(plan, part), *platforms.get(part.name).stages_for(plan, part))
        code = code_identity(platforms.references()[part.name])
        listed += [_decided(stage, platform=code) for stage in theirs]
    return tuple(_decided(stage, code=package_identity()) for stage in listed)


def _decided(stage: Stage, **decisions: str) -> Stage:
    return replace(stage, decisions={**stage.decisions, **decisions})


def fingerprint(declared: tuple[Stage, ...], hashes: Hashes) -> str:
    """Return a hash of all that decides the results; "" when a file cannot be read.

    Two equal fingerprints mean that the build graph would find nothing to do.
    """
    try:
        facts = [
            (
                stage.name,
                stage.needs,
                sorted(stage.decisions.items()),
                [(str(path), hashes.of(path)) for path in stage.files],
            )
            for stage in declared
        ]
    except OSError:
        return ""
    return sha256_bytes(json.dumps(facts).encode())

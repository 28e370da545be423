"""The build graph. SCons runs this file; it decides by content what has to be done again."""

import functools
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from SCons.Script import ARGUMENTS, Default, Environment, Precious, SetOption

from mobilegen.pipeline import stages, store
from mobilegen.pipeline.plan import BuildPlan
from mobilegen.serialize import load_json

plan = load_json(BuildPlan, Path(ARGUMENTS["plan"]))
SetOption("num_jobs", plan.jobs)
env = Environment(ENV=os.environ, tools=[])
env.SConsignFile(str(plan.state / "sconsign"))
env.Decider("content")


ACTIONS: dict[str, stages.Action] = {}


def run_stage(target: Any, source: Any, env: Any) -> int:
    """Carry out the stage that `env` names.

    SCons does a stage again when the content of its action changed, and takes what a function
    holds in its closure for content, memory addresses included. So this one holds nothing.
    """
    name = env["STAGE"]
    return stages.run(name, ACTIONS[name], plan)


def stage(
    name: str,
    sources: Sequence[Any],
    decisions: dict[str, str],
    action: stages.Action,
    order: Sequence[Any] = (),
) -> Any:
    """Declare one stage: its result is done again when a source or a decision changes."""
    ACTIONS[name] = action
    result = str(plan.work / name / store.RESULT)
    values = [env.Value(f"{key}={value}") for key, value in sorted(decisions.items())]
    node = env.Command(
        result,
        [str(source) for source in sources] + values,
        env.Action(run_stage, None),
        STAGE=name,
    )
    Precious(node)
    if order:
        env.Requires(node, order)
    return node


graph = stage("graph", stages.graph_sources(plan), stages.graph_decisions(plan), stages.make_graph)
description = stage(
    "description",
    [*graph, *stages.description_sources(plan)],
    stages.description_decisions(plan),
    stages.describe,
)
artifact = stage(
    "artifact", graph, stages.artifact_decisions(plan), stages.make_artifact, order=description
)
interface = stage("interface", artifact, {}, stages.make_interface)
results = [graph, description, artifact]
for abi in plan.abis:
    library = stage(
        f"lib/{abi}",
        interface,
        stages.library_decisions(plan, abi),
        functools.partial(stages.make_library, abi=abi),
    )
    proof = stage(
        f"proof/{abi}",
        [*library, *artifact, *graph],
        stages.proof_decisions(plan, abi),
        functools.partial(stages.prove_library, abi=abi),
    )
    results += [library, proof]
Default(results)

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


class StageAction:
    """Runs one stage; its identity for SCons is its name, for its code is among the decisions."""

    def __init__(self, name: str, action: stages.Action) -> None:
        self.name = name
        self.action = action

    def __call__(self, target: Any, source: Any, env: Any) -> int:
        """Run the stage; SCons takes anything but 0 for a failure."""
        return stages.run(self.name, self.action, plan)

    def get_contents(self, target: Any, source: Any, env: Any) -> bytes:
        """Return the same bytes in every process; SCons's own would hold addresses."""
        return self.name.encode()


def stage(
    name: str,
    sources: Sequence[Any],
    decisions: dict[str, str],
    action: stages.Action,
    order: Sequence[Any] = (),
) -> Any:
    """Declare one stage: its result is done again when a source or a decision changes."""
    result = str(plan.work / name / store.RESULT)
    values = [env.Value(f"{key}={value}") for key, value in sorted(decisions.items())]
    node = env.Command(
        result,
        [str(source) for source in sources] + values,
        env.Action(StageAction(name, action), None),
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
        [*interface, *description],
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

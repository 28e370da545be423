"""The build graph. SCons runs this file; it decides by content what has to be done again."""

import os
from pathlib import Path
from typing import Any

from filelock import FileLock
from SCons import SConsign
from SCons.Script import ARGUMENTS, Default, Environment, Precious, SetOption

from mobilegen.pipeline import store
from mobilegen.pipeline.dependencies import stages_of
from mobilegen.pipeline.plan import BuildPlan
from mobilegen.pipeline.stage import Stage, run
from mobilegen.serialize import load_json

plan = load_json(BuildPlan, Path(ARGUMENTS["plan"]))
SetOption("num_jobs", plan.jobs)
# Else SCons believes the time of a file older than two days: a model that was exchanged for
# another one with the same time, as unpacked archives have, would go unnoticed.
SetOption("max_drift", -1)
env = Environment(ENV=os.environ, tools=[])
# Not env.SConsignFile, which would take a "$(" in the path for something to evaluate.
SConsign.File(str(plan.state / "sconsign"))
env.Decider("content")
nodes: dict[str, Any] = {}
# Held until this process ends, also when the one that started it was killed before.
graph_lock = FileLock(plan.state / store.GRAPH_LOCK)
graph_lock.acquire()


class StageAction:
    """Runs one stage; its identity for SCons is its name, for its code is among the decisions."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def __call__(self, target: Any, source: Any, env: Any) -> int:
        """Run the stage; SCons takes anything but 0 for a failure."""
        return run(self.stage, plan)

    def get_contents(self, target: Any, source: Any, env: Any) -> bytes:
        """Return the same bytes in every process; SCons's own would hold addresses."""
        return self.stage.name.encode()


def file_node(path: Path) -> Any:
    """Return SCons's node of a file; a plain text would be searched for `$` and evaluated."""
    return env.fs.File(str(path))


def declare(stage: Stage) -> Any:
    """Tell SCons of one stage.

    It stands for all files of the stage: its target is the manifest, which has their hashes.
    """
    values = [env.Value(f"{key}={value}") for key, value in sorted(stage.decisions.items())]
    needed = [node for name in stage.needs for node in nodes[name]]
    node = env.Command(
        file_node(plan.work / stage.name / store.MANIFEST),
        [*map(file_node, stage.files), *needed, *values],
        env.Action(StageAction(stage), None),
    )
    Precious(node)
    if stage.after:
        env.Requires(node, nodes[stage.after])
    return node


for stage in stages_of(plan):
    nodes[stage.name] = declare(stage)
Default(list(nodes.values()))

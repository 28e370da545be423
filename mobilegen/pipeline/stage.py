"""One stage of the build graph as a value, and how it is run."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mobilegen.errors import unexpected
from mobilegen.pipeline import events
from mobilegen.pipeline.plan import BuildPlan
from mobilegen.pipeline.store import close_folder
from mobilegen.system import log
from mobilegen.system.files import new_dir, telling_os_errors

# Fills the stage's new folder and says in a few words what came out.
Action = Callable[[BuildPlan, Path], str]


@dataclass(frozen=True)
class Stage:
    """A stage: its result is made again when a file, a need or a decision changes.

    Attributes:
        name: Also its folder below `BuildPlan.work`, for example "lib/x86".
        title: What it does, in words; "" for one that is not worth a line.
        result: Type of what it leaves; `checks` of such a value are the stage's checks.
        needs: Stages whose results it reads.
        files: The user's files that it reads.
        decisions: Option values and tool versions that it depends on; that it depends on all of
            mobilegen's own code goes without saying.
        places: Files and folders of its folder, each with its place in the result.
        after: A stage that shall be tried first, so that cheap errors come early.
    """

    name: str
    title: str
    result: type[Any]
    action: Action
    needs: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()
    decisions: Mapping[str, str] = field(default_factory=dict)
    places: tuple[tuple[str, str], ...] = ()
    after: str = ""

    def place_of(self, path: str) -> str:
        """Return the place in the result of a file of the stage's folder; "" if it has none."""
        for source, place in self.places:
            if path == source or path.startswith(f"{source}/"):
                return place + path.removeprefix(source)
        return ""


def run(stage: Stage, plan: BuildPlan) -> int:
    """Fill the folder of a stage and tell of it; return 1 after an error, else 0."""
    events.emit("start", step=stage.name, title=stage.title)
    started = time.monotonic()
    try:
        folder = plan.work / stage.name
        with telling_os_errors(f"the stage {stage.name} failed"), new_dir(folder) as fresh:
            detail = stage.action(plan, fresh)
            seconds = time.monotonic() - started
            close_folder(fresh, seconds, detail)
    except Exception as fault:
        error = unexpected(fault)
        log.add("".join(traceback.format_exception(fault)))
        events.emit("error", step=stage.name, title=stage.title, error=events.error_values(error))
        return 1
    events.emit("done", step=stage.name, title=stage.title, seconds=seconds, detail=detail)
    return 0

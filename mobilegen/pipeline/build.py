"""Runs the build graph in a process of its own and puts its results in place."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from mobilegen.artifacts import BuildReport, Proof
from mobilegen.errors import MobilegenError, UsageError
from mobilegen.pipeline import events, publish, store
from mobilegen.pipeline.dependencies import fingerprint, stages_of
from mobilegen.pipeline.plan import BuildPlan
from mobilegen.pipeline.stage import Stage
from mobilegen.pipeline.stages.library import may_say_more
from mobilegen.platforms.merge import require_ours
from mobilegen.serialize import dump_json
from mobilegen.system.files import file_lock, telling_os_errors, write_text
from mobilegen.system.hashes import Hashes
from mobilegen.system.process import stream

Listener = Callable[[dict[str, Any]], None]
_SCONSTRUCT = Path(__file__).with_name("SConstruct.py")
_FINGERPRINT = "fingerprint"
_FORMAT = "format"
_HASHES = "hashes.json"
_OTHER_VERSION = (
    "the earlier result in this folder is from another version of mobilegen: it is built anew"
)


def build(plan: BuildPlan, listen: Listener) -> BuildReport:
    """Bring the result of a plan up to date.

    Everything is made below the state folder and put in place at the end, so that a build that
    fails or is interrupted leaves the previous result as it was.

    Args:
        listen: Told of every event: a stage starts, says something, is done.

    Raises:
        MobilegenError: A stage failed, another build is at work in the same folder, or the
            folder has files there that no build left.
    """
    with telling_os_errors(f"{plan.out} cannot be written"):
        declared = stages_of(plan)
        for part in plan.platforms:
            if any(stage.name == f"project/{part.name}" for stage in declared):
                require_ours(plan.out / part.name)
        publish.refuse_foreign(plan.out, publish.parts_of(declared))
        if not plan.platforms:
            publish.refuse_orphans(plan.out, publish.parts_of(declared))
        with lock(plan.out, plan.state):
            return _build(plan, declared, listen)


def _build(plan: BuildPlan, declared: tuple[Stage, ...], listen: Listener) -> BuildReport:
    _require_plain(declared)
    hashes = Hashes(plan.state / _HASHES)
    # The graph of a build that was killed may still be about to end.
    with file_lock(plan.state / store.GRAPH_LOCK):
        if not _renew(plan.state):
            listen({"event": "note", "text": _OTHER_VERSION})
        intact = _clean(plan, declared)
    now, mark = fingerprint(declared, hashes), plan.state / _FINGERPRINT
    done: set[str] = set()
    if not (intact and now and _read(mark) == now):
        # Until the graph has run to its end, the folders of its stages may be of two minds.
        mark.unlink(missing_ok=True)
        done = _run_graph(plan, listen)
    report = publish.publish(plan, declared, done, hashes)
    write_text(mark, now)
    hashes.save()
    return report


def _require_plain(declared: tuple[Stage, ...]) -> None:
    """Reading a pipe or a device would not end; what is missing, its stage says in better words.

    Raises:
        UsageError: Naming the file that is none.
    """
    for path in (path for stage in declared for path in stage.files):
        if path.exists() and not path.is_file():
            raise UsageError(f"{path} is not a plain file", hint="copy its content into a file")


def _renew(state: Path) -> bool:
    """Remove results of a version of mobilegen that kept them in another form; True if none."""
    mark = state / _FORMAT
    work, same = state / "work", _read(mark) == store.FORMAT
    old = work.is_dir() and not same
    if old:
        shutil.rmtree(work)
        (state / _FINGERPRINT).unlink(missing_ok=True)
    if not same:
        write_text(mark, store.FORMAT)
    return not old


def _read(path: Path) -> str:
    return path.read_text("utf-8", errors="replace") if path.is_file() else ""


def lock(out: Path, state: Path) -> AbstractContextManager[None]:
    """Hold the result folder for oneself.

    Raises:
        BusyError: Another mobilegen holds it.
    """
    return file_lock(
        state / "lock", wait_seconds=0.2, busy=f"another mobilegen is at work in {out}"
    )


def _run_graph(plan: BuildPlan, listen: Listener) -> set[str]:
    """Run SCons; return the names of the stages that had something to do."""
    plan_path = dump_json(plan, plan.state / "plan.json")
    argv: list[str | Path] = [
        sys.executable,
        "-m",
        "SCons",
        "-f",
        _SCONSTRUCT,
        "-C",
        plan.state,
        "-Q",
        "-s",
    ]
    done: set[str] = set()
    failures: list[MobilegenError] = []
    log: list[str] = []

    def on_line(line: str) -> None:
        event = events.parse(line)
        if event is None:
            log.append(line)
            return
        if event["event"] == "error":
            failures.append(events.error_from(event["error"]))
        if event["event"] == "done":
            done.add(event["step"])
        listen(event)

    code = stream(
        [*argv, f"plan={plan_path}"],
        title="the build graph",
        on_line=on_line,
        env={"PYTHONPATH": _import_path(), "PYTHONDONTWRITEBYTECODE": "1", **events.ENVIRONMENT},
    )
    if failures:
        raise failures[0]
    if code:
        raise MobilegenError(f"the build graph failed (exit code {code})", seen=log[-20:])
    return done


def _import_path() -> str:
    """The graph's process must find this very mobilegen, and packages that add to it, anywhere."""
    own = str(Path(__file__).resolve().parents[2])
    return os.pathsep.join(filter(None, (own, os.environ.get("PYTHONPATH"))))


def _clean(plan: BuildPlan, declared: tuple[Stage, ...]) -> bool:
    """Remove what an interrupted build left half-made, and results that were damaged since.

    Returns:
        True when every stage has its result.
    """
    for folder in {plan.state, plan.work, *((plan.work / each.name).parent for each in declared)}:
        for leftover in folder.glob(".*") if folder.is_dir() else ():
            _remove(leftover)
    for name in publish.parts_of(declared):
        for leftover in plan.out.glob(f".{name}.old.*"):
            _remove(leftover)
    kept = [_keep_intact(plan, stage) for stage in declared]
    return all(kept)


def _keep_intact(plan: BuildPlan, stage: Stage) -> bool:
    """Make sure that a stage without its whole result is run again; True if it has it."""
    folder = plan.work / stage.name
    intact = store.is_intact(folder) and (folder / store.RESULT).is_file()
    if intact and stage.result is Proof:
        intact = not _may_say_more(plan, stage)
    if not intact:
        (folder / store.MANIFEST).unlink(missing_ok=True)
    return intact


def _may_say_more(plan: BuildPlan, stage: Stage) -> bool:
    """True for a proof that may prove now what was skipped; one of another form is made anew."""
    try:
        return may_say_more(
            store.read_result(plan, stage.name, Proof), offline=plan.settings.offline
        )
    except ValidationError:
        return True


def _remove(leftover: Path) -> None:
    if leftover.is_dir():
        shutil.rmtree(leftover, ignore_errors=True)
    else:
        leftover.unlink(missing_ok=True)

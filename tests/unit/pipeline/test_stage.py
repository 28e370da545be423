from __future__ import annotations

from pathlib import Path

import pytest

from mobilegen import errors
from mobilegen.pipeline import events, stage
from mobilegen.pipeline.stage import Stage
from mobilegen.system import log


class Plan:
    """The part of a plan that running a stage needs."""

    def __init__(self, work: Path) -> None:
        self.work = work


def run(action: object, folder: Path) -> tuple[int, list[dict[str, object]]]:
    told: list[dict[str, object]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(events, "emit", lambda kind, **values: told.append({"kind": kind, **values}))
        patch.setenv(log.VARIABLE, str(folder / "log"))
        one = Stage("one", "does it", str, action)  # type: ignore[arg-type]
        return stage.run(one, Plan(folder / "work")), told  # type: ignore[arg-type]


@pytest.mark.parametrize("fault", [IndexError("list index"), MemoryError(), RecursionError()])
def test_an_exception_of_any_kind_is_an_error_with_a_log(fault: Exception, tmp_path: Path) -> None:
    def action(plan: object, folder: Path) -> str:
        raise fault

    code, told = run(action, tmp_path)
    assert code == 1
    assert [event["kind"] for event in told] == ["start", "error"]
    error = events.error_from(told[1]["error"])  # type: ignore[arg-type]
    assert isinstance(error, errors.MobilegenError) and error.hint
    assert "raise fault" in (tmp_path / "log").read_text()
    assert not list((tmp_path / "work").iterdir())


def test_a_stage_that_ends_well_leaves_its_folder(tmp_path: Path) -> None:
    def action(plan: object, folder: Path) -> str:
        (folder / "file").write_text("x")
        return "done"

    assert run(action, tmp_path)[0] == 0
    assert (tmp_path / "work" / "one" / "file").read_text() == "x"

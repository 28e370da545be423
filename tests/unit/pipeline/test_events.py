from __future__ import annotations

import pytest

from mobilegen import console, errors
from mobilegen.errors import MobilegenError
from mobilegen.pipeline import events


def test_events_survive_the_way(capsys: pytest.CaptureFixture[str]) -> None:
    events.emit("done", step="graph", seconds=1.5)
    assert events.parse(capsys.readouterr().out.rstrip("\n")) == {
        "event": "done",
        "step": "graph",
        "seconds": 1.5,
    }


def test_other_output_is_no_event() -> None:
    assert events.parse("scons: done") is None


def test_notes_become_events(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(console.EVENTS_VARIABLE, "1")
    console.note("making a toolbox")
    seen = events.parse(capsys.readouterr().out.rstrip("\n"))
    assert seen == {"event": "note", "text": "making a toolbox"}


def test_every_error_survives_the_way() -> None:
    for kind in vars(errors).values():
        if isinstance(kind, type) and issubclass(kind, MobilegenError):
            error = kind("failed", seen=["1 of 2"], hint="try again")
            again = events.error_from(events.error_values(error))
            assert type(again) is kind
            assert str(again) == "failed\n  1 of 2\n  try: try again"


class LocalError(errors.VerificationError):
    """Defined outside `mobilegen.errors`, as some modules do."""


def test_class_and_exit_code_of_an_error_defined_elsewhere() -> None:
    again = events.error_from(events.error_values(LocalError("failed")))
    assert type(again) is LocalError
    assert again.exit_code == errors.VerificationError.exit_code


def test_error_of_a_class_that_this_process_does_not_know() -> None:
    values = events.error_values(LocalError("failed")) | {"exit_code": 77}
    values["kinds"] = ["NeverImported", *values["kinds"][1:]]
    again = events.error_from(values)
    assert type(again) is errors.VerificationError
    assert again.exit_code == 77


def test_exit_codes_differ() -> None:
    kinds = [
        k for k in vars(errors).values() if isinstance(k, type) and k.__module__ == errors.__name__
    ]
    codes = [kind.exit_code for kind in kinds]
    assert len(set(codes)) == len(codes)

"""What setup makes ready, and doctor asks for, is what all owners of toolboxes need."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from mobilegen.cli import doctor
from mobilegen.frontends import catalog as frontends
from mobilegen.frontends.onnx import FRONTEND
from mobilegen.pipeline import setup
from mobilegen.platforms import catalog as platforms
from mobilegen.platforms.linux import PLATFORM
from mobilegen.platforms.settings import settings_type
from mobilegen.run import Run
from mobilegen.toolboxes import ToolboxSpec, catalog, create

READER = ToolboxSpec("reader", "read models", ("3.12",), 1, Path("reader.txt"))
PLAYER = ToolboxSpec("player", "run libraries", ("3.12",), 1, Path("player.txt"))


def player_toolboxes() -> tuple[ToolboxSpec, ...]:
    return (PLAYER,)


added_frontend = replace(FRONTEND, name="added", suffixes=(".added",), toolboxes=(READER,))
added_platform = replace(PLATFORM, name="linux", toolboxes=f"{__name__}:player_toolboxes")


@pytest.fixture(autouse=True)
def added(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(frontends.FRONTENDS, "added", f"{__name__}:added_frontend")
    monkeypatch.setitem(platforms.PLATFORMS, "linux", f"{__name__}:added_platform")


def test_the_catalog_has_those_of_frontends_and_platforms() -> None:
    assert catalog.get("reader") is READER
    assert catalog.get("player") is PLAYER
    assert {"emulator", "ncnn"} <= catalog.toolboxes().keys()


def test_setup_makes_those_of_frontends(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[ToolboxSpec] = []

    def ensure(spec: ToolboxSpec, run: Run) -> SimpleNamespace:
        made.append(spec)
        return SimpleNamespace(root=spec.name)

    monkeypatch.setattr(setup, "ensure", ensure)
    need = setup.Need(settings_type()(model=Path("net.onnx"), name="net"), (), ())
    assert [(each.state, each.subject) for each in setup.prepare(need)] == [
        ("ready", "toolbox reader")
    ]
    assert made == [READER]


@pytest.mark.parametrize(("platform", "toolbox"), [("linux", "player"), ("android", "emulator")])
def test_doctor_asks_for_those_of_the_chosen_platforms(
    platform: str, toolbox: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(create, "existing", lambda spec: None)
    settings = settings_type()(model=Path("net.onnx"), name="net", platform=(platform,))
    details = [each.detail for each in doctor._offline(settings)]
    assert details
    for detail in details:
        assert "the toolbox reader" in detail
        assert [name for name in ("player", "emulator") if name in detail] == [toolbox]

"""Unit tests start no process and open no connection."""

from __future__ import annotations

import socket
import subprocess
from typing import Any, NoReturn

import pytest


def _forbidden(*arguments: Any, **options: Any) -> NoReturn:
    raise AssertionError("a unit test must not start a process or open a connection")


@pytest.fixture(autouse=True)
def no_side_effects(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "Popen", _forbidden)
    monkeypatch.setattr(socket.socket, "connect", _forbidden)

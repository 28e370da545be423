from __future__ import annotations

import pathlib
from dataclasses import dataclass

import pytest

from mobilegen.artifacts import Artifact
from mobilegen.errors import UsageError
from mobilegen.executors import catalog
from mobilegen.executors.base import Execution, ExecutionError, Request, Unavailable
from mobilegen.toolchains.targets import ANDROID_ABIS

ARTIFACT = Artifact("ncnn", "1", "fp32", pathlib.Path("m"), (), (), (), (), "original")
REQUEST = Request(pathlib.Path("lib.so"), "a.b", ARTIFACT, 1, (), "jni")


@dataclass(frozen=True)
class Answering:
    """An executor that gives an empty answer, or raises."""

    name: str
    error: Exception | None = None

    def prepare(self, abi: str, *, offline: bool) -> str:
        if self.error:
            raise self.error
        return self.name

    def execute(self, abi: str, request: Request, *, offline: bool, timeout: float) -> Execution:
        if self.error:
            raise self.error
        return Execution((), 0.0, (), self.name, {"offline": offline})


def put(monkeypatch: pytest.MonkeyPatch, *executors: Answering) -> None:
    monkeypatch.setitem(catalog.EXECUTORS, "x86", executors)


def test_every_abi_has_an_executor() -> None:
    assert set(catalog.EXECUTORS) == set(ANDROID_ABIS)


def test_first_available_executor_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, Answering("a", Unavailable("no a")), Answering("b"), Answering("c"))
    execution = catalog.execute("x86", REQUEST, offline=True)
    assert execution.executor == "b"
    assert execution.facts == {"offline": True, "passed_over": ["no a"]}


def test_failure_is_not_hidden_by_the_next_executor(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, Answering("a", ExecutionError("crashed")), Answering("b"))
    with pytest.raises(ExecutionError, match="crashed"):
        catalog.execute("x86", REQUEST)


def test_all_reasons_are_given_when_none_is_available(monkeypatch: pytest.MonkeyPatch) -> None:
    reasons = Unavailable("no a", "get a"), Unavailable("no b")
    put(monkeypatch, *(Answering("x", reason) for reason in reasons))
    with pytest.raises(Unavailable) as caught:
        catalog.execute("x86", REQUEST)
    assert str(caught.value) == "no a; no b\n  try: get a"


def test_all_executors_are_prepared_and_one_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, Answering("a"), Answering("b", Unavailable("no b")), Answering("c"))
    assert catalog.prepare("x86") == "a, c"
    put(monkeypatch, Answering("a", Unavailable("no a", "get a")))
    with pytest.raises(Unavailable, match="no a"):
        catalog.prepare("x86")


def test_unknown_abi_is_refused() -> None:
    with pytest.raises(UsageError, match="mips"):
        catalog.execute("mips", REQUEST)

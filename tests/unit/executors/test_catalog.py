from __future__ import annotations

import pathlib
from dataclasses import dataclass

import pytest

from mobilegen.artifacts import Artifact, Bridge
from mobilegen.executors import catalog
from mobilegen.executors.base import Execution, ExecutionError, Request, Unavailable

ARTIFACT = Artifact("ncnn", "1", "fp32", pathlib.Path("m"), (), (), (), (), "original")
REQUEST = Request(pathlib.Path("lib.so"), Bridge(), ARTIFACT, 1, (), "jni")


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

    def state(self, abi: str) -> str:
        return self.name


def test_first_available_executor_is_taken() -> None:
    chosen = [Answering("a", Unavailable("no a")), Answering("b"), Answering("c")]
    execution = catalog.execute(chosen, "x86", REQUEST, offline=True)
    assert execution.executor == "b"
    assert execution.facts == {"offline": True, "passed_over": ["no a"]}


def test_failure_is_not_hidden_by_the_next_executor() -> None:
    chosen = [Answering("a", ExecutionError("crashed")), Answering("b")]
    with pytest.raises(ExecutionError, match="crashed"):
        catalog.execute(chosen, "x86", REQUEST)


def test_all_reasons_are_given_when_none_is_available() -> None:
    reasons = Unavailable("no a", "get a"), Unavailable("no b")
    with pytest.raises(Unavailable) as caught:
        catalog.execute([Answering("x", reason) for reason in reasons], "x86", REQUEST)
    assert str(caught.value) == "no a; no b\n  try: get a"


def test_all_executors_are_prepared_and_one_is_enough() -> None:
    chosen = [Answering("a"), Answering("b", Unavailable("no b")), Answering("c")]
    assert catalog.prepare(chosen, "x86") == "a, c"
    with pytest.raises(Unavailable, match="no a"):
        catalog.prepare([Answering("a", Unavailable("no a", "get a"))], "x86")


def test_a_target_without_executors_is_not_proved() -> None:
    with pytest.raises(Unavailable, match="nothing here"):
        catalog.execute([], "x86", REQUEST)

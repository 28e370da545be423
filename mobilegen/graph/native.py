"""The parent's side of `mobilegen.graph.worker`: every native look at a model goes through here."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mobilegen.errors import ModelError, ProcessError
from mobilegen.system.process import describe_exit, run

# A large network takes seconds; a model that needs longer is taken for one that hangs.
TIMEOUT_SECONDS = 300.0
_SECOND_OPINION_SECONDS = 20.0
_MOST_LINES = 6
# In front of what onnxruntime has to say: its codes, and a temporary file of ours.
_NOISE = re.compile(r"\[ONNXRuntimeError\] : \d+ : \w+ : |Load model from \S+ failed:")

_WORKER = Path(__file__).resolve().with_name("worker.py")
_TITLES = {
    "check": "the onnx checker",
    "load": "onnxruntime",
    "run": "onnxruntime",
    "trace": "onnxruntime",
    "simplify": "onnxsim",
    "inline": "the onnx inliner",
}
_HINTS = {
    "check": "export the model again; the message above names the node",
    "load": "check that onnxruntime can open the model",
    "run": "check that the model runs in onnxruntime with these input shapes",
    "trace": "check that the model runs in onnxruntime with these input shapes",
    "simplify": "export the model again",
    "inline": "export the model again",
}


@dataclass(frozen=True)
class Step:
    """One thing that the child process does.

    Attributes:
        action: One of `mobilegen.graph.worker.ACTIONS`.
        model: The .onnx file.
        arguments: Further values of the request; paths absolute.
    """

    action: str
    model: Path
    arguments: Mapping[str, object] = field(default_factory=dict)


def check(model: Path, *, timeout: float = TIMEOUT_SECONDS) -> None:
    """Let the full onnx checker look at a model; what it refuses, onnxruntime is asked about too.

    The checker often names no node, and onnxruntime does.

    Raises:
        ModelError: The checker refused the model, crashed on it or ran out of time.
    """
    try:
        perform([Step("check", model)], timeout=timeout)
    except ModelError as refusal:
        try:
            perform([Step("load", model)], timeout=min(timeout, _SECOND_OPINION_SECONDS))
        except ModelError as second:
            seen = [*refusal.seen, *(f"onnxruntime: {line}" for line in second.seen[:_MOST_LINES])]
            raise ModelError(refusal.what, seen=seen, hint=refusal.hint) from refusal
        raise


def perform(steps: Sequence[Step], *, timeout: float = TIMEOUT_SECONDS) -> list[dict[str, Any]]:
    """Let one child process do the steps in order and return its answers.

    Args:
        steps: At least one.
        timeout: Seconds for all of them, after which the child is killed.

    Raises:
        ModelError: A library refused the model, crashed on it or ran out of time.
    """
    requests = [
        {"action": step.action, "model": str(step.model.resolve()), **step.arguments}
        for step in steps
    ]
    # By path: isolated, Python would look for mobilegen among the installed packages only.
    argv: list[str | Path] = [sys.executable, "-I", "-X", "utf8", _WORKER]
    death: ProcessError | None = None
    try:
        text = run(
            argv,
            title=_TITLES[steps[0].action],
            timeout=timeout,
            input=json.dumps(requests, default=str),
            cwd=steps[0].model.resolve().parent,
        ).stdout
    except ProcessError as error:
        death, text = error, error.output
    answers = _answers(text)
    for step, answer in zip(steps, answers, strict=False):
        if "error" in answer:
            raise _refused(step.action, str(answer["error"]))
    if len(answers) < len(steps):
        raise _died(steps[len(answers)].action, death, timeout)
    return [answer["ok"] for answer in answers[: len(steps)]]


def _answers(text: str) -> list[dict[str, Any]]:
    """Return the answers at the beginning of what the child wrote."""
    answers = []
    for line in text.splitlines():
        try:
            answer = json.loads(line)
        except ValueError:
            break
        if not isinstance(answer, dict) or not answer.keys() <= {"ok", "error"} or not answer:
            break
        answers.append(answer)
    return answers


def _refused(action: str, text: str) -> ModelError:
    lines = [line.strip()[:300] for line in _NOISE.sub("", text).splitlines() if line.strip()]
    what = f"{_TITLES[action]} refused the model"
    return ModelError(what, seen=lines[:_MOST_LINES], hint=_HINTS[action])


def _died(action: str, death: ProcessError | None, timeout: float) -> ModelError:
    if death is None:
        what = f"{_TITLES[action]} gave no answer about the model"
    elif death.returncode is None:
        what = f"{_TITLES[action]} did not finish within {timeout:g} s"
    else:
        what = f"{_TITLES[action]} crashed on the model ({describe_exit(death.returncode)})"
    return ModelError(
        what,
        seen=death.seen[-3:] if death else (),
        hint="export the model again; if it comes from elsewhere, do not trust it",
    )

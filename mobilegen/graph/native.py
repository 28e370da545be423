"""The parent's side of `mobilegen.graph.worker`: every native look at a model goes through here."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mobilegen.errors import ModelError, ProcessError
from mobilegen.system.process import describe_exit, run

# A large network takes seconds; a model that needs longer is taken for one that hangs.
TIMEOUT_SECONDS = 300.0

_WORKER = Path(__file__).resolve().with_name("worker.py")
_TITLES = {
    "check": "the onnx checker",
    "run": "onnxruntime",
    "trace": "onnxruntime",
    "simplify": "onnxsim",
    "inline": "the onnx inliner",
}
_HINTS = {
    "check": "export the model again; the message above names the node",
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
    argv = [sys.executable, "-I", "-X", "utf8", _WORKER]
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
    lines = [line.strip()[:300] for line in text.splitlines() if line.strip()]
    return ModelError(f"{_TITLES[action]} refused the model", seen=lines[:6], hint=_HINTS[action])


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

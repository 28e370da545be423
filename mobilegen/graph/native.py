"""The parent's side of `mobilegen.graph.worker`: every native look at a model goes through here."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from mobilegen.errors import ModelError, ProcessError
from mobilegen.system.process import describe_exit, run

# A large network takes seconds; a model that needs longer is taken for one that hangs.
TIMEOUT_SECONDS = 300.0

_TITLES = {
    "check": "the onnx checker",
    "infer": "onnx shape inference",
    "run": "onnxruntime",
    "simplify": "onnxsim",
    "inline": "the onnx inliner",
}
_HINTS = {
    "check": "export the model again; the message above names the node",
    "infer": "check the input shapes given with --input-shape",
    "run": "check that the model runs in onnxruntime with these input shapes",
}


def call(
    action: str, model: Path, *, timeout: float = TIMEOUT_SECONDS, **arguments: object
) -> dict[str, Any]:
    """Let a child process do `action` on a model file and return its answer.

    Args:
        action: One of `mobilegen.graph.worker.ACTIONS`.
        model: The .onnx file.
        timeout: Seconds after which the child is killed.
        arguments: Further values of the request; paths must be absolute.

    Raises:
        ModelError: The library refused the model, crashed on it or ran out of time.
    """
    request = {"action": action, "model": str(model.resolve()), **arguments}
    title = _TITLES[action]
    argv = [sys.executable, "-I", "-m", "mobilegen.graph.worker"]
    text = json.dumps(request, default=str)
    try:
        done = run(argv, title=title, timeout=timeout, input=text, cwd=model.resolve().parent)
    except ProcessError as error:
        raise _died(action, error) from error
    answer = _answer(action, done.stdout)
    if "error" in answer:
        raise _refused(action, str(answer["error"]))
    result: dict[str, Any] = answer["ok"]
    return result


def _answer(action: str, text: str) -> dict[str, Any]:
    try:
        answer = json.loads(text)
    except ValueError:
        answer = None
    if not isinstance(answer, dict) or not ("ok" in answer or "error" in answer):
        raise ModelError(
            f"{_TITLES[action]} gave no answer about the model", seen=[repr(text[:200])]
        )
    return answer


def _refused(action: str, text: str) -> ModelError:
    return ModelError(
        f"{_TITLES[action]} refused the model",
        seen=_message_lines(text),
        hint=_HINTS.get(action, ""),
    )


def _died(action: str, error: ProcessError) -> ModelError:
    if error.returncode is None:
        what = error.what
    else:
        what = f"{_TITLES[action]} crashed on the model ({describe_exit(error.returncode)})"
    return ModelError(
        what,
        seen=[line for line in error.seen if line.strip()][-3:],
        hint="export the model again; if it comes from elsewhere, do not trust it",
    )


def _message_lines(text: str) -> list[str]:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return [line[:300] for line in lines[:6]]

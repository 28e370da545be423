"""The graph as onnxsim simplifies it."""

from __future__ import annotations

from pathlib import Path

from mobilegen.graph import native

# A second try only: when it takes long, the original is tried alone.
_TIMEOUT_SECONDS = 120.0


def simplify(model: Path, result: Path, *, timeout: float = _TIMEOUT_SECONDS) -> Path:
    """Write the simplified model to `result` and return it.

    Raises:
        ModelError: onnxsim failed, crashed or ran out of time.
    """
    native.call("simplify", model, timeout=timeout, result=result.resolve())
    return result

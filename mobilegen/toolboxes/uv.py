"""Runs the `uv` package manager that mobilegen depends on."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from mobilegen.system.process import Completed, run

_TIMEOUT_SECONDS = 1800.0
# Each would make uv act on another environment or Python than the one it is told to.
_MISLEADING = (
    "CONDA_PREFIX",
    "PYTHONHOME",
    "PYTHONPATH",
    "UV_PROJECT",
    "UV_PROJECT_ENVIRONMENT",
    "UV_PYTHON",
    "UV_SYSTEM_PYTHON",
    "UV_TARGET",
    "VIRTUAL_ENV",
)


def uv(arguments: Sequence[str | Path], *, title: str, cwd: Path) -> Completed:
    """Run uv with the user's own index settings.

    Args:
        cwd: A folder outside of any project, so that no project's settings take effect.

    Raises:
        ProcessError: uv failed.
    """
    import uv as package

    cwd.mkdir(parents=True, exist_ok=True)
    argv = [package.find_uv_bin(), "--no-progress", "--color", "never", *arguments]
    return run(argv, title=title, timeout=_TIMEOUT_SECONDS, cwd=cwd, env=_environment())


def _environment() -> dict[str, str]:
    changes = dict.fromkeys(_MISLEADING, "")
    index = os.environ.get("PIP_INDEX_URL")
    if index and not (os.environ.get("UV_INDEX_URL") or os.environ.get("UV_DEFAULT_INDEX")):
        changes["UV_DEFAULT_INDEX"] = index
    return changes

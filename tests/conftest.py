"""Settings for all tests."""

from __future__ import annotations

import os

import pytest
from xdist.scheduler import LoadFileScheduling

# onnxruntime reports home unless this is set before it is imported.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

# Its files share one built sample.
ANDROID = "tests/android"
# Takes minutes: begun last, it would leave the other processes with nothing to do.
FIRST = "tests/integration/test_setup.py"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(FIRST))


class Scheduling(LoadFileScheduling):  # type: ignore[misc]
    """Gives one process all tests of a file, in their order, for the sake of their fixtures."""

    def _split_scope(self, nodeid: str) -> str:
        return ANDROID if nodeid.startswith(f"{ANDROID}/") else str(super()._split_scope(nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Scheduling:
    return Scheduling(config, log)

"""Runs Android's libraries on this computer."""

from __future__ import annotations

from typing import Any

from mobilegen.executors import catalog
from mobilegen.executors.base import Execution, Request
from mobilegen.platforms.android import PLATFORM

EXECUTORS = {abi: PLATFORM.executors_of(abi) for abi, _ in PLATFORM.executors}


def execute(abi: str, request: Request, **options: Any) -> Execution:
    """Run a library with the first executor of its ABI that is here."""
    return catalog.execute(EXECUTORS[abi], abi, request, **options)

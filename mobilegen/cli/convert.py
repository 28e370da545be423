"""mobilegen convert: conversion and its proof alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mobilegen.cli import options
from mobilegen.cli.build import build_from


@options.with_settings("convert")
def convert(given: Mapping[str, Any], model: options.Model = None) -> None:
    """Convert a model for a mobile runtime, and prove that the result answers like the model."""
    build_from(model, given, libraries=False)

"""Isolated Python environments for converters and emulators, made on first use by uv."""

from mobilegen.toolboxes.create import Toolbox, ensure

__all__ = ["Toolbox", "ensure"]

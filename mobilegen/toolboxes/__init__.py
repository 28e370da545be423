"""Isolated Python environments for converters and emulators, made on first use by uv."""

from mobilegen.toolboxes.create import Toolbox, ensure
from mobilegen.toolboxes.spec import ToolboxSpec

__all__ = ["Toolbox", "ToolboxSpec", "ensure"]

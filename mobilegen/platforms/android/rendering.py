"""Renders the files of templates/android: what ends in .j2 is a template, all else is copied."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import jinja2

from mobilegen.platforms.escapes import environment
from mobilegen.resources import templates_dir

SUFFIX = ".j2"
# Folders of the template that are named after a package, by the value that has its name.
PACKAGE_FOLDERS = {"SDK_PACKAGE": "package", "APP_PACKAGE": "app_package"}
# Among the templates they would rule there.
_RENAMED = {"gitattributes": ".gitattributes", "gitignore": ".gitignore"}


def template_root() -> Path:
    """Folder whose tree is that of a generated project."""
    return templates_dir() / "android"


@functools.cache
def template_names() -> tuple[str, ...]:
    """Paths of all files of the template, sorted."""
    root = template_root()
    return tuple(sorted(p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file()))


@functools.cache
def _environment() -> jinja2.Environment:
    return environment(template_root())


def render(name: str, values: Mapping[str, Any]) -> bytes:
    """Return the content of one file of the project.

    Args:
        name: One of `template_names`.
        values: Numbers, truth values, `Code`, and texts that the template sends through a filter.
    """
    if not name.endswith(SUFFIX):
        return (template_root() / name).read_bytes()
    return _environment().get_template(name).render(values).encode()


def target_path(name: str, values: Mapping[str, Any]) -> str:
    """Return where a file of the template goes in the project."""
    parts: list[str] = []
    for part in PurePosixPath(name.removesuffix(SUFFIX)).parts:
        if part in PACKAGE_FOLDERS:
            parts += str(values[PACKAGE_FOLDERS[part]]).split(".")
        else:
            parts.append(_RENAMED.get(part, part))
    return "/".join(parts)

"""mobilegen.yml and the command line become one checked `Settings`; the command line wins."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from mobilegen.config.model import Settings
from mobilegen.errors import ConfigError, ModelError, UsageError
from mobilegen.platforms.android.libraries import SYSTEM_LIBRARIES

CONFIG_NAME = "mobilegen.yml"
_PATHS = ("model", "labels", "samples", "ndk", "out")


def load_settings(argument: Path | None, options: Mapping[str, Any]) -> tuple[Settings, Path]:
    """Read the settings of a build and the folder it belongs to.

    Args:
        argument: A model file, a folder with mobilegen.yml, or None for the current folder.
        options: Values from the command line by setting name; None means not given.

    Returns:
        The settings with absolute paths, and the folder below which results go by default.

    Raises:
        ModelError: The argument does not exist.
        ConfigError: mobilegen.yml or an option is wrong.
        UsageError: No model was named.
    """
    place = argument if argument is not None else Path()
    if not _exists(place):
        raise ModelError(
            f"{place} does not exist",
            seen=[f"current folder: {Path.cwd()}"],
            hint="check the path; it is a model file or a folder with mobilegen.yml",
        )
    if place.is_dir():
        values, base = _from_folder(place), place.resolve()
    else:
        values, base = _from_model(place)
    given = {name: value for name, value in options.items() if value is not None}
    merged = {**values, **_absolute(given, Path.cwd())}
    merged.setdefault("name", default_name(Path(str(merged.get("model", "model")))))
    return _validated(merged, place), base


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # A name that is too long, or that no file can have.
        return False


def require_files(settings: Settings) -> None:
    """Make sure that the files of a build are there.

    They must be plain ones: a pipe would block, a device never end.

    Raises:
        ModelError: The model is not a file.
        ConfigError: The labels, the samples or a check image are not.
    """
    if not settings.model.is_file():
        raise ModelError(f"{settings.model} is not a file", hint="check the path of the model")
    named = [("labels", settings.labels), ("samples", settings.samples)]
    named += [("check_images", image) for image in settings.check_images]
    wrong = [f"{name}: {path}" for name, path in named if path and not path.is_file()]
    if wrong:
        raise ConfigError(
            "a file of the settings does not exist", seen=wrong, hint=f"check {CONFIG_NAME}"
        )


def _from_folder(folder: Path) -> dict[str, Any]:
    path = folder / CONFIG_NAME
    if not path.is_file():
        raise UsageError(
            f"{folder} has no {CONFIG_NAME}",
            hint=f"name a model file, or write a {CONFIG_NAME} with a line 'model: FILE.onnx'",
        )
    return _absolute(_read_yaml(path), folder.resolve())


def _from_model(path: Path) -> tuple[dict[str, Any], Path]:
    """Settings for a bare model file: those of a mobilegen.yml beside it if it names this file."""
    beside = path.parent / CONFIG_NAME
    if beside.is_file():
        values = _absolute(_read_yaml(beside), path.parent.resolve())
        if Path(values.get("model", "")) == path.resolve():
            return values, path.parent.resolve()
    return {"model": absolute(path, Path.cwd())}, Path.cwd()


def _read_yaml(path: Path) -> dict[str, Any]:
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigError(f"{path} is not valid YAML", seen=str(error).splitlines()) from error
    if not isinstance(values, dict):
        raise ConfigError(f"{path} must hold 'name: value' lines", seen=[repr(values)[:80]])
    return values


def _absolute(values: Mapping[str, Any], base: Path) -> dict[str, Any]:
    """Make the paths among the values absolute; they are relative to `base`."""
    result = dict(values)
    for name in _PATHS:
        if isinstance(result.get(name), str | Path):
            result[name] = absolute(result[name], base)
    images = result.get("check_images")
    if isinstance(images, list | tuple):
        result["check_images"] = [absolute(str(image), base) for image in images]
    return result


def absolute(path: str | Path, base: Path) -> Path:
    """Return a path as people write it, with ~ or relative to `base`, as an absolute one.

    Raises:
        UsageError: No file can have that name, or its name cannot be written down in a report.
    """
    try:
        full = (base / Path(path).expanduser()).resolve()
        str(full).encode()
    except (OSError, RuntimeError, ValueError) as error:
        raise UsageError(
            "a path cannot be used",
            seen=[f"{ascii(str(path))[:200]}: {error}"],
            hint="rename the file or folder to letters that UTF-8 knows",
        ) from error
    return full


def default_name(model: Path) -> str:
    """Return the library's name when none is given: that of the model, as far as allowed."""
    name = re.sub(r"[^a-z0-9_]+", "_", model.stem.lower()).strip("_")
    usable = name[:1].isalpha() and name not in SYSTEM_LIBRARIES
    return (name if usable else f"model_{name}".rstrip("_"))[:64]


def _validated(values: Mapping[str, Any], place: Path) -> Settings:
    try:
        return Settings.model_validate(dict(values))
    except ValidationError as error:
        lines = [_explain(dict(issue)) for issue in error.errors()]
        raise ConfigError(
            "a setting is wrong" if len(lines) == 1 else f"{len(lines)} settings are wrong",
            seen=lines,
            hint=f"edit the option or {CONFIG_NAME} ({place})",
        ) from error


def _explain(issue: Mapping[str, Any]) -> str:
    name = ".".join(str(part) for part in issue["loc"])
    if issue["type"] == "extra_forbidden":
        near = difflib.get_close_matches(name, Settings.model_fields, n=1)
        return f"{name}: unknown setting" + (f"; did you mean {near[0]}?" if near else "")
    message = str(issue["msg"]).removeprefix("Value error, ")
    given = "" if issue["type"] == "missing" else f" (given: {str(issue.get('input'))[:80]!r})"
    return f"{name}: {message}{given}"

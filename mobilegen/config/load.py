"""mobilegen.yml and the command line become one checked `Settings`; the command line wins."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from mobilegen.config.explain import explain
from mobilegen.config.model import Settings
from mobilegen.config.option import holds_paths, section_of
from mobilegen.config.reading import Document, read_document
from mobilegen.errors import ConfigError, ModelError, UsageError

CONFIG_NAME = "mobilegen.yml"
_NOTHING = Document({}, {})


def load_settings(
    kind: type[Settings], argument: Path | None, options: Mapping[str, Any]
) -> tuple[Settings, Path]:
    """Read the settings of a build.

    Args:
        kind: The settings with the sections of all platforms.
        argument: A model file, a folder with mobilegen.yml, or None for the current folder.
        options: Values from the command line by setting name, those of a section by its name;
            None means not given.

    Returns:
        The settings with absolute paths, and the folder of the result.

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
    document, out = _from_folder(kind, place) if place.is_dir() else _from_model(kind, place)
    merged = _merged(document.values, absolute_paths(kind, _given(options), Path.cwd()))
    model = merged.get("model")
    named = model if isinstance(model, Path) else Path("model")
    merged.setdefault("name", default_name(named, reserved_names(kind)))
    settings = _validated(kind, merged, document, place)
    return settings, settings.out or out


def options_alone(kind: type[Settings], options: Mapping[str, Any]) -> Settings:
    """Check settings of a command that reads no model; model and name stand for any.

    Raises:
        ConfigError: An option is wrong.
    """
    given = absolute_paths(kind, _given(options), Path.cwd())
    return _validated(kind, {"model": Path("any"), "name": "any", **given}, _NOTHING, Path())


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
    wrong = [f"{name}: {path}" for name, path in _named_files(settings) if not path.is_file()]
    if wrong:
        raise ConfigError(
            "a file of the settings does not exist", seen=wrong, hint=f"check {CONFIG_NAME}"
        )


def _named_files(settings: Settings) -> Iterator[tuple[str, Path]]:
    for name in ("labels", "samples"):
        if path := getattr(settings, name):
            yield name, path
    for path in settings.check_images:
        yield "check_images", path


def _from_folder(kind: type[Settings], folder: Path) -> tuple[Document, Path]:
    path = folder / CONFIG_NAME
    if not path.is_file():
        raise UsageError(
            f"{folder} has no {CONFIG_NAME}",
            hint=f"name a model file, or write a {CONFIG_NAME} with a line 'model: FILE.onnx'",
        )
    return _read(kind, path), folder.resolve() / "build"


def _from_model(kind: type[Settings], path: Path) -> tuple[Document, Path]:
    """Settings for a bare model file: those of a mobilegen.yml beside it if it names this file."""
    model, beside = absolute(path, Path.cwd()), path.parent / CONFIG_NAME
    if beside.is_file():
        document = _read(kind, beside)
        if document.values.get("model") in (model, model.resolve()):
            return document, model.parent / "build"
    return Document({"model": model}, {}), Path.cwd() / f"{path.stem}-sdk"


def _read(kind: type[Settings], path: Path) -> Document:
    document = read_document(path)
    return Document(absolute_paths(kind, document.values, path.parent.resolve()), document.lines)


def _given(options: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what was not given, in sections too."""
    result: dict[str, Any] = {}
    for name, value in options.items():
        if isinstance(value, Mapping):
            value = _given(value) or None
        if value is not None:
            result[name] = value
    return result


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Return all values, those of `above` first; sections are merged value by value."""
    result = dict(below)
    for name, value in above.items():
        both = isinstance(value, Mapping) and isinstance(result.get(name), Mapping)
        result[name] = _merged(result[name], value) if both else value
    return result


def absolute_paths(kind: type[BaseModel], values: Mapping[str, Any], base: Path) -> dict[str, Any]:
    """Make the paths among the values of settings absolute; they are relative to `base`."""
    result = dict(values)
    for name, field in kind.model_fields.items():
        value, section = result.get(name), section_of(field)
        if section is not None and isinstance(value, Mapping):
            result[name] = absolute_paths(section, value, base)
        elif not holds_paths(field):
            continue
        elif isinstance(value, str | Path):
            result[name] = _named_path(name, value, base)
        elif isinstance(value, list | tuple) and all(isinstance(v, str | Path) for v in value):
            result[name] = [_named_path(name, each, base) for each in value]
    return result


def _named_path(name: str, value: str | Path, base: Path) -> Path:
    if not str(value) or value == Path():
        raise ConfigError(f"{name} is empty", hint=f"name a path, or leave {name} out")
    return absolute(value, base)


def absolute(path: str | Path, base: Path) -> Path:
    """Return a path as people write it, with ~ or relative to `base`, as an absolute one.

    Its folder is the real one; its last part stays as it is, as the name of a link may say what
    its target's name does not.

    Raises:
        ConfigError: No file can have that name, or its name cannot be written down in a report.
    """
    try:
        full = base / Path(path).expanduser()
        full = full.resolve() if full.name in ("", "..") else full.parent.resolve() / full.name
        str(full).encode()
        full.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return full
    except (OSError, RuntimeError, ValueError) as error:
        raise ConfigError(
            "a path cannot be used",
            seen=[f"{ascii(str(path))[:200]}: {str(error)[:200]}"],
            hint="rename the file or folder to letters that UTF-8 knows",
        ) from error
    return full


def default_name(model: Path, reserved: Collection[str]) -> str:
    """Return the library's name when none is given: that of the model, as far as allowed."""
    name = re.sub(r"[^a-z0-9_]+", "_", model.stem.lower()).strip("_")
    usable = name[:1].isalpha() and name not in reserved
    return (name if usable else f"model_{name}".rstrip("_"))[:64]


def reserved_names(kind: type[Settings]) -> frozenset[str]:
    """Return the names that some platform has a library of."""
    return frozenset().union(*(section.reserved_names for section in kind.platforms.values()))


def _validated(
    kind: type[Settings], values: Mapping[str, Any], document: Document, place: Path
) -> Settings:
    try:
        return kind.model_validate(dict(values))
    except ValidationError as error:
        count = error.error_count()
        raise ConfigError(
            "a setting is wrong" if count == 1 else f"{count} settings are wrong",
            seen=explain(kind, error, document.lines),
            hint=f"edit the option or {CONFIG_NAME} ({place})" if place.name else "edit the option",
        ) from error

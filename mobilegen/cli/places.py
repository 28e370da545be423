"""Where results are: every verb takes what `build` was given, and finds what it left."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mobilegen.config.load import CONFIG_NAME, load_settings
from mobilegen.config.model import Settings
from mobilegen.errors import UsageError
from mobilegen.pipeline.publish import REPORT
from mobilegen.pipeline.result import Result, open_result
from mobilegen.platforms.settings import settings_type

CONVERTED = "converted"


def settings_of(model: Path | None, given: Mapping[str, Any]) -> tuple[Settings, Path]:
    """Return the settings of a build, and the folder of its result."""
    return load_settings(settings_type(), model, given)


def conversion_folder(out: Path, given: Mapping[str, Any]) -> Path:
    """Return the folder of a conversion: what was named, else one inside of the build's.

    A build's libraries and apps stay as they are.

    Raises:
        UsageError: The folder that was named has a build.
    """
    if given["out"] is None:
        return out / CONVERTED
    if (out / REPORT).is_file() and any((out / part).exists() for part in ("lib", "apk")):
        raise UsageError(
            f"{out} has the libraries of a build, which a conversion would remove",
            hint=f"mobilegen convert --out {out / CONVERTED}",
        )
    return out


def open_named(argument: Path | None) -> Result:
    """Open the result that an argument stands for.

    Args:
        argument: A result, or what `build` or `convert` was given; None for the current folder.

    Raises:
        UsageError: There is no result.
    """
    place = argument or Path()
    if (place / REPORT).is_file():
        return open_result(place)
    if place.is_dir() and not (place / CONFIG_NAME).is_file():
        inside = place / "build"
        return open_result(inside if (inside / REPORT).is_file() else place)
    _, out = settings_of(argument, {})
    made = [folder for folder in (out, out / CONVERTED) if (folder / REPORT).is_file()]
    if not made:
        raise UsageError(
            f"nothing has been built of {place.resolve()} yet",
            seen=[f"{out / REPORT} is missing"],
            hint=f"mobilegen build {place}, or name the folder of the result",
        )
    return open_result(made[0])

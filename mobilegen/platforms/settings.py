"""The settings of a build with the sections of all platforms."""

from __future__ import annotations

import functools
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer

from mobilegen.config.model import Settings, with_platforms
from mobilegen.platforms import catalog


@functools.cache
def settings_type() -> type[Settings]:
    """Return the type of the settings."""
    return with_platforms({name: catalog.get(name).section_type for name in catalog.names()})


def _read(value: Any) -> Any:
    return value if isinstance(value, Settings) else settings_type().model_validate(value)


# Settings that a file of ours holds; they come back with the sections that they went with.
StoredSettings = Annotated[
    Settings,
    BeforeValidator(_read),
    PlainSerializer(lambda settings: settings.model_dump(mode="json")),
]

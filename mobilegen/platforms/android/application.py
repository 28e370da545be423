"""Names of the demo app: its application id, which is also its Java package, and its title."""

from __future__ import annotations

import re

from mobilegen.errors import ConfigError
from mobilegen.platforms.android.jni import check_package

# What the package installer takes: FrameworkParsingPackageUtils.validateName.
_APPLICATION_ID = re.compile(r"[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)+")
_MOST_CHARACTERS = 150


def check_application_id(text: str) -> str:
    """Return an application id unchanged if Android and Java take it.

    Raises:
        ConfigError: They do not.
    """
    if not _is_application_id(text):
        raise ConfigError(
            f"{text!r} is not an application id",
            seen=[
                "two or more parts of letters, digits and _ are needed, each with a letter first"
            ],
            hint="--application-id com.example.photo",
        )
    return check_package(text)


def _is_application_id(text: str) -> bool:
    return len(text) <= _MOST_CHARACTERS and _APPLICATION_ID.fullmatch(text) is not None


def default_application_id(package: str, name: str) -> str:
    """Return the id of the demo of a library: below its package as far as Android allows."""
    below = f"{package}.demo"
    return below if _is_application_id(below) else f"com.example.{name}_demo"


def sdk_namespace(package: str, application_id: str) -> str:
    """Return the library's namespace, which must differ from the app's and be in ASCII."""
    usable = _is_application_id(package) and package != application_id
    return package if usable else f"{application_id}.sdk"


def default_app_name(name: str) -> str:
    """Return the title of the demo of a library."""
    return name.replace("_", " ").strip().title()

"""What an APK is made of and signed with."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mobilegen.errors import UsageError
from mobilegen.platforms.android.options import ProjectOptions

RouteChoice = Literal["auto", "gradle", "embedded"]

KEYSTORE = "MOBILEGEN_KEYSTORE"
KEYSTORE_PASSWORD = "MOBILEGEN_KEYSTORE_PASSWORD"
KEY_ALIAS = "MOBILEGEN_KEY_ALIAS"
KEY_PASSWORD = "MOBILEGEN_KEY_PASSWORD"


@dataclass(frozen=True)
class Module:
    """A Gradle module of the project as the embedded route sees it.

    Attributes:
        name: Its folder in the project.
        namespace: Java package of its R class, and what names in its manifest are relative to.
    """

    name: str
    namespace: str


@dataclass(frozen=True)
class Keystore:
    """A signing key of the user; the passwords stay in environment variables.

    Attributes:
        path: A PKCS12 or JKS file.
        alias: Name of the key in it.
        password_variable: Environment variable with the password of the file.
        key_password_variable: The same for the key.
    """

    path: Path
    alias: str
    password_variable: str = KEYSTORE_PASSWORD
    key_password_variable: str = KEYSTORE_PASSWORD


@dataclass(frozen=True)
class ApkSettings:
    """What the build files of the project say, for the route that does not evaluate them.

    Attributes:
        modules: The app first, then the libraries that it uses.
        stored_assets: Ends of names of assets that are not compressed.
        route: "auto" takes Gradle when there is an Android SDK.
        keystore: None for the debug key. With a key of the user the app is not debuggable.
    """

    application_id: str
    modules: tuple[Module, ...]
    min_sdk: int
    target_sdk: int
    version_code: int = 1
    version_name: str = "1.0"
    stored_assets: tuple[str, ...] = ()
    route: RouteChoice = "auto"
    keystore: Keystore | None = None


def settings_of(
    options: ProjectOptions,
    *,
    route: RouteChoice = "auto",
    keystore: Keystore | None = None,
    stored_assets: tuple[str, ...] = (),
) -> ApkSettings:
    """Return what the build files of a generated project say."""
    return ApkSettings(
        application_id=options.application_id,
        modules=(Module("app", options.application_id), Module("sdk", options.sdk_namespace)),
        min_sdk=options.min_sdk,
        target_sdk=options.target_sdk,
        version_code=options.version_code,
        version_name=options.version_name,
        stored_assets=stored_assets,
        route=route,
        keystore=keystore,
    )


def keystore_from(environment: Mapping[str, str] = os.environ) -> Keystore | None:
    """Return the key that the environment names, None when it names none.

    Raises:
        UsageError: The file is missing, or there is no alias or password.
    """
    named = environment.get(KEYSTORE)
    if not named:
        return None
    path = Path(named)
    if not path.is_file():
        raise UsageError(
            "the keystore does not exist", seen=[f"{KEYSTORE}={path}"], hint="correct the path"
        )
    for variable in (KEY_ALIAS, KEYSTORE_PASSWORD):
        if not environment.get(variable):
            raise UsageError(
                f"{KEYSTORE} is set, and {variable} is not", hint=f"set {variable}, too"
            )
    own_password = bool(environment.get(KEY_PASSWORD))
    return Keystore(
        path,
        environment[KEY_ALIAS],
        key_password_variable=KEY_PASSWORD if own_password else KEYSTORE_PASSWORD,
    )

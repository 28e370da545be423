"""The section of mobilegen.yml for Android, and its command line options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from mobilegen.config.model import PlatformSection, Settings
from mobilegen.config.option import Option
from mobilegen.platforms.android.apk.settings import RouteChoice
from mobilegen.platforms.android.application import check_application_id
from mobilegen.platforms.android.jni import check_package
from mobilegen.platforms.android.libraries import SYSTEM_LIBRARIES
from mobilegen.toolchains.choose import ToolchainKind
from mobilegen.toolchains.targets import ANDROID_ABIS


class AndroidSettings(PlatformSection):
    """What a build for Android can be told."""

    title = "Android"
    abis = tuple(ANDROID_ABIS)
    default_abis = ("arm64-v8a",)
    reserved_names = SYSTEM_LIBRARIES

    package: Annotated[str, Option()] = Field(
        "com.example.sdk", description="Java package of the API classes."
    )
    api_level: int = Field(21, ge=21, le=36, description="Oldest Android API level (minSdk).")
    toolchain: Annotated[ToolchainKind, Option(verbs=("build", "setup"))] = Field(
        "auto", description="auto: a valid NDK if there is one, else the embedded compiler."
    )
    ndk: Annotated[Path | None, Option(verbs=("build", "setup", "doctor"), recorded=False)] = Field(
        None, description="Folder of an Android NDK."
    )
    project: Annotated[bool, Option(default="--project")] = Field(
        True, description="Leave an Android Studio project with an SDK and a demo app in android/."
    )
    with_sources: Annotated[bool, Option(flags=("--with-sources/--without-sources",))] = Field(
        False,
        description="Add the library's C++ sources to the project, which then compiles them itself "
        "with an NDK.",
    )
    application_id: Annotated[str | None, Option(default="<package>.demo")] = Field(
        None,
        description="Name of the demo app on a phone and in the store; by default <package>.demo.",
    )
    app_name: Annotated[str | None, Option(default="from the name")] = Field(
        None, max_length=64, description="Title of the demo app; by default from the name."
    )
    target_sdk: Annotated[int, Option()] = Field(
        36, ge=21, le=99, description="API level the app is made for."
    )
    compile_sdk: Annotated[int, Option()] = Field(
        36,
        ge=35,
        le=99,
        validate_default=True,
        description="API level the app is compiled with; target_sdk or more.",
    )
    version_code: int = Field(
        1, ge=1, le=2_100_000_000, description="Number of the app's version; it must only grow."
    )
    version_name: str = Field(
        "1.0", min_length=1, max_length=64, description="The app's version as people see it."
    )
    apk: Annotated[bool, Option(verbs=("build", "setup"))] = Field(
        False,
        description="Build the demo app, too: with Gradle when there is an Android SDK, else with "
        "tools of its own. Signed with a debug key, or with that of MOBILEGEN_KEYSTORE.",
    )
    apk_route: Annotated[RouteChoice, Option()] = Field(
        "auto", description="How the app is built: gradle or embedded."
    )

    @field_validator("package")
    @classmethod
    def _package(cls, value: str) -> str:
        return check_package(value)

    @field_validator("application_id")
    @classmethod
    def _application_id(cls, value: str | None) -> str | None:
        return value if value is None else check_application_id(value)

    @field_validator("app_name", "version_name")
    @classmethod
    def _one_line(cls, value: str | None) -> str | None:
        if value is not None and not (value.strip() and value.isprintable()):
            raise ValueError("must be one line of printable text")
        return value

    @field_validator("apk", "with_sources")
    @classmethod
    def _of_project(cls, value: bool, info: ValidationInfo) -> bool:
        if value and not info.data.get("project", True):
            raise ValueError("it is a part of the project, which is left out")
        return value

    @field_validator("target_sdk", "compile_sdk")
    @classmethod
    def _at_least(cls, value: int, info: ValidationInfo) -> int:
        below = "api_level" if info.field_name == "target_sdk" else "target_sdk"
        floor = info.data.get(below, value)
        if value < floor:
            raise ValueError(f"{value} is lower than {below}, {floor}; raise it, too")
        return value


def of(settings: Settings) -> AndroidSettings:
    """Return the section of a build's settings."""
    section = settings.section("android")
    assert isinstance(section, AndroidSettings)
    return section

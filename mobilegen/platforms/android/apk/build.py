"""Makes the APK of a project by the best route that this computer has."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from mobilegen.artifacts import Apk
from mobilegen.errors import ToolchainError
from mobilegen.platforms.android.apk.checks import Expected, check_apk
from mobilegen.platforms.android.apk.embedded import build_embedded, signing_key
from mobilegen.platforms.android.apk.gradle import build_with_gradle
from mobilegen.platforms.android.apk.layout import native_libraries, sources_of
from mobilegen.platforms.android.apk.manifest import component_classes, merge
from mobilegen.platforms.android.apk.sdk import AndroidSdk, find_sdk
from mobilegen.platforms.android.apk.settings import ApkSettings
from mobilegen.platforms.android.apk.sign import sign
from mobilegen.platforms.android.apk.tools import Tools, find_tools
from mobilegen.system.files import sha256_file, telling_os_errors


def build_apk(project: Path, settings: ApkSettings, output: Path, *, offline: bool = False) -> Apk:
    """Build, sign and check the app of an Android Studio project.

    With an Android SDK the project's own Gradle build is run, else the embedded route: aapt2,
    javac, dx and apksig. The same project and key give the same bytes by the embedded route.

    Args:
        project: Folder with settings.gradle.kts and the modules that the settings name.
        output: Where the APK is written; what was there stays if this fails.

    Raises:
        PackagingError: The project cannot be compiled, packaged or signed.
        ToolchainError: No JDK, or Gradle is asked for and there is no Android SDK.
        DownloadError: A tool has to be fetched and cannot be.
    """
    sdk = _sdk_for(settings)
    tools = find_tools(offline=offline)
    output.parent.mkdir(parents=True, exist_ok=True)
    with (
        telling_os_errors("the APK cannot be written"),
        tempfile.TemporaryDirectory(prefix=f".{output.name}.", dir=output.parent) as temporary,
    ):
        new = Path(temporary) / output.name
        if sdk:
            _build_with_sdk(project, settings, sdk, tools, new, offline=offline)
        else:
            build_embedded(project, settings, tools, new)
        checks = check_apk(new, expectation(project, settings), settings, tools)
        os.replace(new, output)
    return Apk(
        path=output,
        size=output.stat().st_size,
        sha256=sha256_file(output),
        route="gradle" if sdk else "embedded",
        reason=_reason(settings, sdk, tools),
        checks=checks,
    )


def expectation(project: Path, settings: ApkSettings) -> Expected:
    """Return what the APK of a project must hold."""
    sources = sources_of(project, settings)
    manifest = merge([(part.manifest, part.module.namespace) for part in sources], settings)
    return Expected(native_libraries(sources), component_classes(manifest))


def _sdk_for(settings: ApkSettings) -> AndroidSdk | None:
    """Return the SDK with which Gradle is to build; None for the embedded route."""
    if settings.route == "embedded":
        return None
    sdk = find_sdk()
    if sdk is None and settings.route == "gradle":
        raise ToolchainError(
            "there is no Android SDK for the Gradle build",
            seen=["ANDROID_HOME, ANDROID_SDK_ROOT and the usual folders have none"],
            hint="set ANDROID_HOME, or take the embedded route",
        )
    return sdk


def _build_with_sdk(
    project: Path,
    settings: ApkSettings,
    sdk: AndroidSdk,
    tools: Tools,
    output: Path,
    *,
    offline: bool,
) -> None:
    built = output.with_name("gradle.apk") if settings.keystore else output
    build_with_gradle(project, settings, sdk, built, offline=offline)
    if settings.keystore:
        sign(built, output, signing_key(settings, tools), tools, min_sdk=settings.min_sdk)


def _reason(settings: ApkSettings, sdk: AndroidSdk | None, tools: Tools) -> str:
    if sdk:
        return f"Gradle, because there is an {sdk}"
    why = "as asked for" if settings.route == "embedded" else "because there is no Android SDK"
    return f"embedded, {why}: {tools.origins}"

"""Makes an APK with the project's own Gradle build."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from mobilegen.errors import PackagingError, ProcessError
from mobilegen.platforms.android.apk.sdk import AndroidSdk
from mobilegen.platforms.android.apk.settings import ApkSettings
from mobilegen.system import process

# The first build of a computer downloads Gradle, the plugin and often a platform.
_SECONDS = 3600.0
_METADATA = "output-metadata.json"


def build_with_gradle(
    project: Path, settings: ApkSettings, sdk: AndroidSdk, output: Path, *, offline: bool
) -> Path:
    """Run the Gradle build and copy the APK that it made.

    With the debug key this is the debug build, signed by Gradle; with a key of the user it is
    the release build, which is not signed yet.

    Raises:
        PackagingError: No gradlew, the build failed, or it left no APK for all ABIs.
    """
    variant = "release" if settings.keystore else "debug"
    app = settings.modules[0].name
    wrapper = project / ("gradlew.bat" if os.name == "nt" else "gradlew")
    if not wrapper.is_file():
        raise PackagingError(
            "the project cannot be built with Gradle",
            seen=[f"{wrapper} does not exist"],
            hint="render the project again",
        )
    folder = project / app / "build" / "outputs" / "apk" / variant
    # A former APK must not pass for the result of this build.
    shutil.rmtree(folder, ignore_errors=True)
    # With sources the project would compile libraries of its own; these were proved.
    argv: list[str | Path] = [wrapper, f":{app}:assemble{variant.capitalize()}"]
    argv += ["--console=plain", "-PnativeFromSources=false"]
    try:
        process.run(
            [*argv, *(["--offline"] if offline else [])],
            title="the Gradle build",
            timeout=_SECONDS,
            cwd=project,
            env={"ANDROID_HOME": str(sdk.path)},
        )
    except ProcessError as error:
        raise PackagingError(
            error.what, seen=error.seen, hint=f"run ./gradlew assembleDebug in {project}"
        ) from error
    shutil.copyfile(_result(folder), output)
    return output


def _result(folder: Path) -> Path:
    """Return the APK for all ABIs: the only one, or of several the one without filters."""
    try:
        elements = json.loads((folder / _METADATA).read_text("utf-8"))["elements"]
        names = [str(e["outputFile"]) for e in elements if len(elements) == 1 or not e["filters"]]
        if len(names) == 1 and (folder / names[0]).is_file():
            return folder / names[0]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PackagingError(
            "the Gradle build left no list of its APKs",
            seen=[f"{folder / _METADATA}: {error}"],
            hint="look at the build files for changes of the output folder",
        ) from error
    raise PackagingError(
        "the Gradle build left no APK for all ABIs",
        seen=[path.name for path in sorted(folder.glob("*.apk"))],
        hint="set isUniversalApk = true in the splits of the app's build.gradle.kts",
    )

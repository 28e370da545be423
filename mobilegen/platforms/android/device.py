"""Runs the tests of a generated project on a phone or an emulator, with the project's own build."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from mobilegen.artifacts import Check
from mobilegen.errors import DeviceError, ProcessError, UsageError, VerificationError
from mobilegen.platforms.android.adb import connected, find_adb
from mobilegen.system import process

# As sdk/build.gradle.kts names it.
MANAGED = "phone"
_RESULTS = Path("sdk", "build", "outputs", "androidTest-results")
# The first build of a computer downloads Gradle, the plugin and perhaps a system image.
_GRADLE_SECONDS = 3600.0


def device_checks(project: Path, *, managed: bool) -> tuple[Check, ...]:
    """Return a check for every test that ran.

    Args:
        project: The folder android/ of a result.
        managed: Take the emulator that Gradle fetches and starts, else what is connected.

    Raises:
        UsageError: The result has no project.
        DeviceError: No adb, or nothing is connected.
        VerificationError: The tests could not be built or started.
    """
    gradlew = project / ("gradlew.bat" if os.name == "nt" else "gradlew")
    if not gradlew.is_file():
        raise UsageError(
            "there is no project to take the tests from",
            seen=[f"{gradlew} does not exist"],
            hint="mobilegen build without --no-project",
        )
    if not managed:
        _require_device()
    # What an earlier run has left must not pass for this one's.
    shutil.rmtree(project / _RESULTS, ignore_errors=True)
    task = f"{MANAGED}DebugAndroidTest" if managed else "connectedDebugAndroidTest"
    output = _run(gradlew, task)
    checks = tuple(_read_results(project / _RESULTS))
    if not checks:
        raise VerificationError(
            "no test has run on the device",
            seen=output.splitlines()[-15:],
            hint=f"run ./gradlew :sdk:{task} in {project}",
        )
    return checks


def _run(gradlew: Path, task: str) -> str:
    """Run Gradle; it fails when a test fails, which its results tell better."""
    argv: list[str | Path] = [gradlew, f":sdk:{task}", "--console=plain", "--continue"]
    try:
        done = process.run(
            argv, title=f"Gradle's {task}", timeout=_GRADLE_SECONDS, cwd=gradlew.parent
        )
    except ProcessError as error:
        return error.output or str(error)
    return done.stdout + done.stderr


def _require_device() -> None:
    listed = connected(find_adb())
    if "device" not in listed.values():
        raise DeviceError(
            "no phone or emulator is connected",
            seen=[f"{serial}: {state}" for serial, state in listed.items()] or ["adb lists none"],
            hint="connect a phone with USB debugging, start an emulator, or use --managed-device",
        )


def _read_results(folder: Path) -> Iterator[Check]:
    """Read the JUnit reports that the Android Gradle Plugin leaves, one for each device."""
    for path in sorted(folder.rglob("TEST-*.xml")):
        try:
            suite = ElementTree.parse(path).getroot()
        except ElementTree.ParseError as error:
            raise VerificationError(
                "the results of the device cannot be read", seen=[f"{path}: {error}"]
            ) from error
        properties = {each.get("name"): each.get("value") for each in suite.iter("property")}
        for case in suite.iter("testcase"):
            yield _check(case, properties.get("device") or "the device")


def _check(case: ElementTree.Element, device: str) -> Check:
    test = f"{case.get('classname', '').rpartition('.')[2]}.{case.get('name', '')}"
    failure = next((e for kind in ("failure", "error") for e in case.iter(kind)), None)
    if failure is not None:
        text = (failure.text or failure.get("message") or "").strip()
        return Check(f"device.{test}", f"{test} on {device}", "fail", detail=text[:300])
    if case.find("skipped") is not None:
        return Check(f"device.{test}", f"{test} on {device}", "skipped", detail="ignored")
    return Check(f"device.{test}", f"{test} on {device}", "pass")

"""What a computer has for Android: NDK, JDK, SDK, phones, Maven."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from mobilegen.errors import DeviceError
from mobilegen.executors.jdk import MIN_VERSION, find_jdk
from mobilegen.platforms.android import adb
from mobilegen.platforms.android.apk.sdk import find_sdk
from mobilegen.platforms.android.settings import AndroidSettings
from mobilegen.platforms.finding import Finding
from mobilegen.toolchains.ndk import candidates


def examine(settings: AndroidSettings) -> Iterator[Finding]:
    """Yield every finding; an NDK that the settings name is looked at instead of others."""
    yield from _ndks(settings.ndk)
    yield _jdk()
    yield _sdk()
    yield _maven()
    yield from _phones()


def _ndks(ndk: Path | None) -> Iterator[Finding]:
    found = candidates(ndk)
    for candidate in found:
        works = not candidate.problem
        detail = candidate.describe() + (f": {candidate.version}" if works else "")
        yield Finding("Android NDK", "ok" if works else "rejected", detail)
    if not any(not candidate.problem for candidate in found):
        yield Finding("Android NDK", "none", "not needed: the embedded toolchain is used")


def _jdk() -> Finding:
    jdk = find_jdk()
    if jdk:
        return Finding("JDK", "ok", str(jdk))
    detail = f"x86_64 libraries are proved without Java, and there is no --apk; JDK {MIN_VERSION}+"
    return Finding("JDK", "missing", detail)


def _sdk() -> Finding:
    sdk = find_sdk()
    if sdk:
        return Finding("Android SDK", "ok", f"{sdk.path} ({sdk.origin}): --apk goes by Gradle")
    return Finding("Android SDK", "none", "not needed: --apk takes the embedded route")


def _maven() -> Finding:
    program = shutil.which("mvn")
    if program:
        return Finding("Maven", "ok", program)
    return Finding("Maven", "none", "mvn fetches what --apk needs where there is no Android SDK")


def _phones() -> Iterator[Finding]:
    try:
        program = adb.find_adb()
        found = adb.connected(program)
    except DeviceError as error:
        yield Finding("adb", "none", f"{error.what}; only --device needs it")
        return
    ready = [serial for serial, state in found.items() if state == "device"]
    listing = ", ".join(f"{serial}: {state}" for serial, state in found.items())
    yield Finding("adb", "ok", str(program))
    detail = listing or "none is connected; only --device needs one"
    yield Finding("phones and emulators", "ok" if ready else "none", detail)

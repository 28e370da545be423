"""The way to phones and emulators: Android's adb."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Mapping
from pathlib import Path

from mobilegen.errors import DeviceError, ProcessError
from mobilegen.system import process

CONNECT_SECONDS = 60.0
_SDK_VARIABLES = ("ANDROID_HOME", "ANDROID_SDK_ROOT")
# adb tells of a command's exit code from Android 7 on; this tells it everywhere.
_EXIT = "mobilegen-exit:"


def find_adb(environ: Mapping[str, str] | None = None) -> Path:
    """Return the program adb: on PATH, or in the SDK that ANDROID_HOME names.

    Raises:
        DeviceError: It is in neither.
    """
    variables = os.environ if environ is None else environ
    sdks = [Path(variables[name]) for name in _SDK_VARIABLES if variables.get(name)]
    folders = [variables.get("PATH", ""), *(str(sdk / "platform-tools") for sdk in sdks)]
    for folder in folders:
        if found := shutil.which("adb", path=folder or os.devnull):
            return Path(found)
    raise DeviceError(
        "adb was not found, through which a phone is reached",
        seen=[f"PATH has none; {' and '.join(_SDK_VARIABLES)}: {sdks or 'not set'}"],
        hint="install Android's platform tools and put their folder on PATH",
    )


def connected(adb: Path) -> dict[str, str]:
    """Return serial number and state of every phone and emulator that adb knows.

    Raises:
        DeviceError: adb failed.
    """
    return parse_devices(call(adb, ["devices"], "listing the phones", CONNECT_SECONDS))


def parse_devices(text: str) -> dict[str, str]:
    """Return serial number and state of every line of `adb devices`."""
    rows = [line.split() for line in text.splitlines() if "\t" in line]
    return {row[0]: " ".join(row[1:]) for row in rows if len(row) > 1}


def choose_serial(found: Mapping[str, str], wanted: str | None) -> str:
    """Return the serial number of the phone to use.

    Raises:
        DeviceError: It is not there or not ready, or there are several.
    """
    seen = [f"{serial}: {state}" for serial, state in found.items()]
    ready = [serial for serial, state in found.items() if state == "device"]
    chosen = [wanted] if wanted in ready else ready if wanted is None else []
    if len(chosen) == 1:
        return chosen[0]
    if chosen:
        raise DeviceError(
            "several phones are connected", seen=seen, hint=f"--serial {shlex.quote(chosen[0])}"
        )
    raise DeviceError(
        f"phone {wanted} is not connected" if wanted else "no phone is connected",
        seen=seen or ["adb lists none"],
        hint="turn on USB debugging, connect the phone and allow this computer on its screen",
    )


def shell(adb: Path, serial: str, command: str, *, timeout: float = CONNECT_SECONDS) -> str:
    """Run a command in the phone's shell and return what it printed.

    Args:
        command: As typed there: what is no word of the shell must be quoted.

    Raises:
        DeviceError: adb failed, or the command did not end with 0.
    """
    argv = ["-s", serial, "shell", f"( {command} ) 2>&1; echo {_EXIT}$?"]
    # Before Android 7 lines end as on a terminal.
    text = call(adb, argv, "running on the phone", timeout).replace("\r\n", "\n")
    printed, found, code = text.rpartition(_EXIT)
    if found and code.strip() == "0":
        return printed
    raise DeviceError(
        f"a command failed on the phone (exit code {code.strip() or 'unknown'})",
        seen=[command, *(printed if found else text).splitlines()[-10:]],
    )


def call(adb: Path, argv: list[str], title: str, timeout: float) -> str:
    """Run adb and return what it printed.

    Raises:
        DeviceError: It failed.
    """
    try:
        done = process.run([adb, *argv], title=title, timeout=timeout)
    except ProcessError as error:
        raise DeviceError(error.what, seen=error.seen, hint="adb devices") from error
    return done.stdout

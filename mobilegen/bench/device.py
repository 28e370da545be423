"""Times a model on a phone, through adb."""

from __future__ import annotations

import os
import secrets
import shlex
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from mobilegen.bench.job import Job
from mobilegen.bench.result import Place
from mobilegen.errors import DeviceError, ProcessError
from mobilegen.system import process

_FOLDER = "/data/local/tmp"
_SDK_VARIABLES = ("ANDROID_HOME", "ANDROID_SDK_ROOT")
_CONNECT_SECONDS = 60.0
_COPY_SECONDS = 600.0
_RUN_SECONDS = 1800.0
# adb tells of a command's exit code from Android 7 on; this tells it everywhere.
_EXIT = "mobilegen-exit:"
_PROPERTIES = (
    "product.cpu.abilist",
    "product.cpu.abi",
    "product.manufacturer",
    "product.model",
    "soc.model",
    "board.platform",
    "build.version.release",
    "build.version.sdk",
)


@dataclass(frozen=True)
class Device:
    """A phone that adb reaches.

    Attributes:
        abis: Those that it runs, its own first.
    """

    adb: Path
    serial: str
    abis: tuple[str, ...]
    place: Place

    def choose_abi(self, wanted: str | None) -> str:
        """Return the ABI to time.

        Raises:
            DeviceError: The phone does not run the one that is wanted.
        """
        if wanted is not None and wanted not in self.abis:
            raise DeviceError(
                f"this phone does not run {wanted}",
                seen=[f"{self.place.name} runs {', '.join(self.abis)}"],
                hint=f"--abi {self.abis[0]}",
            )
        return wanted or self.abis[0]


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


def find_device(serial: str | None = None) -> Device:
    """Return the connected phone.

    Args:
        serial: Which one, as `adb devices` lists them; None: ANDROID_SERIAL, or the only one.

    Raises:
        DeviceError: No adb, no such phone, more than one, or it does not let us in.
    """
    adb = find_adb()
    found = parse_devices(_adb(adb, ["devices"], "listing the phones", _CONNECT_SECONDS))
    name = choose_serial(found, serial or os.environ.get("ANDROID_SERIAL") or None)
    return _describe(adb, name)


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


def _describe(adb: Path, serial: str) -> Device:
    values = {name: shell(adb, serial, f"getprop ro.{name}").strip() for name in _PROPERTIES}
    abis = values["product.cpu.abilist"] or values["product.cpu.abi"]
    if not abis:
        raise DeviceError(f"phone {serial} does not say which processor it has")
    release, level = values["build.version.release"], values["build.version.sdk"]
    place = Place(
        kind="device",
        name=f"{values['product.manufacturer']} {values['product.model']}".strip() or serial,
        processor=values["soc.model"] or values["board.platform"],
        system=f"Android {release}, API level {level}",
    )
    return Device(adb, serial, tuple(abi.strip() for abi in abis.split(",")), place)


def time_on_device(device: Device, job: Job) -> str:
    """Copy the program and the model to the phone, run it, and return what it printed.

    The outputs are copied into the job's folder; nothing stays on the phone.

    Raises:
        DeviceError: The phone went away, has no space, or the program failed on it.
    """
    with _folder(device) as folder:
        here = [job.program, job.params, job.weights, *(job.folder / each for each in job.inputs)]
        remote = {path: f"{folder}/{number}" for number, path in enumerate(here)}
        for path, target in remote.items():
            _push(device, path, target)
        outputs = {job.folder / name: f"{folder}/{name}" for name in job.outputs}
        places = {**remote, **outputs}
        program = shlex.quote(remote[job.program])
        arguments = shlex.join(job.arguments(lambda path: places[path]))
        command = f"chmod 755 {program} && {program} {arguments}"
        printed = shell(device.adb, device.serial, command, timeout=_RUN_SECONDS)
        for path, source in outputs.items():
            argv = ["-s", device.serial, "pull", source, str(path)]
            _adb(device.adb, argv, "copying from the phone", _COPY_SECONDS)
    return printed


def shell(adb: Path, serial: str, command: str, *, timeout: float = _CONNECT_SECONDS) -> str:
    """Run a command in the phone's shell and return what it printed.

    Args:
        command: As typed there: what is no word of the shell must be quoted.

    Raises:
        DeviceError: adb failed, or the command did not end with 0.
    """
    argv = ["-s", serial, "shell", f"( {command} ) 2>&1; echo {_EXIT}$?"]
    # Before Android 7 lines end as on a terminal.
    text = _adb(adb, argv, "running on the phone", timeout).replace("\r\n", "\n")
    printed, found, code = text.rpartition(_EXIT)
    if found and code.strip() == "0":
        return printed
    raise DeviceError(
        f"a command failed on the phone (exit code {code.strip() or 'unknown'})",
        seen=[command, *(printed if found else text).splitlines()[-10:]],
    )


@contextmanager
def _folder(device: Device) -> Iterator[str]:
    """Give a folder on the phone that is gone after the block, whatever happens."""
    folder = f"{_FOLDER}/mobilegen-{secrets.token_hex(8)}"
    shell(device.adb, device.serial, f"mkdir {folder}")
    try:
        yield folder
    finally:
        with suppress(DeviceError):
            shell(device.adb, device.serial, f"rm -rf {folder}")


def _push(device: Device, path: Path, target: str) -> None:
    argv = ["-s", device.serial, "push", str(path), target]
    _adb(device.adb, argv, "copying to the phone", _COPY_SECONDS)


def _adb(adb: Path, argv: list[str], title: str, timeout: float) -> str:
    try:
        done = process.run([adb, *argv], title=title, timeout=timeout)
    except ProcessError as error:
        raise DeviceError(error.what, seen=error.seen, hint="adb devices") from error
    return done.stdout

"""Times a model on a phone, through adb."""

from __future__ import annotations

import os
import secrets
import shlex
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from mobilegen.bench.job import Job
from mobilegen.bench.result import Place
from mobilegen.bench.stand import Stand
from mobilegen.errors import DeviceError
from mobilegen.platforms.android.adb import call, choose_serial, connected, find_adb, shell

_FOLDER = "/data/local/tmp"
_COPY_SECONDS = 600.0
_RUN_SECONDS = 1800.0
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


def device_stand(abi: str | None, serial: str | None) -> Stand:
    """Return a connected phone; see `Platform.device_stand`."""
    device = find_device(serial)
    return Stand(device.choose_abi(abi), device.place, partial(time_on_device, device))


def find_device(serial: str | None = None) -> Device:
    """Return the connected phone.

    Args:
        serial: Which one, as `adb devices` lists them; None: ANDROID_SERIAL, or the only one.

    Raises:
        DeviceError: No adb, no such phone, more than one, or it does not let us in.
    """
    adb = find_adb()
    name = choose_serial(connected(adb), serial or os.environ.get("ANDROID_SERIAL") or None)
    return _describe(adb, name)


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
        here = [job.program, *job.model, *(job.folder / each for each in job.inputs)]
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
            call(device.adb, argv, "copying from the phone", _COPY_SECONDS)
    return printed


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
    call(device.adb, argv, "copying to the phone", _COPY_SECONDS)

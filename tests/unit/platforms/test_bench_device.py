"""What adb says, and which phone is taken."""

from __future__ import annotations

from pathlib import Path

import pytest

from mobilegen.bench.result import Place
from mobilegen.errors import DeviceError
from mobilegen.platforms.android.adb import choose_serial, find_adb, parse_devices
from mobilegen.platforms.android.bench import Device

LISTING = """* daemon not running; starting now at tcp:5037
* daemon started successfully
List of devices attached
R58M12ABCDE\tdevice
emulator-5554\toffline
192.168.1.7:5555\tunauthorized usb:1-1

"""


def test_devices_are_listed_with_their_states() -> None:
    assert parse_devices(LISTING) == {
        "R58M12ABCDE": "device",
        "emulator-5554": "offline",
        "192.168.1.7:5555": "unauthorized usb:1-1",
    }
    assert parse_devices("List of devices attached\n\n") == {}


def test_the_only_phone_that_is_ready() -> None:
    found = parse_devices(LISTING)
    assert choose_serial(found, None) == "R58M12ABCDE"
    assert choose_serial(found, "R58M12ABCDE") == "R58M12ABCDE"


@pytest.mark.parametrize(
    ("found", "wanted", "message"),
    [
        ({}, None, "no phone is connected"),
        ({"a": "unauthorized"}, None, "no phone is connected"),
        ({"a": "device", "b": "device"}, None, "several phones"),
        ({"a": "device"}, "b", "phone b is not connected"),
        ({"a": "device", "b": "offline"}, "b", "phone b is not connected"),
    ],
)
def test_no_choice(found: dict[str, str], wanted: str | None, message: str) -> None:
    with pytest.raises(DeviceError, match=message) as caught:
        choose_serial(found, wanted)
    assert caught.value.hint
    assert all(any(state in line for line in caught.value.seen) for state in found.values())


def phone(*abis: str) -> Device:
    return Device(Path("adb"), "a", abis, Place("device", "Maker Model", "", ""))


def test_abi_of_the_phone() -> None:
    both = phone("arm64-v8a", "armeabi-v7a")
    assert both.choose_abi(None) == "arm64-v8a"
    assert both.choose_abi("armeabi-v7a") == "armeabi-v7a"
    with pytest.raises(DeviceError, match="does not run x86_64") as caught:
        both.choose_abi("x86_64")
    assert caught.value.seen == ("Maker Model runs arm64-v8a, armeabi-v7a",)


def executable(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize("variable", ["ANDROID_HOME", "ANDROID_SDK_ROOT"])
def test_adb_is_found(tmp_path: Path, variable: str) -> None:
    sdk = executable(tmp_path / "sdk" / "platform-tools" / "adb")
    assert find_adb({"PATH": "", variable: str(tmp_path / "sdk")}) == sdk
    on_path = executable(tmp_path / "bin" / "adb")
    assert find_adb({"PATH": str(on_path.parent), variable: str(tmp_path / "sdk")}) == on_path


def test_adb_is_missing(tmp_path: Path) -> None:
    for environ in ({}, {"PATH": str(tmp_path)}, {"ANDROID_HOME": str(tmp_path)}):
        with pytest.raises(DeviceError, match="adb was not found"):
            find_adb(environ)

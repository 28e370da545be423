"""verify --device with programs that stand for adb and for the project's build."""

from __future__ import annotations

from pathlib import Path

import pytest

from mobilegen.errors import DeviceError, UsageError, VerificationError
from mobilegen.platforms.android.device import device_checks

RESULTS = "sdk/build/outputs/androidTest-results/connected/debug"
REPORT = """<?xml version='1.0' encoding='UTF-8' ?>
<testsuite name="" tests="3" failures="1" errors="0" skipped="1">
  <properties><property name="device" value="Pixel 6 - 14" /></properties>
  <testcase name="outputs" classname="com.example.photo.GoldenTest" time="0.1" />
  <testcase name="pictures" classname="com.example.photo.GoldenTest" time="0.1">
    <failure>java.lang.AssertionError: error 0.5, limit 0.001&lt;</failure>
  </testcase>
  <testcase name="later" classname="com.example.photo.ThreadsTest"><skipped /></testcase>
</testsuite>
"""


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose build writes a report, and a connected phone."""
    folder = tmp_path / "android"
    (tmp_path / "report.xml").write_text(REPORT)
    script(
        folder / "gradlew",
        f'echo "$@" > tasks; mkdir -p {RESULTS}; cp "{tmp_path}/report.xml" {RESULTS}/TEST-p.xml; '
        "exit 1",
    )
    adb(tmp_path, "List of devices attached\\nR58M\\tdevice\\n")
    monkeypatch.setenv("ANDROID_HOME", str(tmp_path / "sdk"))
    monkeypatch.delenv("ANDROID_SDK_ROOT", raising=False)
    return folder


def adb(tmp_path: Path, printed: str) -> None:
    script(tmp_path / "sdk" / "platform-tools" / "adb", f"printf '{printed}'")


def test_each_test_is_a_check(project: Path) -> None:
    passed, failed, skipped = device_checks(project, managed=False)
    assert (passed.status, failed.status, skipped.status) == ("pass", "fail", "skipped")
    assert passed.id == "device.GoldenTest.outputs"
    assert passed.title == "GoldenTest.outputs on Pixel 6 - 14"
    assert failed.detail == "java.lang.AssertionError: error 0.5, limit 0.001<"
    assert (project / "tasks").read_text().startswith(":sdk:connectedDebugAndroidTest ")


def test_managed_device_needs_no_phone(project: Path, tmp_path: Path) -> None:
    adb(tmp_path, "List of devices attached\\n")
    assert len(device_checks(project, managed=True)) == 3
    assert (project / "tasks").read_text().startswith(":sdk:phoneDebugAndroidTest ")


@pytest.mark.parametrize(
    ("printed", "seen"),
    [
        ("List of devices attached\\n\\n", "adb lists none"),
        ("List of devices attached\\nR58M\\tunauthorized\\n", "R58M: unauthorized"),
        ("List of devices attached\\nR58M\\toffline\\n", "R58M: offline"),
    ],
)
def test_no_device(project: Path, tmp_path: Path, printed: str, seen: str) -> None:
    adb(tmp_path, printed)
    with pytest.raises(DeviceError, match="no phone or emulator is connected") as caught:
        device_checks(project, managed=False)
    assert seen in caught.value.seen
    assert not (project / "tasks").exists()


def test_no_adb(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANDROID_HOME", str(tmp_path / "nowhere"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DeviceError, match="adb was not found"):
        device_checks(project, managed=False)


def test_no_project(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no project"):
        device_checks(tmp_path, managed=True)


def test_former_results_do_not_count(project: Path) -> None:
    device_checks(project, managed=False)
    script(project / "gradlew", "echo 'SDK location not found' >&2; exit 1")
    with pytest.raises(VerificationError, match="no test has run") as caught:
        device_checks(project, managed=False)
    assert "SDK location not found" in "\n".join(caught.value.seen)


def test_damaged_results(project: Path, tmp_path: Path) -> None:
    (tmp_path / "report.xml").write_text(REPORT[:200])
    with pytest.raises(VerificationError, match="cannot be read"):
        device_checks(project, managed=False)

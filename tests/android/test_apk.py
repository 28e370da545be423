"""The embedded route: from the generated project to an APK that can be installed."""

from __future__ import annotations

import os
import re
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import android_project
import pytest
from android_project import CONFIGURATIONS

from mobilegen.artifacts import Apk
from mobilegen.errors import DownloadError, PackagingError, ToolchainError
from mobilegen.platforms.android.apk import tools as apk_tools
from mobilegen.platforms.android.apk.archive import data_offset
from mobilegen.platforms.android.apk.build import build_apk
from mobilegen.platforms.android.apk.settings import ApkSettings, settings_of
from mobilegen.platforms.android.apk.tools import Tools, find_tools
from mobilegen.system.process import run

MAIN = "app/src/main/java/com/example/photo/demo/MainActivity.java"


def test_every_check_passes(apk: Apk) -> None:
    assert {check.id: check.detail for check in apk.checks if check.status != "pass"} == {}
    assert len(apk.checks) == 7
    assert apk.checks[-1].detail == "v1, v2, v3"
    assert apk.route == "embedded" and "pinned downloads" in apk.reason


def test_libraries_lie_on_16_kb(apk: Apk) -> None:
    """Read here once more, without the code under test but for where the content begins."""
    with zipfile.ZipFile(apk.path) as archive:
        libraries = [info for info in archive.infolist() if info.filename.endswith(".so")]
        offsets = [data_offset(archive, info) for info in libraries]
        contents = [archive.read(info) for info in libraries]
    data = apk.path.read_bytes()
    assert len(libraries) == 2
    for offset, content in zip(offsets, contents, strict=True):
        assert offset % 16384 == 0
        assert data[offset : offset + len(content)] == content


def test_model_can_be_mapped(apk: Apk) -> None:
    with zipfile.ZipFile(apk.path) as archive:
        stored = {i.filename for i in archive.infolist() if i.compress_type == zipfile.ZIP_STORED}
    assert {"assets/photo/model.bin", "assets/photo/model.param", "resources.arsc"} <= stored


def test_java_s_own_tool_verifies_the_oldest_signature(apk: Apk, tools: Tools) -> None:
    jarsigner = tools.jdk.java.with_name("jarsigner")
    done = run([jarsigner, "-verify", apk.path], title="jarsigner", timeout=60)
    assert "jar verified" in done.stdout


def processor_seconds() -> float:
    """What this process and its children have used; other tests may run meanwhile."""
    return sum(os.times()[:4])


def test_same_bytes_again_within_15_seconds(
    apk: Apk, own_project: Path, settings: ApkSettings, tmp_path: Path
) -> None:
    started = processor_seconds()
    again = build_apk(own_project, settings, tmp_path / "again.apk")
    assert processor_seconds() - started < 15
    assert again.sha256 == apk.sha256


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_every_configuration(
    name: str, project: Path, settings: ApkSettings, tmp_path: Path
) -> None:
    """Hostile names, a package in other letters, a model in the library, and one without images."""
    options = CONFIGURATIONS[name]
    rendered = android_project.render(options, tmp_path / "rendered")
    folder = android_project.lay_out(rendered, tmp_path / "android")
    # Real libraries in place of the stand-ins.
    shutil.rmtree(folder / "sdk/src/main/jniLibs")
    shutil.copytree(project / "sdk/src/main/jniLibs", folder / "sdk/src/main/jniLibs")
    made = build_apk(
        folder,
        settings_of(options, route="embedded", stored_assets=("param", "bin")),
        tmp_path / "x.apk",
    )
    assert {check.id: check.detail for check in made.checks if check.status != "pass"} == {}


@pytest.mark.parametrize(
    ("path", "old", "new", "message"),
    [
        (MAIN, "session.open();", "session.opn();", r"MainActivity\.java:\d+: error"),
        (MAIN, "session.open();", "session.open(); Runnable r = () -> {};", "lambdas"),
        ("app/src/main/res/layout/part_result.xml", "textSize", "textSiez", r"xml:\d+: error"),
        ("app/src/main/AndroidManifest.xml", "${applicationId}", "${host}", "only Gradle knows"),
        ("app/src/main/AndroidManifest.xml", "tools:targetApi", "tools:replace", "tools:replace"),
        ("app/src/main/AndroidManifest.xml", "</manifest>", "", "cannot be read"),
    ],
)
def test_faults_are_told_with_their_place(
    path: str, old: str, new: str, message: str, own_project: Path, settings: ApkSettings
) -> None:
    text = (own_project / path).read_text("utf-8")
    assert old in text
    (own_project / path).write_text(text.replace(old, new, 1), "utf-8")
    out = own_project / "out.apk"
    out.write_text("the one before")
    with pytest.raises(PackagingError) as caught:
        build_apk(own_project, settings, out)
    assert re.search(message, str(caught.value)), str(caught.value)
    assert out.read_text() == "the one before"
    assert [p.name for p in own_project.glob("*.apk*")] == ["out.apk"]


def test_a_folder_without_a_project(settings: ApkSettings, tmp_path: Path) -> None:
    with pytest.raises(PackagingError, match="no module app"):
        build_apk(tmp_path, settings, tmp_path / "x.apk")


def test_same_library_in_two_modules(own_project: Path, settings: ApkSettings) -> None:
    shutil.copytree(own_project / "sdk/src/main/jniLibs", own_project / "app/src/main/jniLibs")
    with pytest.raises(PackagingError, match="same native library"):
        build_apk(own_project, settings, own_project / "x.apk")


def test_without_a_jdk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apk_tools, "find_jdk", lambda: None)
    with pytest.raises(ToolchainError, match="needs a JDK"):
        find_tools()


def test_offline_without_the_tools(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MOBILEGEN_CACHE", str(tmp_path))
    with pytest.raises(DownloadError, match="tools that make an APK are not complete"):
        find_tools(offline=True)


def test_no_aapt2_for_this_computer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    monkeypatch.setattr(apk_tools.shutil, "which", lambda name: None)
    monkeypatch.setattr(apk_tools, "find_jdk", find_tools_jdk)
    with pytest.raises(ToolchainError, match="no aapt2 for this computer"):
        find_tools()


def find_tools_jdk() -> object:
    return object()


def test_tools_of_an_sdk_come_first(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    tools: Tools,
    apk: Apk,
    project: Path,
    settings: ApkSettings,
) -> None:
    """A folder that is laid out as an SDK, with the pinned tools in the places of the SDK's."""
    build_tools = tmp_path / "sdk" / "build-tools" / "36.0.0"
    platform = tmp_path / "sdk" / "platforms" / "android-36"
    build_tools.mkdir(parents=True)
    platform.mkdir(parents=True)
    os.symlink(tools.aapt2, build_tools / "aapt2")
    os.symlink(tools.android, platform / "android.jar")
    monkeypatch.setenv("ANDROID_HOME", str(tmp_path / "sdk"))
    made = build_apk(
        project,
        replace(settings, route="embedded", stored_assets=("param", "bin")),
        tmp_path / "x.apk",
    )
    assert "aapt2, classes from Android SDK at" in made.reason
    assert "dexer, signer from pinned downloads" in made.reason
    assert made.sha256 == apk.sha256


def test_a_program_on_the_path_is_taken(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tools: Tools
) -> None:
    os.symlink(tools.aapt2, tmp_path / "aapt2")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    found = find_tools()
    assert found.aapt2 == tmp_path / "aapt2" and "aapt2 from PATH" in found.origins

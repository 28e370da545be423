"""The merged manifest of an app."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from mobilegen.errors import PackagingError
from mobilegen.platforms.android.apk.manifest import NAME, absolute, component_classes, merge
from mobilegen.platforms.android.apk.settings import ApkSettings, Module

ANDROID = "{http://schemas.android.com/apk/res/android}"
SETTINGS = ApkSettings(
    application_id="org.example.demo",
    modules=(Module("app", "com.example.app"), Module("sdk", "com.example.sdk")),
    min_sdk=21,
    target_sdk=36,
)
APP = """
<uses-permission android:name="android.permission.CAMERA" />
<application android:label="x" android:name=".App" tools:ignore="Some">
  <activity android:name=".MainActivity" android:parentActivityName="Other" />
  <provider android:name="com.example.Files" android:authorities="${applicationId}.files" />
</application>
"""


def write(folder: Path, name: str, body: str) -> Path:
    path = folder / f"{name}.xml"
    path.write_text(
        '<manifest xmlns:android="http://schemas.android.com/apk/res/android"'
        f' xmlns:tools="http://schemas.android.com/tools">{body}</manifest>'
    )
    return path


def merged(folder: Path, app: str, library: str = "") -> ET.Element:
    files = [
        (write(folder, "app", app), "com.example.app"),
        (write(folder, "library", library), "com.example.sdk"),
    ]
    return ET.fromstring(merge(files, SETTINGS))


def test_names_levels_and_packaging(tmp_path: Path) -> None:
    root = merged(tmp_path, APP)
    application = root.find("application")
    assert application is not None
    assert root.get("package") == "org.example.demo"
    levels = root.find("uses-sdk")
    assert levels is not None
    assert levels.attrib == {f"{ANDROID}minSdkVersion": "21", f"{ANDROID}targetSdkVersion": "36"}
    assert application.attrib == {
        f"{ANDROID}label": "x",
        NAME: "com.example.app.App",
        f"{ANDROID}extractNativeLibs": "false",
    }
    assert application[0].attrib == {
        NAME: "com.example.app.MainActivity",
        f"{ANDROID}parentActivityName": "com.example.app.Other",
    }
    assert application[1].get(f"{ANDROID}authorities") == "org.example.demo.files"


def test_library_is_added(tmp_path: Path) -> None:
    library = """
    <uses-permission android:name="android.permission.CAMERA" />
    <uses-feature android:name="some.feature" android:required="false" />
    <application android:label="x" android:hardwareAccelerated="true">
      <service android:name=".Worker" />
    </application>"""
    root = merged(tmp_path, APP, library)
    assert len(root.findall("uses-permission")) == 1
    assert [child.tag for child in root][-1] == "application"
    application = root.find("application")
    assert application is not None
    assert application.get(f"{ANDROID}hardwareAccelerated") == "true"
    assert [element.get(NAME) for element in application][-1] == "com.example.sdk.Worker"


def test_same_bytes_each_time(tmp_path: Path) -> None:
    files = [(write(tmp_path, "app", APP), "com.example.app")]
    assert merge(files, SETTINGS) == merge(files, SETTINGS)


def test_classes_of_the_manifest(tmp_path: Path) -> None:
    files = [(write(tmp_path, "app", APP), "com.example.app")]
    assert component_classes(merge(files, SETTINGS)) == (
        "com.example.Files",
        "com.example.app.App",
        "com.example.app.MainActivity",
    )


@pytest.mark.parametrize(
    ("name", "full"), [(".A", "x.y.A"), ("A", "x.y.A"), ("z.A", "z.A"), (".b.A", "x.y.b.A")]
)
def test_names_of_classes(name: str, full: str) -> None:
    assert absolute(name, "x.y") == full


@pytest.mark.parametrize(
    ("app", "library", "message"),
    [
        ('<application android:label="${label}" />', "", "only Gradle knows"),
        ('<application tools:node="replace" />', "", "orders for Gradle"),
        ('<application android:label="a" />', '<application android:label="b" />', "different"),
        ("<application>", "", "cannot be read"),
    ],
)
def test_what_only_gradle_can_merge(app: str, library: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(PackagingError, match=message):
        merged(tmp_path, app, library)


def test_another_root(tmp_path: Path) -> None:
    (tmp_path / "x.xml").write_text("<resources />")
    with pytest.raises(PackagingError, match="does not begin with <manifest>"):
        merge([(tmp_path / "x.xml", "x")], SETTINGS)

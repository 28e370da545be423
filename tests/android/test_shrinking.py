"""An app that shrinks and renames its classes goes on working by the rules of the library alone.

R8 is not on Maven Central; ProGuard reads the same rules. What the resource compiler would add, the
classes of the manifest, is written here; Android's own default rules, which keep natives too, are
left out, since an app may do without them.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from android_pins import fetch_pinned
from android_robolectric import Device, Outcome, install, run_tests
from program import PHOTO

from mobilegen.artifacts import Apk
from mobilegen.executors.jdk import CLEAN
from mobilegen.platforms.android.apk.settings import ApkSettings
from mobilegen.system.process import run

TEST = Path(__file__).parent / "shrunk" / "ShrunkTest.java"
# Our own code of the app; beside it are the classes of the tests.
CODE = Path("com", "example", "photo")
COMPONENTS = ("app.Activity", "app.Application", "content.ContentProvider")


@pytest.fixture(scope="module")
def device(
    project: Path, settings: ApkSettings, apk: Apk, tmp_path_factory: pytest.TempPathFactory
) -> Device:
    return install(project, settings, apk.path, tmp_path_factory.mktemp("device") / "phone")


def java_base(device: Device) -> Path:
    """Java's own classes, which are not among those of Android."""
    return Path(device.tools.jdk.java).resolve().parents[1] / "jmods" / "java.base.jmod"


def shrink(device: Device, rules: Path | None, folder: Path) -> Device:
    """The same app with the classes that ProGuard leaves."""
    code = folder / "code"
    shutil.copytree(device.classes / CODE, code / CODE)
    jars = fetch_pinned("proguard")
    argv = [
        device.tools.jdk.java, "-Xmx1g", "-cp", os.pathsep.join(map(str, jars.values())),
        "proguard.ProGuard", "-injars", code, "-outjars", folder / "shrunk",
        "-libraryjars", f"{device.tools.android}(!META-INF/**)",
        "-libraryjars", f"{java_base(device)}(!**.jar;!module-info.class)",
        "-ignorewarnings", "-dontnote", "-dontwarn",
        "-optimizationpasses", "1", "-allowaccessmodification", "-repackageclasses", "x",
        *(f"-keep class * extends android.{name} {{ <init>(); }}" for name in COMPONENTS),
        *(("-include", rules) if rules else ()),
    ]  # fmt: skip
    run(argv, title="ProGuard", timeout=300, env=CLEAN)
    classes = folder / "classes"
    shutil.copytree(device.classes, classes, ignore=shutil.ignore_patterns("photo"))
    shutil.copytree(folder / "shrunk", classes, dirs_exist_ok=True)
    return replace(device, classes=classes)


def run_shrunk(device: Device) -> Outcome:
    told = {"mobilegen.samples": str(PHOTO)}
    return run_tests(device, [TEST], ["shrunk.ShrunkTest"], properties=told)


@pytest.mark.slow
def test_a_shrunk_app_works(device: Device, project: Path, tmp_path: Path) -> None:
    shrunk = shrink(device, project / "sdk" / "consumer-rules.pro", tmp_path)
    left = {path.stem for path in (shrunk.classes / CODE).glob("*.class")}
    assert left == {"ImageRecognition", "Model"}
    run_shrunk(shrunk).require("aPictureIsNamed", "imageRecognitionHasItsNatives")


@pytest.mark.slow
def test_control_without_the_rules(device: Device, tmp_path: Path) -> None:
    failures = run_shrunk(shrink(device, None, tmp_path)).failures
    assert {"aPictureIsNamed", "imageRecognitionHasItsNatives"} == failures.keys()
    # The native of the model's file has lost its name.
    assert "long x." in failures["aPictureIsNamed"], failures
    assert "ClassNotFound" in failures["imageRecognitionHasItsNatives"]

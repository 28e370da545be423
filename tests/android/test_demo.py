"""The generated project on this computer: its APK, its tests, its screens, its native library."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from android_robolectric import Device, Outcome, install, own_tests, run_tests
from PIL import Image
from program import PHOTO, succeed

from mobilegen.artifacts import Apk, BuildReport
from mobilegen.platforms.android.apk.archive import Entry, read_entries, write_apk
from mobilegen.platforms.android.apk.settings import ApkSettings
from mobilegen.serialize import load_json
from mobilegen.system.files import sha256_file

SOURCES = sorted((Path(__file__).parent / "demo").glob("*.java"))
PACKAGE = "com.example.photo.demo"
# Every one of the library's own tests, so that none can go missing unseen.
SDK_TESTS = {"GoldenTest", "ModelDigestTest", "ThreadsTest", "WrongInputTest"}


@pytest.fixture(scope="module")
def device(
    project: Path, settings: ApkSettings, apk: Apk, tmp_path_factory: pytest.TempPathFactory
) -> Device:
    return install(project, settings, apk.path, tmp_path_factory.mktemp("device") / "phone")


@pytest.fixture(scope="module")
def facts(built: Path) -> dict[str, str]:
    """What the tests are told: the samples, and what onnxruntime said of the coffee."""
    answers = load_json(BuildReport, built / "build.json").answers
    percent = next(answer.probability for answer in answers if answer.image == "coffee.png")
    return {"mobilegen.samples": str(PHOTO), "mobilegen.percent": f"{100 * percent:.1f}"}


def changed(device: Device, folder: Path, change: Mapping[str, bytes | None]) -> Device:
    """A device whose APK has other files, or none, in place of some."""
    entries = read_entries(device.apk)
    assert change.keys() <= {entry.name for entry in entries}
    kept = [entry for entry in entries if entry.name not in change]
    kept += [Entry(name, data, stored=True) for name, data in change.items() if data is not None]
    apk = write_apk(kept, folder / "changed.apk")
    classes = folder / "classes"
    shutil.copytree(device.classes, classes)
    config = classes / "com/android/tools/test_config.properties"
    config.write_text(config.read_text("utf-8").replace(str(device.apk), str(apk)), "utf-8")
    return replace(device, apk=apk, classes=classes)


def run_sdk(device: Device, project: Path) -> Outcome:
    sources, names = own_tests(project, "sdk")
    assert {name.rpartition(".")[2] for name in names} == SDK_TESTS
    return run_tests(device, sources, names)


def test_the_shipped_library_is_what_runs(device: Device, built: Path) -> None:
    [library] = device.libraries
    assert sha256_file(library) == sha256_file(built / "lib" / "x86_64" / "libphoto.so")


def test_own_tests_of_the_library(device: Device, project: Path) -> None:
    run_sdk(device, project).require(
        "outputsAreThoseOfTheSourceModel", "picturesBecomeTheInputsOfTheTraining"
    )


def test_own_tests_of_the_app(device: Device, project: Path) -> None:
    run_tests(device, *own_tests(project, "app")).require("theModelIsOpened")


def test_the_demo_does_what_users_expect(device: Device, facts: dict[str, str]) -> None:
    outcome = run_tests(device, SOURCES, [f"{PACKAGE}.DemoBehaviourTest"], properties=facts)
    outcome.require("aPictureOfTheAlbumIsNamed", "thePictureComesBackAfterTheProcessHasEnded")


def test_control_another_expectation_fails(device: Device, facts: dict[str, str]) -> None:
    wrong = {**facts, "mobilegen.percent": "12.3"}
    outcome = run_tests(device, SOURCES, [f"{PACKAGE}.DemoBehaviourTest"], properties=wrong)
    assert "aPictureOfTheAlbumIsNamed" in outcome.failures
    assert "aRefusedCameraIsExplained" in outcome.passed


@pytest.mark.slow
def test_every_screen_is_drawn(device: Device, facts: dict[str, str], tmp_path: Path) -> None:
    outcome = run_tests(
        device,
        SOURCES,
        [f"{PACKAGE}.DemoScreenshotsTest"],
        screenshots=tmp_path,
        properties=facts,
    )
    outcome.require("mainScreen[phone-light-en]", "otherScreens[tablet-dark-zh]")
    assert len(list(tmp_path.glob("*.png"))) == 30
    for path in tmp_path.glob("*.png"):
        with Image.open(path) as picture:
            colors = picture.convert("RGB").resize((64, 64)).getcolors(64 * 64)
            assert colors is not None and len(colors) > 3, path.name
    light, dark = (
        Image.open(tmp_path / f"phone-{kind}-en-settings.png").convert("L").resize((1, 1))
        for kind in ("light", "dark")
    )
    assert light.getpixel((0, 0)) > 150 > 80 > dark.getpixel((0, 0))
    english, chinese = (
        (tmp_path / f"phone-light-{kind}-settings.png").read_bytes() for kind in ("en", "zh")
    )
    assert english != chinese


def test_without_the_library(device: Device, project: Path, tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    missing = replace(device, libraries=(), folder=tmp_path)
    outcome = run_sdk(missing, project)
    assert outcome.passed == set()
    assert any("UnsatisfiedLinkError" in message for message in outcome.failures.values())


@pytest.mark.parametrize("what", ["damaged", "missing"])
def test_without_the_right_weights(
    what: str, device: Device, project: Path, tmp_path: Path
) -> None:
    """One bit of one weight is enough for the tests that come with the project to fail."""
    name = "assets/photo/model.bin"
    data = bytearray(next(e.data for e in read_entries(device.apk) if e.name == name))
    data[len(data) // 2] ^= 1
    other = changed(device, tmp_path, {name: bytes(data) if what == "damaged" else None})
    failures = run_sdk(other, project).failures
    assert {"outputsAreThoseOfTheSourceModel", "theModelIsAccepted"} <= failures.keys()
    outcome = run_tests(other, SOURCES, [f"{PACKAGE}.MissingModelTest"])
    outcome.require("theErrorIsShown")


def test_control_with_the_model_there_is_no_error(device: Device) -> None:
    outcome = run_tests(device, SOURCES, [f"{PACKAGE}.MissingModelTest"])
    assert "theErrorIsShown" in outcome.failures


@pytest.mark.slow
def test_one_grey_level_in_the_preprocessing(device: Device, project: Path, tmp_path: Path) -> None:
    """A library whose mean is 126 in place of 127, over the same model."""
    sample = Path(shutil.copytree(PHOTO, tmp_path / "sample"))
    config = yaml.safe_load((sample / "mobilegen.yml").read_text("utf-8"))
    config["preprocess"]["mean"] = [126, 126, 126]
    config["check_images"] = []
    (sample / "mobilegen.yml").write_text(yaml.safe_dump(config), "utf-8")
    succeed("build", sample, "--abi", "x86_64", "--no-project", "--out", tmp_path / "out")
    (tmp_path / "lib").mkdir()
    library = Path(shutil.copy(tmp_path / "out/lib/x86_64/libphoto.so", tmp_path / "lib"))
    outcome = run_sdk(replace(device, libraries=(library,), folder=tmp_path), project)
    assert "picturesBecomeTheInputsOfTheTraining" in outcome.failures
    assert "outputsAreThoseOfTheSourceModel" in outcome.passed

"""The generated project on this computer: its APK, its tests, its screens, its native library."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml
from android_robolectric import Device, Outcome, install, own_tests, run_tests
from PIL import ExifTags, Image
from program import PHOTO, succeed

from mobilegen.artifacts import Apk, BuildReport
from mobilegen.images.preprocess import read_image
from mobilegen.pipeline.result import open_result
from mobilegen.pipeline.verify import verify_result
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


@pytest.mark.slow
def test_the_arm_library_in_the_apk_answers_like_the_source_model(
    apk: Apk, built: Path, tmp_path: Path
) -> None:
    """In the emulator, with the model that is in the APK."""
    with zipfile.ZipFile(apk.path) as archive:
        archive.extractall(tmp_path)
    opened = open_result(built)
    library = replace(opened.library("armeabi-v7a"), path=tmp_path / "lib/armeabi-v7a/libphoto.so")
    model, assets = opened.artifact.folder, tmp_path / "assets/photo"
    assert opened.artifact.answers is not None
    # What the library is held against does not go into an app.
    shutil.copyfile(model / opened.artifact.answers.path, assets / opened.artifact.answers.path)
    artifact = replace(opened.artifact, folder=assets)
    shipped = replace(opened, libraries=(library,), artifact=artifact)
    checks = {c.id: c.status for c in verify_result(shipped, abis=("armeabi-v7a",), offline=False)}
    arm = {name: status for name, status in checks.items() if name.startswith("armeabi-v7a.")}
    assert len(arm) > 2 and set(arm.values()) == {"pass"}, checks


def test_tests_that_come_with_the_project(device: Device, project: Path) -> None:
    (sdk, sdk_names), (app, app_names) = own_tests(project, "sdk"), own_tests(project, "app")
    assert {name.rpartition(".")[2] for name in sdk_names} == SDK_TESTS
    run_tests(device, [*sdk, *app], [*sdk_names, *app_names]).require(
        "outputsAreThoseOfTheSourceModel",
        "picturesBecomeTheInputsOfTheTraining",
        "theModelIsOpened",
    )


def test_the_demo_does_what_users_expect(device: Device, facts: dict[str, str]) -> None:
    outcome = run_tests(device, SOURCES, [f"{PACKAGE}.DemoBehaviourTest"], properties=facts)
    outcome.require("aPictureOfTheAlbumIsNamed", "thePictureComesBackAfterTheProcessHasEnded")


def made_pictures(folder: Path) -> Path:
    """A picture in every orientation of EXIF, and with transparency; Pillow reads all alike."""
    folder.mkdir()
    noise = np.random.default_rng(1).integers(0, 256, (20, 30, 3), np.uint8)
    plain = Image.fromarray(noise)
    plain.save(folder / "plain.png")
    turned = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    for orientation, undone in turned.items():
        exif = Image.Exif()
        exif[ExifTags.Base.Orientation] = orientation
        path = folder / f"turned{orientation}.png"
        stored = plain if undone is None else plain.transpose(Image.Transpose(undone))
        stored.save(path, exif=exif)
        assert np.array_equal(read_image(path), noise), orientation
    for name, source in (("transparent", plain), ("coffee-transparent", coffee())):
        alpha = Image.effect_noise(source.size, 100).point(lambda value: max(60, value))
        changed = Image.merge("RGBA", (*source.split(), alpha))
        changed.save(folder / f"{name}.png")
        assert np.array_equal(read_image(folder / f"{name}.png"), source)
    coffee().save(folder / "coffee.png")
    Image.new("RGB", (9000, 2)).save(folder / "long.png")
    return folder


def coffee() -> Image.Image:
    return Image.open(PHOTO / "coffee.png").convert("RGB")


def test_screens_one_after_the_other(device: Device, facts: dict[str, str]) -> None:
    outcome = run_tests(device, SOURCES, [f"{PACKAGE}.DemoJourneysTest"], properties=facts)
    outcome.require("aScreenThatWasReturnedToShowsWhatHappens", "largeTextIsReadable")


def test_the_camera_of_the_live_preview(device: Device, facts: dict[str, str]) -> None:
    outcome = run_tests(device, SOURCES, [f"{PACKAGE}.LiveCameraTest"], properties=facts)
    outcome.require("theReaderOutlivesTheFrameThatIsClassified", "framesAreTurnedUpright")


def test_pictures_are_read_as_python_reads_them(
    device: Device, facts: dict[str, str], tmp_path: Path
) -> None:
    told = {**facts, "mobilegen.made": str(made_pictures(tmp_path / "made"))}
    outcome = run_tests(device, SOURCES, [f"{PACKAGE}.PicturesTest"], properties=told)
    outcome.require("eachOfTheEightOrientationsIsSetUpright", "transparencyIsLeftOut")


def test_control_other_expectations_fail(device: Device, facts: dict[str, str]) -> None:
    """Another percentage, and an error where there is none."""
    wrong = {**facts, "mobilegen.percent": "12.3"}
    names = [f"{PACKAGE}.DemoBehaviourTest", f"{PACKAGE}.MissingModelTest"]
    outcome = run_tests(device, SOURCES, names, properties=wrong)
    assert {"aPictureOfTheAlbumIsNamed", "theErrorIsShown"} <= outcome.failures.keys()
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


WEIGHTS = "assets/photo/model.bin"


def test_one_bit_of_one_weight(device: Device, project: Path, tmp_path: Path) -> None:
    data = bytearray(next(e.data for e in read_entries(device.apk) if e.name == WEIGHTS))
    data[len(data) // 2] ^= 1
    failures = run_sdk(changed(device, tmp_path, {WEIGHTS: bytes(data)}), project).failures
    assert {"outputsAreThoseOfTheSourceModel", "theModelIsAccepted"} <= failures.keys()


def test_without_the_weights(device: Device, tmp_path: Path) -> None:
    """The demo starts, and says what is wrong."""
    other = changed(device, tmp_path, {WEIGHTS: None})
    run_tests(other, SOURCES, [f"{PACKAGE}.MissingModelTest"]).require("theErrorIsShown")


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

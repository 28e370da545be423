"""The Android project that a build leaves, and what becomes of a user's changes to it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import models
import numpy as np
import pytest
from kept import keep, put_back
from PIL import Image
from program import fail, mobilegen, succeed

from mobilegen import errors
from mobilegen.arrays import read_npz

GOLDEN = Path("sdk", "src", "androidTest", "assets", "golden")
SETTINGS = """
model: net.onnx
name: tiny
labels: labels.txt
abi: x86_64
android: {package: com.example.my_net}
preprocess: {mean: [127, 127, 127], std: [128, 128, 128]}
check_images: [photo.png]
"""


def classifier() -> Any:
    net = models.Net(seed=3)
    x = net.op("GlobalAveragePool", net.relu(net.conv("image", 3, 8)))
    weights = net.random.normal(0.0, 1.0, (8, 10))
    net.op("MatMul", net.op("Flatten", x, axis=1), net.const(weights), output="logits")
    return net.model({"image": [1, 3, 16, 16]}, {"logits": [1, 10]})


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model with its settings, and its build."""
    folder = tmp_path_factory.mktemp("tiny")
    models.save(classifier(), folder / "net.onnx")
    (folder / "labels.txt").write_text("".join(f"Tom's <{i}> 日本\n" for i in range(10)), "utf-8")
    pixels = np.random.default_rng(1).integers(0, 256, (20, 30, 3), np.uint8)
    Image.fromarray(pixels).save(folder / "photo.png")
    (folder / "mobilegen.yml").write_text(SETTINGS, "utf-8")
    succeed("build", folder)
    return folder


@pytest.fixture(scope="module")
def kept(sample: Path) -> Path:
    return keep(sample)


@pytest.fixture
def built(sample: Path, kept: Path) -> Iterator[Path]:
    """The same, for a test to change."""
    yield sample
    put_back(sample, kept)


def report(folder: Path, *options: str) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(succeed("build", folder, "--json", *options))
    return values


def contents(project: Path) -> dict[str, bytes]:
    files = (path for path in project.rglob("*") if path.is_file())
    return {path.relative_to(project).as_posix(): path.read_bytes() for path in files}


def test_what_is_in_it(sample: Path) -> None:
    project, result = sample / "build" / "android", sample / "build"
    main = project / "sdk" / "src" / "main"
    for name in ("model.param", "model.bin", "labels.txt"):
        packed = (main / "assets" / "tiny" / name).read_bytes()
        assert packed == (result / "model" / name).read_bytes()
    library = Path("x86_64", "libtiny.so")
    packed = (main / "jniLibs" / library).read_bytes()
    assert packed == (result / "lib" / library).read_bytes()
    assert (main / "java" / "com" / "example" / "my_net" / "Model.java").is_file()
    assert (project / "gradlew").stat().st_mode & 0o111


def test_the_licence_goes_with_the_library(sample: Path) -> None:
    """ncnn's demands it, of binaries too."""
    result = sample / "build"
    text = (result / "lib" / "LICENSE.ncnn.txt").read_bytes()
    assert b"Redistributions in binary form must reproduce" in text
    (copy,) = (result / "android" / "sdk" / "src" / "main" / "assets").rglob("LICENSE*")
    assert copy.read_bytes() == text


def test_golden_results_are_those_of_the_reference(sample: Path) -> None:
    folder = sample / "build" / "android" / GOLDEN
    facts = json.loads((folder / "golden.json").read_text("utf-8"))
    reference = read_npz(sample / "build" / "model" / "reference.npz")
    assert facts["limit"] == 1e-3
    assert [each["name"] for each in facts["samples"]] == ["photo.png", "sample 1"]
    for index, each in enumerate(facts["samples"]):
        for kind, names, tensor in (
            ("in", each["inputs"], "image"),
            ("out", each["outputs"], "logits"),
        ):
            found = np.frombuffer((folder / names[0]).read_bytes(), "<f4")
            expected = reference[f"{index}/{kind}/{tensor}"]
            np.testing.assert_array_equal(found, expected.ravel())
    photo = facts["samples"][0]
    pixels = np.frombuffer((folder / photo["pixels"]).read_bytes(), np.uint8)
    with Image.open(sample / "photo.png") as image:
        np.testing.assert_array_equal(pixels, np.asarray(image).ravel())
    assert (photo["width"], photo["height"]) == (30, 20)
    logits = reference["0/out/logits"].ravel()
    assert photo["label"] == f"Tom's <{logits.argmax()}> 日本"


def test_second_build_changes_nothing(built: Path) -> None:
    project = built / "build" / "android"
    before = {path: path.stat().st_mtime_ns for path in project.rglob("*")}
    again = report(built)
    assert again["projects"] == [
        {"folder": "android", "files": len(before_files(before)), "kept": []}
    ]
    assert {path: path.stat().st_mtime_ns for path in project.rglob("*")} == before


def before_files(paths: dict[Path, int]) -> list[Path]:
    return [path for path in paths if path.is_file() and path.name != ".mobilegen.json"]


def test_same_bytes_in_another_place(sample: Path, tmp_path: Path) -> None:
    other = shutil.copytree(sample, tmp_path / "other", ignore=shutil.ignore_patterns("build"))
    report(other)
    assert contents(other / "build" / "android") == contents(sample / "build" / "android")


def test_changes_are_kept_until_they_are_given_up(built: Path) -> None:
    project = built / "build" / "android"
    changed, removed = project / "app" / "build.gradle.kts", project / "README.md"
    changed.write_text("mine")
    removed.unlink()
    (project / "local.properties").write_text("sdk.dir=/here")
    kept = report(built, "--app-name", "Another")["projects"][0]["kept"]
    assert kept == ["README.md (removed by you)", "app/build.gradle.kts (changed by you)"]
    assert changed.read_text() == "mine" and not removed.exists()
    strings = project / "app" / "src" / "main" / "res" / "values" / "strings.xml"
    assert ">Another<" in strings.read_text("utf-8")
    told = succeed("build", built)
    assert "left as it is: app/build.gradle.kts (changed by you)" in told
    assert report(built, "--force")["projects"][0]["kept"] == []
    assert "applicationId" in changed.read_text("utf-8") and removed.is_file()
    assert (project / "local.properties").is_file()


def test_another_package_moves_the_sources(built: Path) -> None:
    java = built / "build" / "android" / "sdk" / "src" / "main" / "java"
    (java / "com" / "example" / "my_net" / "Mine.java").write_text("mine")
    report(built, "--package", "org.größe.x")
    found = {path.relative_to(java).as_posix() for path in java.rglob("*.java")}
    assert "org/größe/x/Model.java" in found
    assert {name for name in found if name.startswith("com")} == {"com/example/my_net/Mine.java"}


def test_failed_build_leaves_the_project(built: Path) -> None:
    before = contents(built / "build" / "android")
    (built / "net.onnx").write_bytes(b"no model")
    fail(errors.ModelError.exit_code, "build", built, "--app-name", "Another")
    assert contents(built / "build" / "android") == before


def test_without_a_project(built: Path) -> None:
    """An earlier one stays, since it may hold somebody's work."""
    before = contents(built / "build" / "android")
    values = report(built, "--no-project")
    assert values["projects"] == []
    assert "project/android" not in {step["name"] for step in values["steps"]}
    assert contents(built / "build" / "android") == before
    shutil.rmtree(built / "build")
    report(built, "--no-project")
    assert not (built / "build" / "android").exists()


def test_somebody_elses_project_is_not_touched(built: Path) -> None:
    shutil.rmtree(built / "build" / "android")
    (built / "build" / "android").mkdir()
    (built / "build" / "android" / "settings.gradle").write_text("mine")
    told = fail(errors.UsageError.exit_code, "build", built)
    assert "no build left it" in told and "--no-project" in told
    assert contents(built / "build" / "android") == {"settings.gradle": b"mine"}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--application-id", "single"), "application id"),
        (("--application-id", "com.new.app"), "reserved word"),
        (("--app-name", "two\nlines"), "one line"),
        (("--app-name", " "), "one line"),
        (("--target-sdk", "20"), "target_sdk"),
        (("--compile-sdk", "35", "--target-sdk", "36"), "lower than target_sdk"),
        (("--platform", "symbian"), "platform"),
    ],
)
def test_wrong_options(sample: Path, options: tuple[str, ...], words: str) -> None:
    done = mobilegen("build", sample, *options)
    assert done.returncode == errors.ConfigError.exit_code
    assert words in done.stderr and "Traceback" not in done.stderr

"""The Java classes in a real Java VM: for this computer, and with the Android x86_64 library."""

from __future__ import annotations

from pathlib import Path

import models
import pytest
from java_api import CHECKED, NAME, PACKAGE, compile_java, java, write_arrays
from native_models import Converted, build_android, build_host, convert

from mobilegen.artifacts import Preprocess
from mobilegen.native_build.header import NOTHING_ELSE, Contents
from mobilegen.platforms.android.executors import jvm

SOURCES = Path(__file__).parents[1] / "java"
CYCLES = 1000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("java")


@pytest.fixture(scope="module")
def classes(folder: Path) -> Path:
    return compile_java(folder, *SOURCES.glob("*.java"))


@pytest.fixture(scope="module")
def mobilenet(folder: Path) -> Converted:
    model = convert(models.mobilenet(), folder / "mobilenet")
    text = "".join(f"{label}\n" for label in labels(model))
    (model.artifact.folder / "labels.txt").write_text(text, "utf-8")
    return model


@pytest.fixture(scope="module")
def multi_io(folder: Path) -> Converted:
    return convert(models.multi_io(), folder / "multi_io")


def labels(model: Converted) -> tuple[str, ...]:
    """Names with every kind of UTF-8."""
    return tuple(f"label {i} ä\U0001f600" for i in range(model.outputs()[0].size))


def contents(model: Converted, *, embed: bool = False) -> Contents:
    """Labels for an embedded model, and a rule for pictures."""
    height, width = model.inputs()[0].shape[2:]
    rule = Preprocess(width, height, "pillow-bilinear", mean=(127,) * 3, std=(128,) * 3)
    return Contents(labels(model), rule, embed)


def host_library(model: Converted, folder: Path, what: Contents = NOTHING_ELSE) -> Path:
    goals = ["mobilegen"]
    built = build_host(model, folder, goals, name=NAME, package=PACKAGE, java=True, contents=what)
    return built / f"lib{NAME}.so"


@pytest.fixture(scope="module")
def host_mobilenet(folder: Path, mobilenet: Converted) -> Path:
    return host_library(mobilenet, folder / "host", contents(mobilenet))


def test_everything_on_this_computer(
    classes: Path, mobilenet: Converted, host_mobilenet: Path, tmp_path: Path
) -> None:
    """Among them a thousand models opened and closed, and every native called wrongly."""
    tasks = "tensors,opening,classes,wrong,cycles"
    arguments = (tasks, mobilenet.artifact.folder, write_arrays(mobilenet, tmp_path), CYCLES)
    print(java(classes, host_mobilenet, "ApiTest", arguments, CHECKED))


def test_several_inputs_and_outputs(classes: Path, multi_io: Converted, tmp_path: Path) -> None:
    library = host_library(multi_io, tmp_path / "host")
    arguments = ("tensors,opening", multi_io.artifact.folder, write_arrays(multi_io, tmp_path))
    java(classes, library, "ApiTest", arguments, CHECKED)


def test_model_in_the_library(classes: Path, mobilenet: Converted, tmp_path: Path) -> None:
    library = host_library(mobilenet, tmp_path / "host", contents(mobilenet, embed=True))
    arguments = ("embedded", tmp_path / "nowhere", write_arrays(mobilenet, tmp_path))
    java(classes, library, "ApiTest", arguments, CHECKED)


@pytest.mark.parametrize("name", ["mobilenet", "multi_io"])
def test_android_library(
    name: str, classes: Path, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """The bytes that are shipped, over libraries that stand for Android's."""
    model: Converted = request.getfixturevalue(name)
    what = contents(model) if name == "mobilenet" else NOTHING_ELSE
    library = build_android(
        model, "x86_64", tmp_path / "library", name=NAME, package=PACKAGE, contents=what
    ).path
    tasks = "tensors,opening,classes,wrong,cycles" if name == "mobilenet" else "tensors"
    opener = jvm.shims() / jvm.OPENER
    options = (f"-Dmobilegen.opener={opener}",)
    arguments = (tasks, model.artifact.folder, write_arrays(model, tmp_path), 100)
    java(classes, library, "ApiTest", arguments, CHECKED, *options, MOBILEGEN_LIBRARY=str(library))


@pytest.mark.parametrize("name", ["mobilenet", "multi_io"])
def test_image_recognition(
    name: str, classes: Path, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Right answers, and an exception with a message for each wrong use."""
    model: Converted = request.getfixturevalue(name)
    library = (
        request.getfixturevalue("host_mobilenet")
        if name == "mobilenet"
        else host_library(model, tmp_path / "host")
    )
    (tmp_path / "input").write_bytes(model.inputs()[0].astype(">f4").tobytes())
    (tmp_path / "expected").write_bytes(model.outputs()[0].astype(">f4").tobytes())
    shape = ",".join(str(size) for size in model.artifact.inputs[0].tensor.shape)
    arguments = (model.artifact.folder, tmp_path, shape, len(model.artifact.inputs))
    java(classes, library, "NativesTest", arguments, CHECKED)

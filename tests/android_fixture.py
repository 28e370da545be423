"""A small project with the layout of a rendered one, around a real model and its libraries."""

from __future__ import annotations

import shutil
from pathlib import Path

from program import PHOTO

from mobilegen.platforms.android.apk.settings import ApkSettings, Module
from mobilegen.platforms.android.sources import CLASSES, java_source

SOURCES = Path(__file__).parent / "android" / "fixture"
NAME = "photo"
PACKAGE = "com.example.photo"
SETTINGS = ApkSettings(
    application_id="com.example.fixture.demo",
    modules=(Module("app", "com.example.fixture"), Module("sdk", PACKAGE)),
    min_sdk=21,
    target_sdk=36,
    version_code=7,
    version_name="1.2",
    route="embedded",
)


def make_project(built: Path, folder: Path) -> Path:
    """Make the project of a built photo sample (a result folder of `mobilegen build`)."""
    shutil.copytree(SOURCES, folder)
    main = folder / "sdk" / "src" / "main"
    package = main / "java" / Path(*PACKAGE.split("."))
    package.mkdir(parents=True)
    for name in CLASSES:
        (package / f"{name}.java").write_text(java_source(name, PACKAGE, NAME), "utf-8")
    assets = main / "assets" / NAME
    assets.mkdir(parents=True)
    for name in ("model.param", "model.bin", "labels.txt"):
        shutil.copy(built / "model" / name, assets)
    shutil.copytree(built / "lib", main / "jniLibs")
    (folder / "app" / "src" / "main" / "assets").mkdir()
    shutil.copy(PHOTO / "coffee.png", folder / "app" / "src" / "main" / "assets")
    return folder

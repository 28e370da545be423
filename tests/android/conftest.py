"""One built sample with its project and APK for all tests here."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from android_project import DEFAULT
from program import PHOTO, succeed

from mobilegen.artifacts import Apk
from mobilegen.platforms.android.apk.build import build_apk
from mobilegen.platforms.android.apk.settings import ApkSettings, settings_of
from mobilegen.platforms.android.apk.tools import Tools, find_tools

ABIS = ("--abi", "x86_64", "--abi", "armeabi-v7a")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("photo") / "out"
    succeed("build", PHOTO, *ABIS, "--out", folder)
    return folder


@pytest.fixture(scope="session")
def project(built: Path) -> Path:
    """The project; tests that change it take a copy."""
    return built / "android"


@pytest.fixture
def own_project(project: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(project, tmp_path / "android"))


@pytest.fixture(scope="session")
def settings() -> ApkSettings:
    return settings_of(DEFAULT, route="embedded", stored_assets=("param", "bin"))


@pytest.fixture(scope="session")
def tools() -> Tools:
    return find_tools()


@pytest.fixture(scope="session")
def apk(
    project: Path,
    settings: ApkSettings,
    tools: Tools,
    tmp_path_factory: pytest.TempPathFactory,
) -> Apk:
    """The APK by the embedded route; its tools are there already."""
    return build_apk(project, settings, tmp_path_factory.mktemp("apk") / "photo.apk")

"""The route by Gradle, with a gradlew that stands in for the real one; no Android SDK is here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mobilegen.artifacts import Apk
from mobilegen.errors import PackagingError, ToolchainError
from mobilegen.platforms.android.apk.build import build_apk
from mobilegen.platforms.android.apk.settings import ApkSettings

# Notes its arguments, and leaves what the Android Gradle Plugin leaves.
GRADLEW = """#!/bin/sh
echo "$@" > "{notes}/arguments"
echo "$ANDROID_HOME" > "{notes}/home"
mkdir -p app/build/outputs/apk/debug
cp "{apk}" app/build/outputs/apk/debug/app-debug.apk
cat > app/build/outputs/apk/debug/output-metadata.json <<'END'
{metadata}
END
"""
ONE = '{"elements": [{"filters": [], "outputFile": "app-debug.apk"}]}'
SPLIT = (
    '{"elements": [{"filters": [{"filterType": "ABI", "value": "x86_64"}],'
    ' "outputFile": "app-x86_64-debug.apk"},'
    ' {"filters": [], "outputFile": "app-debug.apk"}]}'
)
ONLY_SPLITS = SPLIT.replace('"filters": [],', '"filters": [{"filterType": "ABI"}],')


@pytest.fixture
def sdk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "sdk"
    (folder / "platforms" / "android-36").mkdir(parents=True)
    monkeypatch.setenv("ANDROID_HOME", str(folder))
    return folder


@pytest.fixture
def gradle(settings: ApkSettings) -> ApkSettings:
    return replace(settings, route="auto")


def stand_in(project: Path, apk: Path, text: str = GRADLEW, metadata: str = ONE) -> None:
    script = project / "gradlew"
    script.write_text(text.format(notes=project, apk=apk, metadata=metadata))
    script.chmod(0o755)


@pytest.mark.parametrize("metadata", [ONE, SPLIT], ids=["one", "splits"])
def test_gradle_is_taken_when_there_is_an_sdk(
    metadata: str, sdk: Path, own_project: Path, gradle: ApkSettings, apk: Apk, tmp_path: Path
) -> None:
    stand_in(own_project, apk.path, metadata=metadata)
    made = build_apk(own_project, gradle, tmp_path / "x.apk", offline=True)
    assert made.route == "gradle"
    assert made.reason == f"Gradle, because there is an Android SDK at {sdk} (ANDROID_HOME)"
    assert made.sha256 == apk.sha256
    assert {check.status for check in made.checks} == {"pass"}
    arguments = (own_project / "arguments").read_text().split()
    libraries = "-PnativeFromSources=false"
    assert arguments == [":app:assembleDebug", "--console=plain", libraries, "--offline"]
    assert (own_project / "home").read_text().strip() == str(sdk)


def test_a_build_that_fails(
    sdk: Path, own_project: Path, gradle: ApkSettings, apk: Apk, tmp_path: Path
) -> None:
    stand_in(own_project, apk.path, "#!/bin/sh\necho 'error: no such thing' >&2\nexit 1\n")
    old = own_project / "app/build/outputs/apk/debug/app-debug.apk"
    old.parent.mkdir(parents=True)
    old.write_bytes(apk.path.read_bytes())
    with pytest.raises(PackagingError, match="the Gradle build failed") as caught:
        build_apk(own_project, gradle, tmp_path / "x.apk")
    assert "no such thing" in str(caught.value)
    assert not (tmp_path / "x.apk").exists()


@pytest.mark.parametrize(
    ("metadata", "message"),
    [(ONLY_SPLITS, "no APK for all ABIs"), ("{}", "no list"), ("rubbish", "no list")],
)
def test_unusable_results(
    metadata: str,
    message: str,
    sdk: Path,
    own_project: Path,
    gradle: ApkSettings,
    apk: Apk,
    tmp_path: Path,
) -> None:
    stand_in(own_project, apk.path, metadata=metadata)
    with pytest.raises(PackagingError, match=message):
        build_apk(own_project, gradle, tmp_path / "x.apk")


def test_a_stale_apk_does_not_pass(
    sdk: Path, own_project: Path, gradle: ApkSettings, apk: Apk, tmp_path: Path
) -> None:
    stand_in(own_project, apk.path, "#!/bin/sh\nexit 0\n")
    folder = own_project / "app/build/outputs/apk/debug"
    folder.mkdir(parents=True)
    (folder / "app-debug.apk").write_bytes(apk.path.read_bytes())
    (folder / "output-metadata.json").write_text(ONE)
    with pytest.raises(PackagingError, match="no list"):
        build_apk(own_project, gradle, tmp_path / "x.apk")


def test_gradle_without_an_sdk(project: Path, settings: ApkSettings, tmp_path: Path) -> None:
    with pytest.raises(ToolchainError, match="no Android SDK"):
        build_apk(project, replace(settings, route="gradle"), tmp_path / "x.apk")


def test_without_an_sdk_the_embedded_route_is_taken(
    project: Path, gradle: ApkSettings, tmp_path: Path
) -> None:
    made = build_apk(project, gradle, tmp_path / "x.apk")
    assert made.reason.startswith("embedded, because there is no Android SDK: ")

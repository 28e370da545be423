"""The user's key, and where an Android SDK is looked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from mobilegen.errors import UsageError
from mobilegen.platforms.android.apk import sdk
from mobilegen.platforms.android.apk.settings import (
    KEY_ALIAS,
    KEY_PASSWORD,
    KEYSTORE,
    KEYSTORE_PASSWORD,
    Keystore,
    keystore_from,
)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "keys.jks").write_bytes(b"")
    return {
        KEYSTORE: str(tmp_path / "keys.jks"),
        KEYSTORE_PASSWORD: "secret",
        KEY_ALIAS: "upload",
    }


def test_no_key_is_named() -> None:
    assert keystore_from({}) is None
    assert keystore_from({KEYSTORE: ""}) is None


def test_passwords_stay_in_the_environment(environment: dict[str, str], tmp_path: Path) -> None:
    found = keystore_from(environment)
    assert found == Keystore(tmp_path / "keys.jks", "upload", KEYSTORE_PASSWORD, KEYSTORE_PASSWORD)
    assert "secret" not in repr(found)


def test_key_with_a_password_of_its_own(environment: dict[str, str]) -> None:
    found = keystore_from({**environment, KEY_PASSWORD: "other"})
    assert found is not None and found.key_password_variable == KEY_PASSWORD


@pytest.mark.parametrize("missing", [KEY_ALIAS, KEYSTORE_PASSWORD])
def test_incomplete_key(missing: str, environment: dict[str, str]) -> None:
    with pytest.raises(UsageError, match=missing):
        keystore_from({**environment, missing: ""})


def test_missing_file(environment: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        keystore_from({**environment, KEYSTORE: "nowhere.jks"})


@pytest.fixture(autouse=True)
def no_usual_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sdk, "_USUAL", ())


def test_newest_parts_of_an_sdk(tmp_path: Path) -> None:
    for name in ("9.0.0", "36.0.0", "35.0.1"):
        (tmp_path / "build-tools" / name).mkdir(parents=True)
    for name in ("android-9", "android-36"):
        (tmp_path / "platforms" / name).mkdir(parents=True)
    found = sdk.find_sdk({"ANDROID_HOME": str(tmp_path)})
    assert found is not None and found.build_tools == tmp_path / "build-tools" / "36.0.0"
    assert found.android_jar is None
    (tmp_path / "platforms" / "android-36" / "android.jar").write_bytes(b"")
    assert found.android_jar == tmp_path / "platforms" / "android-36" / "android.jar"
    assert str(found) == f"Android SDK at {tmp_path} (ANDROID_HOME)"


def test_an_empty_folder_is_no_sdk(tmp_path: Path) -> None:
    (tmp_path / "build-tools").mkdir()
    assert sdk.find_sdk({"ANDROID_HOME": str(tmp_path)}) is None
    assert sdk.find_sdk({}) is None


def test_licences_are_enough(tmp_path: Path) -> None:
    """Gradle fetches the rest."""
    (tmp_path / "licenses" / "android-sdk-license").mkdir(parents=True)
    found = sdk.find_sdk({"ANDROID_SDK_ROOT": str(tmp_path)})
    assert found is not None and found.build_tools is None and found.android_jar is None

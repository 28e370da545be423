"""APKs that are signed with a key of the user."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mobilegen.artifacts import Apk
from mobilegen.errors import PackagingError
from mobilegen.platforms.android.apk.build import build_apk
from mobilegen.platforms.android.apk.settings import (
    KEY_ALIAS,
    KEY_PASSWORD,
    KEYSTORE,
    KEYSTORE_PASSWORD,
    ApkSettings,
    keystore_from,
)
from mobilegen.platforms.android.apk.sign import Key, sign
from mobilegen.platforms.android.apk.tools import Tools, run_tool

SECRET = "very secret 1"
OTHER = "other secret 2"


@pytest.fixture(scope="module")
def keystore(tools: Tools, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A JKS file, whose key has a password of its own."""
    path = tmp_path_factory.mktemp("keys") / "my keys.jks"
    run_tool(
        (
            tools.jdk.java.with_name("keytool"), "-genkeypair", "-keystore", path,
            "-storetype", "JKS", "-storepass", SECRET, "-keypass", OTHER, "-alias", "upload",
            "-keyalg", "RSA", "-keysize", "2048", "-validity", "100", "-dname", "CN=Somebody",
        ),
        title="keytool",
    )  # fmt: skip
    return path


def name(monkeypatch: pytest.MonkeyPatch, keystore: Path, **changed: str) -> None:
    values = {
        KEYSTORE: str(keystore),
        KEYSTORE_PASSWORD: SECRET,
        KEY_ALIAS: "upload",
        KEY_PASSWORD: OTHER,
        **changed,
    }
    for variable, value in values.items():
        monkeypatch.setenv(variable, value)


def test_release_with_an_own_key(
    monkeypatch: pytest.MonkeyPatch,
    keystore: Path,
    project: Path,
    settings: ApkSettings,
    tools: Tools,
    tmp_path: Path,
) -> None:
    name(monkeypatch, keystore)
    own = replace(settings, keystore=keystore_from())
    made = build_apk(project, own, tmp_path / "x.apk")
    assert {check.id: check.detail for check in made.checks if check.status != "pass"} == {}
    badging = run_tool((tools.aapt2, "dump", "badging", made.path), title="aapt2")
    assert "application-debuggable" not in badging
    printed = run_tool(
        (tools.jdk.java.with_name("keytool"), "-printcert", "-jarfile", made.path), title="keytool"
    )
    assert "CN=Somebody" in printed


def test_control_the_debug_build_is_debuggable(apk: Apk, tools: Tools) -> None:
    badging = run_tool((tools.aapt2, "dump", "badging", apk.path), title="aapt2")
    assert "application-debuggable" in badging


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({KEYSTORE_PASSWORD: "wrong"}, "password was incorrect"),
        ({KEY_PASSWORD: "wrong"}, "Cannot recover key"),
        ({KEY_ALIAS: "nobody"}, "no key of that alias"),
    ],
    ids=["password", "key password", "alias"],
)
def test_wrong_keys_are_told_without_secrets(
    changed: dict[str, str],
    reason: str,
    monkeypatch: pytest.MonkeyPatch,
    keystore: Path,
    apk: Apk,
    tools: Tools,
    tmp_path: Path,
) -> None:
    name(monkeypatch, keystore, **changed)
    found = keystore_from()
    assert found is not None
    with pytest.raises(PackagingError, match="signing with the key") as caught:
        sign(apk.path, tmp_path / "x.apk", Key(found), tools, min_sdk=21)
    assert SECRET not in str(caught.value) and OTHER not in str(caught.value)
    assert reason in str(caught.value)

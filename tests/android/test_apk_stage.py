"""mobilegen build --apk: the app as its user has changed it, made again when something changes."""

from __future__ import annotations

import zipfile
from pathlib import Path

import models
import pytest
from program import fail, succeed

from mobilegen import errors
from mobilegen.artifacts import BuildReport
from mobilegen.platforms.android.apk.settings import KEY_ALIAS, KEYSTORE, KEYSTORE_PASSWORD
from mobilegen.platforms.android.apk.tools import Tools, run_tool
from mobilegen.serialize import load_json
from mobilegen.system.files import sha256_file

STRINGS = "android/app/src/main/res/values/strings.xml"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("digits") / "digits.onnx"
    models.save(models.lenet(), path)
    return path


@pytest.fixture(scope="module")
def out(model: Path) -> Path:
    """A first build; the tests below go on with it, one after the other."""
    folder = model.parent / "out"
    build(model, folder)
    return folder


def build(model: Path, out: Path, *options: str, **env: str) -> str:
    return succeed("build", model, "--abi", "x86_64", "--apk", "--out", out, *options, **env)


def apk_of(out: Path) -> Path:
    [path] = (out / "apk").iterdir()
    return path


def is_kept(out: Path) -> bool:
    steps = load_json(BuildReport, out / "build.json").steps
    return next(step.cached for step in steps if step.name == "apk")


def test_apk_is_part_of_the_result(out: Path) -> None:
    report = load_json(BuildReport, out / "build.json")
    path = apk_of(out)
    assert path.name == "digits.apk" and not is_kept(out)
    assert {file.path: file.sha256 for file in report.files}["apk/digits.apk"] == sha256_file(path)
    checks = {check.id: check.status for check in report.checks if check.id.startswith("apk.")}
    assert len(checks) == 7 and set(checks.values()) == {"pass"}
    detail = next(step.detail for step in report.steps if step.name == "apk")
    assert "embedded, because there is no Android SDK" in detail


def test_nothing_is_done_twice(model: Path, out: Path) -> None:
    before = sha256_file(apk_of(out))
    build(model, out)
    assert is_kept(out) and sha256_file(apk_of(out)) == before


def test_changes_of_the_user_are_in_the_app(model: Path, out: Path, tools: Tools) -> None:
    text = (out / STRINGS).read_text("utf-8")
    changed = text.replace(">Benchmark<", ">My own words<")
    assert changed != text
    (out / STRINGS).write_text(changed, "utf-8")
    added = out / "android/app/src/main/assets/build/my.txt"
    added.parent.mkdir(parents=True)
    added.write_text("added by hand")
    build(model, out)
    strings = run_tool((tools.aapt2, "dump", "strings", apk_of(out)), title="aapt2")
    assert "My own words" in strings
    with zipfile.ZipFile(apk_of(out)) as archive:
        assert archive.read("assets/build/my.txt") == b"added by hand"
    build(model, out)
    assert is_kept(out)
    added.unlink()
    build(model, out, "--force")
    strings = run_tool((tools.aapt2, "dump", "strings", apk_of(out)), title="aapt2")
    assert "My own words" not in strings


def test_an_error_of_the_user_leaves_the_last_app(model: Path, out: Path) -> None:
    before = sha256_file(apk_of(out))
    path = out / "android/app/src/main/java/com/example/sdk/demo/Wrong.java"
    path.write_text("class Wrong { int a = ; }")
    code = errors.PackagingError.exit_code
    message = fail(code, "build", model, "--abi", "x86_64", "--apk", "--out", out)
    assert "Wrong.java:1: error" in message
    assert sha256_file(apk_of(out)) == before
    path.unlink()


def test_passwords_are_nowhere(model: Path, out: Path, tools: Tools, tmp_path: Path) -> None:
    keys, secret = tmp_path / "keys.p12", "quite secret 7"
    run_tool(
        (
            tools.jdk.java.with_name("keytool"), "-genkeypair", "-keystore", keys,
            "-storepass", secret, "-alias", "upload", "-keyalg", "RSA", "-dname", "CN=Somebody",
        ),
        title="keytool",
    )  # fmt: skip
    named = {KEYSTORE: str(keys), KEYSTORE_PASSWORD: secret, KEY_ALIAS: "upload"}
    printed = build(model, out, **named)
    assert secret not in printed and not is_kept(out)
    certificate = run_tool(
        (tools.jdk.java.with_name("keytool"), "-printcert", "-jarfile", apk_of(out)), title=""
    )
    assert "CN=Somebody" in certificate
    for path in out.rglob("*"):
        assert path.is_dir() or secret.encode() not in path.read_bytes(), path


def test_without_the_option_there_is_no_app(model: Path, out: Path) -> None:
    succeed("build", model, "--abi", "x86_64", "--out", out)
    assert not (out / "apk").exists()


def test_an_app_needs_the_project(model: Path, tmp_path: Path) -> None:
    code = errors.ConfigError.exit_code
    assert "left out" in fail(code, "build", model, "--apk", "--no-project", "--out", tmp_path)

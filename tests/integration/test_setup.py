"""mobilegen setup and doctor: after setup nothing needs a network."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import models
import pytest
from program import command, fail, mobilegen, succeed

from mobilegen import errors
from mobilegen.toolchains.targets import ANDROID_ABIS


def findings(*options: str | Path, **env: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(succeed("doctor", "--json", *options, **env))
    return found


def state(found: list[dict[str, str]], subject: str) -> str:
    return next(each["state"] for each in found if each["subject"] == subject)


def require_namespaces() -> None:
    unshare = shutil.which("unshare")
    works = unshare and subprocess.run([unshare, "-rn", "true"]).returncode == 0
    if not works and not os.environ.get("CI"):
        pytest.skip("no network namespaces here")
    assert works, "unshare -rn does not work"


@pytest.mark.slow
def test_after_setup_a_build_needs_no_network(tmp_path: Path) -> None:
    require_namespaces()
    fresh = {"MOBILEGEN_CACHE": str(tmp_path / "cache")}
    assert state(findings(**fresh), "offline builds with ncnn") == "later"
    items = json.loads(succeed("setup", "--apk", "--json", **fresh))
    assert {item["state"] for item in items} <= {"ready", "none"}
    found = findings(**fresh)
    assert state(found, "offline builds with ncnn") == "ok"
    assert state(found, "toolbox emulator") == "ok"

    net = models.save(models.lenet(), tmp_path / "net.onnx")
    build = command("build", net, "--out", tmp_path / "out", "--offline", "--abi", "all", "--apk")
    # uv's own cache could stand in for what setup forgot.
    env = {**os.environ, **fresh, "UV_CACHE_DIR": str(tmp_path / "no uv cache")}
    done = subprocess.run(
        ["unshare", "-rn", *build, "--json"], env=env, capture_output=True, text=True, timeout=900
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert {each["target"]["abi"] for each in report["libraries"]} == set(ANDROID_ABIS)
    not_proved = [check["id"] for check in report["checks"] if check["status"] != "pass"]
    assert not_proved == []


def test_setup_without_network_and_cache_says_what_is_missing(tmp_path: Path) -> None:
    empty = {
        "MOBILEGEN_CACHE": str(tmp_path / "cache"),
        "UV_CACHE_DIR": str(tmp_path / "uv"),
    }
    done = mobilegen("setup", "--offline", "--abi", "arm64-v8a", **empty)
    assert done.returncode == errors.DownloadError.exit_code, done.stderr
    lines = done.stdout.splitlines()
    missing = {line.split("  ")[1].partition(":")[0] for line in lines if "missing" in line}
    assert missing == {"converter of ncnn", "code of ncnn", "executor for android-arm64-v8a"}
    assert "Traceback" not in done.stderr
    assert "the same command without --offline" in done.stderr


def test_setup_refuses_what_it_does_not_know() -> None:
    fail(errors.ConfigError.exit_code, "setup", "--abi", "armv9")
    fail(errors.UsageError.exit_code, "setup", "--runtime", "nccn")
    assert "did you mean ndk" in fail(errors.ConfigError.exit_code, "setup", "--toolchain", "ndkk")


def test_doctor_tells_versions_disk_and_cache() -> None:
    found = findings()
    subjects = {each["subject"] for each in found}
    assert {"mobilegen", "Python", "ziglang", "free disk", "cache", "toolbox ncnn"} <= subjects
    assert state(found, "free disk") in ("ok", "low")


def test_doctor_says_why_an_ndk_is_rejected(tmp_path: Path) -> None:
    rejected = findings("--ndk", tmp_path)
    assert state(rejected, "Android NDK") == "rejected"
    reason = next(each["detail"] for each in rejected if each["subject"] == "Android NDK")
    assert "source.properties" in reason
    # A folder of an NDK's shape; no real one can be had for a test.
    (tmp_path / "build" / "cmake").mkdir(parents=True)
    (tmp_path / "build" / "cmake" / "android.toolchain.cmake").write_text("")
    (tmp_path / "source.properties").write_text("Pkg.Revision = 28.2.13676358\n")
    programs = tmp_path / "toolchains" / "llvm" / "prebuilt" / "linux-x86_64" / "bin"
    programs.mkdir(parents=True)
    (programs / "clang").touch()
    accepted = findings("--ndk", tmp_path)
    assert state(accepted, "Android NDK") == "ok"
    assert "28.2.13676358" in str(accepted)


def test_doctor_is_strict_when_it_is_told(tmp_path: Path) -> None:
    nothing = {"PATH": str(tmp_path), "JAVA_HOME": "", "HOME": str(tmp_path)}
    text = succeed("doctor", **nothing)
    if state(findings(**nothing), "JDK") == "missing":
        assert "missing: JDK" in text.splitlines()[-1]
        assert mobilegen("doctor", "--strict", **nothing).returncode == 1
    subjects = {each["subject"] for each in findings(**nothing)}
    assert {"Android SDK", "Maven", "adb", "JDK"} <= subjects

"""A build by a user's NDK. No NDK can be had here, so a stand-in of its shape is used; it runs the
embedded clang, through the same discovery, CMake code and clang driver as a real one."""

from __future__ import annotations

import json
from pathlib import Path

import models
import pytest
from ndk_standin import VERSION, make_ndk
from program import fail, mobilegen, succeed

from mobilegen import errors

ABI = "x86_64"


@pytest.fixture(scope="module")
def net(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return models.save(models.lenet(), tmp_path_factory.mktemp("net") / "net.onnx")


@pytest.fixture(scope="module")
def ndk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_ndk(tmp_path_factory.mktemp("sdk") / "ndk", ABI)


def library_step(out: Path) -> str:
    report = json.loads((out / "build.json").read_text())
    (step,) = (step for step in report["steps"] if step["name"] == f"lib/android-{ABI}")
    return str(step["detail"])


@pytest.mark.slow
def test_a_named_ndk_builds_a_library_that_runs(net: Path, ndk: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = mobilegen("build", net, "--out", out, "--abi", ABI, "--toolchain", "ndk", "--ndk", ndk)
    assert done.returncode == 0, done.stderr
    line = f"NDK {VERSION} (from --ndk={ndk})"
    assert line in done.stderr
    assert line in library_step(out)
    report = json.loads((out / "build.json").read_text())
    checks = [check for check in report["checks"] if check["id"].startswith(ABI)]
    assert {check["status"] for check in checks} == {"pass"}
    assert any(check["id"] == f"{ABI}.parity.0" for check in checks)
    assert report["libraries"][0]["toolchain"] == f"NDK {VERSION}"


def test_a_rejected_ndk_is_named_with_the_reason(net: Path, tmp_path: Path) -> None:
    out, incomplete = tmp_path / "out", tmp_path / "incomplete"
    incomplete.mkdir()
    (incomplete / "source.properties").write_text("Pkg.Revision = 27.0.1\n")
    done = mobilegen("build", net, "--out", out, "--abi", ABI, ANDROID_NDK_HOME=str(incomplete))
    assert done.returncode == 0, done.stderr
    reason = f"ANDROID_NDK_HOME={incomplete}: build/cmake/android.toolchain.cmake is missing"
    assert f"no usable NDK: {reason}" in done.stderr
    assert reason in library_step(out)
    # Named by the user, it is refused and not passed over.
    arguments = ("build", net, "--out", out, "--abi", ABI, "--ndk", incomplete)
    assert "toolchain.cmake is missing" in fail(errors.ToolchainError.exit_code, *arguments)
    assert reason in library_step(out)


def test_an_ndk_whose_compiler_fails(net: Path, tmp_path: Path) -> None:
    ndk = make_ndk(tmp_path / "ndk", ABI)
    for compiler in ndk.glob("toolchains/llvm/prebuilt/*/bin/clang*"):
        compiler.write_text("#!/bin/sh\necho 'error: no licence for this planet' >&2\nexit 1\n")
    out = tmp_path / "out"
    text = fail(
        errors.NativeBuildError.exit_code,
        *("build", net, "--out", out, "--abi", ABI, "--toolchain", "ndk", "--ndk", ndk),
    )
    assert "no licence for this planet" in text
    assert not (out / "build.json").exists()


def test_no_ndk_although_demanded(net: Path, tmp_path: Path) -> None:
    text = fail(
        errors.ToolchainError.exit_code,
        *("build", net, "--out", tmp_path / "out", "--abi", ABI, "--toolchain", "ndk"),
        ANDROID_NDK_HOME="",
        ANDROID_NDK_ROOT="",
        ANDROID_HOME="",
    )
    assert "no usable NDK was found" in text
    succeed("build", net, "--out", tmp_path / "out", "--abi", ABI, "--toolchain", "embedded")

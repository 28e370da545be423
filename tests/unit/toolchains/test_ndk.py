from __future__ import annotations

from pathlib import Path

import pytest

from mobilegen.artifacts import Target
from mobilegen.errors import ToolchainError
from mobilegen.toolchains import embedded
from mobilegen.toolchains.choose import ToolchainKind, choose
from mobilegen.toolchains.ndk import NdkCandidate, candidates, toolchain

TARGET = Target("android", "arm64-v8a", "21")


def make_ndk(path: Path, version: str = "28.2.13676358") -> Path:
    file = path / "build" / "cmake" / "android.toolchain.cmake"
    file.parent.mkdir(parents=True)
    file.write_text("# toolchain file\n")
    properties = f"Pkg.Desc = Android NDK\nPkg.Revision = {version}\n"
    (path / "source.properties").write_text(properties)
    compiler = path / "toolchains" / "llvm" / "prebuilt" / "linux-x86_64" / "bin" / "clang"
    compiler.parent.mkdir(parents=True)
    compiler.write_text("")
    return path


def only(found: tuple[NdkCandidate, ...]) -> NdkCandidate:
    assert len(found) == 1
    return found[0]


def test_no_variable_no_candidate() -> None:
    assert candidates(environ={}) == ()


def test_good_ndk_is_accepted(tmp_path: Path) -> None:
    ndk = make_ndk(tmp_path / "ndk")
    found = only(candidates(environ={"ANDROID_NDK_HOME": str(ndk)}))
    assert (found.origin, found.version, found.problem) == ("ANDROID_NDK_HOME", "28.2.13676358", "")


def test_missing_folder(tmp_path: Path) -> None:
    assert only(candidates(tmp_path / "gone", {})).problem == "no such folder"


@pytest.mark.parametrize("content", [None, "Pkg.Desc = Android NDK\n", "Pkg.Revision = new\n"])
def test_unreadable_version(tmp_path: Path, content: str | None) -> None:
    ndk = make_ndk(tmp_path / "ndk")
    (ndk / "source.properties").unlink()
    if content is not None:
        (ndk / "source.properties").write_text(content)
    assert only(candidates(ndk, {})).problem == "source.properties with a Pkg.Revision is missing"


def test_too_old(tmp_path: Path) -> None:
    ndk = make_ndk(tmp_path / "ndk", "22.1.7171670")
    assert only(candidates(ndk, {})).problem == "version 22.1.7171670 is older than 23"


def test_without_compiler(tmp_path: Path) -> None:
    ndk = make_ndk(tmp_path / "ndk")
    (ndk / "toolchains" / "llvm" / "prebuilt" / "linux-x86_64" / "bin" / "clang").unlink()
    problem = only(candidates(ndk, {})).problem
    assert problem == "no compiler: toolchains/llvm/prebuilt/*/bin/clang* is missing"


def test_without_toolchain_file(tmp_path: Path) -> None:
    ndk = make_ndk(tmp_path / "ndk")
    (ndk / "build" / "cmake" / "android.toolchain.cmake").unlink()
    assert only(candidates(ndk, {})).problem == "build/cmake/android.toolchain.cmake is missing"


def test_order_of_the_places(tmp_path: Path) -> None:
    environ = {
        "ANDROID_HOME": str(tmp_path / "sdk"),
        "ANDROID_NDK_ROOT": str(make_ndk(tmp_path / "root")),
        "ANDROID_NDK_HOME": str(make_ndk(tmp_path / "home")),
    }
    for version in ("9.0.1", "27.0.1", "28.0.1"):
        make_ndk(tmp_path / "sdk" / "ndk" / version, version)
    names = [found.path.name for found in candidates(environ=environ)]
    assert names == ["home", "root", "28.0.1", "27.0.1", "9.0.1"]


def test_explicit_folder_is_the_only_one(tmp_path: Path) -> None:
    environ = {"ANDROID_NDK_HOME": str(make_ndk(tmp_path / "other"))}
    found = only(candidates(make_ndk(tmp_path / "mine"), environ))
    assert (found.origin, found.path.name) == ("--ndk", "mine")


def test_toolchain_of_an_ndk(tmp_path: Path) -> None:
    found = only(candidates(make_ndk(tmp_path / "ndk"), {}))
    made = toolchain(found, TARGET)
    assert made.kind == "ndk"
    assert made.cmake_file == found.path / "build" / "cmake" / "android.toolchain.cmake"
    assert dict(made.variables) == {
        "ANDROID_ABI": "arm64-v8a",
        "ANDROID_PLATFORM": "android-21",
        "ANDROID_STL": "none",
    }
    other = toolchain(found, Target("android", "arm64-v8a", "24"))
    assert made.identity != other.identity
    with_cxx = toolchain(found, TARGET, cxx="static")
    assert ("ANDROID_STL", "c++_static") in with_cxx.variables
    assert made.identity != with_cxx.identity


def test_auto_takes_the_ndk_and_names_what_it_passed_over(tmp_path: Path) -> None:
    environ = {
        "ANDROID_NDK_HOME": str(tmp_path / "gone"),
        "ANDROID_NDK_ROOT": str(make_ndk(tmp_path / "ndk")),
    }
    chosen = choose("auto", TARGET, environ=environ)
    assert chosen.kind == "ndk"
    assert "from ANDROID_NDK_ROOT=" in chosen.reason
    assert "gone: no such folder" in chosen.reason


@pytest.mark.parametrize("kind", ["auto", "embedded"])
def test_a_runtime_may_need_an_ndk(kind: ToolchainKind) -> None:
    with pytest.raises(ToolchainError, match="needs the C\\+\\+ library of an NDK") as caught:
        choose(kind, TARGET, environ={}, cxx="ndk")
    assert "--ndk" in caught.value.hint


def test_the_ndk_that_a_runtime_needs(tmp_path: Path) -> None:
    environ = {"ANDROID_NDK_HOME": str(make_ndk(tmp_path / "ndk"))}
    assert choose("auto", TARGET, environ=environ, cxx="ndk").kind == "ndk"


def test_ndk_demanded_but_none_there() -> None:
    with pytest.raises(ToolchainError, match="no usable NDK was found"):
        choose("ndk", TARGET, environ={})


def test_explicit_ndk_is_never_passed_over(tmp_path: Path) -> None:
    with pytest.raises(ToolchainError, match="no usable NDK was found") as caught:
        choose("auto", TARGET, ndk=tmp_path / "gone", environ={})
    assert "no such folder" in caught.value.seen[0]


def test_embedded_refuses_what_it_cannot_build_for() -> None:
    with pytest.raises(ToolchainError, match="API level 19"):
        embedded.prepare(Target("android", "x86", "19"))

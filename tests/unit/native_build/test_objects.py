"""Names and keys of object sets, and the errors of CMake and compilers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mobilegen.artifacts import Target, Toolchain
from mobilegen.errors import NativeBuildError, ProcessError
from mobilegen.native_build.objects import object_names, set_key
from mobilegen.native_build.run import build_error, build_type
from mobilegen.runtimes.ncnn import engine

CODE = engine.code()
RECIPE = CODE.recipe
SOURCE = Path("/cache/sources/ncnn-1")
TARGET = Target("android", "arm64-v8a", "21")
TOOLCHAIN = Toolchain("embedded", "1", Path("a.cmake"), (("PATH", "/a"),), "", "identity")


def test_object_names_from_compile_commands() -> None:
    commands = [
        {"output": "/build/src/CMakeFiles/ncnn.dir/net.cpp.o"},
        {"output": "src\\CMakeFiles\\ncnn.dir\\layer\\arm\\relu_arm.cpp.o"},
        {"output": "/build/other.dir/x.cpp.o"},
        {"file": "no output"},
    ]
    assert object_names(commands, RECIPE, SOURCE) == {
        "net.cpp": "src/CMakeFiles/ncnn.dir/net.cpp.o",
        "layer/arm/relu_arm.cpp": "src/CMakeFiles/ncnn.dir/layer/arm/relu_arm.cpp.o",
    }


def test_objects_of_a_project_of_ours_have_the_names_in_the_package() -> None:
    recipe = replace(RECIPE, prefix="CMakeFiles/mini.dir/", project=Path("/mini/cmake"))
    commands = [
        {"output": "CMakeFiles/mini.dir/own.cpp.o"},
        {"output": "CMakeFiles/mini.dir/cache/sources/ncnn-1/src/net.cpp.o"},
    ]
    assert object_names(commands, recipe, SOURCE) == {
        "own.cpp": "CMakeFiles/mini.dir/own.cpp.o",
        "src/net.cpp": "CMakeFiles/mini.dir/cache/sources/ncnn-1/src/net.cpp.o",
    }


def test_no_objects_is_an_error() -> None:
    with pytest.raises(NativeBuildError):
        object_names([{"file": "x"}], RECIPE, SOURCE)


def test_key_depends_on_what_decides_the_bytes() -> None:
    keys = {
        set_key(CODE, TARGET, TOOLCHAIN),
        set_key(replace(CODE, recipe=replace(RECIPE, flags=("-O2",))), TARGET, TOOLCHAIN),
        set_key(replace(CODE, recipe=replace(RECIPE, options=())), TARGET, TOOLCHAIN),
        set_key(replace(CODE, package=replace(CODE.package, parts=())), TARGET, TOOLCHAIN),
        set_key(CODE, replace(TARGET, abi="x86"), TOOLCHAIN),
        set_key(CODE, replace(TARGET, level="24"), TOOLCHAIN),
        set_key(CODE, TARGET, replace(TOOLCHAIN, identity="other")),
    }
    assert len(keys) == 7


def test_key_does_not_depend_on_folders() -> None:
    moved = replace(TOOLCHAIN, cmake_file=Path("b.cmake"), variables=(("PATH", "/b"),))
    assert set_key(CODE, TARGET, moved) == set_key(CODE, TARGET, TOOLCHAIN)


def test_error_shows_what_the_compiler_said() -> None:
    output = (
        "[1/2] compiling\nFAILED: a.o\nc++ -c a.cpp\na.cpp:3:1: error: no such thing\n   3 | x\n"
    )
    error = build_error("compiling", ProcessError("ninja failed", output=output))
    assert error.seen[0] == "a.cpp:3:1: error: no such thing"
    assert error.what == "compiling failed"


def test_error_without_a_known_line_shows_the_tail() -> None:
    error = build_error("linking", ProcessError("ninja failed", seen=["last words"], output="x"))
    assert error.seen == ("last words",)
    assert build_error("linking", ProcessError("ninja failed")).seen == ("ninja failed",)


def test_very_long_lines_are_cut() -> None:
    error = build_error("x", ProcessError("y", output="error: " + "z" * 10_000))
    assert len(error.seen[0]) == 400


def test_build_type_is_not_one_that_ncnn_knows() -> None:
    # ncnn adds -ffast-math to "Release" in any spelling.
    variables = dict(build_type(("-Os", "-w")))
    assert variables.pop("CMAKE_BUILD_TYPE").lower() != "release"
    assert set(variables.values()) == {"-Os -w"}

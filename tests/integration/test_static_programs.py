"""Static programs: the part of musl that they are linked with is enough, and works."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from mobilegen.errors import ProcessError, ToolchainError
from mobilegen.executors.programs import tools_dir
from mobilegen.native_build.run import configure
from mobilegen.system.process import run
from mobilegen.toolchains import musl, static
from mobilegen.toolchains.static import static_target, static_toolchain, static_tools
from mobilegen.toolchains.targets import ANDROID_ABIS

MAIN = Path(__file__).parents[1] / "static_program.c"
# All of elfrun that the table of what libraries may import needs.
SOURCES = (
    "elfrun/imports.c",
    "elfrun/bionic_layouts.c",
    "elfrun/bionic_system.c",
    "bionic_shim/bionic.c",
)
# elfrun itself is for x86; what it calls by number has other numbers elsewhere.
OPTIONS = ("-std=gnu11", "-O1", "-DSYS_stat=0", "-DSYS_lstat=0", "-Wno-macro-redefined")
EMULATORS = {"arm64-v8a": ["qemu-aarch64"], "armeabi-v7a": ["qemu-arm"]}
FUNCTIONS = ("exp", "log", "sin", "tan", "tanh", "erf", "lgamma")
INCLUDES = tuple(f"-I{tools_dir() / name}" for name in ("elfrun", "bionic_shim"))


def compile_program(abi: str, folder: Path) -> Path:
    """Link a program with all that elfrun offers to libraries."""
    folder.mkdir(parents=True, exist_ok=True)
    tools, objects = static_tools(abi), []
    for source in (MAIN, *(tools_dir() / name for name in SOURCES)):
        objects.append(folder / source.with_suffix(".o").name)
        command = [*tools.compiler(), *OPTIONS, *INCLUDES, "-c", source, "-o", objects[-1]]
        run(command, title=f"compiling {source.name}", timeout=60)
    program = folder / f"program-{abi}"
    run(tools.linker(program, objects), title="linking", timeout=60)
    return program


@pytest.mark.parametrize("abi", ANDROID_ABIS)
def test_all_that_libraries_may_import_is_there(abi: str, tmp_path: Path) -> None:
    program = compile_program(abi, tmp_path)
    written = tmp_path / "written"
    done = run([*EMULATORS.get(abi, []), program, written], title="the program", timeout=120)
    lines = dict(line.split(" ", 1) for line in done.stdout.splitlines())
    for name in FUNCTIONS:
        assert float(lines[name]) == pytest.approx(getattr(math, name)(0.7), rel=1e-14)
    assert lines["numbers"] == "123 0.0025 1.25"
    rounds, threads = 20_000, 4
    assert lines["threads"] == f"{rounds * 10} {threads * rounds * (rounds - 1) // 2}"
    assert lines["copies"] == "0 7 1 1"
    assert written.read_text() == "written\n"


def change_sources(monkeypatch: pytest.MonkeyPatch, folder: Path, old: str, new: str) -> None:
    """Let the list of musl's sources be another one."""
    text = musl.sources_list().read_text()
    assert f"\n{old}\n" in text
    changed = folder / "sources.txt"
    changed.write_text(text.replace(f"\n{old}\n", f"\n{new}\n"))
    for module in (musl, static):
        monkeypatch.setattr(module, "sources_list", lambda: changed)


def test_a_source_that_is_not_listed_is_missed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MOBILEGEN_CACHE", str(tmp_path / "cache"))
    change_sources(monkeypatch, tmp_path, "math/tgamma", "math/tgammaf")
    with pytest.raises(ProcessError) as caught:
        compile_program("x86", tmp_path / "program")
    assert "undefined symbol: tgamma" in caught.value.output


def test_a_source_that_the_wheel_lacks_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MOBILEGEN_CACHE", str(tmp_path / "cache"))
    change_sources(monkeypatch, tmp_path, "math/tgamma", "math/delta")
    with pytest.raises(ToolchainError) as caught:
        static_tools("x86")
    assert any(line.endswith("math/delta") for line in caught.value.seen)
    assert not list((tmp_path / "cache" / "toolchains").glob("static-x86-*/"))


def test_the_library_is_the_same_everywhere(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    content = []
    for name in ("a", "another folder"):
        monkeypatch.setenv("MOBILEGEN_CACHE", str(tmp_path / name))
        library = static_tools("x86").library
        content.append({path.name: path.read_bytes() for path in library.iterdir()})
    assert content[0] == content[1]
    assert set(content[0]) == {"crt1.o", "libc.a", "libm.a", "libpthread.a"}


@pytest.mark.parametrize("abi", ANDROID_ABIS)
def test_cmake_learns_what_it_asks_the_compiler(abi: str, tmp_path: Path) -> None:
    """Runtimes choose their instruction sets by this, and would silently take fewer."""
    size = ANDROID_ABIS[abi].bits // 8
    (tmp_path / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.21)\n"
        "project(check LANGUAGES C CXX)\n"
        f"if(NOT CMAKE_C_COMPILER_ABI STREQUAL ELF OR NOT CMAKE_SIZEOF_VOID_P EQUAL {size})\n"
        '  message(FATAL_ERROR "${CMAKE_C_COMPILER_ABI} ${CMAKE_SIZEOF_VOID_P}")\n'
        "endif()\n"
        "find_package(Threads REQUIRED)\n"
        "include(CheckCXXSourceCompiles)\n"
        'check_cxx_source_compiles("int main() { return 0; }" LINKS)\n'
        'check_cxx_source_compiles("int f(); int main() { return f(); }" LINKS_MISSING)\n'
        "if(NOT LINKS OR LINKS_MISSING OR CMAKE_THREAD_LIBS_INIT)\n"
        '  message(FATAL_ERROR "${LINKS} ${LINKS_MISSING} ${CMAKE_THREAD_LIBS_INIT}")\n'
        "endif()\n"
    )
    configure(tmp_path, tmp_path / "build", static_target(abi), static_toolchain(abi), [])

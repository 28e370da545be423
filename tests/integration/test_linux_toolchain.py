"""The toolchain for Linux makes libraries and programs that old systems and old boards run."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from mobilegen.artifacts import Toolchain
from mobilegen.errors import ProcessError
from mobilegen.executors.board import CPUS, find_board
from mobilegen.native_build.elf import read_elf
from mobilegen.native_build.tools import clean_environment, cmake_program, defines, ninja_program
from mobilegen.platforms.linux.checks import check_elf
from mobilegen.system.process import run
from mobilegen.toolchains.linux import LINUX_ABIS, linux_target, prepare
from mobilegen.toolchains.zig import find_zig

ABIS = sorted(LINUX_ABIS)
PROJECT = """
cmake_minimum_required(VERSION 3.21)
project(probe C CXX)
find_package(Threads REQUIRED)
add_library(probe SHARED probe.cpp)
target_compile_options(probe PRIVATE -Os -g0 -fno-exceptions -fno-rtti)
target_link_libraries(probe PRIVATE m Threads::Threads)
add_executable(program program.c)
target_link_libraries(program PRIVATE probe)
set_target_properties(program PROPERTIES BUILD_RPATH "$ORIGIN" BUILD_RPATH_USE_ORIGIN ON)
"""
PROBE = """
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <time.h>

struct Counter {
    int value;
    Counter() { value = 40; }
    ~Counter() { value = 0; }
};
static Counter counter;
static void* add(void*) { __atomic_add_fetch(&counter.value, 2, __ATOMIC_SEQ_CST); return 0; }

extern "C" __attribute__((visibility("default"))) int probe_run(const char* file, long long by) {
    pthread_t thread;
    struct stat status;
    struct timespec time;
    if (pthread_create(&thread, 0, add, 0) || pthread_join(thread, 0)) return -1;
    if (stat(file, &status) || clock_gettime(CLOCK_MONOTONIC, &time)) return -2;
    if (!getauxval(AT_PAGESZ) || strtol("7", 0, 10) != 7) return -3;
    return static_cast<int>(counter.value * (by / 3) / by + lrint(exp(0.0)));
}
"""
CXX_PROBE = """
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

extern "C" __attribute__((visibility("default"))) int probe_run(const char*, long long) {
    std::vector<std::string> names = {"a", "bc", "def"};
    std::map<std::string, int> sizes;
    std::mutex mutex;
    std::thread thread([&] {
        std::lock_guard<std::mutex> lock(mutex);
        for (const std::string& name : names) sizes[name] = static_cast<int>(name.size());
    });
    thread.join();
    auto sum = std::make_shared<int>(9);
    for (const auto& each : sizes) *sum += each.second;
    return *sum;
}
"""
PROGRAM = """
#include <stdio.h>
int probe_run(const char* file, long long by);
int main(int count, char** arguments) {
    printf("%d %d\\n", count, probe_run(arguments[0], 3000000000LL));
    return 0;
}
"""


@pytest.fixture(scope="module", params=ABIS)
def abi(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def built(abi: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(prepare(linux_target(abi)), tmp_path_factory.mktemp("a folder"))


def build(toolchain: Toolchain, folder: Path, probe: str = PROBE) -> Path:
    for name, text in (("CMakeLists.txt", PROJECT), ("probe.cpp", probe), ("program.c", PROGRAM)):
        (folder / name).write_text(text)
    settings = defines(
        [
            ("CMAKE_MAKE_PROGRAM", str(ninja_program())),
            ("CMAKE_TOOLCHAIN_FILE", str(toolchain.cmake_file)),
            *toolchain.variables,
        ]
    )
    commands: list[list[str | Path]] = [
        [cmake_program(), "-S", folder, "-B", folder / "out", "-G", "Ninja", *settings],
        [ninja_program(), "-C", folder / "out"],
    ]
    for command in commands:
        run(command, title="probe", timeout=600, env=clean_environment())
    return folder / "out"


def test_the_library_passes_every_check_but_that_of_its_exports(abi: str, built: Path) -> None:
    elf = read_elf(built / "libprobe.so")
    checks = check_elf(elf, linux_target(abi), "libprobe.so")
    assert [c.id for c in checks if c.status != "pass"] == [f"linux-{abi}.elf.exports"]
    assert "probe_run" in elf.exports


def test_the_program_runs_on_the_weakest_processors(abi: str, built: Path) -> None:
    for cpu in CPUS[abi] if abi != "x86_64" else ("",):
        command = [*find_board(abi, cpu).command, str(built / "program")]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        assert done.stdout == "1 15\n", (cpu, done.stderr)


@pytest.mark.parametrize("abi", ["aarch64", "armv7hf"], scope="module")
def test_the_compilers_cxx_library_runs_too(abi: str, tmp_path: Path) -> None:
    folder = build(prepare(linux_target(abi), cxx="static"), tmp_path, CXX_PROBE)
    elf = read_elf(folder / "libprobe.so")
    failed = [c.id for c in check_elf(elf, linux_target(abi), "libprobe.so") if c.status != "pass"]
    assert failed == [f"linux-{abi}.elf.exports"] and "probe_run" in elf.exports
    command = [*find_board(abi).command, str(folder / "program")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.stdout == "1 15\n", done.stderr


def test_two_builds_are_equal_and_name_no_folder(abi: str, built: Path, tmp_path: Path) -> None:
    again = build(prepare(linux_target(abi), root=tmp_path / "toolchains"), tmp_path)
    for name in ("libprobe.so", "program"):
        data = (built / name).read_bytes()
        assert (again / name).read_bytes() == data, name
        for place in (built.parent, find_zig().path.parent):
            assert str(place).encode() not in data


def test_a_function_of_a_newer_glibc_does_not_link(tmp_path: Path) -> None:
    declared = 'extern "C" long getrandom(void*, size_t, unsigned);\n'
    newer = PROBE.replace("getauxval(AT_PAGESZ)", "getrandom(&time, 1, 0)")
    newer = newer.replace("struct Counter", declared + "struct Counter", 1)
    with pytest.raises(ProcessError, match="getrandom"):
        build(prepare(linux_target("aarch64")), tmp_path, newer)


def test_a_library_for_a_newer_glibc_fails_its_check(tmp_path: Path) -> None:
    (tmp_path / "newer.c").write_text(
        "#include <sys/random.h>\nint newer(void) { char a; return getrandom(&a, 1, 0) == 1; }\n"
    )
    library = tmp_path / "libnewer.so"
    run(
        [
            find_zig().path, "cc", "-target", "aarch64-linux-gnu.2.34", "-shared", "-s",
            "-Wl,-soname,libnewer.so", tmp_path / "newer.c", "-o", library,
        ],
        title="newer",
        timeout=600,
    )  # fmt: skip
    checks = check_elf(read_elf(library), linux_target("aarch64"), "libnewer.so")
    (versions,) = (check for check in checks if check.id.endswith("versions"))
    assert versions.status == "fail" and "GLIBC_2.25" in versions.detail

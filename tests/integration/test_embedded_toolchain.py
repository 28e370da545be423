"""The embedded toolchain links shared libraries that Android at API level 21 can load."""

from __future__ import annotations

import sys
from pathlib import Path

import lief
import pytest

from mobilegen.artifacts import Toolchain
from mobilegen.errors import ProcessError
from mobilegen.native_build.tools import clean_environment, cmake_program, defines, ninja_program
from mobilegen.platforms.android.executors.toolbox import EMULATOR
from mobilegen.system.process import run
from mobilegen.toolboxes import ensure
from mobilegen.toolchains.choose import choose
from mobilegen.toolchains.embedded import prepare
from mobilegen.toolchains.symbols import system_names
from mobilegen.toolchains.targets import ANDROID_ABIS, android_abi, android_target
from mobilegen.toolchains.zig import find_zig

DT_TEXTREL = 22
TAG = lief.ELF.DynamicEntry.TAG
SEGMENT = lief.ELF.Segment
PROJECT = """
cmake_minimum_required(VERSION 3.21)
project(probe C CXX)
find_package(Threads REQUIRED)
add_library(part STATIC part.c)
add_library(probe SHARED probe.cpp)
target_compile_options(probe PRIVATE -Os -fno-exceptions -fno-rtti)
target_link_libraries(probe PRIVATE part m log pthread Threads::Threads)
target_link_options(probe PRIVATE LINKER:-z,text LINKER:--undefined=probe_divide)
if(PROGRAM)
    add_executable(program program.c)
endif()
include(CheckFunctionExists)
check_function_exists(posix_memalign HAVE_MEMALIGN)
check_function_exists(aligned_alloc HAVE_ALIGNED_ALLOC)
"""
PART = """
#include <stdlib.h>
#include <string.h>
int probe_divide(int a, int b) { return a / b; }
long long probe_divide_long(long long a, long long b) { return a / b; }
void probe_copy(void* to, const void* from, size_t size) { memcpy(to, from, size); }
void probe_at_exit(void (*handler)(void)) { atexit(handler); }
"""
PROBE = """
#include <android/log.h>
#include <jni.h>
#include <math.h>
#include <pthread.h>
#include <sys/stat.h>

extern "C" int probe_divide(int, int);
extern "C" long long probe_divide_long(long long, long long);
extern "C" void probe_copy(void*, const void*, size_t);
extern "C" void probe_at_exit(void (*)(void));

struct Lock {
    pthread_mutex_t mutex;
    Lock() { pthread_mutex_init(&mutex, 0); }
    ~Lock() { pthread_mutex_destroy(&mutex); }
};
static Lock lock;

static void farewell() { __android_log_print(ANDROID_LOG_INFO, "probe", "done"); }

extern "C" JNIEXPORT jlong JNICALL Java_probe_Probe_size(JNIEnv* env, jclass, jbyteArray path) {
    char name[256] = {0};
    const jsize length = env->GetArrayLength(path);
    if (length >= 256) return -1;
    env->GetByteArrayRegion(path, 0, length, reinterpret_cast<jbyte*>(name));
    struct stat status;
    if (stat(name, &status) != 0 || !S_ISREG(status.st_mode)) return -2;
    return status.st_size;
}

extern "C" JNIEXPORT double probe_mix(int a, int b, long long c, double x) {
    struct stat status, copy;
    pthread_mutex_lock(&lock.mutex);
    probe_at_exit(farewell);
    if (stat(__FILE__, &status) != 0) status.st_size = 1;
    probe_copy(&copy, &status, sizeof status);
    pthread_mutex_unlock(&lock.mutex);
    return sqrt(x) + fmod(x, 3) + probe_divide(a, b) + probe_divide_long(c, copy.st_size);
}
"""
UNDEFINED = PROBE.replace("sqrt(x)", "sqrt(x) + probe_nowhere(a)").replace(
    "struct Lock {", 'extern "C" int probe_nowhere(int);\nstruct Lock {'
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # The space is on purpose: every command line must quote its paths.
    return tmp_path_factory.mktemp("embedded toolchain")


def build(toolchain: Toolchain, folder: Path, probe: str = PROBE, program: bool = False) -> Path:
    """Build PROJECT; return the build folder."""
    source, binary = folder / "a source", folder / "a build"
    source.mkdir(parents=True)
    for name, text in {"CMakeLists.txt": PROJECT, "part.c": PART, "probe.cpp": probe}.items():
        (source / name).write_text(text, "utf-8")
    (source / "program.c").write_text("int main(void) { return 0; }\n")
    settings = [
        ("CMAKE_MAKE_PROGRAM", str(ninja_program())),
        ("CMAKE_TOOLCHAIN_FILE", str(toolchain.cmake_file)),
        ("CMAKE_BUILD_TYPE", "Probe"),
        # Given by a caller, these must not drop the flags of the toolchain file.
        ("CMAKE_CXX_FLAGS", "-DFROM_CALLER"),
        ("PROGRAM", "ON" if program else "OFF"),
        *toolchain.variables,
    ]
    argv: list[str | Path] = [
        cmake_program(),
        "-S",
        source,
        "-B",
        binary,
        "-G",
        "Ninja",
        *defines(settings),
    ]
    environment = clean_environment()
    run(argv, title="configuring the probe", timeout=300, env=environment)
    run([ninja_program(), "-C", binary], title="building the probe", timeout=300, env=environment)
    return binary


def parse(path: Path) -> lief.ELF.Binary:
    binary = lief.ELF.parse(path)
    assert binary is not None
    return binary


@pytest.fixture(scope="module", params=ANDROID_ABIS)
def probe(request: pytest.FixtureRequest, root: Path) -> tuple[str, Path]:
    abi: str = request.param
    return abi, build(prepare(android_target(abi), root=root), root / f"probe {abi}")


def test_elf_facts(probe: tuple[str, Path]) -> None:
    abi, folder = probe
    library = parse(folder / "libprobe.so")
    loads = [part for part in library.segments if part.type == SEGMENT.TYPE.LOAD]
    tags = {entry.tag for entry in library.dynamic_entries}
    assert int(library.header.machine_type) == android_abi(abi).elf_machine
    assert library.get(TAG.SONAME).name == "libprobe.so"  # type: ignore
    assert {segment.alignment for segment in loads} == {0x4000}
    assert set(library.libraries) == {"libc.so", "libm.so", "liblog.so"}
    assert {TAG.HASH, TAG.GNU_HASH} <= tags
    assert DT_TEXTREL not in {int(tag) for tag in tags}
    assert not any(
        bool(segment.flags & SEGMENT.FLAGS.W) and bool(segment.flags & SEGMENT.FLAGS.X)
        for segment in library.segments
    )
    assert any(segment.type == SEGMENT.TYPE.GNU_RELRO for segment in library.segments)
    assert list(library.symtab_symbols) == []


def test_notes_and_start_up(probe: tuple[str, Path]) -> None:
    library = parse(probe[1] / "libprobe.so")
    notes = {note.name: bytes(note.description) for note in library.notes}
    assert notes["Android"][:4] == (21).to_bytes(4, "little")
    assert len(notes["GNU"]) == 20
    sections = {section.name for section in library.sections}
    assert {".init_array", ".fini_array"} <= sections
    exported = {str(symbol.name) for symbol in library.exported_symbols}
    assert "probe_mix" in exported
    assert not exported & {"atexit", "__dso_handle"}


def test_imports_are_of_level_21_and_androids_own_are_used(probe: tuple[str, Path]) -> None:
    abi, folder = probe
    library = parse(folder / "libprobe.so")
    imports = {str(symbol.name) for symbol in library.imported_symbols}
    assert imports <= system_names(abi)
    # A division pulls in the compiler's helpers; they must not bring a memcpy or fmod along.
    assert {"fmod", "stat", "__cxa_atexit", "__cxa_finalize"} <= imports
    assert {"memcpy", "__aeabi_memcpy"} & imports


def test_cmakes_checks_are_answered_by_level_21(probe: tuple[str, Path]) -> None:
    cache = (probe[1] / "CMakeCache.txt").read_text("utf-8")
    assert "HAVE_MEMALIGN:INTERNAL=1" in cache
    assert "HAVE_ALIGNED_ALLOC:INTERNAL=\n" in cache


def test_no_paths_of_this_machine(probe: tuple[str, Path]) -> None:
    _, folder = probe
    for name in ("libprobe.so", "libpart.a"):
        content = (folder / name).read_bytes()
        assert str(folder.parent).encode() not in content
        assert str(find_zig().lib).encode() not in content


@pytest.mark.parametrize("abi", ANDROID_ABIS)
def test_undefined_symbol_fails(abi: str, root: Path, tmp_path: Path) -> None:
    toolchain = prepare(android_target(abi), root=root)
    with pytest.raises(ProcessError) as caught:
        build(toolchain, tmp_path, UNDEFINED)
    assert "undefined symbol: probe_nowhere" in caught.value.output


def test_program_is_refused(root: Path, tmp_path: Path) -> None:
    with pytest.raises(ProcessError) as caught:
        build(prepare(android_target("x86_64"), root=root), tmp_path, program=True)
    assert "the embedded toolchain links no executables: program" in caught.value.output


def test_same_bytes_in_another_place(root: Path, tmp_path: Path) -> None:
    abi = "armeabi-v7a"
    first = prepare(android_target(abi), root=tmp_path / "one")
    second = prepare(android_target(abi), root=tmp_path / "another")
    assert first.identity == second.identity
    folders = [build(first, tmp_path / "here"), build(second, tmp_path / "over there")]
    for name in ("libprobe.so", "libpart.a"):
        here, there = ((folder / name).read_bytes() for folder in folders)
        assert here == there


EMULATE = """
import sys
from emulite import AndroidEmulator32, AndroidEmulator64, AndroidProfile
library, bits, file = sys.argv[1:]
kind = AndroidEmulator64 if bits == "64" else AndroidEmulator32
emulator = kind(profile=AndroidProfile(package_name="probe", seed=1))
emulator.map_file("/data/local/tmp/file", file)
emulator.load_library(library)
emulator.run_initializers()
for path in (b"/data/local/tmp/file", b"/nowhere"):
    print(emulator.call_static_native("probe/Probe", "size", "([B)J", bytearray(path)))
emulator.close()
"""


@pytest.mark.parametrize("abi", ["armeabi-v7a", "arm64-v8a"])
def test_androids_libc_fills_our_struct_stat(abi: str, root: Path, tmp_path: Path) -> None:
    library = build(prepare(android_target(abi), root=root), tmp_path) / "libprobe.so"
    file = tmp_path / "file"
    file.write_bytes(bytes(123457))
    bits = str(android_abi(abi).bits)
    argv = [str(ensure(EMULATOR).python), "-c", EMULATE, str(library), bits, str(file)]
    printed = run(argv, title="calling the probe in the emulator", timeout=300).stdout
    assert printed.split() == ["123457", "-2"]


PREPARE = """
import sys
from pathlib import Path
from mobilegen.toolchains.embedded import prepare
from mobilegen.toolchains.targets import android_target
toolchain = prepare(android_target("x86"), root=Path(sys.argv[1]))
print(dict(toolchain.variables)["MOBILEGEN_SYSROOT_LIB"])
"""


def test_two_at_once(tmp_path: Path) -> None:
    starter = (
        "import subprocess, sys\n"
        "both = [subprocess.Popen([sys.executable, '-c', *sys.argv[1:]]) for _ in range(2)]\n"
        "sys.exit(max(one.wait() for one in both))\n"
    )
    argv = [sys.executable, "-c", starter, PREPARE, str(tmp_path)]
    printed = run(argv, title="preparing twice", timeout=300).stdout.split("\n")
    folders = [path for path in tmp_path.iterdir() if path.is_dir()]
    assert len(folders) == 1
    assert printed[:2] == [folders[0].as_posix()] * 2
    assert (folders[0] / "libbuiltins.a").is_file()


def test_auto_without_an_ndk(root: Path) -> None:
    chosen = choose("auto", android_target("x86"), environ={}, root=root)
    assert chosen.kind == "embedded"
    assert chosen.reason.startswith(f"embedded, ziglang {find_zig().version} (no NDK: ")

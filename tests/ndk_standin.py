"""A folder of an NDK's shape, for tests where no NDK can be had.

It is a stand-in: its compiler is the embedded clang and its libraries are the embedded ones. Its
layout, the variables that its toolchain file takes and the way to the linker, through clang, are
those of an NDK, so discovery, CMake code and command lines are the same as with a real one.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from mobilegen.resources import native_dir
from mobilegen.toolchains.embedded import prepare
from mobilegen.toolchains.targets import android_abi, android_target
from mobilegen.toolchains.zig import find_zig

VERSION = "28.2.13676358"
_HOST = Path("toolchains", "llvm", "prebuilt", "linux-x86_64")

_TOOLCHAIN_FILE = """
# Takes what an NDK's file takes: ANDROID_ABI, ANDROID_PLATFORM, ANDROID_STL.
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES ANDROID_ABI ANDROID_PLATFORM ANDROID_STL)
if(NOT ANDROID_ABI STREQUAL "@ABI@" OR NOT ANDROID_STL STREQUAL "none")
  message(FATAL_ERROR "this stand-in has @ABI@ only, not ${ANDROID_ABI} (${ANDROID_STL})")
endif()
get_filename_component(_host "${CMAKE_CURRENT_LIST_DIR}/../../@HOST@" ABSOLUTE)
string(REPLACE "android-" "" _level "${ANDROID_PLATFORM}")
set(CMAKE_SYSTEM_NAME Android)
set(CMAKE_SYSTEM_VERSION 1)
set(CMAKE_SYSTEM_PROCESSOR @PROCESSOR@)
set(CMAKE_ANDROID_ARCH_ABI "${ANDROID_ABI}")
set(ANDROID TRUE)
set(CMAKE_SYSROOT "${_host}/sysroot")
foreach(_lang C CXX ASM)
  set(CMAKE_${_lang}_COMPILER_TARGET "@TRIPLE@${_level}")
  set(CMAKE_${_lang}_FLAGS_INIT "@FLAGS@ -nostdinc++ -fPIC -Wno-unused-command-line-argument")
  # The embedded headers come before the compiler's own.
  string(APPEND CMAKE_${_lang}_FLAGS_INIT
         " -nostdlibinc -isystem \"${CMAKE_SYSROOT}/usr/include\"")
endforeach()
set(CMAKE_C_COMPILER "${_host}/bin/clang")
set(CMAKE_CXX_COMPILER "${_host}/bin/clang++")
set(CMAKE_ASM_COMPILER "${_host}/bin/clang")
set(CMAKE_AR "${_host}/bin/llvm-ar" CACHE FILEPATH "")
foreach(_kind SHARED MODULE EXE)
  set(CMAKE_${_kind}_LINKER_FLAGS_INIT "-nostdlib++ -Wl,--no-undefined")
endforeach()
set(CMAKE_HAVE_LIBC_PTHREAD TRUE)
"""


def make_ndk(folder: Path, abi: str, version: str = VERSION) -> Path:
    """Write the stand-in for one ABI and return its folder."""
    host = folder / _HOST
    host.mkdir(parents=True)
    (folder / "source.properties").write_text(
        f"Pkg.Desc = Android NDK (stand-in)\nPkg.Revision = {version}\n"
    )
    row = android_abi(abi)
    values = {
        "ABI": abi,
        "HOST": _HOST.as_posix(),
        "PROCESSOR": row.processor,
        "TRIPLE": row.triple,
        "FLAGS": " ".join(row.compile_flags),
    }
    text = _TOOLCHAIN_FILE
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    cmake_file = folder / "build" / "cmake" / "android.toolchain.cmake"
    cmake_file.parent.mkdir(parents=True)
    cmake_file.write_text(text)
    _write_programs(host)
    _write_sysroot(host, abi)
    return folder


def _write_programs(host: Path) -> None:
    zig = find_zig()
    resources = host / "lib" / "clang"
    calls = {
        "clang": f"clang -resource-dir {resources} --ld-path={host / 'bin' / 'ld.lld'}",
        "clang++": f"clang --driver-mode=g++ -resource-dir {resources} "
        f"--ld-path={host / 'bin' / 'ld.lld'}",
        "ld.lld": "ld.lld",
        "llvm-ar": "ar",
    }
    (host / "bin").mkdir()
    for name, call in calls.items():
        program = host / "bin" / name
        program.write_text(f'#!/bin/sh\nexec "{zig.path}" {call} "$@"\n')
        program.chmod(0o755)
    resources.mkdir(parents=True)
    (resources / "include").symlink_to(zig.lib / "include")


def _write_sysroot(host: Path, abi: str) -> None:
    """Lay the embedded libraries out as an NDK does."""
    row = android_abi(abi)
    made = Path(dict(prepare(android_target(abi)).variables)["MOBILEGEN_SYSROOT_LIB"])
    sysroot = host / "sysroot" / "usr"
    libraries = sysroot / "lib" / row.triple.replace("armv7a", "arm") / "21"
    libraries.mkdir(parents=True)
    (sysroot / "include").symlink_to(native_dir() / "sysroot" / "include")
    for path in made.glob("*.so"):
        shutil.copyfile(path, libraries / path.name)
    for name in ("crtbegin_so.o", "crtbegin_dynamic.o"):
        shutil.copyfile(made / "crtbegin.o", libraries / name)
    for name in ("crtend_so.o", "crtend_android.o"):
        shutil.copyfile(made / "note.o", libraries / name)
    shutil.copyfile(made / "librt.a", libraries / "libunwind.a")
    runtime = host / "lib" / "clang" / "lib" / "linux"
    runtime.mkdir(parents=True)
    arch = {"armeabi-v7a": "arm", "arm64-v8a": "aarch64", "x86": "i686"}.get(abi, abi)
    builtins = runtime / f"libclang_rt.builtins-{arch}-android.a"
    shutil.copyfile(made / "libbuiltins.a", builtins)

"""The sysroot's headers against bionic's layouts, and against the lists of API level 21."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lief
import pytest

from mobilegen.errors import ProcessError
from mobilegen.platforms.android.executors.toolbox import EMULATOR
from mobilegen.resources import native_dir
from mobilegen.system.process import run
from mobilegen.toolboxes import ensure
from mobilegen.toolchains.symbols import SYSTEM_LIBRARIES, system_symbols
from mobilegen.toolchains.targets import ANDROID_ABIS, android_abi
from mobilegen.toolchains.zig import find_zig

INCLUDE = native_dir() / "sysroot" / "include"
HEADERS = sorted(path.relative_to(INCLUDE).as_posix() for path in INCLUDE.rglob("*.h"))
ABIS = ("armeabi-v7a", "arm64-v8a", "x86_64", "x86")

# Expression: its value on each of ABIS, worked out from bionic's headers at commit 731631f.
LAYOUTS = {
    "sizeof(long)": (4, 8, 8, 4),
    "sizeof(long double)": (8, 16, 16, 8),
    "sizeof(wchar_t)": (4, 4, 4, 4),
    "sizeof(size_t)": (4, 8, 8, 4),
    "sizeof(ssize_t)": (4, 8, 8, 4),
    "sizeof(off_t)": (4, 8, 8, 4),
    "sizeof(off64_t)": (8, 8, 8, 8),
    "sizeof(time_t)": (4, 8, 8, 4),
    "sizeof(mode_t)": (2, 4, 4, 2),
    "sizeof(dev_t)": (4, 8, 8, 4),
    "sizeof(ino_t)": (4, 8, 8, 4),
    "sizeof(struct timespec)": (8, 16, 16, 8),
    "sizeof(struct timeval)": (8, 16, 16, 8),
    "sizeof(struct tm)": (44, 56, 56, 44),
    "sizeof(pthread_t)": (4, 8, 8, 4),
    "sizeof(pthread_key_t)": (4, 4, 4, 4),
    "sizeof(pthread_once_t)": (4, 4, 4, 4),
    "sizeof(pthread_attr_t)": (24, 56, 56, 24),
    "sizeof(pthread_mutex_t)": (4, 40, 40, 4),
    "sizeof(pthread_mutexattr_t)": (4, 8, 8, 4),
    "sizeof(pthread_cond_t)": (4, 48, 48, 4),
    "sizeof(pthread_condattr_t)": (4, 8, 8, 4),
    "sizeof(pthread_rwlock_t)": (40, 56, 56, 40),
    "alignof(pthread_mutex_t)": (4, 4, 4, 4),
    "sizeof(sem_t)": (4, 16, 16, 4),
    "sizeof(cpu_set_t)": (4, 128, 128, 4),
    "sizeof(mbstate_t)": (4, 8, 8, 4),
    "offsetof(struct dirent, d_name)": (19, 19, 19, 19),
    "sizeof(struct dirent)": (280, 280, 280, 276),
    "sizeof(FILE)": (84, 152, 152, 84),
    "sizeof(struct stat)": (104, 128, 144, 96),
    "sizeof(struct stat64)": (104, 128, 144, 96),
    "offsetof(struct stat, st_dev)": (0, 0, 0, 0),
    "offsetof(struct stat, st_ino)": (96, 8, 8, 88),
    "offsetof(struct stat, st_mode)": (16, 16, 24, 16),
    "offsetof(struct stat, st_nlink)": (20, 20, 16, 20),
    "offsetof(struct stat, st_rdev)": (32, 32, 40, 32),
    "offsetof(struct stat, st_size)": (48, 48, 48, 44),
    "offsetof(struct stat, st_blocks)": (64, 64, 64, 56),
    "offsetof(struct stat, st_mtim)": (80, 88, 88, 72),
    "offsetof(struct stat, st_ctim)": (88, 104, 104, 80),
    "sizeof(sigset_t)": (4, 8, 8, 4),
    "sizeof(siginfo_t)": (128, 128, 128, 128),
    "offsetof(siginfo_t, si_addr)": (12, 16, 16, 12),
    "sizeof(struct sigaction)": (16, 32, 32, 16),
    "offsetof(struct sigaction, sa_flags)": (8, 0, 0, 8),
    "offsetof(struct sigaction, sa_mask)": (4, 16, 16, 4),
    "sizeof(jmp_buf)": (256, 256, 88, 40),
    "sizeof(sigjmp_buf)": (260, 264, 96, 44),
    "sizeof(fenv_t)": (4, 8, 32, 28),
    "sizeof(fexcept_t)": (4, 4, 4, 2),
    "sizeof(Dl_info)": (16, 32, 32, 16),
    "RTLD_NOW": (0, 2, 2, 0),
    "RTLD_GLOBAL": (2, 0x100, 0x100, 2),
    "O_DIRECTORY": (0o40000, 0o40000, 0o200000, 0o200000),
    "O_NOFOLLOW": (0o100000, 0o100000, 0o400000, 0o400000),
    "O_DIRECT": (0o200000, 0o200000, 0o40000, 0o40000),
    "O_LARGEFILE": (0o400000, 0o400000, 0o100000, 0o100000),
    "FE_INEXACT": (0x10, 0x10, 0x20, 0x20),
    "FE_DOWNWARD": (0x2, 0x2, 0x400, 0x400),
    "FE_TOWARDZERO": (0x3, 0x3, 0xC00, 0xC00),
    "_SC_PAGESIZE": (0x27, 0x27, 0x27, 0x27),
    "_SC_NPROCESSORS_CONF": (0x60, 0x60, 0x60, 0x60),
    "_SC_NPROCESSORS_ONLN": (0x61, 0x61, 0x61, 0x61),
    "PTHREAD_STACK_MIN": (8192, 16384, 16384, 8192),
    "SYS_gettid": (224, 178, 186, 224),
    "SYS_sched_setaffinity": (241, 122, 203, 241),
    "sizeof(JNINativeInterface)": (932, 1864, 1864, 932),
    "offsetof(JNINativeInterface, GetObjectRefType)": (928, 1856, 1856, 928),
    "sizeof(JNIInvokeInterface)": (32, 64, 64, 32),
    "sizeof(jvalue)": (8, 8, 8, 8),
}


def compile_text(
    abi_name: str, text: str, folder: Path, *flags: str, suffix: str = ".cpp", warn: bool = True
) -> str:
    """Compile against the sysroot alone; return what the compiler printed."""
    zig = find_zig()
    abi = android_abi(abi_name)
    source = folder / f"probe{suffix}"
    source.write_text(text, "utf-8")
    language = ["--driver-mode=g++", "-nostdinc++", "-std=c++11"] if suffix == ".cpp" else []
    # -I, not -isystem: so that the headers themselves are warned about.
    warnings = ["-Wall", "-Wextra", "-Werror"] if warn else []
    done = run(
        [
            zig.path, "clang", *language, f"--target={abi.clang_target(21)}", *abi.compile_flags,
            "-resource-dir", zig.lib, "-nostdlibinc", "-I", INCLUDE, "-fsyntax-only", *warnings,
            *flags, source,
        ],
        title=f"compiling for {abi_name}",
        timeout=120,
    )  # fmt: skip
    return done.stdout


def include_all() -> str:
    return "".join(f"#include <{name}>\n" for name in HEADERS)


def assertion(expression: str, value: int) -> str:
    return f'static_assert({expression} == {value}, "{expression} is not {value}");\n'


@pytest.mark.parametrize("suffix", [".c", ".cpp"])
@pytest.mark.parametrize("abi", ABIS)
def test_headers_compile_without_warnings(abi: str, suffix: str, tmp_path: Path) -> None:
    compile_text(abi, include_all(), tmp_path, suffix=suffix)


@pytest.mark.parametrize("name", HEADERS)
def test_each_header_stands_alone(name: str, tmp_path: Path) -> None:
    text = f"#include <{name}>\n#include <{name}>\n"
    compile_text("arm64-v8a", text, tmp_path, "-Wno-empty-translation-unit", suffix=".c")


@pytest.mark.parametrize("abi", ABIS)
def test_layouts_are_bionics(abi: str, tmp_path: Path) -> None:
    column = ABIS.index(abi)
    checks = (assertion(expression, values[column]) for expression, values in LAYOUTS.items())
    compile_text(abi, include_all() + "".join(checks), tmp_path)


@pytest.mark.parametrize("abi", ABIS)
def test_wrong_layout_is_seen(abi: str, tmp_path: Path) -> None:
    wrong = assertion("sizeof(struct stat)", 8)
    with pytest.raises(ProcessError) as caught:
        compile_text(abi, include_all() + wrong, tmp_path)
    assert "sizeof(struct stat) is not 8" in caught.value.output


def test_64_bit_file_offsets_on_32_bit_are_refused(tmp_path: Path) -> None:
    text = "#define _FILE_OFFSET_BITS 64\n#include <stdio.h>\n"
    compile_text("arm64-v8a", text, tmp_path)
    with pytest.raises(ProcessError) as caught:
        compile_text("armeabi-v7a", text, tmp_path)
    assert "use the *64 functions" in caught.value.output


def test_math_overloads_follow_the_standard(tmp_path: Path) -> None:
    cases = {
        "sqrt(2)": "double",
        "floor(2.f)": "float",
        "pow(2.f, 2.f)": "float",
        "pow(2.f, 2)": "double",
        "fmax(2.f, 2.0)": "double",
        "pow(2, 2.L)": "long double",
        "lrint(2.f)": "long",
        "abs(-2.f)": "float",
    }
    checks = (
        f'static_assert(__is_same(decltype({call}), {kind}), "{call}");\n'
        for call, kind in cases.items()
    )
    compile_text("armeabi-v7a", "#include <math.h>\n" + "".join(checks), tmp_path)


def declarations(node: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    """Yield (name, is data) of what a translation unit takes from other objects."""
    for entry in node.get("inner", []):
        kind, name = entry.get("kind"), entry.get("name", "")
        if entry.get("isImplicit") or entry.get("storageClass") == "static":
            continue
        if kind == "FunctionDecl" and not _has_body(entry):
            yield name, False
        elif kind == "VarDecl" and entry.get("storageClass") == "extern":
            yield name, True


def _has_body(entry: dict[str, Any]) -> bool:
    return any(inner.get("kind") == "CompoundStmt" for inner in entry.get("inner", []))


@pytest.mark.parametrize("abi", ABIS)
def test_everything_declared_exists_at_level_21(abi: str, tmp_path: Path) -> None:
    tree = compile_text(
        abi, include_all(), tmp_path, "-Xclang", "-ast-dump=json", suffix=".c", warn=False
    )
    known = {
        (symbol.name, symbol.is_data)
        for library in SYSTEM_LIBRARIES
        for symbol in system_symbols(library, abi)
    }
    # Defined by crtbegin.c, and by the library itself.
    ours = {("atexit", False), ("JNI_OnLoad", False), ("JNI_OnUnload", False)}
    declared = set(declarations(json.loads(tree)))
    assert len(declared) > 500
    assert declared - known == ours


def jni_names(text: str) -> list[str]:
    body = text[text.index("struct JNINativeInterface") :]
    return re.findall(r"\(\s*(?:JNICALL)?\s*\*\s*([A-Z]\w+)\s*\)\s*\(", body[: body.index("};")])


def test_jni_table_has_the_order_of_a_jdk(tmp_path: Path) -> None:
    header = _jdk_header()
    if header is None:
        missing = pytest.fail if os.environ.get("CI") else pytest.skip
        missing("no JDK with a jni.h: set JAVA_HOME")
    ours = run(
        [find_zig().path, "clang", "--target=aarch64-linux-android21", "-E", "-P",
         "-resource-dir", find_zig().lib, "-nostdlibinc", "-I", INCLUDE, "-x", "c", "-"],
        title="preprocessing jni.h", timeout=60, input="#include <jni.h>\n",
    ).stdout  # fmt: skip
    theirs = jni_names(header.read_text("utf-8").replace("JNINativeInterface_ {", "{", 1))
    # Version 9 of the interface added GetModule at the end.
    assert len(jni_names(ours)) == 229
    assert jni_names(ours) == theirs[:229]


def _jdk_header() -> Path | None:
    homes = [Path(value) for value in [os.environ.get("JAVA_HOME")] if value]
    homes += sorted(Path("/usr/lib/jvm").glob("*"))
    return next(
        (home / "include/jni.h" for home in homes if (home / "include/jni.h").exists()), None
    )


def test_symbols_are_those_of_a_real_android() -> None:
    system = ensure(EMULATOR).packages / "emulite" / "rootfs" / "android" / "system"
    for abi, folder in (("armeabi-v7a", "lib"), ("arm64-v8a", "lib64")):
        for library in SYSTEM_LIBRARIES:
            exported = exports(system / folder / f"{library}.so")
            listed = {symbol.name: symbol.is_data for symbol in system_symbols(library, abi)}
            assert listed.items() <= exported.items()


def exports(path: Path) -> dict[str, bool]:
    """Return what a library offers: whether it is data, by name."""
    binary = lief.ELF.parse(path)
    assert binary is not None
    return {str(symbol.name): symbol.is_variable for symbol in binary.exported_symbols}


def test_every_abi_has_a_column() -> None:
    assert set(ABIS) == set(ANDROID_ABIS)

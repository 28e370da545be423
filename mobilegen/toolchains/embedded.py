"""The embedded toolchain: clang and LLD of the ziglang wheel with our own Android sysroot.

What clang needs beside the headers is made once per target and kept in the cache: stub
libraries, start-up objects and the compiler's helper functions.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import json
import os
import re
import shutil
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from mobilegen.artifacts import Target, Toolchain
from mobilegen.errors import ToolchainError
from mobilegen.resources import native_dir
from mobilegen.system import process
from mobilegen.system.files import cache_dir, file_lock, new_dir
from mobilegen.toolchains.symbols import SYSTEM_LIBRARIES, Symbol, system_names, system_symbols
from mobilegen.toolchains.targets import MIN_API_LEVEL, AndroidAbi, android_abi

_TIMEOUT_SECONDS = 600.0
# CMake projects link these by name although Android has them inside libc.
_EMPTY_ARCHIVES = ("libpthread.a", "librt.a")
_ZIG_CACHE = "zig-cache"
# What clang calls where a processor of the ABIs has no instruction: arithmetic of integers wider
# than a register, their conversion from and to floats, half precision. The rest (long double,
# complex numbers, mathematics) takes most of the time to compile, and nobody here calls it.
_HELPER = re.compile(
    r"__(u?div|u?mod|mul|u?divmod|ashl|ashr|lshr)[sdt]i\d|__mulo[sdt]i4"
    r"|__(clz|ctz|ffs|popcount|parity|bswap)[sdt]i2|__u?cmp[dt]i2"
    r"|__(fix|fixuns|float|floatun)(sf|df|hf|si|di|ti){2}"
    r"|__(extend|trunc)(hf|sf|df){2}2|__gnu_[fh]2[fh]_ieee"
    r"|__aeabi_(u?idiv|u?ldiv)(mod)?|__aeabi_l(mul|lsl|lsr|asr|cmp)|__aeabi_ulcmp"
    r"|__aeabi_(d2|f2|h2|i2|ui2|l2|ul2)\w+|__aeabi_unwind_cpp_pr\d"
    r"|__clear_cache|__emutls_get_address"
)
_EXPORT = "if (!builtin.is_test) @export("


@dataclass(frozen=True)
class Zig:
    """The zig executable, whose clang, LLD and ar are used."""

    path: Path
    version: str

    @property
    def lib(self) -> Path:
        """Folder of the compiler's own headers and sources."""
        return self.path.parent / "lib"


def find_zig() -> Zig:
    """Return the zig executable of the installed ziglang wheel.

    Raises:
        ToolchainError: The wheel is not installed, or has no executable.
    """
    spec = importlib.util.find_spec("ziglang")
    if spec is None or spec.origin is None:
        raise ToolchainError(
            "the embedded toolchain is not installed", hint='pip install "ziglang==0.17.1"'
        )
    path = Path(spec.origin).parent / ("zig.exe" if os.name == "nt" else "zig")
    if not path.is_file():
        raise ToolchainError("the ziglang package has no zig executable", seen=[str(path)])
    return Zig(path, importlib.metadata.version("ziglang"))


def prepare(target: Target, *, root: Path | None = None) -> Toolchain:
    """Return the embedded toolchain for a target, making its libraries on first use.

    Args:
        root: Folder for the libraries of all targets; None takes the cache.

    Raises:
        ToolchainError: No such ABI, an API level below 21, or no ziglang.
        ProcessError: The compiler failed.
    """
    abi = android_abi(target.abi)
    _require_api_level(target)
    zig = find_zig()
    identity = _identity(zig, abi, target.api_level)
    folder = (root or cache_dir() / "toolchains") / f"{abi.name}-{identity[:16]}"
    if not folder.is_dir():
        with file_lock(folder.with_suffix(".lock")):
            if not folder.is_dir():
                with new_dir(folder) as temporary:
                    _Maker(zig, abi, target.api_level, temporary).make()
    return _toolchain(zig, target, folder, identity)


def _require_api_level(target: Target) -> None:
    if target.api_level < MIN_API_LEVEL:
        raise ToolchainError(
            f"the embedded toolchain cannot build for API level {target.api_level}",
            hint=f"use API level {MIN_API_LEVEL} or later",
        )


def _toolchain(zig: Zig, target: Target, folder: Path, identity: str) -> Toolchain:
    return Toolchain(
        kind="embedded",
        version=f"ziglang {zig.version}",
        cmake_file=native_dir() / "toolchains" / "android-embedded.cmake",
        variables=(
            ("ANDROID_ABI", target.abi),
            ("ANDROID_PLATFORM", f"android-{target.api_level}"),
            ("MOBILEGEN_ZIG", zig.path.as_posix()),
            ("MOBILEGEN_SYSROOT", (_sysroot() / "include").as_posix()),
            ("MOBILEGEN_SYSROOT_LIB", folder.as_posix()),
        ),
        reason="",
        identity=identity,
    )


def _sysroot() -> Path:
    return native_dir() / "sysroot"


def _identity(zig: Zig, abi: AndroidAbi, api_level: int) -> str:
    """Hash everything that decides the bytes: zig, target, sysroot, CMake files, this module."""
    digest = hashlib.sha256()
    digest.update(json.dumps([zig.version, asdict(abi), api_level]).encode())
    files = {"embedded.py": Path(__file__), **_source_files()}
    for name, path in sorted(files.items()):
        digest.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _source_files() -> dict[str, Path]:
    root = native_dir()
    files = [*(root / "sysroot").rglob("*"), *(root / "toolchains").rglob("*")]
    return {path.relative_to(root).as_posix(): path for path in files if path.is_file()}


@dataclass(frozen=True)
class _Maker:
    """Fills a folder with what linking for one target needs."""

    zig: Zig
    abi: AndroidAbi
    api_level: int
    folder: Path

    def make(self) -> None:
        self._make_stubs()
        self._make_startup()
        self._make_builtins()
        for name in _EMPTY_ARCHIVES:
            (self.folder / name).write_bytes(b"!<arch>\n")
        (self.folder / "target.cmake").write_text(self._target_cmake(), "utf-8")
        shutil.rmtree(self.folder / _ZIG_CACHE)

    def _make_stubs(self) -> None:
        for library in SYSTEM_LIBRARIES:
            source = self.folder / f"{library}.s"
            text = stub_assembly(system_symbols(library, self.abi.name))
            source.write_text(text, "utf-8")
            stub = self._compile(source, self.folder / f"{library}.o", [])
            self._zig("ld.lld", "-shared", f"-soname={library}.so", "-o",
                      self.folder / f"{library}.so", stub)  # fmt: skip
            source.unlink()
            stub.unlink()

    def _make_startup(self) -> None:
        defines = [f"-DMOBILEGEN_API_LEVEL={self.api_level}"]
        for name in ("crtbegin.c", "note.S"):
            source = _sysroot() / name
            self._compile(source, (self.folder / name).with_suffix(".o"), defines)

    def _make_builtins(self) -> None:
        sources = self.folder / "builtins"
        _copy_compiler_rt(self.zig, sources, system_names(self.abi.name))
        self._zig(
            "build-lib", "-fPIC", "-OReleaseSmall", "-fstrip", "-ffunction-sections",
            "-target", self.abi.zig_target(self.api_level), "-mcpu", self.abi.zig_cpu,
            "--name", "builtins", f"-femit-bin={self.folder / 'libbuiltins.a'}",
            sources / "compiler_rt.zig",
        )  # fmt: skip
        shutil.rmtree(sources)

    def _compile(self, source: Path, to: Path, flags: list[str]) -> Path:
        self._zig(
            "clang", f"--target={self.abi.clang_target(self.api_level)}",
            *self.abi.compile_flags, "-Os", "-fPIC", "-ffunction-sections",
            "-fno-unwind-tables", "-fno-asynchronous-unwind-tables", "-fno-addrsig",
            *flags, "-c", source, "-o", to,
        )  # fmt: skip
        return to

    def _zig(self, *argv: str | Path) -> None:
        cache = str(self.folder / _ZIG_CACHE)
        process.run(
            [self.zig.path, *argv],
            title=f"making the embedded toolchain for {self.abi.name}",
            timeout=_TIMEOUT_SECONDS,
            env={"ZIG_GLOBAL_CACHE_DIR": cache, "ZIG_LOCAL_CACHE_DIR": cache},
        )

    def _target_cmake(self) -> str:
        values = {
            "ABI": self.abi.name,
            "PLATFORM": f"android-{self.api_level}",
            "TRIPLE": self.abi.clang_target(self.api_level),
            "PROCESSOR": self.abi.processor,
            "COMPILE_FLAGS": ";".join(self.abi.compile_flags),
            "LINK_FLAGS": ";".join(self.abi.link_flags),
        }
        return "".join(
            f'set(MOBILEGEN_TARGET_{name} "{value}")\n' for name, value in values.items()
        )


def stub_assembly(symbols: Iterable[Symbol]) -> str:
    """Return assembler text that defines the symbols, so that a linker can bind to them."""
    symbols = tuple(symbols)
    lines = ["    .text"]
    for symbol in (symbol for symbol in symbols if not symbol.is_data):
        lines += [f"    .globl {symbol.name}", f"    .type {symbol.name}, %function"]
        lines += [f"{symbol.name}:"]
    lines += ["    .space 4", "    .data"]
    for symbol in (symbol for symbol in symbols if symbol.is_data):
        lines += [f"    .globl {symbol.name}", f"    .type {symbol.name}, %object"]
        lines += [f"    .size {symbol.name}, 8", f"{symbol.name}:", "    .space 8"]
    return "\n".join([*lines, ""])


def _copy_compiler_rt(zig: Zig, to: Path, taken: frozenset[str]) -> None:
    """Copy zig's helper functions, to be compiled without those that are not wanted.

    They come as one object, and what an object defines goes before what a shared library
    does: unfiltered, the first division would replace Android's memcpy and sqrt by slow ones.

    Args:
        taken: Names that the system libraries have.
    """
    root = (zig.lib / "compiler_rt.zig").read_text("utf-8")
    if root.count(_EXPORT) != 1:
        raise ToolchainError(
            f"ziglang {zig.version} exports its helper functions in an unknown way",
            hint='pip install "ziglang==0.17.1"',
        )
    shutil.copytree(zig.lib / "compiler_rt", to / "compiler_rt")
    sources = [root, *(path.read_text("utf-8") for path in (to / "compiler_rt").glob("*.zig"))]
    mentioned = set(re.findall(r'"(\w+)"', "\n".join(sources)))
    wanted = {name for name in mentioned - taken if _HELPER.fullmatch(name)}
    root = root.replace(_EXPORT, "if (!builtin.is_test and comptime isWanted(name)) @export(")
    (to / "compiler_rt.zig").write_text(root + _is_wanted(wanted), "utf-8")


def _is_wanted(wanted: Iterable[str]) -> str:
    names = ", ".join(f'"{name}"' for name in sorted(wanted))
    return f"""
fn isWanted(comptime name: []const u8) bool {{
    @setEvalBranchQuota(1_000_000);
    for ([_][]const u8{{ {names} }}) |wanted| {{
        if (std.mem.eql(u8, name, wanted)) return true;
    }}
    return false;
}}
"""

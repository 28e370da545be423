"""The embedded toolchain: clang and LLD of the ziglang wheel with our own Android sysroot.

What clang needs beside the headers is made once per target and kept in the cache: stub
libraries, start-up objects and the compiler's helper functions.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from mobilegen.artifacts import CxxLibrary, Target, Toolchain
from mobilegen.errors import ToolchainError
from mobilegen.resources import native_dir
from mobilegen.system import process
from mobilegen.system.files import cache_dir, kept_dir
from mobilegen.toolchains.libcxx import add_libcxx
from mobilegen.toolchains.symbols import SYSTEM_LIBRARIES, Symbol, system_names, system_symbols
from mobilegen.toolchains.targets import MIN_API_LEVEL, AndroidAbi, android_abi, api_level
from mobilegen.toolchains.zig import Zig, copy_compiler_rt, find_zig, is_helper

_TIMEOUT_SECONDS = 600.0
# CMake projects link these by name although Android has them inside libc.
_EMPTY_ARCHIVES = ("libpthread.a", "librt.a")
_CMAKE = "target.cmake"
_ZIG_CACHE = "zig-cache"


def prepare(target: Target, *, root: Path | None = None, cxx: CxxLibrary = "none") -> Toolchain:
    """Return the embedded toolchain for a target, making its libraries on first use.

    Args:
        root: Folder for the libraries of all targets; None takes the cache.
        cxx: "static": with a C++ library, that of the ziglang wheel.

    Raises:
        ToolchainError: No such ABI, an API level below 21, or no ziglang.
        ProcessError: The compiler failed.
    """
    abi = android_abi(target.abi)
    _require_api_level(target)
    zig = find_zig()
    identity = _identity(zig, abi, api_level(target))
    folder = (root or cache_dir() / "toolchains") / f"{abi.name}-{identity[:16]}"
    kept_dir(folder, (_CMAKE,), lambda new: _Maker(zig, abi, api_level(target), new).make())
    made = _toolchain(zig, target, folder, identity)
    if cxx != "static":
        return made
    sysroot = _sysroot() / "include"
    flags = (f"--target={abi.clang_target(api_level(target))}", *abi.compile_flags)
    headers = ("-isystem", sysroot, f"-ffile-prefix-map={sysroot}=sysroot")
    return add_libcxx(made, zig, target, (*flags, *headers), folder.parent)


def _require_api_level(target: Target) -> None:
    if api_level(target) < MIN_API_LEVEL:
        raise ToolchainError(
            f"the embedded toolchain cannot build for API level {target.level}",
            hint=f"use API level {MIN_API_LEVEL} or later",
        )


def _toolchain(zig: Zig, target: Target, folder: Path, identity: str) -> Toolchain:
    return Toolchain(
        kind="embedded",
        version=f"ziglang {zig.version}",
        cmake_file=native_dir() / "toolchains" / "android-embedded.cmake",
        variables=(
            ("ANDROID_ABI", target.abi),
            ("ANDROID_PLATFORM", f"android-{target.level}"),
            ("MOBILEGEN_ZIG", zig.path.as_posix()),
            ("MOBILEGEN_SYSROOT", (_sysroot() / "include").as_posix()),
            ("MOBILEGEN_SYSROOT_LIB", folder.as_posix()),
        ),
        reason="",
        identity=identity,
    )


def _sysroot() -> Path:
    return native_dir() / "sysroot"


def _identity(zig: Zig, abi: AndroidAbi, level: int) -> str:
    """Hash everything that decides the bytes: zig, target, sysroot, CMake files, this code."""
    digest = hashlib.sha256()
    digest.update(json.dumps([zig.version, asdict(abi), level]).encode())
    code = Path(__file__).parent
    files = {name: code / name for name in ("embedded.py", "zig.py")} | _source_files()
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
        (self.folder / _CMAKE).write_text(self._target_cmake(), "utf-8")
        shutil.rmtree(self.folder / _ZIG_CACHE)

    def _make_stubs(self) -> None:
        for library in SYSTEM_LIBRARIES:
            source = self.folder / f"{library}.s"
            text = stub_assembly(system_symbols(library, self.abi.name, self.api_level))
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
        taken = system_names(self.abi.name, self.api_level)
        copy_compiler_rt(self.zig, sources, lambda name: is_helper(name) and name not in taken)
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

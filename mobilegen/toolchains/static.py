"""The toolchain for programs that run on this computer and, by adb, on a phone.

They are static: what they need of a C library is musl, inside them. So the same program runs
under any Linux kernel of its processor, Android's included. Compiler and instruction sets are
those of the embedded Android toolchain.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from mobilegen.artifacts import Target, Toolchain
from mobilegen.resources import native_dir
from mobilegen.system.files import cache_dir, kept_dir, sha256_bytes
from mobilegen.toolchains.musl import LIBRARY, STARTUP, Musl, make_library, sources_list
from mobilegen.toolchains.targets import android_abi
from mobilegen.toolchains.zig import Zig, find_zig

_CMAKE_FILES = ("linux-static.cmake", "linux-static-rules.cmake")
# musl gives a thread 128 KB of stack unless the program says otherwise, Android gives 1 MB. Pages
# may be of 16 KB there.
_LINK_FLAGS = (
    "-static", "-s", "--gc-sections", "--build-id=none", "-z", "noexecstack",
    "-z", "stack-size=1048576", "-z", "max-page-size=16384",
)  # fmt: skip


@dataclass(frozen=True)
class _Processor:
    """How clang, zig and musl name the processors of an Android ABI.

    Attributes:
        headers: Names that begin those of zig's folders of musl's and of Linux's headers.
        flags: What clang adds by itself for Android's target, but not for Linux's.
    """

    clang_target: str
    zig_target: str
    musl: str
    headers: tuple[str, str]
    flags: tuple[str, ...] = ()


_PROCESSORS = {
    "armeabi-v7a": _Processor("armv7a-linux-musleabi", "arm-linux-musleabi", "arm", ("arm", "arm")),
    "arm64-v8a": _Processor(
        "aarch64-linux-musl", "aarch64-linux-musl", "aarch64", ("aarch64", "aarch64")
    ),
    "x86_64": _Processor("x86_64-linux-musl", "x86_64-linux-musl", "x86_64", ("x86_64", "x86")),
    "x86": _Processor(
        "i686-linux-musl", "x86-linux-musl", "i386", ("x86", "x86"), ("-march=i686", "-mssse3")
    ),
}


@dataclass(frozen=True)
class StaticTools:
    """What makes static programs for one ABI.

    Attributes:
        flags: Target and instruction set for clang.
        headers: Names of the folders of headers below zig's.
        link_flags: For LLD.
        library: Folder of the C library and the start-up code.
        identity: Of all that decides a program's bytes beside its sources.
    """

    zig: Zig
    flags: tuple[str, ...]
    headers: tuple[str, ...]
    link_flags: tuple[str, ...]
    library: Path
    identity: str

    def compiler(self) -> list[str | Path]:
        """Return the command that compiles, but for the files."""
        folders = [self.zig.lib / "libc" / "include" / name for name in self.headers]
        headers = [word for folder in folders for word in ("-isystem", folder)]
        resources = ("-nostdlibinc", "-resource-dir", self.zig.lib)
        return [self.zig.path, "clang", *self.flags, *resources, *headers]

    def linker(self, to: Path, objects: Sequence[Path]) -> list[str | Path]:
        """Return the command that links a program."""
        files = (self.library / STARTUP, *objects, self.library / LIBRARY)
        return [self.zig.path, "ld.lld", *self.link_flags, "-o", to, *files]


def static_target(abi: str) -> Target:
    """Return the target of static programs for the processors of an Android ABI."""
    return Target("linux", abi, "musl")


def static_tools(abi: str) -> StaticTools:
    """Return what makes static programs, compiling the C library on first use.

    Raises:
        ToolchainError: There is no such ABI, or no ziglang, or another than the one expected.
        ProcessError: The compiler failed.
    """
    zig, android, library = find_zig(), android_abi(abi), _library(abi)
    identity = static_identity(abi)
    folder = cache_dir() / "toolchains" / f"static-{android.name}-{identity[:16]}"
    kept_dir(folder, (STARTUP, LIBRARY), lambda new: make_library(zig, library, new))
    link_flags = (*_LINK_FLAGS, *android.link_flags)
    return StaticTools(zig, library.flags, library.headers, link_flags, folder, identity)


def static_identity(abi: str) -> str:
    """Return a hash of all that decides a static program's bytes beside its sources.

    Raises:
        ToolchainError: There is no such ABI, or no ziglang.
    """
    code = Path(__file__).parent
    files = [code / name for name in ("static.py", "musl.py", "zig.py", "targets.py")]
    files += [native_dir() / "toolchains" / name for name in _CMAKE_FILES]
    texts = [path.read_text("utf-8") for path in (*files, sources_list())]
    return sha256_bytes(json.dumps([find_zig().version, asdict(_library(abi)), texts]).encode())


def _library(abi: str) -> Musl:
    android = android_abi(abi)
    own = _PROCESSORS[android.name]
    musl, linux = own.headers
    headers = (f"{musl}-linux-musl", "generic-musl", f"{linux}-linux-any", "any-linux-any")
    flags = (f"--target={own.clang_target}", *android.compile_flags, *own.flags)
    return Musl(own.musl, own.zig_target, flags, headers)


def static_toolchain(abi: str) -> Toolchain:
    """Return the toolchain of static programs for the processors of an Android ABI.

    Raises:
        As `static_tools`.
    """
    tools = static_tools(abi)
    return Toolchain(
        kind="embedded",
        version=f"ziglang {tools.zig.version}",
        cmake_file=native_dir() / "toolchains" / _CMAKE_FILES[0],
        variables=(
            ("MOBILEGEN_ZIG", tools.zig.path.as_posix()),
            ("MOBILEGEN_PROCESSOR", android_abi(abi).processor),
            ("MOBILEGEN_CLANG_FLAGS", ";".join(tools.flags)),
            ("MOBILEGEN_HEADERS", ";".join(tools.headers)),
            ("MOBILEGEN_LINK_FLAGS", ";".join(tools.link_flags)),
            ("MOBILEGEN_LIBC", tools.library.as_posix()),
        ),
        reason="static programs run on this computer and on a phone",
        identity=tools.identity,
    )

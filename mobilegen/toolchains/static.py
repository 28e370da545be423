"""The toolchain for programs that run on this computer and, by adb, on a phone.

They are static: what they need of a C library is musl, inside them. So the same program runs
under any Linux kernel of its processor, Android's included. Compiler and instruction sets are
those of the embedded Android toolchain.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from mobilegen.artifacts import Target, Toolchain
from mobilegen.resources import native_dir
from mobilegen.system.files import sha256_bytes
from mobilegen.toolchains.embedded import find_zig
from mobilegen.toolchains.targets import android_abi

_CMAKE_FILES = ("linux-static.cmake", "linux-static-rules.cmake")


@dataclass(frozen=True)
class _Processor:
    """How clang and zig name the processors of an Android ABI.

    Attributes:
        flags: What clang adds by itself for Android's target, but not for Linux's.
        headers: Names that begin those of zig's folders of musl's and of Linux's headers.
    """

    clang_target: str
    zig_target: str
    headers: tuple[str, str]
    flags: tuple[str, ...] = ()


_PROCESSORS = {
    "armeabi-v7a": _Processor("armv7a-linux-musleabi", "arm-linux-musleabi", ("arm", "arm")),
    "arm64-v8a": _Processor("aarch64-linux-musl", "aarch64-linux-musl", ("aarch64", "aarch64")),
    "x86_64": _Processor("x86_64-linux-musl", "x86_64-linux-musl", ("x86_64", "x86")),
    "x86": _Processor(
        "i686-linux-musl", "x86-linux-musl", ("x86", "x86"), ("-march=i686", "-mssse3")
    ),
}


def static_target(abi: str) -> Target:
    """Return the target of static programs for the processors of an Android ABI."""
    return Target("linux", abi, 0)


def static_toolchain(abi: str) -> Toolchain:
    """Return the toolchain of static programs for the processors of an Android ABI.

    Raises:
        ToolchainError: There is no such ABI, or no ziglang.
    """
    zig, android, own = find_zig(), android_abi(abi), _PROCESSORS[android_abi(abi).name]
    musl, linux = own.headers
    headers = (f"{musl}-linux-musl", "generic-musl", f"{linux}-linux-any", "any-linux-any")
    flags = (f"--target={own.clang_target}", *android.compile_flags, *own.flags)
    folder = native_dir() / "toolchains"
    files = [(folder / name).read_text("utf-8") for name in _CMAKE_FILES]
    parts = [zig.version, asdict(own), headers, flags, files]
    return Toolchain(
        kind="embedded",
        version=f"ziglang {zig.version}",
        cmake_file=folder / _CMAKE_FILES[0],
        variables=(
            ("MOBILEGEN_ZIG", zig.path.as_posix()),
            ("MOBILEGEN_PROCESSOR", android.processor),
            ("MOBILEGEN_CLANG_FLAGS", ";".join(flags)),
            ("MOBILEGEN_ZIG_TARGET", own.zig_target),
            ("MOBILEGEN_HEADERS", ";".join(headers)),
        ),
        reason="static programs run on this computer and on a phone",
        identity=sha256_bytes(json.dumps(parts).encode()),
    )

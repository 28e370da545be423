"""The toolchain for programs that run on this computer and, by adb, on a phone.

They are static: what they need of a C library is musl, inside them. So the same program runs
under any Linux kernel of its processor, Android's included, and compiler and flags are those of
the embedded Android toolchain.
"""

from __future__ import annotations

import json

from mobilegen.artifacts import Target, Toolchain
from mobilegen.resources import native_dir
from mobilegen.system.files import sha256_bytes
from mobilegen.toolchains.embedded import find_zig
from mobilegen.toolchains.targets import android_abi

# As `zig cc` names targets and processors: the oldest processor that the Android ABI allows.
_FLAGS = {
    "armeabi-v7a": ("-target", "thumb-linux-musleabihf", "-mcpu=cortex_a8"),
    "arm64-v8a": ("-target", "aarch64-linux-musl", "-mcpu=generic", "-mno-outline-atomics"),
    "x86_64": ("-target", "x86_64-linux-musl", "-mcpu=x86_64+sse4_2+popcnt"),
    "x86": ("-target", "x86-linux-musl", "-mcpu=i686+ssse3"),
}


def static_target(abi: str) -> Target:
    """Return the target of static programs for the processors of an Android ABI."""
    return Target("linux", abi, 0)


def static_toolchain(abi: str) -> Toolchain:
    """Return the toolchain of static programs for the processors of an Android ABI.

    Raises:
        ToolchainError: There is no such ABI, or no ziglang.
    """
    zig = find_zig()
    processor = android_abi(abi).processor
    cmake_file = native_dir() / "toolchains" / "linux-static.cmake"
    parts = [zig.version, processor, _FLAGS[abi], cmake_file.read_text("utf-8")]
    return Toolchain(
        kind="embedded",
        version=f"ziglang {zig.version}",
        cmake_file=cmake_file,
        variables=(
            ("MOBILEGEN_ZIG", zig.path.as_posix()),
            ("MOBILEGEN_PROCESSOR", processor),
            ("MOBILEGEN_ZIG_FLAGS", ";".join(_FLAGS[abi])),
        ),
        reason="static programs run on this computer and on a phone",
        identity=sha256_bytes(json.dumps(parts).encode()),
    )

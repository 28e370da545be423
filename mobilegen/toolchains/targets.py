"""The Android ABIs: one table that compilers, linkers and ELF checks read."""

from __future__ import annotations

from dataclasses import dataclass

from mobilegen.artifacts import Target
from mobilegen.errors import ToolchainError

MIN_API_LEVEL = 21


@dataclass(frozen=True)
class AndroidAbi:
    """What tools need to know of an Android ABI.

    Attributes:
        name: As Android and the NDK call it.
        processor: CMAKE_SYSTEM_PROCESSOR, the same as the NDK's toolchain file sets.
        triple: clang's target without the API level.
        zig_arch: zig's name of the architecture, for the compiler's helper functions.
        zig_cpu: zig's name of the oldest CPU that the ABI allows.
        compile_flags: Flags beyond the target that the ABI needs.
        link_flags: Work-arounds of CPU errata, as the NDK gives them.
        elf_machine: e_machine of ELF files.
        bits: 32 or 64.
    """

    name: str
    processor: str
    triple: str
    zig_arch: str
    zig_cpu: str
    compile_flags: tuple[str, ...]
    link_flags: tuple[str, ...]
    elf_machine: int
    bits: int

    def clang_target(self, api_level: int) -> str:
        """Return the value of clang's --target."""
        return f"{self.triple}{api_level}"

    def zig_target(self, api_level: int) -> str:
        """Return the value of zig's -target."""
        return f"{self.zig_arch}-linux-{self.triple.rpartition('-')[2]}.{api_level}"


_TABLE = (
    AndroidAbi(
        name="armeabi-v7a",
        processor="armv7-a",
        triple="armv7a-linux-androideabi",
        zig_arch="thumb",
        zig_cpu="cortex_a8",
        compile_flags=("-mthumb", "-mfloat-abi=softfp", "-mfpu=neon"),
        link_flags=("--fix-cortex-a8",),
        elf_machine=40,
        bits=32,
    ),
    AndroidAbi(
        name="arm64-v8a",
        processor="aarch64",
        triple="aarch64-linux-android",
        zig_arch="aarch64",
        zig_cpu="generic",
        # Outlined atomics call helpers that read the CPU's features; API level 21 has none.
        compile_flags=("-mno-outline-atomics",),
        link_flags=("--fix-cortex-a53-843419",),
        elf_machine=183,
        bits=64,
    ),
    AndroidAbi(
        name="x86_64",
        processor="x86_64",
        triple="x86_64-linux-android",
        zig_arch="x86_64",
        zig_cpu="x86_64",
        compile_flags=("-msse4.2", "-mpopcnt"),
        link_flags=(),
        elf_machine=62,
        bits=64,
    ),
    AndroidAbi(
        name="x86",
        processor="i686",
        triple="i686-linux-android",
        zig_arch="x86",
        zig_cpu="i686",
        # Android's 32-bit callers align the stack to 4 bytes only, SSE code needs 16.
        compile_flags=("-mstackrealign",),
        link_flags=(),
        elf_machine=3,
        bits=32,
    ),
)

ANDROID_ABIS = {abi.name: abi for abi in _TABLE}


def android_abi(name: str) -> AndroidAbi:
    """Return the table's entry of an ABI.

    Raises:
        ToolchainError: Android has no such ABI, or no toolchain here builds it.
    """
    try:
        return ANDROID_ABIS[name]
    except KeyError:
        raise ToolchainError(
            f"there is no Android ABI {name!r}", hint=f"use one of {', '.join(ANDROID_ABIS)}"
        ) from None


def android_target(abi: str, api_level: int = MIN_API_LEVEL) -> Target:
    """Return the target of an ABI and API level.

    Raises:
        ToolchainError: There is no such ABI.
    """
    return Target("android", android_abi(abi).name, str(api_level))


def api_level(target: Target) -> int:
    """Return the API level of an Android target."""
    return int(target.level)

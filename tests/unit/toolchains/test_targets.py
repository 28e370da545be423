from __future__ import annotations

import pytest

from mobilegen.artifacts import Target
from mobilegen.errors import ToolchainError
from mobilegen.toolchains.targets import ANDROID_ABIS, android_abi, android_target


def test_the_four_abis_of_the_ndk() -> None:
    assert set(ANDROID_ABIS) == {"armeabi-v7a", "arm64-v8a", "x86_64", "x86"}


@pytest.mark.parametrize(
    ("name", "clang", "zig", "machine", "bits"),
    [
        ("armeabi-v7a", "armv7a-linux-androideabi21", "thumb-linux-androideabi.21", 40, 32),
        ("arm64-v8a", "aarch64-linux-android21", "aarch64-linux-android.21", 183, 64),
        ("x86_64", "x86_64-linux-android21", "x86_64-linux-android.21", 62, 64),
        ("x86", "i686-linux-android21", "x86-linux-android.21", 3, 32),
    ],
)
def test_names_that_tools_use(name: str, clang: str, zig: str, machine: int, bits: int) -> None:
    abi = android_abi(name)
    assert abi.clang_target(21) == clang
    assert abi.zig_target(21) == zig
    assert (abi.elf_machine, abi.bits) == (machine, bits)


def test_target_of_an_abi() -> None:
    assert android_target("x86", 24) == Target("android", "x86", "24")


def test_unknown_abi_names_the_known_ones() -> None:
    with pytest.raises(ToolchainError, match="no Android ABI 'mips'") as caught:
        android_abi("mips")
    assert "arm64-v8a" in caught.value.hint

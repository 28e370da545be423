"""Linux with glibc: boards such as Raspberry Pi, and computers."""

from mobilegen.platforms.base import Platform

_HERE = "mobilegen.platforms.linux"
_EXECUTORS = ("mobilegen.executors.board",)

PLATFORM = Platform(
    name="linux",
    settings=f"{_HERE}.settings:LinuxSettings",
    level=f"{_HERE}.targets:level",
    toolchain=f"{_HERE}.targets:toolchain",
    tools=f"{_HERE}.targets:tools",
    bridge=f"{_HERE}.targets:bridge",
    check=f"{_HERE}.checks:check_library",
    stages=f"{_HERE}.stages:stages",
    executors=(
        ("aarch64", _EXECUTORS),
        ("armv7hf", _EXECUTORS),
        ("x86_64", _EXECUTORS),
    ),
    examine=f"{_HERE}.targets:examine",
    usage=f"{_HERE}.usage:lines",
)

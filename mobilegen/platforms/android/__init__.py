"""Android: natives of Java classes, an Android Studio project, and its app."""

from mobilegen.platforms.base import Platform

_HERE = "mobilegen.platforms.android"

PLATFORM = Platform(
    name="android",
    settings=f"{_HERE}.settings:AndroidSettings",
    level=f"{_HERE}.targets:level",
    toolchain=f"{_HERE}.targets:toolchain",
    tools=f"{_HERE}.targets:tools",
    bridge=f"{_HERE}.jni:bridge",
    check=f"{_HERE}.checks:check_library",
    stages=f"{_HERE}.stages:stages",
    # The Java VM calls the natives as Android does; elfrun has only as much of JNI as they need,
    # but runs without a JDK.
    executors=(
        ("arm64-v8a", (f"{_HERE}.executors.emulator",)),
        ("armeabi-v7a", (f"{_HERE}.executors.emulator",)),
        ("x86_64", (f"{_HERE}.executors.jvm", f"{_HERE}.executors.elfrun")),
        ("x86", (f"{_HERE}.executors.elfrun",)),
    ),
    toolboxes=f"{_HERE}.executors.toolbox:toolboxes",
    target_name="{abi}",
    prepare=f"{_HERE}.tools:prepare",
    usage=f"{_HERE}.usage:lines",
    examine=f"{_HERE}.doctor:examine",
    device_checks=f"{_HERE}.device:device_checks",
    bench=f"{_HERE}.bench:device_stand",
)

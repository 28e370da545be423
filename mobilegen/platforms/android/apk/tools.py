"""Finds the programs of the embedded route: an Android SDK's, PATH's, else pinned downloads."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

from mobilegen.errors import DownloadError, PackagingError, ProcessError, ToolchainError
from mobilegen.executors.jdk import CLEAN, MIN_VERSION, Jdk, find_jdk
from mobilegen.platforms.android.apk import pins
from mobilegen.platforms.android.apk.sdk import AndroidSdk, find_sdk
from mobilegen.resources import native_dir
from mobilegen.system import process
from mobilegen.system.files import cache_dir, kept_dir, sha256_bytes
from mobilegen.system.maven import fetch_maven
from mobilegen.system.pinned import MavenFile

Command = tuple[str | Path, ...]
_JAVA_OPTIONS = ("-Xmx1g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto")
_TOOL_SECONDS = 300.0
_TOOL = "ApkTool"


@dataclass(frozen=True)
class Tools:
    """The programs of the embedded route.

    Attributes:
        android: A jar with Android's classes for javac and its resources for aapt2.
        dexer: Program and arguments, to which those of `dexes_with_d8` or dx are added.
        signer: Program and arguments of apksigner, or what takes the same options.
        origins: Where they come from, one line.
    """

    jdk: Jdk
    aapt2: Path
    android: Path
    dexer: Command
    dexes_with_d8: bool
    signer: Command
    origins: str


def find_tools(*, offline: bool = False) -> Tools:
    """Return the tools; what is not installed is fetched into the cache.

    Raises:
        ToolchainError: No JDK, or no aapt2 for this kind of computer.
        DownloadError: A tool is not installed and cannot be fetched.
    """
    jdk = find_jdk()
    if jdk is None:
        raise ToolchainError(
            f"an APK needs a JDK {MIN_VERSION} or newer, and JAVA_HOME and PATH have none",
            hint="install a JDK, or set JAVA_HOME",
        )
    sdk = find_sdk()
    installed = {
        "aapt2": _installed_aapt2(sdk),
        "android": sdk.android_jar if sdk else None,
        "dexer": _jar(sdk, "d8.jar"),
        "signer": _jar(sdk, "apksigner.jar") or _which("apksigner"),
    }
    fetched = _fetch({name for name, path in installed.items() if path is None}, offline)
    places = {name: path or fetched[name] for name, path in installed.items()}
    has_d8 = installed["dexer"] is not None
    return Tools(
        jdk,
        places["aapt2"] if installed["aapt2"] else _unpack_aapt2(places["aapt2"]),
        places["android"],
        _dexer(jdk, places["dexer"], has_d8),
        has_d8,
        _signer(jdk, places["signer"], fetched=installed["signer"] is None),
        _describe(installed, sdk),
    )


def run_tool(
    command: Command, *, title: str, hint: str = "", env: dict[str, str] | None = None
) -> str:
    """Run one of the tools; return what it printed.

    Raises:
        PackagingError: It failed; the last lines of its output are shown.
    """
    try:
        done = process.run(
            command, title=title, timeout=_TOOL_SECONDS, env={**CLEAN, **(env or {})}
        )
    except ProcessError as error:
        raise PackagingError(error.what, seen=error.seen, hint=hint) from error
    return done.stdout + done.stderr


def _which(name: str) -> Path | None:
    found = shutil.which(name)
    return Path(found) if found else None


def _installed_aapt2(sdk: AndroidSdk | None) -> Path | None:
    """Return the SDK's or PATH's aapt2."""
    if sdk and sdk.build_tools:
        program = sdk.build_tools / ("aapt2.exe" if os.name == "nt" else "aapt2")
        if program.is_file():
            return program
    return _which("aapt2")


def _jar(sdk: AndroidSdk | None, name: str) -> Path | None:
    if sdk is None or sdk.build_tools is None:
        return None
    path = sdk.build_tools / "lib" / name
    return path if path.is_file() else None


def _fetch(missing: set[str], offline: bool) -> dict[str, Path]:
    wanted = {
        "aapt2": pins.AAPT2,
        "android": pins.ANDROID,
        "dexer": pins.DX,
        "signer": pins.APKSIG,
    }
    if "aapt2" in missing:
        _require_aapt2_for_host()
    files: dict[str, MavenFile] = {name: wanted[name] for name in sorted(missing)}
    try:
        return dict(zip(files, fetch_maven(tuple(files.values()), offline=offline), strict=True))
    except DownloadError as error:
        names = ", ".join(files)
        raise DownloadError(
            f"the tools that make an APK are not complete ({names}): {error.what}",
            seen=error.seen,
            hint=f"{error.hint}; or install an Android SDK and set ANDROID_HOME",
        ) from error


def _require_aapt2_for_host() -> None:
    machine = platform.machine().lower()
    # macOS and Windows run x86_64 programs on ARM, too.
    if pins.aapt2_member() is None or (sys.platform == "linux" and machine != "x86_64"):
        raise ToolchainError(
            "there is no aapt2 for this computer to fetch",
            seen=[f"{sys.platform}, {machine}"],
            hint="install aapt2 (Debian package aapt), or set ANDROID_HOME to an Android SDK",
        )


def _unpack_aapt2(jar: Path) -> Path:
    member = pins.aapt2_member()
    assert member is not None
    name, path = Path(member).name, member

    def unpack(folder: Path) -> None:
        with zipfile.ZipFile(jar) as archive:
            (folder / name).write_bytes(archive.read(path))
        (folder / name).chmod(0o755)

    folder = cache_dir() / "android" / f"aapt2-{pins.AAPT2.sha256[:16]}"
    return kept_dir(folder, (name,), unpack) / name


def _dexer(jdk: Jdk, jar: Path, has_d8: bool) -> Command:
    main = "com.android.tools.r8.D8" if has_d8 else "com.android.dx.command.Main"
    return (jdk.java, *_JAVA_OPTIONS, "-cp", jar, main)


def _signer(jdk: Jdk, place: Path, *, fetched: bool) -> Command:
    if fetched:
        path = os.pathsep.join((str(place), str(_tool_classes(jdk, place))))
        return (jdk.java, *_JAVA_OPTIONS, "-cp", path, _TOOL)
    if place.suffix == ".jar":
        return (jdk.java, *_JAVA_OPTIONS, "-jar", place)
    return (place,)


def _tool_classes(jdk: Jdk, apksig: Path) -> Path:
    """Compile the program that stands for apksigner; return the folder of its classes."""
    source = native_dir() / "tools" / "apk" / f"{_TOOL}.java"
    digest = sha256_bytes(f"{jdk.version}\n{pins.APKSIG.sha256}\n".encode() + source.read_bytes())

    def compile_tool(folder: Path) -> None:
        command = (jdk.javac, "-encoding", "UTF-8", "-cp", apksig, "-d", folder, source)
        run_tool(command, title="compiling the program that signs")

    folder = cache_dir() / "android" / f"apktool-{digest[:16]}"
    return kept_dir(folder, (f"{_TOOL}.class",), compile_tool)


def _describe(installed: dict[str, Path | None], sdk: AndroidSdk | None) -> str:
    names = {"aapt2": "aapt2", "android": "classes", "dexer": "dexer", "signer": "signer"}
    groups: dict[str, list[str]] = {}
    for key, name in names.items():
        path = installed[key]
        is_sdk = path is not None and sdk is not None and sdk.path in path.parents
        origin = str(sdk) if is_sdk else "PATH" if path else "pinned downloads"
        groups.setdefault(origin, []).append(name)
    return "; ".join(f"{', '.join(names)} from {origin}" for origin, names in groups.items())

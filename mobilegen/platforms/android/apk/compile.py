"""Compiles an app: resources with aapt2, Java with javac, classes with dx or d8."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Sequence
from pathlib import Path

from mobilegen.platforms.android.apk.layout import Sources
from mobilegen.platforms.android.apk.settings import ApkSettings
from mobilegen.platforms.android.apk.tools import Command, Tools, run_tool

# It ends before compiling itself thoroughly pays off.
_JAVAC_OPTIONS = ("-J-XX:+UseSerialGC", "-J-XX:TieredStopAtLevel=1")
_GRADLE_REMEDY = (
    "use Java 8 without lambdas and method references, or install an Android SDK and set "
    "ANDROID_HOME to build with Gradle"
)


def link_resources(
    sources: Sequence[Sources],
    manifest: Path,
    settings: ApkSettings,
    tools: Tools,
    folder: Path,
) -> tuple[Path, Path]:
    """Compile and link the resources and assets of all modules.

    Returns:
        An APK without code, and the folder with the sources of the R classes.

    Raises:
        PackagingError: A resource is wrong; file and line are shown.
    """
    base, generated = folder / "base.apk", folder / "generated"
    compiled = {part: _compile_resources(part, tools, folder) for part in sources}
    app, *libraries = sources
    argv: list[str | Path] = [
        tools.aapt2, "link", "-I", tools.android, "--manifest", manifest, "-o", base,
        "--java", generated, "--custom-package", app.module.namespace,
        "--version-code", str(settings.version_code),
        # aapt2 reads escapes in it.
        "--version-name", settings.version_name.replace("\\", "\\\\"),
        "--auto-add-overlay",
    ]  # fmt: skip
    if settings.keystore is None:
        argv.append("--debug-mode")
    for part in libraries:
        if part.module.namespace != app.module.namespace:
            argv += ["--extra-packages", part.module.namespace]
        argv += filter(None, [compiled[part]])
    for part in sources:
        argv += ["-A", part.assets] if part.assets.is_dir() else []
    for suffix in settings.stored_assets:
        argv += ["-0", suffix]
    if (own := compiled[app]) is not None:
        # What the app and a library both have is the app's.
        argv += ["-R", own]
    run_tool(tuple(argv), title="linking the resources")
    return base, generated


def _compile_resources(part: Sources, tools: Tools, folder: Path) -> Path | None:
    if not part.res.is_dir():
        return None
    out = folder / f"{part.module.name}-resources.zip"
    run_tool(
        (tools.aapt2, "compile", "--dir", part.res, "-o", out),
        title=f"compiling the resources of {part.module.name}",
    )
    return out


def compile_java(
    files: Sequence[Path], out: Path, tools: Tools, *, class_path: Sequence[Path] = ()
) -> Path:
    """Compile Java sources for Android; return the folder of classes.

    Raises:
        PackagingError: A source is wrong; file and line are shown.
    """
    out.mkdir(parents=True)
    arguments = out.with_name(f"{out.name}-arguments.txt")
    # Command lines are short on Windows.
    arguments.write_text("".join(f'"{_escaped(path)}"\n' for path in files), "utf-8")
    path = os.pathsep.join(map(str, (*class_path, tools.android)))
    run_tool(
        (
            tools.jdk.javac, *_JAVAC_OPTIONS,
            "--release", "8", "-encoding", "UTF-8", "-proc:none", "-g",
            "-Xlint:-options", "-cp", path, "-d", out, f"@{arguments}",
        ),
        title="compiling the Java sources",
    )  # fmt: skip
    return out


def _escaped(path: Path) -> str:
    return str(path).replace("\\", "\\\\")


def dex(classes: Path, tools: Tools, folder: Path, *, min_sdk: int) -> Path:
    """Turn class files into classes.dex.

    Raises:
        PackagingError: A class has what Android cannot run from `min_sdk` on.
    """
    jar, out = folder / "classes.jar", folder / "classes.dex"
    with zipfile.ZipFile(jar, "w") as archive:
        for path in sorted(classes.rglob("*.class")):
            archive.write(path, path.relative_to(classes).as_posix())
    run_tool(_dex_command(jar, out, tools, min_sdk), title="dexing", hint=_GRADLE_REMEDY)
    return out


def _dex_command(jar: Path, out: Path, tools: Tools, min_sdk: int) -> Command:
    if tools.dexes_with_d8:
        options = ("--min-api", str(min_sdk), "--lib", tools.android, "--output", out.parent)
        return (*tools.dexer, *options, jar)
    return (*tools.dexer, "--dex", f"--min-sdk-version={min_sdk}", f"--output={out}", jar)

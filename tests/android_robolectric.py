"""Runs Java tests against a built app on this computer: Robolectric, and the APK's own library.

Resources, assets, manifest and native library come out of the APK. The Java classes are those of
the project, compiled again, because a Java VM cannot run a dex file. The native library is the
x86_64 one of the APK, over libraries that map Android's imports to glibc.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from android_classes import MANIFEST, compile_app
from android_pins import fetch_pinned
from java_tools import QUICK, QUICK_JAVAC

from mobilegen.executors.jdk import CLEAN
from mobilegen.platforms.android.apk import pins
from mobilegen.platforms.android.apk.archive import Entry, read_entries, write_apk
from mobilegen.platforms.android.apk.settings import ApkSettings
from mobilegen.platforms.android.apk.tools import Tools, find_tools
from mobilegen.platforms.android.executors import jvm
from mobilegen.system.download import fetch
from mobilegen.system.process import run

SUPPORT = Path(__file__).parent / "android" / "java"
SDK = 34
_RESULT = re.compile(r"^@test (pass|fail|ignored) ([^\s(]+)\(([\w.$]+)\)(?: (.*))?$", re.MULTILINE)
_SECONDS = 600.0
# Robolectric sets what Android's own classes set in theirs.
_OPENED = ("java.io", "java.lang", "java.lang.reflect", "java.net", "java.nio", "java.util")


@dataclass(frozen=True)
class Result:
    """What one test of a run came to."""

    name: str
    state: str
    message: str


@dataclass(frozen=True)
class Outcome:
    """What a run of tests came to."""

    results: tuple[Result, ...]
    output: str

    @property
    def failures(self) -> dict[str, str]:
        return {result.name: result.message for result in self.results if result.state == "fail"}

    @property
    def passed(self) -> set[str]:
        return {result.name for result in self.results if result.state == "pass"}

    def require(self, *names: str) -> None:
        """Fail unless tests ran, all passed, and these are among them."""
        assert self.passed and self.passed == {r.name for r in self.results}, self.output[-20000:]
        assert set(names) <= self.passed, f"ran only {sorted(self.passed)}"


@dataclass(frozen=True)
class Device:
    """An app that is installed in a Robolectric, so to speak.

    Attributes:
        classes: Compiled classes of the project, and of what tests use.
        libraries: The native libraries out of the APK.
    """

    apk: Path
    classes: Path
    libraries: tuple[Path, ...]
    folder: Path
    tools: Tools


def install(project: Path, settings: ApkSettings, apk: Path, folder: Path) -> Device:
    """Prepare an APK of a project to be run; beside its assets are those of its own tests."""
    folder.mkdir(parents=True)
    apk = write_apk([*read_entries(apk), *_test_assets(project)], folder / "tested.apk")
    tools = find_tools()
    classes = compile_app(project, settings, folder, tools)
    _compile_tests(sorted(SUPPORT.rglob("*.java")), classes, tools)
    _write_config(classes, settings, folder / MANIFEST, apk)
    return Device(apk, classes, _unpack_libraries(apk, folder / "lib"), folder, tools)


def own_tests(project: Path, module: str) -> tuple[list[Path], list[str]]:
    """Return the sources of the tests that come with a module, and the names of their classes."""
    root = project / module / "src" / "androidTest" / "java"
    sources = sorted(root.rglob("*.java"))
    names = [path.relative_to(root).with_suffix("") for path in sources]
    return sources, [".".join(name.parts) for name in names if name.name.endswith("Test")]


def _test_assets(project: Path) -> list[Entry]:
    """On a phone they are in an APK of their own, but Robolectric has only one."""
    found = []
    for root in sorted(project.glob("*/src/androidTest/assets")):
        paths = sorted(path for path in root.rglob("*") if path.is_file())
        found += [
            Entry(f"assets/{path.relative_to(root).as_posix()}", path.read_bytes(), stored=False)
            for path in paths
        ]
    return found


def run_tests(
    device: Device,
    sources: Sequence[Path],
    names: Sequence[str],
    *,
    screenshots: Path | None = None,
    properties: Mapping[str, str] | None = None,
) -> Outcome:
    """Compile JUnit 4 tests and run some of their classes.

    Args:
        names: Full names of the test classes.
        screenshots: Folder for what `mobilegen.Robot.save` draws.
        properties: System properties for the tests.
    """
    with tempfile.TemporaryDirectory(prefix="robolectric-") as temporary:
        folder = Path(temporary)
        _compile_tests(sources, folder / "tests", device.tools, device.classes)
        (screenshots or folder / "screenshots").mkdir(parents=True, exist_ok=True)
        (folder / "tmp").mkdir()
        told = {
            **_robolectric_properties(folder),
            "java.io.tmpdir": str(folder / "tmp"),
            "java.library.path": str(device.folder / "lib"),
            "mobilegen.screenshots": str(screenshots or folder / "screenshots"),
            **(properties or {}),
        }
        env = {**CLEAN}
        if device.libraries:
            told["mobilegen.opener"] = str(jvm.shims() / jvm.OPENER)
            env["MOBILEGEN_LIBRARY"] = str(device.libraries[0])
        argv = [
            device.tools.jdk.java, "-Xmx2g", *QUICK,
            *(f"--add-opens=java.base/{name}=ALL-UNNAMED" for name in _OPENED),
            "-Dfile.encoding=UTF-8", *(f"-D{name}={value}" for name, value in told.items()),
            "-cp", _path(folder / "tests", device.classes, *_jars(), device.tools.android),
            "mobilegen.RunTests", *names,
        ]  # fmt: skip
        done = run(argv, title="the tests under Robolectric", timeout=_SECONDS, env=env)
    output = done.stdout + done.stderr
    found = _RESULT.findall(output)
    return Outcome(tuple(Result(name, state, text) for state, name, _, text in found), output)


def _unpack_libraries(apk: Path, folder: Path) -> tuple[Path, ...]:
    folder.mkdir()
    with zipfile.ZipFile(apk) as archive:
        for name in archive.namelist():
            if name.startswith("lib/x86_64/"):
                (folder / Path(name).name).write_bytes(archive.read(name))
    return tuple(sorted(folder.iterdir()))


def _write_config(classes: Path, settings: ApkSettings, manifest: Path, apk: Path) -> None:
    """Tell Robolectric of the APK as the Android Gradle Plugin does."""
    config = classes / "com" / "android" / "tools" / "test_config.properties"
    config.parent.mkdir(parents=True)
    config.write_text(
        f"android_custom_package={settings.modules[0].namespace}\n"
        f"android_merged_manifest={manifest}\n"
        f"android_resource_apk={apk}\n",
        "utf-8",
    )
    (classes / "robolectric.properties").write_text(
        f"sdk={SDK}\ngraphicsMode=NATIVE\nshadows=mobilegen.PhoneBitmap\n", "utf-8"
    )


def _compile_tests(sources: Sequence[Path], out: Path, tools: Tools, *class_path: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    path = _path(out, *class_path, *_jars(), tools.android)
    argv = [
        tools.jdk.javac, *QUICK_JAVAC,
        "--release", "11", "-encoding", "UTF-8", "-proc:none", "-nowarn",
        "-cp", path, "-d", out, *sources,
    ]  # fmt: skip
    run(argv, title="compiling the tests", timeout=_SECONDS, env=CLEAN)


def _robolectric_properties(folder: Path) -> dict[str, str]:
    """Let Robolectric take Android from the cache, and change its classes while loading them.

    It could take a jar with changed classes, which is another download of 151 MB.
    """
    jars = folder / "android"
    jars.mkdir()
    android = fetch(pins.ANDROID)
    _link(android, jars / android.name)
    return {
        "robolectric.offline": "true",
        "robolectric.dependency.dir": str(jars),
        "robolectric.usePreinstrumentedJars": "false",
    }


def _link(source: Path, target: Path) -> None:
    try:
        target.symlink_to(source)
    except OSError:
        shutil.copy(source, target)


def _jars() -> list[Path]:
    return list(fetch_pinned("robolectric").values())


def _path(*parts: Path) -> str:
    return os.pathsep.join(map(str, parts))

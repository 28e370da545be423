"""The Java classes of the templates, compiled for a plain JDK."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from android_project import ANDROID
from java_tools import QUICK, QUICK_JAVAC
from native_models import Converted

from mobilegen.artifacts import Artifact, FileRecord
from mobilegen.platforms.android.sources import CLASSES, java_source
from mobilegen.system.download import fetch
from mobilegen.system.process import run

PACKAGE = "com.example.vision"
NAME = "recognition"
# Of a model only the names of its files are of interest to the classes.
_FILES = (
    ("params", FileRecord("model.param", 0, "")),
    ("weights", FileRecord("model.bin", 0, "")),
)
MODEL = Artifact("ncnn", "1", "fp32", Path(), _FILES, (), (), (), "original")


def compile_java(folder: Path, *tests: Path) -> Path:
    """Render the templates, compile them with test sources, and return the folder of classes."""
    package = folder / "java" / Path(*PACKAGE.split("."))
    package.mkdir(parents=True)
    for name in CLASSES:
        (package / f"{name}.java").write_text(java_source(name, PACKAGE, NAME, MODEL), "utf-8")
    for test in tests:
        shutil.copy(test, package)
    argv = ["javac", *QUICK_JAVAC, "--release", "8", "-encoding", "UTF-8"]
    argv += ["-Xlint:-options", "-Werror"]
    # Only the compiler needs Android's classes: nothing here calls what uses them.
    argv += ["-cp", str(fetch(ANDROID)), "-d", str(folder / "classes")]
    argv += map(str, sorted(package.iterdir()))
    run(argv, title="javac", timeout=120)
    return folder / "classes"


def write_arrays(model: Converted, folder: Path) -> Path:
    """Write in.I and out.I of a model's first sample as big-endian floats."""
    folder.mkdir(exist_ok=True)
    for kind, arrays in (("in", model.inputs()), ("out", model.outputs())):
        for index, array in enumerate(arrays):
            (folder / f"{kind}.{index}").write_bytes(array.astype(">f4").tobytes())
    return folder


CHECKED = "-Xcheck:jni"


def java(
    classes: Path, library: Path, main: str, arguments: Sequence[object], *options: str, **env: str
) -> str:
    """Run a class with the natives of a library; return what it printed."""
    argv = ["java", *QUICK, "-Xmx512m", *options]
    argv += [f"-Djava.library.path={library.parent}", "-cp", str(classes), f"{PACKAGE}.{main}"]
    done = run([*argv, *map(str, arguments)], title="the Java test", timeout=300, env=env)
    assert done.stdout.splitlines()[-1] == "ok"
    faults = [line for line in (done.stdout + done.stderr).splitlines() if "WARNING" in line]
    assert not faults
    return done.stdout

"""The generated project, compiled in every form that its templates can take."""

from __future__ import annotations

import re
import time
from pathlib import Path

import android_project
import pytest
from android_project import CONFIGURATIONS, DEFAULT, compile_project
from gradle_scripts import compile_scripts

from mobilegen.errors import ProcessError
from mobilegen.system.download import fetch
from mobilegen.system.process import run


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_everything_compiles(name: str, tmp_path: Path) -> None:
    """Library, app and both kinds of tests, with all warnings as errors."""
    options = CONFIGURATIONS[name]
    project = android_project.render(options, tmp_path / "rendered")
    folder = android_project.lay_out(project, tmp_path / "android")
    compile_project(folder, options, tmp_path)
    sources = [file.path for file in project.files if re.search(r"/java/.*\.java$", file.path)]
    classes = {path.stem for path in (tmp_path / "classes").rglob("*.class")}
    assert len(sources) >= 20
    # On the class path for the sake of the stand-ins alone.
    assert not [path for path in sources if "robolectric" in (folder / path).read_text("utf-8")]
    assert {Path(path).stem for path in sources} <= classes


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("R.id.image)", "R.id.imagee)", "imagee"),
        ("protected void onStart()", "protected void onBegin()", "does not override"),
        ("session.open();", "session.open(); new java.util.ArrayList();", "rawtypes"),
        ("session.open();", "session.open(); getWindow().setStatusBarColors(0);", "cannot find"),
    ],
)
def test_the_compiler_sees_faults(tmp_path: Path, old: str, new: str, message: str) -> None:
    """A resource that is missing, a method that is gone, a warning, a call that Android lacks."""
    project = android_project.render(DEFAULT, tmp_path / "rendered")
    folder = android_project.lay_out(project, tmp_path / "android")
    path = next(folder.rglob("MainActivity.java"))
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(ProcessError) as caught:
        compile_project(folder, DEFAULT, tmp_path)
    assert message in caught.value.output


def test_rendering_takes_no_time(tmp_path: Path) -> None:
    """The first time, with all templates to be read; model and libraries are not copied."""
    started = time.process_time()
    android_project.render(DEFAULT, tmp_path)
    assert time.process_time() - started < 1.0


@pytest.mark.parametrize(("name", "sources"), [("unicode", True), ("everything", False)])
def test_build_files_compile(name: str, sources: bool, tmp_path: Path) -> None:
    """Against our own idea of the Android Gradle Plugin, which is not to be had here."""
    options = CONFIGURATIONS[name]
    project = android_project.render(options, tmp_path / "rendered", sources=sources)
    compile_scripts(android_project.lay_out(project, tmp_path / "android"), tmp_path / "out")


# File, old, new, the error: in the order in which the compiler takes the files.
FAULTS = (
    ("settings.gradle.kts", "mavenCentral()", "mavenCenter()", "unresolved .*mavenCenter"),
    ("sdk/build.gradle.kts", "libs.androidx.test.junit", "libs.junit", "unresolved .*junit"),
    ("app/build.gradle.kts", "compileSdk =", "compileSkd =", "unresolved .*compileSkd"),
    ("app/build.gradle.kts", "versionCode = 1", 'versionCode = "1"', "type mismatch.*'String'"),
)


def test_the_kotlin_compiler_sees_faults(tmp_path: Path) -> None:
    """These and no others: it goes on after an error."""
    project = android_project.render(DEFAULT, tmp_path / "rendered")
    folder = android_project.lay_out(project, tmp_path / "android")
    for path, old, new, _ in FAULTS:
        text = (folder / path).read_text("utf-8")
        assert old in text
        (folder / path).write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(ProcessError) as caught:
        compile_scripts(folder, tmp_path / "out")
    lines = caught.value.output.splitlines()
    errors = [line.partition("error: ")[2] for line in lines if "error: " in line]
    for error, (*_, expected) in zip(errors, FAULTS, strict=True):
        assert re.search(expected, error)


def test_commented_signing_compiles(tmp_path: Path) -> None:
    """What the user is told to take the comment marks from."""
    project = android_project.render(DEFAULT, tmp_path / "rendered")
    folder = android_project.lay_out(project, tmp_path / "android")
    path = folder / "app" / "build.gradle.kts"
    text = re.sub(r"^(\s*)// (?=( |signing|\}))", r"\1", path.read_text("utf-8"), flags=re.M)
    assert "\n    signingConfigs {\n" in text and "\n            signingConfig = " in text
    path.write_text(text, "utf-8")
    compile_scripts(folder, tmp_path / "out")


def javadoc(project: Path, out: Path) -> None:
    """Make the library's documentation, faults in the comments being errors."""
    sources = sorted(project.glob("sdk/src/main/java/**/*.java"))
    argv = ["javadoc", "-quiet", "-Werror", "-Xdoclint:all,-missing", "-encoding", "UTF-8"]
    argv += ["--release", "8", "-cp", str(fetch(android_project.ANDROID)), "-d", str(out)]
    run([*argv, *sources], title="javadoc", timeout=120)


def test_documentation_of_the_library(tmp_path: Path) -> None:
    project = android_project.render(DEFAULT, tmp_path / "rendered")
    folder = android_project.lay_out(project, tmp_path / "android")
    javadoc(folder, tmp_path / "html")
    assert "mirrored" in (tmp_path / "html/com/example/photo/ImageData.html").read_text("utf-8")
    path = next(folder.rglob("ImageData.java"))
    path.write_text(path.read_text("utf-8").replace("{@code AndroidImages}", "{@link Nothing}"))
    with pytest.raises(ProcessError) as caught:
        javadoc(folder, tmp_path / "wrong")
    assert "reference not found" in caught.value.output


def test_git_changes_no_byte(tmp_path: Path) -> None:
    """Not even where Git is told to change ends of lines, as on Windows: the model is compared."""
    project = android_project.render(DEFAULT, tmp_path / "rendered")
    folder = android_project.lay_out(project, tmp_path / "android")
    (folder / "sdk/src/main/assets/photo/model.param").write_bytes(b"7767517\n2 2\n")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    git = ["git", "-C", folder, "-c", "core.autocrlf=true", "-c", "core.safecrlf=false"]
    author = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
    for step in (["init", "-q"], ["add", "-A"], [*author, "commit", "-q", "-m", "x"]):
        run([*git, *step], title="git", timeout=60)
    kept = [path for path in before if path.name not in (".gitignore", ".gitattributes")]
    for path in kept:
        path.unlink()
    run([*git, "checkout", "-q", "--", "."], title="git", timeout=60)
    assert {path: path.read_bytes() for path in before} == before

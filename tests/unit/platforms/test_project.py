"""The rendered project as text: what is in it, and that nothing gets out of its place."""

from __future__ import annotations

import hashlib
import json
import re
import string
from pathlib import Path
from xml.etree import ElementTree

import android_project
import pytest
from android_project import CONFIGURATIONS, DEFAULT, HOSTILE, NUMBERS, UNICODE

from mobilegen.artifacts import Project
from mobilegen.platforms.android.rendering import template_names, template_root

ANDROID = "{http://schemas.android.com/apk/res/android}"
VALUES = "app/src/main/res/values"
CHINESE = "app/src/main/res/values-zh"


@pytest.fixture(scope="module", params=CONFIGURATIONS)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with all of its files; its name is that of the configuration."""
    root = tmp_path_factory.mktemp("project")
    project = android_project.render(CONFIGURATIONS[request.param], root)
    return android_project.lay_out(project, root / request.param)


def strings(folder: Path) -> dict[str, ElementTree.Element]:
    return {e.attrib["name"]: e for e in ElementTree.parse(folder / "strings.xml").getroot()}


def paths(project: Project) -> set[str]:
    return {file.path for file in project.files}


def test_same_bytes_each_time(tmp_path: Path) -> None:
    first = android_project.render(UNICODE, tmp_path / "1")
    second = android_project.render(UNICODE, tmp_path / "2")
    assert [(f.path, f.sha256) for f in first.files] == [(f.path, f.sha256) for f in second.files]


def test_hashes_are_those_of_the_content(tmp_path: Path) -> None:
    for file in android_project.render(DEFAULT, tmp_path).files:
        assert hashlib.sha256(file.source.read_bytes()).hexdigest() == file.sha256, file.path


def test_every_template_is_used(tmp_path: Path) -> None:
    project = android_project.render(DEFAULT, tmp_path, sources=True)
    rendered = [file for file in project.files if file.source.is_relative_to(tmp_path / "project")]
    assert len(rendered) == len(template_names())


def test_xml_is_well_formed(folder: Path) -> None:
    found = list(folder.rglob("*.xml"))
    assert len(found) > 10
    for path in found:
        ElementTree.parse(path)


def test_the_name_is_the_one_given(folder: Path) -> None:
    """Unescaped by hand: XML, then backslashes, as the resource compiler does."""
    text = strings(folder / VALUES)["app_name"].text or ""
    expected = CONFIGURATIONS[folder.name].app_name
    assert re.sub(r"\\(.)", r"\1", text.strip('"') if "  " in text else text) == expected


def test_both_languages_are_complete(folder: Path) -> None:
    english, chinese = strings(folder / VALUES), strings(folder / CHINESE)
    wanted = {name for name, e in english.items() if e.get("translatable") != "false"}
    assert wanted == chinese.keys()
    for name in wanted:
        formats = [
            sorted(re.findall(r"%\d\$[.\d]*[a-z]", e[name].text or "")) for e in (english, chinese)
        ]
        assert formats[0] == formats[1], name
        assert any(ord(c) > 0x2E80 for c in chinese[name].text or "") or name.startswith("result")


def test_every_resource_exists_and_is_used(folder: Path) -> None:
    main = folder / "app" / "src" / "main"
    known = android_project.resource_names(main / "res")
    text = "\n".join(
        path.read_text("utf-8") for path in [*main.rglob("*.xml"), *main.rglob("*.java")]
    )
    used = set(re.findall(r"(?<![\w.])R\.(\w+)\.(\w+)", text))
    used |= {
        (kind, name.replace(".", "_"))
        for kind, name in re.findall(r"[\"@>](?<!\+)(\w+)/([\w.]+)(?=[\"<])", text)
    }
    for kind, name in used:
        if kind in known:
            assert name in {each.replace(".", "_") for each in known[kind]}, (kind, name)
    all_used = () if folder.name == "numbers" else ("color", "dimen")
    for kind in ("string", "layout", "drawable", "mipmap", "xml", *all_used):
        for name in known[kind]:
            assert (kind, name) in used, (kind, name)


def test_activities_of_the_manifest_exist(folder: Path) -> None:
    main = folder / "app" / "src" / "main"
    options = CONFIGURATIONS[folder.name]
    package = main / "java" / Path(*options.application_id.split("."))
    manifest = ElementTree.parse(main / "AndroidManifest.xml").getroot()
    names = [e.attrib[f"{ANDROID}name"] for e in manifest.iter() if f"{ANDROID}name" in e.attrib]
    classes = [name for name in names if name.startswith(".")]
    assert classes
    for name in classes:
        assert (package / f"{name[1:]}.java").is_file()
    declared = {name[1:] for name in classes}
    activities = {p.stem for p in package.glob("*Activity.java")}
    assert activities <= declared


def test_only_what_needs_pictures_asks_for_the_camera(tmp_path: Path) -> None:
    project = android_project.render(NUMBERS, tmp_path)
    manifest = tmp_path / "project/app/src/main/AndroidManifest.xml"
    assert "CAMERA" not in manifest.read_text("utf-8")
    assert not [path for path in paths(project) if "Camera" in path or "Live" in path]


def test_devices_without_a_part_of_the_camera_are_served(tmp_path: Path) -> None:
    """The permission implies these features, and the store filters by them."""
    android_project.render(DEFAULT, tmp_path)
    root = ElementTree.parse(tmp_path / "project/app/src/main/AndroidManifest.xml").getroot()
    features = {
        e.attrib[f"{ANDROID}name"]: e.attrib[f"{ANDROID}required"]
        for e in root.iter("uses-feature")
    }
    wanted = ("camera", "camera.any", "camera.autofocus")
    assert features == {f"android.hardware.{name}": "false" for name in wanted}


def test_tests_are_installed_by_new_phones(tmp_path: Path) -> None:
    """An app of tests that targets less than 24 is refused from Android 15 on."""
    android_project.render(DEFAULT, tmp_path)
    text = (tmp_path / "project/sdk/build.gradle.kts").read_text("utf-8")
    assert re.search(r"testOptions \{[^{}]*\n        targetSdk = 36\n", text)


def test_no_hostile_text_in_build_files(tmp_path: Path) -> None:
    """Each literal is closed where it should be, and no template of Kotlin is left open."""
    android_project.render(CONFIGURATIONS["everything"], tmp_path)
    text = (tmp_path / "project/app/build.gradle.kts").read_text("utf-8")
    line = next(line for line in text.splitlines() if "versionName" in line)
    literal = line.split("=", 1)[1].strip()
    assert re.fullmatch(r'"(?:[^"\\$]|\\.)*"', literal)
    for source in tmp_path.glob("project/**/*.kts"):
        assert HOSTILE not in source.read_text("utf-8")


def test_model_labels_and_libraries_are_in_the_sdk(tmp_path: Path) -> None:
    found = paths(android_project.render(DEFAULT, tmp_path / "1"))
    assert {
        "sdk/src/main/assets/photo/model.param",
        "sdk/src/main/assets/photo/model.bin",
        "sdk/src/main/assets/photo/labels.txt",
        "sdk/src/main/jniLibs/arm64-v8a/libphoto.so",
        "sdk/src/main/jniLibs/x86_64/libphoto.so",
        "sdk/src/androidTest/assets/golden/golden.json",
    } <= found
    without = paths(android_project.render(DEFAULT, tmp_path / "2", labels=False))
    assert found - without == {"sdk/src/main/assets/photo/labels.txt"}
    embedded = paths(android_project.render(CONFIGURATIONS["everything"], tmp_path / "3"))
    assets = {path for path in embedded if "main/assets" in path or "ModelDigest" in path}
    assert assets == {"sdk/src/main/assets/all_1/LICENSE.txt"}


def test_sources_of_several_abis(tmp_path: Path) -> None:
    """What they have in common is there once, and without the option nothing of it."""
    options = DEFAULT
    found = paths(android_project.render(options, tmp_path / "with", sources=True))
    cpp = "sdk/src/main/cpp"
    assert {path for path in found if path.startswith(cpp)} == {
        f"{cpp}/CMakeLists.txt",
        f"{cpp}/{android_project.SOURCE}",
        *(f"{cpp}/ncnn/abi/{abi}/objects.cmake" for abi in android_project.ABIS),
    }
    assert not [p for p in paths(android_project.render(options, tmp_path / "out")) if cpp in p]


def test_only_the_script_is_executable(tmp_path: Path) -> None:
    project = android_project.render(DEFAULT, tmp_path)
    assert [file.path for file in project.files if file.executable] == ["gradlew"]


def test_windows_script_has_windows_lines() -> None:
    data = (template_root() / "gradlew.bat").read_bytes()
    assert data.count(b"\r\n") == data.count(b"\n") > 20


def test_java_needs_no_lambda_and_no_library(folder: Path) -> None:
    """Lambdas need a rewriting compiler below Android 8; androidx is for tests alone."""
    sources = list(folder.glob("*/src/main/**/*.java"))
    assert len(sources) > 10
    for path in sources:
        text = path.read_text("utf-8")
        assert not re.search(r"->|::", re.sub(r"/\*.*?\*/|//.*|\"[^\"]*\"", "", text, flags=re.S))
        assert "androidx" not in text


def test_public_interface_is_documented(folder: Path) -> None:
    for path in folder.glob("sdk/src/main/**/*.java"):
        lines = path.read_text("utf-8").splitlines()
        for number, line in enumerate(lines):
            if re.match(r"\s*public ", line) and not line.strip().startswith(
                "public String toString"
            ):
                above = number - 1
                while lines[above].strip().startswith("@"):
                    above -= 1
                assert lines[above].strip().endswith("*/"), f"{path.name}: {line}"


def test_no_todo_is_left(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            assert not re.search(rb"TODO|FIXME|XXX", path.read_bytes()), path


def test_lines_are_not_too_long(tmp_path: Path) -> None:
    android_project.render(DEFAULT, tmp_path)
    for path in tmp_path.rglob("*"):
        if path.suffix in (".java", ".kts", ".pro"):
            for line in path.read_text("utf-8").splitlines():
                assert len(line) <= 100, f"{path.name}: {line}"


def test_plain_file_names() -> None:
    allowed = set(string.ascii_letters + string.digits + "._-/")
    assert all(set(name) <= allowed for name in template_names())
    assert json.dumps(template_names()).isascii()

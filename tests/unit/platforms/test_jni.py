"""Java package names and JNI names, after the specifications."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mobilegen.artifacts import Artifact, FileRecord
from mobilegen.errors import ConfigError
from mobilegen.platforms.android.jni import (
    NATIVES,
    bridge_of,
    check_package,
    jni_escape,
    jni_exports,
    jni_prefix,
)
from mobilegen.platforms.android.sources import java_source

FILES = (("params", FileRecord("net.txt", 0, "")), ("weights", FileRecord("net.bytes", 0, "")))
MODEL = Artifact("ncnn", "1", "fp32", Path(), FILES, (), (), (), "original")


@pytest.mark.parametrize(
    ("name", "escaped"),
    [
        ("com.example.App", "com_example_App"),
        ("com/example/App", "com_example_App"),
        ("my_app", "my_1app"),
        ("a__b", "a_1_1b"),
        ("[Ljava;", "_3Ljava_2"),
        ("Größe", "Gr_000f6_000dfe"),
        ("日本", "_065e5_0672c"),
        ("\U0001d4b3", "_0d835_0dcb3"),
        ("a$b", "a_00024b"),
        ("A0", "A0"),
    ],
)
def test_escape(name: str, escaped: str) -> None:
    assert jni_escape(name) == escaped


@pytest.mark.parametrize(
    "package",
    [
        "com.example",
        "a",
        "com.example.my_app2",
        "org.größe.日本",
        "com.$x",
        "_a.b",
        "a.Class",
        "javac.b",
    ],
)
def test_valid_package(package: str) -> None:
    assert check_package(package) == package
    assert jni_prefix(package).isascii()


@pytest.mark.parametrize(
    ("package", "reason"),
    [
        ("", "empty part"),
        ("java.vision", "cannot be below 'java'"),
        ("javax", "cannot be below 'javax'"),
        ("com..example", "empty part"),
        ("com.example.", "empty part"),
        (".com", "empty part"),
        ("com.class", "reserved word"),
        ("int", "reserved word"),
        ("a.true", "reserved word"),
        ("a._", "reserved word"),
        ("com.1st", "must not begin with '1'"),
        ("com.\u0301x", "must not begin"),
        ("com.my-app", "must not contain '-'"),
        ("com.my app", "must not contain ' '"),
        ("com/example", "must not contain '/'"),
        ("com.a\n", "must not contain"),
        ("com.a\udc80", "must not contain"),
        ("com.a\u200b", "must not contain"),
        ("com.a;b", "must not contain ';'"),
    ],
)
def test_wrong_package(package: str, reason: str) -> None:
    with pytest.raises(ConfigError) as caught:
        check_package(package)
    assert reason in str(caught.value)
    with pytest.raises(ConfigError):
        jni_exports(package)


def test_exports() -> None:
    names = jni_exports("com.my_app")
    assert "Java_com_my_1app_ImageRecognition_loadCombinedQualified" in names
    assert "Java_com_my_1app_Model_predict0" in names
    assert list(names) == sorted(names)
    assert len(names) == sum(len(methods) for methods in NATIVES.values())


@pytest.mark.parametrize("name", NATIVES)
def test_java_class_has_the_same_natives(name: str) -> None:
    text = java_source(name, "com.example", "x", MODEL)
    declared = re.findall(r" native [\w\[\]]+ (\w+)\(", text)
    assert sorted(declared) == sorted(NATIVES[name])


def test_java_class_opens_the_files_of_the_model() -> None:
    text = java_source("Model", "com.example", "x", MODEL)
    assert '"net.txt"' in text and '"net.bytes"' in text
    assert "model.param" not in text and "model.bin" not in text


def test_bridge_has_the_names_of_all_natives() -> None:
    bridge = bridge_of("com.example.my_app")
    prefix = "Java_com_example_my_1app"
    assert bridge.defines[0] == (
        "MOBILEGEN_JNI_ImageRecognition(method)",
        f"{prefix}_ImageRecognition_##method",
    )
    assert f"{prefix}_Model_predict0" in bridge.exports
    with pytest.raises(ConfigError):
        bridge_of("com.1example")

from __future__ import annotations

import pytest

from mobilegen.errors import ConfigError
from mobilegen.platforms.android.application import (
    check_application_id,
    default_app_name,
    default_application_id,
    sdk_namespace,
)


@pytest.mark.parametrize("text", ["com.example", "a.b", "Com.Ex_1.c2"])
def test_application_ids(text: str) -> None:
    assert check_application_id(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "single",
        "com.1st",
        "com._a",
        "com.größe",
        "com..a",
        "com.a.",
        "com.a-b",
        "com.class",
        "com.a\n",
        "com.$a",
        "c." + "a" * 150,
    ],
)
def test_wrong_application_ids(text: str) -> None:
    with pytest.raises(ConfigError):
        check_application_id(text)


@pytest.mark.parametrize(
    ("package", "expected"),
    [
        ("com.example.photo", "com.example.photo.demo"),
        ("single", "single.demo"),
        ("com.größe", "com.example.class_demo"),
        ("com._a", "com.example.class_demo"),
    ],
)
def test_default_application_id(package: str, expected: str) -> None:
    found = default_application_id(package, "class")
    assert found == expected
    assert check_application_id(found) == found


def test_namespaces_differ() -> None:
    assert sdk_namespace("com.example.photo", "com.example.app") == "com.example.photo"
    assert sdk_namespace("com.example", "com.example") == "com.example.sdk"
    assert sdk_namespace("com.größe", "com.example.x_demo") == "com.example.x_demo.sdk"


def test_app_name() -> None:
    assert default_app_name("my_model_2") == "My Model 2"

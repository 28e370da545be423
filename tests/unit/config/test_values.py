from __future__ import annotations

import pytest

from mobilegen.config.values import parse_input_shape, parse_names, parse_shape


def test_shape_as_text_or_list() -> None:
    assert parse_shape("1x3x224x224") == (1, 3, 224, 224)
    assert parse_shape([1, 3]) == (1, 3)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "1x",
        "1xax3",
        "0x3",
        "-1x3",
        None,
        [],
        [1, "a"],
        [1.9, 3],
        [True, 3],
        [float("inf")],
        "1x" * 1000 + "1",
        [1 << 70],
    ],
)
def test_wrong_shape(value: object) -> None:
    with pytest.raises(ValueError, match="1x3x224x224"):
        parse_shape(value)


def test_input_names_may_hold_an_equals_sign() -> None:
    assert parse_input_shape("a=b=1x2") == ("a=b", (1, 2))


@pytest.mark.parametrize("text", ["1x3", "=1x3", "data=", "data=x"])
def test_wrong_input_shape(text: str) -> None:
    with pytest.raises(ValueError, match="1x"):
        parse_input_shape(text)


def test_names_by_comma_and_repeated() -> None:
    assert parse_names("x86, arm64-v8a") == ("x86", "arm64-v8a")
    assert parse_names(["x86", "x86"]) == ("x86",)


@pytest.mark.parametrize("value", ["", "a,", [5], {"a": 1}, None])
def test_wrong_names(value: object) -> None:
    with pytest.raises(ValueError, match="name"):
        parse_names(value)

from __future__ import annotations

import pytest

from mobilegen.config.values import parse_abis, parse_input_shape, parse_shape
from mobilegen.errors import UsageError


def test_shape_as_text_or_list() -> None:
    assert parse_shape("1x3x224x224") == (1, 3, 224, 224)
    assert parse_shape([1, 3]) == (1, 3)


@pytest.mark.parametrize("value", ["", "1x", "1xax3", "0x3", "-1x3", None, [], [1, "a"]])
def test_wrong_shape(value: object) -> None:
    with pytest.raises(ValueError, match="1x3x224x224"):
        parse_shape(value)


def test_input_names_may_hold_an_equals_sign() -> None:
    assert parse_input_shape("a=b=1x2") == ("a=b", (1, 2))


@pytest.mark.parametrize("text", ["1x3", "=1x3", "data=", "data=x"])
def test_wrong_input_shape(text: str) -> None:
    with pytest.raises(UsageError, match="--input-shape"):
        parse_input_shape(text)


def test_abis_by_comma_and_repeated() -> None:
    assert parse_abis("x86,arm64-v8a") == ("arm64-v8a", "x86")
    assert parse_abis(["x86", "x86"]) == ("x86",)


@pytest.mark.parametrize("value", [[], "", "arm", ["all", "mips"]])
def test_wrong_abis(value: object) -> None:
    with pytest.raises(ValueError, match="known"):
        parse_abis(value)

"""Names of libraries."""

from __future__ import annotations

import pytest

from mobilegen.errors import ConfigError
from mobilegen.platforms.android.libraries import check_library_name

WRONG = ["", "1a", "_a", "A", "a-b", "a b", "a.b", "../a", "ä", "a" * 65, "a\n"]


@pytest.mark.parametrize("name", ["recognition", "a1_b", "a" * 64])
def test_library_name(name: str) -> None:
    assert check_library_name(name) == name


@pytest.mark.parametrize("name", WRONG)
def test_wrong_library_name(name: str) -> None:
    with pytest.raises(ConfigError, match="not a name for a native library"):
        check_library_name(name)


@pytest.mark.parametrize("name", ["c", "log", "android"])
def test_name_of_a_system_library(name: str) -> None:
    with pytest.raises(ConfigError, match="cannot be named") as caught:
        check_library_name(name)
    assert f"lib{name}.so of its own" in caught.value.seen[0]

"""Which numbers another element type can hold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mobilegen.arrays import unfit


@pytest.mark.parametrize(
    ("number", "given", "wanted"),
    [
        ((1 << 24), "int64", "float32"),
        ((1 << 11), "int32", "float16"),
        ((1 << 53), "int64", "float64"),
        (1.0 + 1e-12, "float64", "float32"),
        (np.inf, "float64", "float32"),
        (np.nan, "float32", "float16"),
        (255.0, "float32", "uint8"),
        ((1 << 24), "float32", "int32"),
        (4096.0, "float16", "int32"),
        (1, "int64", "bool"),
        (True, "bool", "float32"),
    ],
)
def test_numbers_that_fit(number: Any, given: str, wanted: str) -> None:
    assert unfit(np.array([number], given), wanted) == ""


@pytest.mark.parametrize(
    ("number", "given", "wanted"),
    [
        ((1 << 24) + 1, "int64", "float32"),
        ((1 << 11) + 1, "int32", "float16"),
        ((1 << 53) + 1, "int64", "float64"),
        (1e39, "float64", "float32"),
        (7e4, "float32", "float16"),
        (0.5, "float32", "int32"),
        (256.0, "float32", "uint8"),
        (-1, "int64", "uint8"),
        (float((1 << 24) + 2), "float32", "int64"),
        (2.0**63, "float64", "int64"),
        ((1 << 32) + 5, "int64", "int32"),
        (np.nan, "float32", "int32"),
        (np.inf, "float32", "int32"),
        (2, "uint8", "bool"),
    ],
)
def test_numbers_that_do_not_fit(number: Any, given: str, wanted: str) -> None:
    assert unfit(np.array([number], given), wanted) != ""

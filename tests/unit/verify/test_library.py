from __future__ import annotations

import numpy as np
import pytest

from mobilegen.executors.base import Execution
from mobilegen.verify.library import class_check, compare

LOGITS = {"logits": np.float32([[0.0, 5.0, 1.0]])}


def execution(values: list[float], **facts: object) -> Execution:
    return Execution(({"logits": np.float32([values])},), 0.1, (0.1,), "a VM", facts)


def test_equal_answers_pass() -> None:
    checks = compare("x86", execution([0.0, 5.0, 1.0]), [LOGITS], 1e-4, ["cat.png"])
    assert [(check.id, check.status) for check in checks] == [
        ("x86.parity.0", "pass"),
        ("x86.class.0", "pass"),
    ]


def test_a_small_error_fails() -> None:
    checks = compare("x86", execution([0.0, 5.001, 1.0]), [LOGITS], 1e-4, [])
    assert [check.status for check in checks] == ["fail"]


def test_an_executor_that_is_missing_is_not_proved() -> None:
    checks = compare("x86_64", execution([0.0, 5.0, 1.0], passed_over=["no JDK"]), [LOGITS], 1, [])
    assert (checks[-1].status, checks[-1].detail) == ("skipped", "no JDK")


@pytest.mark.parametrize(
    ("values", "status"),
    [([0.0, 5.0, 1.0], "pass"), ([5.0, 0.0, 1.0], "fail"), ([0.0, 5.1, 1.0], "fail")],
)
def test_class_check(values: list[float], status: str) -> None:
    seen = {"logits": np.float32([values])}
    check = class_check("x86.class.0", "cat.png", LOGITS, seen)
    assert check.status == status

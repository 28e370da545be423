from __future__ import annotations

import pathlib
from dataclasses import replace

import numpy as np
import pytest

from mobilegen.artifacts import Artifact, FileRecord, TensorBinding, TensorSpec
from mobilegen.errors import VerificationError
from mobilegen.executors.base import Execution, Picture
from mobilegen.graph.samples import CheckImage, Sample
from mobilegen.pipeline.proof import Expected, class_check, compare, pixel_check, read_answers

INPUT = np.float32([[0.5, -0.0, 2.0]])
SCORES = np.float32([[0.0, 5.0, 1.0]])
CAT = CheckImage("cat.png", np.zeros((2, 2, 3), np.uint8))
SAMPLE = Sample({"x": INPUT}, {"logits": SCORES}, CAT)
# The file of the reference sorts its arrays by name; the classes are those of the first output.
TWO_OUTPUTS = Sample({"x": INPUT}, {"another": SCORES[:, [1, 0, 2]], "logits": SCORES}, CAT)
GOOD = Picture(INPUT.ravel(), 1, 0.9751)


def binding(name: str) -> TensorBinding:
    return TensorBinding(TensorSpec(name, (1, 3)), name, (3,))


def artifact(*outputs: str) -> Artifact:
    names = tuple(map(binding, outputs))
    folder = pathlib.Path("m")
    return Artifact("ncnn", "1", "fp32", folder, (), (binding("x"),), names, (), "original")


LOGITS = artifact("logits")


def execution(values: list[float], picture: Picture | None = None, **facts: object) -> Execution:
    pictures = {0: picture} if picture else {}
    return Execution(({"logits": np.float32([values])},), 0.1, (0.1,), "a VM", facts, pictures)


def expected(sample: Sample, limit: float, answers: list[float] | None = None) -> Expected:
    """Unless others are given, this computer's answers are the source model's."""
    outputs = sample.outputs if answers is None else {"logits": np.float32([answers])}
    return Expected((sample,), (outputs,), "torch 9", limit)


def test_equal_answers_pass() -> None:
    done = execution([0.0, 5.0, 1.0], GOOD)
    checks = compare("x86", done, expected(SAMPLE, 1e-4), LOGITS, classes=True)
    assert [(check.id, check.status) for check in checks] == [
        ("x86.same.0", "pass"),
        ("x86.parity.0", "pass"),
        ("x86.pixels.0", "pass"),
        ("x86.class.0", "pass"),
    ]


def test_a_small_error_fails() -> None:
    done = execution([0.0, 5.001, 1.0], GOOD)
    checks = compare("x86", done, expected(SAMPLE, 1e-4), LOGITS, classes=True)
    assert [check.status for check in checks] == ["fail", "fail", "pass", "pass"]


def test_a_fault_that_the_precision_would_hide_fails() -> None:
    """5 of 1000 is within the tolerance of fp16, but the same runtime answers otherwise here."""
    done = execution([0.0, 5.025, 1.0])
    same, parity, *_ = compare("x86", done, expected(SAMPLE, 1e-2), LOGITS, classes=False)
    assert (same.status, parity.status) == ("fail", "pass")
    assert same.limit == 1e-4 and parity.limit == 1e-2
    assert "equals ncnn on this computer" in same.title
    assert "equals torch 9 on cat.png" in parity.title


def test_rounding_of_the_precision_is_no_fault() -> None:
    done = execution([0.0, 5.02, 1.0])
    wanted = expected(SAMPLE, 1e-2, [0.0, 5.02, 1.0])
    same, parity, *_ = compare("x86", done, wanted, LOGITS, classes=False)
    assert (same.status, parity.status) == ("pass", "pass")


def test_answers_that_are_missing_fail() -> None:
    wanted = Expected((SAMPLE,), ({},), "torch 9", 1)
    same, *_ = compare("x86", execution([0.0, 5.0, 1.0]), wanted, LOGITS, classes=False)
    assert same.status == "fail" and "no outputs" in same.detail


@pytest.mark.parametrize("damage", ["none", "missing", "damaged"])
def test_answers_that_cannot_be_read(damage: str, tmp_path: pathlib.Path) -> None:
    (tmp_path / "damaged").write_text("no archive")
    answers = None if damage == "none" else FileRecord(damage, 1, "")
    with pytest.raises(VerificationError, match="cannot be read"):
        read_answers(replace(LOGITS, folder=tmp_path, answers=answers))


def test_an_image_that_the_library_was_not_given_fails() -> None:
    done = execution([0.0, 5.0, 1.0])
    checks = compare("x86", done, expected(SAMPLE, 1e-4), LOGITS, classes=True)
    assert [check.status for check in checks] == ["pass", "pass", "fail", "fail"]


def test_a_class_that_was_not_told_fails() -> None:
    done = execution([0.0, 5.0, 1.0], Picture(INPUT.ravel()))
    checks = compare("x86", done, expected(SAMPLE, 1e-4), LOGITS, classes=True)
    assert [check.status for check in checks] == ["pass", "pass", "pass", "fail"]


def test_an_image_of_a_model_that_tells_no_classes() -> None:
    done = execution([0.0, 5.0, 1.0], Picture(INPUT.ravel()))
    checks = compare("x86", done, expected(SAMPLE, 1e-4), LOGITS, classes=False)
    assert [check.id for check in checks] == ["x86.same.0", "x86.parity.0", "x86.pixels.0"]


def test_classes_are_those_of_the_first_output() -> None:
    done = Execution((dict(TWO_OUTPUTS.outputs),), 0.1, (0.1,), "a VM", {}, {0: GOOD})
    checks = compare(
        "x86", done, expected(TWO_OUTPUTS, 1e-4), artifact("logits", "another"), classes=True
    )
    assert (checks[-1].id, checks[-1].status) == ("x86.class.0", "pass")
    checks = compare(
        "x86", done, expected(TWO_OUTPUTS, 1e-4), artifact("another", "logits"), classes=True
    )
    assert (checks[-1].id, checks[-1].status) == ("x86.class.0", "fail")


def test_an_executor_that_is_missing_is_not_proved() -> None:
    done = execution([0.0, 5.0, 1.0], passed_over=["no JDK"])
    checks = compare("x86_64", done, expected(SAMPLE, 1), LOGITS, classes=False)
    assert (checks[-1].status, checks[-1].detail) == ("skipped", "no JDK")


@pytest.mark.parametrize(
    ("made", "status", "count"),
    [
        ([0.5, -0.0, 2.0], "pass", 0),
        ([0.5, 0.0, 2.0], "fail", 1),
        ([np.nextafter(np.float32(0.5), np.float32(1)), -0.0, 3.0], "fail", 2),
        ([np.nan, -0.0, 2.0], "fail", 1),
        ([0.5, -0.0], "fail", None),
        ([], "fail", None),
    ],
)
def test_inputs_are_compared_bit_by_bit(made: list[float], status: str, count: int | None) -> None:
    check = pixel_check("x86.pixels.0", "cat.png", INPUT, np.float32(made))
    assert (check.status, check.measured, check.limit) == (status, count, 0)


@pytest.mark.parametrize(
    ("best", "probability", "status"),
    [(1, 0.9757, "pass"), (0, 0.9757, "fail"), (1, 0.9771, "fail"), (1, float("nan"), "fail")],
)
def test_class_check(best: int, probability: float, status: str) -> None:
    picture = Picture(INPUT.ravel(), best, probability)
    chances = np.array([0.0066, 0.9757, 0.0178])
    assert class_check("x86.class.0", "cat.png", chances, picture).status == status

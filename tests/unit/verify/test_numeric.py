from __future__ import annotations

import numpy as np
import pytest

from mobilegen.artifacts import Check
from mobilegen.verify.numeric import Array, mismatch, parity, relative_error, worst

LIMIT = 1e-3


def check(reference: Array, measured: Array, limit: float = LIMIT) -> Check:
    return parity({"y": reference}, {"y": measured}, limit=limit, id="a.b", title="same")


@pytest.fixture
def feature_map() -> Array:
    return np.random.default_rng(1).normal(size=(1, 6, 17, 23)).astype(np.float32)


def test_equal_outputs_pass_with_zero(feature_map: Array) -> None:
    result = check(feature_map, feature_map.copy())
    assert result == Check("a.b", "same", "pass", 0.0, LIMIT)


def test_whole_error_is_relative_to_the_largest_value() -> None:
    reference = np.array([[4.0, -8.0, 1.0]])
    result = check(reference, reference + [[0.0, 0.0, 0.004]])
    assert result.measured == pytest.approx(0.004 / 8.0)
    assert result.status == "pass"


@pytest.mark.parametrize(("error", "status"), [(0.9e-3, "pass"), (1.1e-3, "fail")])
def test_limit_decides(error: float, status: str) -> None:
    reference = np.array([[1.0, 0.5]])
    assert check(reference, reference + [[error, 0.0]]).status == status


def test_failure_names_the_output() -> None:
    one, two = np.ones(3), np.full(3, 1.1)
    result = parity({"a": one, "b": one}, {"a": one, "b": two}, limit=LIMIT, id="i", title="t")
    assert result.status == "fail"
    assert "'b'" in result.detail


def test_wrong_channel_of_small_values_is_found(feature_map: Array) -> None:
    feature_map[:, 2] *= 2e-4
    wrong = feature_map.copy()
    wrong[:, 2] = wrong[:, 2, ::-1]
    whole = np.abs(wrong - feature_map).max() / np.abs(feature_map).max()
    assert whole < LIMIT, "the whole output alone must not find it"
    assert check(feature_map, wrong).status == "fail"


def test_wrong_channel_is_found_channels_last(feature_map: Array) -> None:
    feature_map[:, 2] *= 2e-4
    wrong = feature_map.copy()
    wrong[:, 2] = 0.0
    reference, measured = feature_map.transpose(0, 2, 3, 1), wrong.transpose(0, 2, 3, 1)
    assert check(reference, measured).status == "fail"


def test_noise_in_a_slice_near_zero_is_no_alarm(feature_map: Array) -> None:
    feature_map[:, 2] *= 1e-7
    noise = np.random.default_rng(2).uniform(-1e-5, 1e-5, feature_map.shape)
    assert check(feature_map, feature_map + noise).status == "pass"


def test_noise_on_a_small_logit_is_no_alarm() -> None:
    reference = np.random.default_rng(3).normal(size=(1, 1000)) * 10
    reference[0, 17] = 1e-9
    noise = np.random.default_rng(4).uniform(-5e-4, 5e-4, reference.shape)
    assert check(reference, reference + noise).status == "pass"


def test_wrong_border_row_of_small_values_is_found(feature_map: Array) -> None:
    feature_map[:, :, -1] *= 1e-3
    wrong = feature_map.copy()
    wrong[:, :, -1] = 0.0
    assert check(feature_map, wrong).status == "fail"


def test_swapped_batch_items_are_found() -> None:
    reference = np.stack([np.ones(100), np.full(100, 1e-3)])
    assert check(reference, reference[::-1]).status == "fail"


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_values_that_are_not_finite_fail(feature_map: Array, value: float) -> None:
    wrong = feature_map.copy()
    wrong[0, 0, 0, 0] = value
    result = check(feature_map, wrong)
    assert (result.status, result.measured) == ("fail", None)
    assert "1 of" in result.detail


def test_reference_that_is_not_finite_fails() -> None:
    bad = np.array([np.nan])
    assert check(bad, bad).status == "fail"


@pytest.mark.parametrize("shape", [(1, 6, 23, 17), (6, 17, 23), (1, 1, 6, 17, 23)])
def test_other_shape_fails(feature_map: Array, shape: tuple[int, ...]) -> None:
    result = check(feature_map, feature_map.reshape(shape))
    assert (result.status, result.measured) == ("fail", None)
    assert str(shape) in result.detail


def test_output_names_must_be_the_same() -> None:
    one = np.ones(3)
    assert parity({"a": one}, {"b": one}, limit=1, id="i", title="t").status == "fail"
    assert parity({"a": one}, {"a": one, "b": one}, limit=1, id="i", title="t").status == "fail"
    assert parity({"a": one, "b": one}, {"a": one}, limit=1, id="i", title="t").status == "fail"


def test_no_outputs_are_no_proof() -> None:
    assert mismatch({}, {})


def test_zero_reference_is_measured_absolutely() -> None:
    zero = np.zeros((2, 3))
    assert check(zero, zero).status == "pass"
    assert check(zero, zero + 0.5).measured == 0.5


def test_integers_are_measured_absolutely() -> None:
    classes = np.array([900, 3])
    assert check(classes, np.array([900, 3])).status == "pass"
    result = check(classes, np.array([900.0, 4.0]))
    assert (result.status, result.measured) == ("fail", 1.0)


def test_truth_values_are_compared() -> None:
    assert check(np.array([True, False]), np.array([True, False])).status == "pass"
    assert check(np.array([True, False]), np.array([True, True])).status == "fail"


@pytest.mark.parametrize("reference", [np.array(2.0), np.zeros((0, 3)), np.array([2.0])])
def test_scalars_and_empty_arrays(reference: Array) -> None:
    assert relative_error(reference, reference, LIMIT) == 0.0


def test_scalar_error() -> None:
    assert relative_error(np.array(2.0), np.array(3.0), LIMIT) == 0.5


def test_float16_does_not_overflow() -> None:
    reference = np.array([60000.0, -60000.0], np.float16)
    assert relative_error(reference, -reference, LIMIT) == pytest.approx(2.0, rel=1e-3)


def test_worst_prefers_failures_then_skips_then_size() -> None:
    small, large = Check("a", "", "pass", 0.1), Check("b", "", "pass", 0.2)
    skipped, failed = Check("c", "", "skipped"), Check("d", "", "fail", 0.0)
    broken = Check("e", "", "fail")
    assert worst([small, large]) is large
    assert worst([small, skipped, large]) is skipped
    assert worst([failed, skipped]) is failed
    assert worst([failed, broken]) is broken
    with pytest.raises(ValueError):
        worst([])


def test_whole_numbers_that_no_float_tells_apart_differ() -> None:
    wanted = np.array([1 << 60], np.int64)
    assert relative_error(wanted, wanted + 1, 1e-3) == 1
    assert relative_error(wanted, wanted, 1e-3) == 0

"""Arrays cross the border to a runtime exactly, or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mobilegen.artifacts import Artifact, TensorBinding, TensorSpec
from mobilegen.errors import ConversionError, UsageError
from mobilegen.runtimes.tensors import observe, to_runtime, to_source


def artifact(*, inputs: list[TensorBinding], outputs: list[TensorBinding], **more: Any) -> Artifact:
    sides = {"inputs": tuple(inputs), "outputs": tuple(outputs)}
    return Artifact("toy", "1", "fp32", Path(), (), operators=(), candidate="", **sides, **more)


def bound(name: str, shape: tuple[int, ...], dtype: str, **more: Any) -> TensorBinding:
    runtime_shape = more.pop("runtime_shape", shape)
    return TensorBinding(TensorSpec(name, shape, dtype), f"blob_{name}", runtime_shape, **more)


def fed(array: np.ndarray, **more: Any) -> np.ndarray:
    made = artifact(inputs=[bound("x", array.shape, str(array.dtype), **more)], outputs=[])
    [call] = to_runtime(made, {"x": array})
    return call["blob_x"]


def given(array: np.ndarray, dtype: str, shape: tuple[int, ...] = (), **more: Any) -> np.ndarray:
    made = artifact(inputs=[], outputs=[bound("y", shape or array.shape, dtype, **more)])
    return to_source(made, [{"blob_y": array}])["y"]


@pytest.mark.parametrize(
    "array",
    [
        np.array([-(2**24), 0, 2**24], np.int64),
        np.array([0, 255], np.uint8),
        np.array([True, False]),
        np.array([0.1, 65504.0], np.float16),
        np.array([-7, 7], np.int32),
    ],
)
def test_numbers_cross_unchanged_and_back(array: np.ndarray) -> None:
    there = fed(array)
    assert there.dtype == np.float32
    np.testing.assert_array_equal(there.astype(np.float64), array.astype(np.float64))
    np.testing.assert_array_equal(given(there, str(array.dtype)), array, strict=True)


def test_float64_is_rounded() -> None:
    assert fed(np.array([0.1]))[0] == np.float32(0.1)


@pytest.mark.parametrize("number", [2**24 + 1, -(2**24) - 1, 2**62])
def test_whole_numbers_that_float32_lacks_are_refused(number: int) -> None:
    with pytest.raises(UsageError, match="cannot take") as caught:
        fed(np.array([1, number], np.int64))
    assert str(number) in caught.value.seen[0]


@pytest.mark.parametrize(
    ("number", "dtype"),
    [(2.5, "int64"), (np.nan, "int64"), (-1.0, "uint8"), (256.0, "uint8"), (2.0, "bool")],
)
def test_numbers_that_an_output_cannot_hold_are_refused(number: float, dtype: str) -> None:
    with pytest.raises(ConversionError, match=f"is not of {dtype}"):
        given(np.array([0.0, number], np.float32), dtype)


def test_a_runtime_that_takes_the_type_gets_it() -> None:
    wide = fed(np.array([2**40]), runtime_dtype="int64")
    assert (wide.dtype, int(wide[0])) == (np.int64, 2**40)
    with pytest.raises(UsageError, match="cannot take"):
        fed(np.array([2**40]), runtime_dtype="int32")


def test_permutation_is_undone() -> None:
    array = np.arange(2 * 3 * 4, dtype=np.float32).reshape(1, 2, 3, 4)
    there = fed(array, permutation=(0, 2, 3, 1), runtime_shape=(1, 3, 4, 2))
    np.testing.assert_array_equal(there, array.transpose(0, 2, 3, 1))
    back = given(
        there, "float32", (1, 2, 3, 4), permutation=(0, 2, 3, 1), runtime_shape=(1, 3, 4, 2)
    )
    np.testing.assert_array_equal(back, array)


def test_a_batch_is_taken_apart_and_put_together() -> None:
    made = artifact(
        inputs=[bound("x", (3, 2), "uint8", runtime_shape=(2,))],
        outputs=[bound("y", (6, 2), "int64", runtime_shape=(2, 2))],
        batch=3,
    )
    array = np.arange(6, dtype=np.uint8).reshape(3, 2)
    calls = to_runtime(made, {"x": array})
    assert [call["blob_x"].tolist() for call in calls] == [[0, 1], [2, 3], [4, 5]]
    runs = [{"blob_y": np.stack([call["blob_x"]] * 2)} for call in calls]
    np.testing.assert_array_equal(
        to_source(made, runs)["y"], np.repeat(array, 2, axis=0).astype(np.int64), strict=True
    )


@pytest.mark.parametrize(
    ("sample", "reason"),
    [
        ({}, "is missing"),
        ({"x": np.zeros((2, 2), np.float32)}, "does not fit"),
        ({"x": np.zeros(2)}, "does not fit"),
    ],
)
def test_samples_that_do_not_fit(sample: dict[str, np.ndarray], reason: str) -> None:
    made = artifact(inputs=[bound("x", (2,), "float32")], outputs=[])
    with pytest.raises(UsageError, match=reason):
        to_runtime(made, sample)


@pytest.mark.parametrize("seen", [(6, 1, 1), (6,), (1, 6)])
def test_axes_of_size_one_may_come_and_go(seen: tuple[int, ...]) -> None:
    binding = TensorBinding(TensorSpec("y", (1, 6, 1, 1)), "out0", (6, 1, 1))
    assert observe(binding, seen).runtime_shape == seen


@pytest.mark.parametrize("seen", [(5, 6), (30,), (6, 5, 2), (6,), ()])
def test_another_shape_is_refused(seen: tuple[int, ...]) -> None:
    binding = TensorBinding(TensorSpec("y", (1, 6, 5)), "out0", (6, 5))
    with pytest.raises(ConversionError, match="output 'y' has another shape"):
        observe(binding, seen)

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from mobilegen.artifacts import Artifact, Bridge, TensorBinding, TensorSpec
from mobilegen.errors import UsageError
from mobilegen.executors import tensors
from mobilegen.executors.base import ExecutionError, Request


def binding(name: str, *shape: int, dtype: str = "float32") -> TensorBinding:
    return TensorBinding(TensorSpec(name, shape, dtype), name, shape)


@pytest.fixture
def request_two() -> Request:
    """Two inputs and two outputs."""
    artifact = Artifact(
        "ncnn", "1", "fp32", Path("model"), (),
        (binding("a", 1, 2), binding("b", 3, dtype="int64")),
        (binding("y", 2, 2), binding("z", 1)),
        (), "original",
    )  # fmt: skip
    sample = {"b": np.arange(3), "a": np.array([[1.5, -2.5]], np.float32)}
    return Request(Path("lib.so"), Bridge(), artifact, 1, (sample,), "c")


def one_input(request: Request) -> Request:
    artifact = dataclasses.replace(
        request.artifact, inputs=request.artifact.inputs[:1], outputs=request.artifact.outputs[:1]
    )
    return dataclasses.replace(request, artifact=artifact, interface="jni")


def test_inputs_are_flat_in_the_order_and_types_of_the_model(request_two: Request) -> None:
    ((a, b),) = tensors.flat_inputs(request_two)
    assert (a.dtype, b.dtype) == (np.float32, np.int64)
    assert (a.tolist(), b.tolist()) == ([1.5, -2.5], [0, 1, 2])


def test_transposed_input_keeps_its_logical_order(request_two: Request) -> None:
    values = np.array([[1, 2], [3, 4]], np.float32).T
    artifact = dataclasses.replace(request_two.artifact, inputs=(binding("a", 2, 2),))
    request = dataclasses.replace(request_two, artifact=artifact, samples=({"a": values},))
    assert tensors.flat_inputs(request)[0][0].tolist() == [1, 3, 2, 4]


def test_natives_take_one_input_and_output_of_floats(request_two: Request) -> None:
    assert not tensors.natives_fit(request_two)
    request = one_input(request_two)
    assert tensors.natives_fit(request)
    assert tensors.dims(request) == [1, 2]
    whole = dataclasses.replace(request.artifact, inputs=(binding("b", 3, dtype="int64"),))
    assert not tensors.natives_fit(dataclasses.replace(request, artifact=whole))


@pytest.mark.parametrize("sample", [{"a": np.zeros((1, 3))}, {"other": np.zeros((1, 2))}, {}])
def test_sample_that_does_not_fit_is_refused(
    request_two: Request, sample: dict[str, np.ndarray]
) -> None:
    with pytest.raises(UsageError, match="'a'"):
        tensors.flat_inputs(dataclasses.replace(request_two, samples=(sample,)))


def test_outputs_get_names_and_shapes(request_two: Request) -> None:
    raw = [[np.arange(4, dtype=np.float32), np.array([9], np.float32)]]
    (outputs,) = tensors.named_outputs(request_two, raw)
    assert outputs["y"].tolist() == [[0, 1], [2, 3]]
    assert outputs["z"].tolist() == [9]


def test_fractions_are_no_whole_numbers(request_two: Request) -> None:
    sample = {**request_two.samples[0], "b": np.array([0.5, 1, 2], np.float32)}
    with pytest.raises(UsageError, match="int64"):
        tensors.flat_inputs(dataclasses.replace(request_two, samples=(sample,)))


def test_output_of_another_type_is_an_error(request_two: Request) -> None:
    raw = [[np.arange(4, dtype=np.float32), np.array([9], np.int32)]]
    with pytest.raises(ExecutionError, match="int32 for output 'z'"):
        tensors.named_outputs(request_two, raw)


def test_output_of_another_size_is_an_error(request_two: Request) -> None:
    with pytest.raises(ExecutionError, match="3 elements of float32 for output 'y'"):
        tensors.named_outputs(one_input(request_two), [[np.zeros(3, np.float32)]])

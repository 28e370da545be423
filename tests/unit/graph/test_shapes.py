from __future__ import annotations

import models
import onnx
import pytest
from onnx import TensorProto, helper

from mobilegen.artifacts import TensorSpec
from mobilegen.errors import ConfigError, ModelError
from mobilegen.graph.shapes import Binding, bind_shapes, fix_shapes, real_inputs

Sizes = list[int | str | None]


def bind(declared: dict[str, Sizes | None], **given: tuple[int, ...]) -> Binding:
    values = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, sizes)
        for name, sizes in declared.items()
    ]
    return bind_shapes(values, given.items())


def test_fixed_shapes_stay() -> None:
    result = bind({"x": [1, 3, 8, 9], "y": []})
    assert [spec.shape for spec in result.inputs] == [(1, 3, 8, 9), ()]
    assert result.notes == ()


@pytest.mark.parametrize("symbol", ["N", None, 0, -1])
def test_symbolic_batch_axis_is_one_with_a_note(symbol: str | int | None) -> None:
    result = bind({"x": [symbol, 3, 8, 9]})
    assert result.inputs == (TensorSpec("x", (1, 3, 8, 9), "float32"),)
    assert len(result.notes) == 1
    assert "'x' taken as 1" in result.notes[0]


@pytest.mark.parametrize("sizes", [["N", 3, "h", "w"], [None, 3, None, None], [1, 3, "h", 9]])
def test_other_symbolic_sizes_are_asked_for(sizes: Sizes) -> None:
    with pytest.raises(ConfigError, match="'x'") as caught:
        bind({"x": sizes})
    assert caught.value.hint.startswith("--input-shape x=1x3x224x")
    assert "x3x" in caught.value.seen[0]


def test_unknown_number_of_sizes_is_asked_for() -> None:
    with pytest.raises(ConfigError) as caught:
        bind({"x": None})
    assert caught.value.hint == "--input-shape x=1x3x224x224"
    assert bind({"x": None}, x=(2, 5)).inputs[0].shape == (2, 5)


def test_given_shape_fills_in() -> None:
    result = bind({"x": ["N", 3, "h", "w"]}, x=(1, 3, 16, 24))
    assert result.inputs[0].shape == (1, 3, 16, 24)
    assert dict(result.symbols) == {"N": 1, "h": 16, "w": 24}
    assert result.notes == ()


def test_a_symbol_has_the_same_size_everywhere() -> None:
    result = bind({"x": ["N", "length"], "y": ["N", 4, "length"]}, x=(2, 7))
    assert [spec.shape for spec in result.inputs] == [(2, 7), (2, 4, 7)]
    with pytest.raises(ConfigError, match="'y'") as caught:
        bind({"x": ["N", "length"], "y": ["length"]}, x=(1, 7), y=(8,))
    assert "'length' would be both 7 and 8" in caught.value.seen[1]


@pytest.mark.parametrize("given", [(1, 4, 8, 9), (1, 3, 8), (1, 3, 8, 9, 1)])
def test_contradiction_is_an_error_with_both_shapes(given: tuple[int, ...]) -> None:
    with pytest.raises(ConfigError, match="does not fit") as caught:
        bind({"x": [1, 3, 8, 9]}, x=given)
    assert "the model has 1x3x8x9, given " + "x".join(map(str, given)) == caught.value.seen[0]


@pytest.mark.parametrize("given", [(0, 3), (-1, 3)])
def test_sizes_below_one_are_errors(given: tuple[int, ...]) -> None:
    with pytest.raises(ConfigError, match="1 or more"):
        bind({"x": ["N", 3]}, x=given)


def test_unknown_name_gets_a_suggestion() -> None:
    with pytest.raises(ConfigError, match="'imagee'") as caught:
        bind({"image": [1, 3]}, imagee=(1, 3))
    assert "image" in caught.value.hint


def test_size_that_no_memory_holds() -> None:
    with pytest.raises(ConfigError, match="too large"):
        bind({"x": ["N", 3, "h", "w"]}, x=(1, 3, 1 << 20, 1 << 20))


def test_inputs_that_are_large_together() -> None:
    """Samples of all of them are in memory at once."""
    half = [1, 1, 5000, 5000]
    assert bind({"a": half})
    with pytest.raises(ConfigError, match="inputs are too large") as caught:
        bind({"a": half, "b": half})
    assert caught.value.seen[0].endswith("100000000 bytes")


@pytest.mark.parametrize("kind", [TensorProto.STRING, TensorProto.COMPLEX64, 99])
def test_inputs_that_are_no_numbers(kind: int) -> None:
    with pytest.raises(ModelError, match="tensor of numbers"):
        bind_shapes([helper.make_tensor_value_info("x", kind, [1])], ())


def test_inputs_that_are_no_tensors() -> None:
    value = helper.make_tensor_sequence_value_info("x", TensorProto.FLOAT, None)
    with pytest.raises(ModelError, match="tensor of numbers"):
        bind_shapes([value], ())


def test_element_types_are_numpy_names() -> None:
    value = helper.make_tensor_value_info("x", TensorProto.UINT8, [1])
    assert bind_shapes([value], ()).inputs[0].dtype == "uint8"


def test_shapes_are_written_into_the_model() -> None:
    model = models.symbolic()
    model.graph.value_info.append(onnx.ValueInfoProto(name="stale"))
    binding = bind_shapes(real_inputs(model), [("input", (1, 3, 20, 20))])
    assert fix_shapes(model, binding)
    dims = model.graph.input[0].type.tensor_type.shape.dim
    assert [d.dim_value for d in dims] == [1, 3, 20, 20]
    assert not model.graph.value_info


def test_fixed_model_is_not_touched() -> None:
    model = models.residual()
    before = model.SerializeToString()
    assert not fix_shapes(model, bind_shapes(real_inputs(model), ()))
    assert model.SerializeToString() == before


def test_weights_among_the_inputs_are_no_inputs() -> None:
    model = models.weights_as_inputs()
    assert len(model.graph.input) == 3
    assert [value.name for value in real_inputs(model)] == ["input"]

from __future__ import annotations

import time

import hostile_models
import models
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from mobilegen.errors import ModelError
from mobilegen.graph import preflight

CHECKS = (
    preflight.check_operators,
    preflight.check_cycles,
    preflight.check_inference_mode,
    preflight.check_weights,
)


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("name", models.LEGAL)
def test_legal_models_pass(name: str, check: object) -> None:
    assert callable(check)
    assert check(models.LEGAL[name]()).status == "pass"


def test_custom_domain_is_named_with_its_operator() -> None:
    with pytest.raises(ModelError, match="not standard") as caught:
        preflight.check_operators(hostile_models.custom_domain())
    assert caught.value.seen == ("com.example: Wobble",)


def test_known_foreign_domain_has_its_own_advice() -> None:
    model = hostile_models.custom_domain()
    model.graph.node[0].domain = "com.microsoft"
    with pytest.raises(ModelError) as caught:
        preflight.check_operators(model)
    assert "onnxruntime" in caught.value.hint


def test_custom_domain_in_a_subgraph_is_found() -> None:
    model = hostile_models.endless_loop()
    model.graph.node[0].attribute[0].g.node[0].domain = "com.example"
    with pytest.raises(ModelError, match="not standard"):
        preflight.check_operators(model)


def test_newer_operator_set_is_named() -> None:
    with pytest.raises(ModelError, match="999") as caught:
        preflight.check_operators(hostile_models.future_opset())
    assert str(onnx.defs.onnx_opset_version()) in caught.value.seen[0]


def test_newest_operator_set_is_allowed() -> None:
    model = models.lenet()
    model.opset_import[0].version = onnx.defs.onnx_opset_version()
    assert preflight.check_operators(model).status == "pass"


def test_newer_file_format_is_named() -> None:
    model = models.lenet()
    model.ir_version = onnx.IR_VERSION + 1
    with pytest.raises(ModelError, match=str(onnx.IR_VERSION + 1)):
        preflight.check_operators(model)


def test_no_operator_set() -> None:
    model = models.lenet()
    del model.opset_import[:]
    with pytest.raises(ModelError, match="no operator set"):
        preflight.check_operators(model)


def test_cycle_names_its_nodes() -> None:
    with pytest.raises(ModelError, match="cycle") as caught:
        preflight.check_cycles(hostile_models.cyclic())
    assert any("Add" in line for line in caught.value.seen)


def test_missing_tensor_is_named() -> None:
    model = models.lenet()
    model.graph.node[3].input[0] = "nowhere"
    with pytest.raises(ModelError, match="'nowhere'"):
        preflight.check_cycles(model)


def test_long_chain_in_reverse_order_is_quick() -> None:
    net = models.Net()
    name = "input"
    for _ in range(20_000):
        name = net.relu(name)
    net.nodes.reverse()
    model = net.model({"input": [1]}, {name: [1]}, check=False)
    started = time.process_time()
    assert preflight.check_cycles(model).status == "pass"
    assert time.process_time() - started < 5


@pytest.mark.parametrize("make", [hostile_models.random_operator, hostile_models.training_mode])
def test_random_and_training_are_refused(make: object) -> None:
    assert callable(make)
    with pytest.raises(ModelError, match=r"random|training") as caught:
        preflight.check_inference_mode(make())
    assert "eval" in caught.value.hint


def test_dropout_for_inference_is_allowed() -> None:
    model = hostile_models.training_mode()
    model.graph.initializer[1].CopyFrom(
        numpy_helper.from_array(np.array(False), model.graph.initializer[1].name)
    )
    assert preflight.check_inference_mode(model).status == "pass"


def test_dropout_whose_mode_is_computed_is_refused() -> None:
    model = hostile_models.training_mode()
    model.graph.node[0].input[2] = "computed"
    with pytest.raises(ModelError, match="training"):
        preflight.check_inference_mode(model)


def test_batch_norm_in_training_mode() -> None:
    model = models.residual()
    node = next(n for n in model.graph.node if n.op_type == "BatchNormalization")
    node.attribute.append(helper.make_attribute("training_mode", 1))
    with pytest.raises(ModelError, match="training"):
        preflight.check_inference_mode(model)


def test_training_graph_is_refused() -> None:
    model = models.lenet()
    model.training_info.add()
    with pytest.raises(ModelError, match="training graph"):
        preflight.check_inference_mode(model)


def test_nan_weight_is_counted() -> None:
    with pytest.raises(ModelError, match="NaN") as caught:
        preflight.check_weights(hostile_models.nan_weights())
    assert "1 of 150" in caught.value.seen[0]


def _with_infinity(kind: str) -> onnx.ModelProto:
    net = models.Net()
    weight = net.const(np.full((3, 3), -np.inf))
    net.op(kind, "input", weight, output="output")
    return net.model({"input": [3, 3]}, {"output": [3, 3]})


def test_infinite_weight_is_refused_but_a_mask_is_not() -> None:
    with pytest.raises(ModelError, match="infinite"):
        preflight.check_weights(_with_infinity("MatMul"))
    assert preflight.check_weights(_with_infinity("Add")).status == "pass"


@pytest.mark.parametrize("dtype", ["FLOAT16", "BFLOAT16", "DOUBLE"])
def test_nan_in_other_float_types(dtype: str) -> None:
    model = models.lenet()
    kind = TensorProto.DataType.Value(dtype)
    model.graph.initializer[0].CopyFrom(helper.make_tensor("w0", kind, [2], [1.0, float("nan")]))
    with pytest.raises(ModelError, match="NaN"):
        preflight.check_weights(model)


def test_nan_in_a_constant_node() -> None:
    net = models.Net()
    value = numpy_helper.from_array(np.array([np.nan], np.float32))
    net.op("Add", "input", net.op("Constant", value=value), output="output")
    with pytest.raises(ModelError, match="'value' of Constant"):
        preflight.check_weights(net.model({"input": [1]}, {"output": [1]}))


def test_data_that_does_not_fit_its_sizes() -> None:
    model = models.lenet()
    model.graph.initializer[0].dims[0] += 1
    with pytest.raises(ModelError, match="does not fit"):
        preflight.check_weights(model)


@pytest.mark.parametrize("name", ["", "a\nb", "x" * 2000, "a\0b"])
def test_unusable_names(name: str) -> None:
    model = models.lenet()
    model.graph.input[0].name = name
    with pytest.raises(ModelError, match="usable name"):
        preflight.require_interface(model.graph.input, model.graph.output)


def test_repeated_names() -> None:
    model = models.lenet()
    model.graph.output.append(model.graph.output[0])
    with pytest.raises(ModelError, match="usable name"):
        preflight.require_interface(model.graph.input, model.graph.output)


def test_no_inputs_and_outputs_that_are_no_tensors() -> None:
    model = models.lenet()
    with pytest.raises(ModelError, match="no inputs"):
        preflight.require_interface([], model.graph.output)
    sequence = helper.make_tensor_sequence_value_info("s", TensorProto.FLOAT, None)
    with pytest.raises(ModelError, match="not a tensor"):
        preflight.require_interface(model.graph.input, [sequence])

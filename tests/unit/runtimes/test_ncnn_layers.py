"""Which layers a network needs, which objects they are, and the registry of just those."""

from __future__ import annotations

import re

import pytest

from mobilegen.errors import NativeBuildError
from mobilegen.runtimes.ncnn.engine import package, recipe, select_objects
from mobilegen.runtimes.ncnn.layers import needed_layers
from mobilegen.runtimes.ncnn.param import parse_param
from mobilegen.runtimes.ncnn.registry import declaration_header, registry_header

PARAM = """7767517
4 4
Input in0 0 1 in0
Convolution conv 1 1 in0 a 0=8 1=3 4=1 9=3 -23310=2,0.0,6.0
ConvolutionDepthWise dw 1 1 a b 0=8 1=3 7=8
InnerProduct fc 1 1 b out0 0=10
"""


def layers(param: str = PARAM, **options: bool) -> set[str]:
    return needed_layers(parse_param(param), **options)


def test_named_and_implicit_layers() -> None:
    named = {"Input", "Convolution", "ConvolutionDepthWise", "InnerProduct"}
    assert layers() == named | {"Packing", "Padding", "Clip", "Flatten"}


def test_half_precision_weights_need_a_cast() -> None:
    assert layers(fp16_weights=True) - layers() == {"Cast"}


@pytest.mark.parametrize(
    ("number", "layer"),
    [(1, "ReLU"), (2, "ReLU"), (3, "Clip"), (4, "Sigmoid"), (5, "Mish"), (6, "HardSwish")],
)
def test_fused_activation(number: int, layer: str) -> None:
    assert layer in layers(PARAM.replace("9=3", f"9={number}"))
    assert layer not in layers(PARAM.replace("9=3", "9=0"))


def test_dynamic_weights_are_flattened() -> None:
    text = "7767517\n2 2\nInput in0 0 1 in0\nConvolution c 1 1 in0 out0 0=8 1=3{}\n"
    assert "Flatten" not in layers(text.format(""))
    assert "Flatten" in layers(text.format(" 19=1"))


def test_dependencies_of_dependencies() -> None:
    text = "7767517\n2 2\nInput in0 0 1 in0\nDeconvolutionDepthWise d 1 1 in0 out0 0=8\n"
    assert {"Deconvolution", "Gemm", "Crop"} <= layers(text)


def test_reported_operators_count_too() -> None:
    assert "SDPA" in needed_layers(parse_param(PARAM), ["SDPA"])
    assert "Softmax" in needed_layers(parse_param(PARAM), ["SDPA"])


NAMES = [
    "net.cpp",
    "layer.cpp",
    "layer/relu.cpp",
    "layer/prelu.cpp",
    "layer/convolution.cpp",
    "layer/convolution1d.cpp",
    "layer/convolutiondepthwise.cpp",
    "layer/arm/relu_arm.cpp",
    "layer/arm/prelu_arm.cpp",
    "layer/arm/convolution_arm.cpp",
    "layer/arm/convolution_arm_vfpv4.cpp",
    "layer/arm/convolutiondepthwise_arm.cpp",
    "layer/x86/convolution_x86_avx.cpp",
]


def test_objects_of_layers() -> None:
    assert select_objects({"Convolution", "ReLU"}, NAMES) == (
        "layer/arm/convolution_arm.cpp",
        "layer/arm/convolution_arm_vfpv4.cpp",
        "layer/arm/relu_arm.cpp",
        "layer/convolution.cpp",
        "layer/relu.cpp",
        "layer/x86/convolution_x86_avx.cpp",
        "net.cpp",
    )


def test_layer_without_an_object_is_not_dropped_silently() -> None:
    assert "layer/wobble.cpp" in select_objects({"Wobble"}, NAMES)


REGISTRY = """// generated
static const layer_registry_entry layer_registry[] = {
#if NCNN_STRING
{"ArgMax", 0},
#else
{0},
#endif
#if NCNN_STRING
{"ReLU", ReLU_layer_creator},
#else
{ReLU_layer_creator},
#endif
#if NCNN_STRING
{"Clip", Clip_layer_creator},
#else
{Clip_layer_creator},
#endif
};

static const layer_registry_entry layer_registry_arch[] = {
#if NCNN_STRING
{"ArgMax", 0},
#else
{0},
#endif
#if NCNN_STRING
{"ReLU", ReLU_arm_layer_creator},
#else
{ReLU_arm_layer_creator},
#endif
#if NCNN_STRING
{"Clip", Clip_arm_layer_creator},
#else
{Clip_arm_layer_creator},
#endif
};
"""
DECLARATIONS = """#include "layer/relu.h"
namespace ncnn { DEFINE_LAYER_CREATOR(ReLU) }
#include "layer/arm/relu_arm.h"
namespace ncnn { DEFINE_LAYER_CREATOR(ReLU_arm) }
#include "layer/clip.h"
namespace ncnn { DEFINE_LAYER_CREATOR(Clip) }
#include "layer/arm/clip_arm.h"
namespace ncnn { DEFINE_LAYER_CREATOR(Clip_arm) }
"""


def entries(text: str) -> list[tuple[str, str]]:
    return re.findall(r'\{"(\w+)", (\w+)\},', text)


def test_registry_keeps_order_and_length() -> None:
    assert entries(registry_header(REGISTRY, {"ReLU"})) == [
        ("ArgMax", "missing_layer_creator"),
        ("ReLU", "ReLU_layer_creator"),
        ("Clip", "missing_layer_creator"),
        ("ArgMax", "0"),
        ("ReLU", "ReLU_arm_layer_creator"),
        ("Clip", "0"),
    ]


def test_declarations_of_kept_layers_only() -> None:
    text = declaration_header(DECLARATIONS, registry_header(REGISTRY, {"ReLU"}))
    assert re.findall(r"CREATOR\((\w+)\)", text) == ["ReLU", "ReLU_arm"]
    assert re.findall(r'#include "(\S+)"', text) == ["layer/relu.h", "layer/arm/relu_arm.h"]
    assert "missing_layer_creator(void*" in text


@pytest.mark.parametrize("layer", ["Wobble", "ArgMax"])
def test_layer_that_ncnn_does_not_have_is_refused(layer: str) -> None:
    with pytest.raises(NativeBuildError, match=layer):
        registry_header(REGISTRY, {"ReLU", layer})


def test_registry_of_another_form_is_refused() -> None:
    with pytest.raises(NativeBuildError):
        registry_header("something else", {"ReLU"})


def test_recipe_pins_source_and_version() -> None:
    found = recipe()
    assert re.fullmatch("[0-9a-f]{64}", package().file.sha256)
    options = dict(found.options)
    assert package().file.filename == f"ncnn-1.0.{options['NCNN_VERSION']}.tar.gz"
    assert len(options) == len(found.options)
    assert {options[name] for name in options if name.startswith("NCNN_BUILD_")} == {"OFF"}

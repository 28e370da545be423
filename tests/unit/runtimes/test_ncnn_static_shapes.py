"""Open sizes of a network become numbers; what cannot is refused."""

from __future__ import annotations

import pytest

from mobilegen.errors import ConversionError
from mobilegen.runtimes.ncnn.param import Network, format_param, parse_param
from mobilegen.runtimes.ncnn.static_shapes import fix, open_layers


def network(line: str, inputs: str = "1 1 in0") -> Network:
    kind, parameters = line.split(maxsplit=1)
    first = "Input a 0 1 in0\nInput b 0 1 in1\n"
    return parse_param(f"7767517\n3 3\n{first}{kind} open {inputs} out0 {parameters}\n")


@pytest.mark.parametrize(
    ("line", "shape", "written"),
    [
        ('Reshape 12=0 13=0 6="1,1,//(5,0n),0n"', (1, 5, 1, 1), "0=1 1=1 2=5"),
        ('Reshape 6="*(0w,0h)"', (1, 35), "0=35"),
        ('Reshape 6="0w,-1"', (1, 6, 35), "0=35 1=6"),
        ("Reshape 0=7 1=-1 11=0 2=6 12=0 13=0", (1, 6, 2, 3, 7), "0=7 1=3 2=6 11=2"),
        ("Reshape 0=9 1=7 12=233 13=1", (1, 7, 9), "0=9 1=7"),
        ('Interp 0=2 1=2.0 2=2.0 9="1w,1h" 6=1', (1, 4, 6, 8), "3=6 4=8 0=2 6=1"),
        ('Interp 0=2 9="1w"', (1, 6, 8), "3=6 4=8 0=2"),
    ],
)
def test_sizes_are_written(line: str, shape: tuple[int, ...], written: str) -> None:
    before = network(line, "2 1 in0 in1")
    assert [layer.name for layer in open_layers(before)] == ["open"]
    after = fix(before, {"out0": shape})
    assert format_param(after).splitlines()[-1].split(maxsplit=2)[2] == f"1 1 in0 out0 {written}"
    assert open_layers(after) == ()
    assert after.layers[:2] == before.layers[:2]


@pytest.mark.parametrize(
    "line",
    ["Reshape 0=7 1=5 2=3", "Reshape 0=7 12=233 13=233", "Interp 0=1 3=8 4=10", "Pooling 12=0"],
)
def test_fixed_layers_are_left_alone(line: str) -> None:
    before = network(line)
    assert open_layers(before) == ()
    assert fix(before, {}) == before


def test_batch_inside_the_network_is_refused() -> None:
    with pytest.raises(ConversionError, match="Reshape 'open' makes a batch of 2 inside"):
        fix(network("Reshape 0=9 1=7 11=4 2=2 12=0 13=0"), {"out0": (2, 4, 7, 9)})


def test_unknown_shape_is_refused() -> None:
    with pytest.raises(ConversionError, match="another shape"):
        fix(network('Interp 9="0w,0h"'), {"out0": (1, 2, 3, 4, 5)})


@pytest.mark.parametrize("line", ['Crop 19="0,0" 20="1w,1h" 21="0,1"', 'Slice 1="0w"'])
def test_other_expressions_are_refused(line: str) -> None:
    with pytest.raises(ConversionError, match="to be computed at run time") as caught:
        open_layers(network(line))
    kind, parameters = line.split(maxsplit=1)
    assert caught.value.seen == (f"{kind} 'open': {parameters.replace(' ', ', ')}",)

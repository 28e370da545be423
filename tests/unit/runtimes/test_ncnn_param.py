from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobilegen.errors import ConversionError
from mobilegen.runtimes.ncnn.param import Layer, Network, format_param, parse_param, read_param

GOOD = """7767517
5 6
Input                    in0                      0 1 in0
Convolution              conv_0                   1 1 in0 1 0=4 1=3 -23310=2,0.0,6.0 6=108 9=3
Split                    splitncnn_0              1 2 1 2 3
Reshape                  reshape_1                1 1 2 out0 12=0 6="1,1,//(6,0n),0n"
ReLU                     relu_2                   1 1 3 out1
"""


def test_layers_blobs_and_parameters() -> None:
    network = parse_param(GOOD)
    assert network.layers[1] == Layer(
        "Convolution",
        "conv_0",
        ("in0",),
        ("1",),
        ((0, "4"), (1, "3"), (-23310, "2,0.0,6.0"), (6, "108"), (9, "3")),
    )
    assert network.layers[3].parameters == ((12, "0"), (6, '"1,1,//(6,0n),0n"'))
    assert network.layer_types == ("Convolution", "Input", "ReLU", "Reshape", "Split")
    assert network.input_blobs == ("in0",)
    assert network.output_blobs == ("out0", "out1")


def test_text_in_quotes_may_have_spaces() -> None:
    network = parse_param('7767517\n1 1\nInput a 0 1 in0 6="1 2" 7=3\n')
    assert network.layers[0].parameters == ((6, '"1 2"'), (7, "3"))


def test_written_as_it_was_read() -> None:
    assert format_param(parse_param(GOOD)) == GOOD


def test_windows_line_ends() -> None:
    assert parse_param(GOOD.replace("\n", "\r\n")) == parse_param(GOOD)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("7767517", "7767518", "magic number"),
        ("5 6", "5", "numbers of layers and blobs"),
        ("5 6", "-5 6", "numbers of layers and blobs"),
        ("5 6", "99999999999999 6", "numbers of layers and blobs"),
        ("5 6", "0 6", "no layers"),
        ("5 6", "4 6", "4 layers announced, 5 found"),
        ("5 6", "6 6", "6 layers announced, 5 found"),
        ("5 6", "5 5", "5 blobs announced, 6 found"),
        ("0 1 in0", "0 9 in0", "9 blobs announced"),
        ("0 1 in0", "0 x in0", "is not a layer"),
        ("0 1 in0", "0 999999 in0", "is not a layer"),
        ("1 1 in0 1 0=4", "1 1 in9 1 0=4", "uses 'in9' before it is made"),
        ("3 out1", "3 out0", "makes 'out0' a second time"),
        ("0=4", "0", "are not parameters"),
        ("0=4", "x=4", "are not parameters"),
        ('6="1,1', '6="1"1', "are not parameters"),
        ("conv_0", "c" * 256, "a name of 256 bytes"),
        ("conv_0", "\u00fc" * 128, "a name of 256 bytes"),
    ],
)
def test_damage_is_named(old: str, new: str, reason: str) -> None:
    assert old in GOOD
    with pytest.raises(ConversionError) as caught:
        parse_param(GOOD.replace(old, new, 1))
    assert reason in str(caught.value)


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"7767517", b"7767517\n1 1\n\xff"])
def test_damaged_files(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "model.param"
    path.write_bytes(data)
    with pytest.raises(ConversionError, match=r"the ncnn \.param file is damaged"):
        read_param(path)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ConversionError, match=r"no \.param file"):
        read_param(tmp_path / "none")


def parses_or_is_refused(text: str) -> None:
    try:
        network = parse_param(text)
    except ConversionError:
        return
    assert isinstance(network, Network)
    made = [blob for layer in network.layers for blob in layer.outputs]
    assert len(made) == len(set(made)) == int(text.split("\n")[1].split()[1])


@given(st.text())
def test_any_text_parses_or_is_refused(text: str) -> None:
    parses_or_is_refused(text)


@given(st.text(alphabet='7ab01-= ,"\n\t\r', max_size=200))
def test_any_body_parses_or_is_refused(text: str) -> None:
    parses_or_is_refused("7767517\n" + text)


@given(st.integers(0, len(GOOD) - 1), st.text(max_size=3), st.integers(0, 3))
def test_damaged_description_parses_or_is_refused(at: int, new: str, cut: int) -> None:
    parses_or_is_refused(GOOD[:at] + new + GOOD[at + cut :])


def test_long_lines_take_no_long_time() -> None:
    with pytest.raises(ConversionError):
        parse_param("7767517\n1 1\nInput a 0 1 in0" + " 1=2" * 200_000 + " x\n")

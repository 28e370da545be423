"""The generated header: values, escapes, and tensors that must be refused."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from mobilegen.artifacts import Artifact, Bridge, FileRecord, Preprocess, TensorBinding, TensorSpec
from mobilegen.errors import NativeBuildError
from mobilegen.native_build import header
from mobilegen.native_build.digest import blake2sp
from mobilegen.native_build.header import (
    NOTHING_ELSE,
    Contents,
    c_bytes,
    c_sizes,
    c_string,
    render_embedded,
    render_header,
    render_names,
)
from mobilegen.resources import native_dir

SHA256 = "0123456789abcdef" * 4
X = TensorBinding(TensorSpec("x", (1, 3, 8, 6)), "in0", (3, 8, 6))
Y = TensorBinding(TensorSpec("y", (1, 5)), "out0", (5,))
ARTIFACT = Artifact(
    runtime="ncnn",
    runtime_version="1",
    precision="fp32",
    folder=Path("nowhere"),
    files=(
        ("params", FileRecord("model.param", 100, SHA256)),
        ("weights", FileRecord("model.bin", 12345, "0" * 64)),
    ),
    inputs=(X,),
    outputs=(Y,),
    operators=(),
    candidate="original",
)


BRIDGE = Bridge("toy", (("MOBILEGEN_TOY(method)", "toy_##method"),))


@pytest.fixture(autouse=True)
def digests(monkeypatch: pytest.MonkeyPatch) -> None:
    """The files of ARTIFACT do not exist; their hash is that of their name."""
    monkeypatch.setattr(header, "blake2sp", lambda path: path.name.encode())


def render(
    artifact: Artifact = ARTIFACT,
    bridge: Bridge = BRIDGE,
    contents: Contents = NOTHING_ELSE,
) -> str:
    return render_header(artifact, bridge, contents)


def test_values_are_there() -> None:
    text = render()
    assert f'{{"model.param", 100u, {c_bytes(b"model.param")}, 0}},\n' in text
    assert f'{{"model.bin", 12345u, {c_bytes(b"model.bin")}, 0}},\n' in text
    assert text.index("model.param") < text.index("model.bin")
    assert "#define MOBILEGEN_FILE_COUNT 2\n" in text
    assert "#define MOBILEGEN_PARAMS_INDEX 0\n#define MOBILEGEN_WEIGHTS_INDEX 1\n" in text
    assert "#define MOBILEGEN_TOY(method) toy_##method\n" in text
    assert "kInput0Shape[] = {1, 3, 8, 6};" in text
    assert "kInput0RuntimeShape[] = {3, 8, 6};" in text
    assert tensor("x", "in0", "Input0", 4, 3) in words(text)
    assert tensor("y", "out0", "Output0", 2, 1) in words(text)


def words(text: str) -> str:
    return " ".join(text.split())


def tensor(name: str, blob: str, place: str, rank: int, runtime_rank: int) -> str:
    """The initialiser of a tensor of 32-bit floats."""
    kind = "MOBILEGEN_FLOAT32"
    return (
        f'{{"{name}", "{blob}", k{place}Shape, {rank}, {kind}, '
        f"k{place}RuntimeShape, {runtime_rank}, {kind}, 0, 0}},"
    )


def test_a_model_of_floats_needs_no_conversion() -> None:
    """What is not asked for is not in the library."""
    text = render()
    assert "MOBILEGEN_ADAPTED 0\n" in text
    assert "convert" not in text
    assert "MOBILEGEN_BATCH 1\n" in text


def test_other_types_are_converted() -> None:
    ids = TensorBinding(TensorSpec("ids", (1, 6), "int64"), "in0", (6,))
    mask = TensorBinding(TensorSpec("mask", (1, 6), "bool"), "out0", (6,))
    text = render(replace(ARTIFACT, inputs=(ids,), outputs=(mask,)))
    assert "MOBILEGEN_ADAPTED 1\n" in text and '#include "core/convert.h"' in text
    assert (
        "MOBILEGEN_INT64, kInput0RuntimeShape, 1, MOBILEGEN_FLOAT32, 0, convert<int64_t, float>"
        in (words(text))
    )
    assert "MOBILEGEN_FLOAT32, 0, convert<float, Bool>" in words(text)


def test_another_order_of_axes() -> None:
    pixels = TensorBinding(TensorSpec("x", (1, 3, 8, 6)), "in0", (8, 6, 3), "float32", (0, 2, 3, 1))
    text = render(replace(ARTIFACT, inputs=(pixels,)))
    assert "kInput0Permutation[] = {0, 2, 3, 1};" in text
    assert "MOBILEGEN_ADAPTED 1\n" in text and "convert" not in text
    same = replace(pixels, permutation=(0, 1, 2, 3))
    assert "MOBILEGEN_ADAPTED 0\n" in render(replace(ARTIFACT, inputs=(same,)))


def test_batch() -> None:
    four = TensorBinding(TensorSpec("x", (4, 3, 8, 6)), "in0", (3, 8, 6))
    out = TensorBinding(TensorSpec("y", (4, 5)), "out0", (5,))
    text = render(replace(ARTIFACT, inputs=(four,), outputs=(out,), batch=4))
    assert "MOBILEGEN_BATCH 4\n" in text and "MOBILEGEN_ADAPTED 1\n" in text
    with pytest.raises(NativeBuildError, match="cut into 4 parts"):
        render(replace(ARTIFACT, inputs=(four,), batch=4))


def test_a_model_of_one_file() -> None:
    text = render(replace(ARTIFACT, files=(("model", FileRecord("a.tflite", 7, SHA256)),)))
    assert "MOBILEGEN_FILE_COUNT 1\n" in text
    assert "MOBILEGEN_PARAMS_INDEX -1\n#define MOBILEGEN_WEIGHTS_INDEX -1\n" in text
    for count in (0, 9):
        with pytest.raises(NativeBuildError, match="1 to 8 files"):
            render(replace(ARTIFACT, files=ARTIFACT.files[:1] * count))


def test_images_become_floats_only() -> None:
    pixels = replace(X, tensor=replace(X.tensor, dtype="uint8"))
    with pytest.raises(NativeBuildError, match="32-bit floats only"):
        render(replace(ARTIFACT, inputs=(pixels,)), contents=Contents(preprocess=Preprocess(8, 6)))


def test_names_of_its_own() -> None:
    """Every function of the interface, so that programs can have two models side by side."""
    text = render_names("photo")
    interface = (native_dir() / "include" / "mobilegen" / "engine.h").read_text("utf-8")
    functions = set(re.findall(r"^MOBILEGEN_API.*?(mobilegen_\w+)\(", interface, re.MULTILINE))
    assert len(functions) > 20
    for function in functions:
        renamed = function.replace("mobilegen_", "mobilegen_photo_")
        assert f"#define {function} {renamed}\n" in text


def test_every_tensor_is_there() -> None:
    second = replace(X, tensor=TensorSpec("z", ()), blob="in1", runtime_shape=(1,))
    text = render(replace(ARTIFACT, inputs=(X, second), outputs=(Y, Y, Y)))
    assert "#define MOBILEGEN_INPUT_COUNT 2" in text and "OUTPUT_COUNT 3" in text
    assert tensor("z", "in1", "Input1", 0, 1) in words(text)


def test_hostile_name_stays_a_string() -> None:
    name = 'a"; int main(){}//\\\n??/'
    text = render(replace(ARTIFACT, inputs=(replace(X, tensor=TensorSpec(name, (1, 144))),)))
    assert r'{"a\042; int main(){}//\134\012\077\077/", "in0"' in text


def test_contents() -> None:
    text = render()
    assert "#define MOBILEGEN_LABEL_COUNT 0\n" in text
    assert "embedded" not in text
    assert "#define MOBILEGEN_PREPROCESS 0\n" in text
    rule = Preprocess(width=8, height=6)
    text = render(contents=Contents(("cat", 'd"1', "a\0b"), rule, embed=True))
    assert "#define MOBILEGEN_LABEL_COUNT 3\n" in text
    assert "const unsigned char mobilegen_embedded_1[];" in text
    assert ", mobilegen_embedded_1},\n" in text
    assert '  "cat\\000" \\\n  "d\\0421\\000" \\\n  "a b\\000" \\\n' in text
    assert "#define MOBILEGEN_PREPROCESS 1\n" in text
    assert "#define MOBILEGEN_LABEL_COUNT 0\n" in render(contents=Contents(("cat",), rule))
    assert "MOBILEGEN_PREPROCESS_RULE {8, 6, resize_pillow_bilinear" in text


def test_embedded() -> None:
    assert '.incbin \\"nowhere/model.bin\\"' in render_embedded(ARTIFACT, Path("nowhere"))
    with pytest.raises(NativeBuildError, match="cannot be compiled in"):
        render_embedded(ARTIFACT, Path('a"b'))


# From blake2-kat.json of the reference implementation.
@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "dd0e891776933f43c7d032b08a917e25741f8aa9a12c12e1cac8801500f2ca4f"),
        (b"\0", "a6b9eecc25227ad788c99d3f236debc8da408849e9a5178978727a81457f7239"),
        (b"\0\1", "dacadece7a8e6bf3abfe324ca695436984b8195d29f6bbd896e41e18e21c9145"),
    ],
)
def test_blake2sp(data: bytes, expected: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    assert blake2sp(path).hex() == expected


@pytest.mark.parametrize(
    ("text", "literal"),
    [("plain 1", '"plain 1"'), ("ä1", r'"\303\2441"'), ("\0", r'"\000"'), ("%s", '"%s"')],
)
def test_c_string(text: str, literal: str) -> None:
    assert c_string(text) == literal


def test_c_sizes() -> None:
    assert (c_sizes((1, 3)), c_sizes(())) == ("{1, 3}", "{1}")


@pytest.mark.parametrize(
    ("binding", "reason"),
    [
        (replace(X, tensor=TensorSpec("x", (1, 3, 8, 6), "uint16")), "uint16"),
        (replace(X, runtime_dtype="int4"), "int4"),
        (replace(X, permutation=(0, 1, 2)), "no permutation"),
        (replace(X, permutation=(0, 1, 1, 2)), "no permutation"),
        (replace(X, runtime_shape=(3, 8, 7)), "another number of values"),
        (TensorBinding(TensorSpec("x", (1,) * 9), "in0", (1,)), "9 dimensions"),
        (TensorBinding(TensorSpec("x", (0, 3)), "in0", (0, 3)), "positive"),
        (TensorBinding(TensorSpec("x", (-1, -3)), "in0", (3,)), "positive"),
        (TensorBinding(TensorSpec("x", (1 << 20, 1 << 10)), "in0", (1 << 30,)), "more than"),
        (TensorBinding(TensorSpec("x", (1 << 28,), "int64"), "in0", (1 << 28,)), "more than"),
    ],
)
def test_impossible_tensor_is_refused(binding: TensorBinding, reason: str) -> None:
    with pytest.raises(NativeBuildError) as caught:
        render(replace(ARTIFACT, inputs=(binding,)))
    assert reason in str(caught.value)


def test_model_without_outputs_is_refused() -> None:
    with pytest.raises(NativeBuildError):
        render(replace(ARTIFACT, outputs=()))


def test_what_the_scores_are_is_there() -> None:
    assert "#define MOBILEGEN_PROBABILITIES 0\n" in render()
    text = render(replace(ARTIFACT, scores="probabilities"))
    assert "#define MOBILEGEN_PROBABILITIES 1\n" in text

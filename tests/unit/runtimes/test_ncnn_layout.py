from __future__ import annotations

import pytest

from mobilegen.artifacts import TensorBinding, TensorSpec
from mobilegen.errors import ConversionError
from mobilegen.runtimes.ncnn import layout

EXAMPLE = """
    in0 = torch.rand(1, 3, 224, 224, dtype=torch.float)
        with net.create_extractor() as ex:
            ex.input("in0", ncnn.Mat(in0.numpy(), batch_index=0).clone())
            ex.input("in1", ncnn.Mat(in1.numpy(), batch_index=233).clone())

            _, out0 = ex.extract("out0")
            out.append(torch.from_numpy(out0.numpy(batch_index=1)))
"""


def test_batch_axes_are_read_from_the_example() -> None:
    assert layout.read_batch_axes(EXAMPLE) == {"in0": 0, "in1": None, "out0": 1}


def test_no_axes_in_other_text() -> None:
    assert layout.read_batch_axes('ex.input("in0", ncnn.Mat(in0.numpy()).clone())') == {}


@pytest.mark.parametrize(
    ("shape", "axis", "seen"),
    [
        ((1, 3, 8, 7), 0, (3, 8, 7)),
        ((1, 3, 8, 7), None, (1, 3, 8, 7)),
        ((4, 1, 6, 5), 1, (4, 6, 5)),
        ((4, 6, 1), -1, (4, 6)),
        ((1, 3, 5, 8, 7), 0, (3, 5, 8, 7)),
        ((10,), None, (10,)),
        ((1,), 0, (1,)),
        ((), None, (1,)),
    ],
)
def test_runtime_shape(shape: tuple[int, ...], axis: int | None, seen: tuple[int, ...]) -> None:
    spec = TensorSpec("x", shape)
    assert layout.bind([spec], "in", {"in0": axis}) == (TensorBinding(spec, "in0", seen),)


@pytest.mark.parametrize(
    ("shape", "axes", "reason"),
    [
        ((1, 3), {}, "no in0"),
        ((1, 3), {"in0": 2}, "no axis 2"),
        ((2, 3), {"in0": 0}, "holds 2 samples"),
        ((0, 3), {"in0": 0}, "holds 0 samples"),
        ((1, 2, 3, 4, 5), {"in0": None}, "has 5 axes"),
    ],
)
def test_what_ncnn_cannot_carry(
    shape: tuple[int, ...], axes: dict[str, int | None], reason: str
) -> None:
    with pytest.raises(ConversionError, match=reason):
        layout.bind([TensorSpec("x", shape)], "in", axes)


def test_order_of_tensors_decides_the_blob() -> None:
    specs = [TensorSpec("b", (1, 2)), TensorSpec("a", (1, 3))]
    bindings = layout.bind(specs, "out", {"out1": 0, "out0": 0})
    assert [(b.tensor.name, b.blob, b.runtime_shape) for b in bindings] == [
        ("b", "out0", (2,)),
        ("a", "out1", (3,)),
    ]

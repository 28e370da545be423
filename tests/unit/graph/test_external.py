from __future__ import annotations

from pathlib import Path

import models
import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from mobilegen.errors import ModelError
from mobilegen.graph import external
from mobilegen.graph.external import external_files, inline_external_data
from mobilegen.graph.load import read_model


def saved(tmp_path: Path, location: str = "", **options: bool) -> onnx.ModelProto:
    path = models.save_external(
        models.lenet(), tmp_path / "m" / "lenet.onnx", location=location, **options
    )
    return read_model(path)


def weights(model: onnx.ModelProto) -> list[np.ndarray]:
    return [numpy_helper.to_array(tensor) for tensor in model.graph.initializer]


@pytest.mark.parametrize("location", ["lenet.onnx.data", "weights/all.bin"])
def test_data_is_put_into_the_model(tmp_path: Path, location: str) -> None:
    model = saved(tmp_path, location)
    assert inline_external_data(model, tmp_path / "m") == (location,)
    for seen, wanted in zip(weights(model), weights(models.lenet()), strict=True):
        np.testing.assert_array_equal(seen, wanted)
    assert inline_external_data(model, tmp_path / "m") == ()


def test_model_without_external_data_is_untouched(tmp_path: Path) -> None:
    model = models.lenet()
    assert inline_external_data(model, tmp_path) == ()
    assert model == models.lenet()


@pytest.mark.parametrize(
    "location", ["../secret.bin", "a/../../secret.bin", "..\\secret.bin", "C:\\secret.bin", ""]
)
def test_data_outside_the_folder_is_refused(tmp_path: Path, location: str) -> None:
    (tmp_path / "secret.bin").write_bytes(bytes(1 << 20))
    model = saved(tmp_path, "inside.bin")
    for tensor in model.graph.initializer:
        for entry in tensor.external_data:
            if entry.key == "location":
                entry.value = location
    with pytest.raises(ModelError, match="outside"):
        inline_external_data(model, tmp_path / "m")


def test_absolute_path_is_refused(tmp_path: Path) -> None:
    model = saved(tmp_path, str(tmp_path / "m" / "inside.bin"))
    with pytest.raises(ModelError, match="outside"):
        inline_external_data(model, tmp_path / "m")


def test_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    model = saved(tmp_path, "data.bin")
    inside, outside = tmp_path / "m" / "data.bin", tmp_path / "secret.bin"
    outside.write_bytes(inside.read_bytes())
    inside.unlink()
    try:
        inside.symlink_to(outside)
    except OSError:
        pytest.skip("this system forbids symbolic links")
    with pytest.raises(ModelError, match="outside"):
        inline_external_data(model, tmp_path / "m")


def test_link_inside_the_folder_is_followed(tmp_path: Path) -> None:
    model = saved(tmp_path, "data.bin")
    (tmp_path / "m" / "data.bin").rename(tmp_path / "m" / "real.bin")
    try:
        (tmp_path / "m" / "data.bin").symlink_to("real.bin")
    except OSError:
        pytest.skip("this system forbids symbolic links")
    assert inline_external_data(model, tmp_path / "m")


def test_link_in_a_circle_is_refused(tmp_path: Path) -> None:
    model = saved(tmp_path, "data.bin")
    (tmp_path / "m" / "data.bin").unlink()
    (tmp_path / "m" / "data.bin").symlink_to("data.bin")
    with pytest.raises(ModelError, match="missing"):
        inline_external_data(model, tmp_path / "m")


def test_missing_file_is_named(tmp_path: Path) -> None:
    model = saved(tmp_path, "data.bin", write=False)
    with pytest.raises(ModelError, match=r"missing: data\.bin"):
        inline_external_data(model, tmp_path / "m")


def test_folder_in_place_of_the_file(tmp_path: Path) -> None:
    model = saved(tmp_path, "data.bin", write=False)
    (tmp_path / "m" / "data.bin").mkdir()
    with pytest.raises(ModelError, match="plain file"):
        inline_external_data(model, tmp_path / "m")


def test_short_file_is_refused(tmp_path: Path) -> None:
    model = saved(tmp_path, "data.bin")
    data = tmp_path / "m" / "data.bin"
    data.write_bytes(data.read_bytes()[:-1])
    with pytest.raises(ModelError, match="not complete"):
        inline_external_data(model, tmp_path / "m")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("offset", "-4"),
        ("offset", "x"),
        ("offset", "9" * 30),
        ("length", "1"),
        ("length", "²"),
        ("offset", "99999999"),
    ],
)
def test_bad_numbers_are_refused(tmp_path: Path, key: str, value: str) -> None:
    model = saved(tmp_path, "data.bin")
    entry = next(e for e in model.graph.initializer[0].external_data if e.key == key)
    entry.value = value
    with pytest.raises(ModelError, match="external data of initializer"):
        inline_external_data(model, tmp_path / "m")


def test_sizes_are_held_against_the_file_before_anything_is_read(tmp_path: Path) -> None:
    model = saved(tmp_path, "data.bin")
    tensor = model.graph.initializer[0]
    del tensor.dims[:]
    tensor.dims.extend([1 << 40, 1 << 20])
    with pytest.raises(ModelError, match="not complete"):
        inline_external_data(model, tmp_path / "m")
    tensor.dims[0] = -3
    with pytest.raises(ModelError, match="negative"):
        inline_external_data(model, tmp_path / "m")


def test_many_tensors_of_one_file_count_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = saved(tmp_path, "data.bin")
    monkeypatch.setattr(external, "MAX_BYTES", (tmp_path / "m" / "data.bin").stat().st_size)
    with pytest.raises(ModelError, match="2 GB"):
        inline_external_data(model, tmp_path / "m")


def test_texts_cannot_be_external(tmp_path: Path) -> None:
    model = saved(tmp_path, "data.bin")
    model.graph.initializer[0].data_type = onnx.TensorProto.STRING
    with pytest.raises(ModelError, match="texts"):
        inline_external_data(model, tmp_path / "m")


@pytest.mark.parametrize(
    ("kind", "count", "needed"), [("INT4", 5, 3), ("INT8", 5, 5), ("BFLOAT16", 5, 10)]
)
def test_bytes_of_element_types(kind: str, count: int, needed: int) -> None:
    tensor = onnx.TensorProto(dims=[count], data_type=onnx.TensorProto.DataType.Value(kind))
    assert external.tensor_bytes(tensor, "t") == needed


def test_unknown_element_type() -> None:
    with pytest.raises(ModelError, match="element type"):
        external.tensor_bytes(onnx.TensorProto(dims=[1], data_type=250), "t")


def test_files_are_listed(tmp_path: Path) -> None:
    model = saved(tmp_path, "weights/all.bin")
    assert external_files(model, tmp_path / "m") == (tmp_path / "m" / "weights" / "all.bin",)
    assert external_files(models.lenet(), tmp_path) == ()

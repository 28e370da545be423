"""mobilegen init: what it writes is loaded again, and has every setting."""

from __future__ import annotations

import re
from pathlib import Path

import models
import onnx
import pytest
import yaml
from pydantic import BaseModel

from mobilegen.cli.starter import describe_model, render_starter
from mobilegen.config.load import load_settings
from mobilegen.config.model import LimitSettings, PreprocessSettings
from mobilegen.errors import ModelError
from mobilegen.platforms.android.settings import AndroidSettings
from mobilegen.platforms.settings import settings_type

NASTY = 'a: b #c\n"\t{x}\x1b[31m\u2028é😀'


def image_model(
    shape: list[int | str | None], *, name: str = "image", classes: int = 3
) -> onnx.ModelProto:
    net = models.Net()
    net.op("GlobalAveragePool", name, output="prob")
    return net.model({name: shape}, {"prob": [1, classes]}, check=False)


def write(model: onnx.ModelProto, path: Path) -> str:
    """Write the model and its settings file; return the file's text."""
    path.write_bytes(model.SerializeToString())
    text = render_starter(settings_type(), describe_model(path))
    path.with_name("mobilegen.yml").write_text(text, encoding="utf-8")
    return text


def uncommented(text: str, *names: str) -> str:
    """Take the '# ' from the lines of some settings, as the file tells its reader to."""
    lines, inside = [], False
    for line in text.splitlines():
        if re.match(r"# [a-z_]+:", line):
            inside = line.removeprefix("# ").partition(":")[0] in names
        elif not line.startswith("#   "):
            inside = False
        lines.append(line.removeprefix("# ") if inside else line)
    return "\n".join(lines)


@pytest.mark.parametrize("make", [models.lenet, models.residual, models.symbolic, models.embedding])
def test_result_loads_and_is_what_no_file_would_be(make: object, tmp_path: Path) -> None:
    write(make(), tmp_path / "My Net.onnx")  # type: ignore[operator]
    settings, _ = load_settings(settings_type(), tmp_path, {})
    assert settings.name == "my_net"
    assert settings == settings_type()(model=tmp_path / "My Net.onnx", name="my_net")


@pytest.mark.parametrize(
    "section", [settings_type(), PreprocessSettings, LimitSettings, AndroidSettings]
)
def test_every_setting_appears_with_its_description(
    section: type[BaseModel], tmp_path: Path
) -> None:
    text = write(models.residual(), tmp_path / "net.onnx")
    joined = re.sub(r"\n#( {3}#)? ", " ", text)
    for name, field in section.model_fields.items():
        assert re.search(rf"^(# *)*{name}:", text, re.MULTILINE), name
        assert (field.description or "").strip() in joined, name


def test_all_lines_work_when_they_are_uncommented(tmp_path: Path) -> None:
    text = write(image_model([1, 3, 8, 8]), tmp_path / "net.onnx")
    names = set(settings_type().model_fields) - {"labels", "samples", "check_images"}
    path = tmp_path / "mobilegen.yml"
    path.write_text(uncommented(text, *names))
    assert set(yaml.safe_load(path.read_text())) == names
    settings, _ = load_settings(settings_type(), tmp_path, {})
    assert settings.preprocess is not None
    assert settings.preprocess.mean == (123.675, 116.28, 103.53)
    assert settings.abi == ("arm64-v8a",)


def test_open_sizes_are_lines_to_fill_in(tmp_path: Path) -> None:
    text = write(image_model(["n", 3, "height", None]), tmp_path / "net.onnx")
    assert "#   image: 1x3x224x224  # the model has nx3xheightx?" in text
    filled = yaml.safe_load(uncommented(text, "input_shapes"))
    assert filled["input_shapes"] == {"image": "1x3x224x224"}
    notes = describe_model(tmp_path / "net.onnx").notes
    assert "input 'image' leaves 2 sizes open: see input_shapes" in notes


def test_a_batch_axis_alone_leaves_nothing_open(tmp_path: Path) -> None:
    assert "# input_shapes: {}" in write(image_model(["n", 3, 8, 8]), tmp_path / "net.onnx")


@pytest.mark.parametrize(
    ("shape", "layout"), [([1, 3, 8, 8], "nchw"), ([1, 8, 8, 3], "nhwc"), ([1, 5, 8, 8], "")]
)
def test_preprocessing_is_a_marked_guess_and_off(
    shape: list[int | str | None], layout: str, tmp_path: Path
) -> None:
    text = write(image_model(shape), tmp_path / "net.onnx")
    assert "preprocess" not in yaml.safe_load(text)
    assert ("THIS IS A GUESS" in text) == bool(layout)
    guess = yaml.safe_load(uncommented(text, "preprocess"))["preprocess"]
    assert guess["layout"] == (layout or "nchw")
    assert (guess["mean"] == [0.0, 0.0, 0.0]) == (not layout)


def test_labels_are_taken_when_their_number_fits(tmp_path: Path) -> None:
    (tmp_path / "labels.txt").write_text("a\nb\n")
    assert "\n# labels: " in write(image_model([1, 3, 8, 8]), tmp_path / "net.onnx")
    (tmp_path / "my_labels.txt").write_text("a\nb\nc\n")
    write(image_model([1, 3, 8, 8]), tmp_path / "net.onnx")
    assert load_settings(settings_type(), tmp_path, {})[0].labels == tmp_path / "my_labels.txt"


def test_hostile_names_stay_names(tmp_path: Path) -> None:
    model = image_model([1, 3, "h", "w\n"], name=NASTY)
    (tmp_path / "labels.txt").write_text("a\nb\nc\n")
    text = write(model, tmp_path / "yes.onnx")
    assert not re.search(r"[\x1b\u2028]", text)
    shapes = yaml.safe_load(uncommented(text, "input_shapes"))["input_shapes"]
    assert shapes == {NASTY: "1x3x224x224"}
    strange = tmp_path / "a: #b\n'c.onnx"
    write(model, strange)
    assert load_settings(settings_type(), tmp_path, {})[0].model == strange


def test_schema_is_named_only_where_it_lies(tmp_path: Path) -> None:
    folder = tmp_path / "models" / "net"
    folder.mkdir(parents=True)
    assert "$schema" not in write(models.lenet(), folder / "net.onnx")
    (tmp_path / "mobilegen.schema.json").write_text("{}")
    text = write(models.lenet(), folder / "net.onnx")
    assert text.startswith("# yaml-language-server: $schema=../../mobilegen.schema.json\n")


def test_damaged_model_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    path.write_text("text")
    with pytest.raises(ModelError):
        describe_model(path)

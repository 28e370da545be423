"""Writes a first mobilegen.yml: every setting with its explanation, filled in where it is known."""

from __future__ import annotations

import json
import math
import os
import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic.fields import FieldInfo

from mobilegen.config.load import default_name, reserved_names
from mobilegen.config.model import PreprocessSettings, Settings
from mobilegen.config.option import choices_of, section_of
from mobilegen.console import printable
from mobilegen.errors import ConfigError

SCHEMA_NAME = "mobilegen.schema.json"
_LABEL_FILES = ("labels.txt", "classes.txt", "synset.txt", "synset_words.txt")
# Text that stays without quotes unless YAML takes it for a number, a date and the like.
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./-]*")
_WIDTH = 96
_MOST_LABEL_BYTES = 16 << 20
# What torchvision and Keras do most often; they stand for "0..255 colours, normalised".
_GUESSES: dict[str, dict[str, Any]] = {
    "nchw": {"mean": [123.675, 116.28, 103.53], "std": [58.395, 57.12, 57.375]},
    "nhwc": {"mean": [127.5, 127.5, 127.5], "std": [127.5, 127.5, 127.5]},
}

Size = int | str | None


@dataclass(frozen=True)
class ModelFacts:
    """What can be seen of a model without running it.

    Attributes:
        inputs: (name, sizes) of what has to be fed; a size is a number, a symbol or unknown.
        labels: Name of a file beside the model that has one line for every class.
        schema: Path of the JSON schema, relative to the model's folder; "" when there is none.
        notes: What was found, in words.
    """

    path: Path
    inputs: tuple[tuple[str, tuple[Size, ...]], ...]
    outputs: tuple[tuple[str, tuple[Size, ...]], ...]
    labels: str
    schema: str
    notes: tuple[str, ...]


def describe_model(path: Path) -> ModelFacts:
    """Read what a model file says about itself, and look for labels beside it.

    Raises:
        ModelError: It is missing, damaged, or of a kind that no frontend reads.
    """
    from mobilegen.frontends import catalog as frontends
    from mobilegen.graph.load import read_model
    from mobilegen.graph.shapes import declared_sizes, real_inputs

    inputs: tuple[tuple[str, tuple[Size, ...]], ...] = ()
    outputs: tuple[tuple[str, tuple[Size, ...]], ...] = ()
    notes = []
    if frontends.for_file(path) == "onnx":
        model = read_model(path)
        inputs = tuple((v.name, declared_sizes(v) or ()) for v in real_inputs(model))
        outputs = tuple((v.name, declared_sizes(v) or ()) for v in model.graph.output)
    labels = _find_labels(path, outputs)
    notes += [f"labels: {labels} has a line for every class"] if labels else []
    for name, sizes in inputs:
        if open_sizes := [size for size in sizes[1:] if not isinstance(size, int)]:
            notes.append(f"input {name!r} leaves {len(open_sizes)} sizes open: see input_shapes")
    if _image_size(inputs):
        notes.append("preprocess: a guess, commented out; check it against the training")
    return ModelFacts(path, inputs, outputs, labels, _find_schema(path.parent), tuple(notes))


def render_starter(kind: type[Settings], facts: ModelFacts) -> str:
    """Return the text of a mobilegen.yml that `load_settings` accepts."""
    lines = list(_heading(facts))
    known = _known_values(kind, facts)
    for name, field in kind.model_fields.items():
        lines += ["", *_comment(field.description or "")]
        special = _SPECIAL.get(name)
        if special:
            lines += special(facts)
        elif section := section_of(field):
            lines += _commented(_section_lines(name, section, {}))
        else:
            lines += _setting(name, field, known)
    return "\n".join(lines) + "\n"


def _heading(facts: ModelFacts) -> Iterator[str]:
    if facts.schema:
        yield f"# yaml-language-server: $schema={facts.schema}"
    yield "# Settings of mobilegen build. A line that begins with '#' shows the default, or an"
    yield "# example where there is none. Options of the command line win over this file."
    for kind, tensors in (("input", facts.inputs), ("output", facts.outputs)):
        for name, sizes in tensors:
            yield f"#   {kind} {printable(name)}: {_text(sizes)}"


def _known_values(kind: type[Settings], facts: ModelFacts) -> dict[str, Any]:
    name = default_name(facts.path, reserved_names(kind))
    values = {"model": facts.path.name, "name": name}
    return values | ({"labels": facts.labels} if facts.labels else {})


def _setting(name: str, field: FieldInfo, known: Mapping[str, Any]) -> list[str]:
    if name in known:
        return [f"{name}: {_scalar(known[name])}"]
    default = field.get_default(call_default_factory=True)
    example = _EXAMPLES.get(name, default)
    return [*_choices(field), f"# {name}: {_scalar(example)}"]


def _input_shapes(facts: ModelFacts) -> list[str]:
    """Return the sizes that the model leaves open, as lines to fill in."""
    is_open = {name: sizes for name, sizes in facts.inputs if not _is_fixed(sizes)}
    if not is_open:
        return ["# input_shapes: {}"]
    lines = ["# input_shapes:"]
    for name, sizes in is_open.items():
        lines.append(f"#   {_scalar(name)}: {_example(sizes)}  # the model has {_text(sizes)}")
    return lines


def _preprocess(facts: ModelFacts) -> list[str]:
    layout = _image_size(facts.inputs)
    lines = _section_lines("preprocess", PreprocessSettings, _guess(layout))
    if not layout:
        return _commented(lines)
    return [
        "# THIS IS A GUESS from the shape of the input, not knowledge. Compare each line with the",
        "# training code, then remove each '# ': a wrong one gives wrong answers without an error.",
        *_commented(lines),
    ]


def _guess(layout: str) -> dict[str, Any]:
    return {**_GUESSES[layout], "layout": layout} if layout else {}


_EXAMPLES = {
    "labels": "labels.txt",
    "samples": "samples.npz",
    "ndk": "android-ndk-r28",
    "check_images": ["photo.jpg"],
    "framework": "onnx",
    "abi": ["arm64-v8a"],
}
_SPECIAL = {"input_shapes": _input_shapes, "preprocess": _preprocess}


def _section_lines(name: str, section: Any, values: Mapping[str, Any]) -> list[str]:
    lines = [f"{name}:"]
    for key, field in section.model_fields.items():
        value = values.get(key, field.get_default(call_default_factory=True))
        lines += [f"  {line}" for line in _comment(field.description or "") + _choices(field)]
        example = _EXAMPLES.get(key)
        lines.append(f"  # {key}: {_scalar(example)}" if example else f"  {key}: {_scalar(value)}")
    return lines


def _choices(field: FieldInfo) -> list[str]:
    choices = choices_of(field)
    return _comment(f"One of: {', '.join(choices)}.") if choices else []


def _comment(text: str) -> list[str]:
    return [f"# {line}" for line in textwrap.wrap(text, _WIDTH)]


def _commented(lines: list[str]) -> list[str]:
    return [f"# {line}" for line in lines]


def _scalar(value: Any) -> str:
    """Return a value as YAML on one line."""
    if value is None:
        return "null"
    if isinstance(value, str):
        style = None if _PLAIN.fullmatch(value) else '"'
        text: str = yaml.safe_dump(value, default_style=style, width=1 << 20)
        return text.splitlines()[0]
    if isinstance(value, list | tuple):
        return f"[{', '.join(_scalar(item) for item in value)}]"
    return json.dumps(value)


def _is_fixed(sizes: tuple[Size, ...]) -> bool:
    """True when nothing has to be said: a symbolic batch axis is taken as 1."""
    return bool(sizes) and all(isinstance(size, int) for size in sizes[1:])


def _example(sizes: tuple[Size, ...]) -> str:
    filled = [size if isinstance(size, int) else 224 for size in sizes] or [1, 3, 224, 224]
    if sizes and not isinstance(sizes[0], int):
        filled[0] = 1
    return "x".join(map(str, filled))


def _text(sizes: tuple[Size, ...]) -> str:
    return "x".join("?" if s is None else printable(str(s)) for s in sizes) or "unknown sizes"


def _image_size(inputs: tuple[tuple[str, tuple[Size, ...]], ...]) -> str:
    """Return the layout when the only input looks like one colour image, else ""."""
    if len(inputs) != 1 or len(inputs[0][1]) != 4:
        return ""
    _, first, _, last = inputs[0][1]
    return "nchw" if first == 3 else "nhwc" if last == 3 else ""


def _find_labels(path: Path, outputs: tuple[tuple[str, tuple[Size, ...]], ...]) -> str:
    """Return the name of a text file beside the model with one line for each class."""
    if not outputs:
        return ""
    sizes = [size for size in outputs[0][1][1:] if isinstance(size, int)]
    classes = math.prod(sizes)
    if classes < 2 or len(sizes) + 1 != len(outputs[0][1]):
        return ""
    beside = sorted(p.name for p in path.parent.glob("*.txt"))
    likely = [f"{path.stem}.txt", *_LABEL_FILES, *(n for n in beside if "label" in n.lower())]
    return next((n for n in dict.fromkeys(likely) if _fits(path.parent / n, classes)), "")


def _fits(path: Path, classes: int) -> bool:
    from mobilegen.images.classes import read_labels

    try:
        if not path.is_file() or path.stat().st_size > _MOST_LABEL_BYTES:
            return False
        read_labels(path, classes)
    except (ConfigError, OSError):
        return False
    return True


def _find_schema(folder: Path) -> str:
    """Return where the JSON schema lies, seen from `folder`: there, above, or in a checkout."""
    folder = folder.resolve()
    for place in (folder, *folder.parents):
        for path in (place / SCHEMA_NAME, place / "docs" / "schema" / SCHEMA_NAME):
            if path.is_file():
                return Path(os.path.relpath(path, folder)).as_posix()
    return ""

"""Reads ncnn's text description of a network, the .param file, without trusting it; writes it.

The format, as `Net::load_param` of ncnn reads it: a line with the magic number, a line with the
numbers of layers and blobs, then one line per layer: type, name, number of inputs, number of
outputs, the input blobs, the output blobs, and `key=value` pairs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from mobilegen.errors import ConversionError

MAGIC = "7767517"
MAX_BYTES = 64 << 20
# ncnn reads names into buffers of 256 bytes.
_MAX_NAME_BYTES = 255
_PARAMETERS = re.compile(r'(?:[ \t]+(-?\d{1,9})=("[^"\n]*"|[^\s"]+))*[ \t]*')
_PARAMETER = re.compile(r'(-?\d{1,9})=("[^"\n]*"|[^\s"]+)')


@dataclass(frozen=True)
class Layer:
    """One layer; `parameters` are (key, value as written)."""

    type: str
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    parameters: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class Network:
    """The layers of a .param file, in the order in which they run."""

    layers: tuple[Layer, ...]

    @property
    def layer_types(self) -> tuple[str, ...]:
        """The different types of layers, sorted."""
        return tuple(sorted({layer.type for layer in self.layers}))

    @property
    def input_blobs(self) -> tuple[str, ...]:
        """The blobs that `Input` layers give."""
        inputs = (layer for layer in self.layers if layer.type == "Input")
        return tuple(blob for layer in inputs for blob in layer.outputs)

    @property
    def output_blobs(self) -> tuple[str, ...]:
        """The blobs that no layer takes."""
        taken = {blob for layer in self.layers for blob in layer.inputs}
        given = (blob for layer in self.layers for blob in layer.outputs)
        return tuple(blob for blob in given if blob not in taken)


def read_param(path: Path) -> Network:
    """Read and validate a .param file.

    Raises:
        ConversionError: It is missing, too long, not UTF-8, or not a valid description.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _error(0, f"longer than {MAX_BYTES} bytes")
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise ConversionError(
            "the ncnn model has no .param file", seen=[f"{path}: {error.strerror}"]
        ) from error
    except UnicodeDecodeError as error:
        raise _error(0, f"not UTF-8 at byte {error.start}") from error
    return parse_param(text)


def parse_param(text: str) -> Network:
    """Parse and validate the text of a .param file.

    Raises:
        ConversionError: It is not a valid description; the line and the reason are told.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    if lines[0].strip() != MAGIC:
        raise _error(1, f"{lines[0][:40]!r} instead of the magic number {MAGIC}")
    layer_count, blob_count = _counts(lines[1] if len(lines) > 1 else "")
    body = [(number, line) for number, line in enumerate(lines[2:], 3) if line.strip()]
    if len(body) != layer_count:
        raise _error(2, f"{layer_count} layers announced, {len(body)} found")
    layers = tuple(_layer(line, number) for number, line in body)
    _check_blobs(layers, blob_count)
    return Network(layers)


def format_param(network: Network) -> str:
    """Return the text of a .param file, in pnnx's columns."""
    blobs = sum(len(layer.outputs) for layer in network.layers)
    return "\n".join([MAGIC, f"{len(network.layers)} {blobs}", *map(_format, network.layers), ""])


def _format(layer: Layer) -> str:
    counts = f"{len(layer.inputs)} {len(layer.outputs)}"
    values = (f"{key}={value}" for key, value in layer.parameters)
    words = (counts, *layer.inputs, *layer.outputs, *values)
    return f"{layer.type:<24} {layer.name:<24} {' '.join(words)}"


def _counts(line: str) -> tuple[int, int]:
    words = line.split()
    if len(words) != 2 or not all(re.fullmatch(r"[0-9]{1,7}", word) for word in words):
        raise _error(2, f"{line[:40]!r} instead of the numbers of layers and blobs")
    layer_count, blob_count = map(int, words)
    if not layer_count or not blob_count:
        raise _error(2, "no layers or no blobs")
    return layer_count, blob_count


def _layer(line: str, number: int) -> Layer:
    words = line.split(maxsplit=4)
    if len(words) < 4 or not all(re.fullmatch(r"[0-9]{1,5}", word) for word in words[2:4]):
        raise _error(number, f"{line[:60]!r} is not a layer")
    inputs, outputs = int(words[2]), int(words[3])
    parts = words[4].split(maxsplit=inputs + outputs) if len(words) > 4 else []
    blobs = parts[: inputs + outputs]
    if len(blobs) != inputs + outputs:
        raise _error(number, f"{inputs + outputs} blobs announced, {len(blobs)} found")
    for name in (*words[:2], *blobs):
        if len(name.encode()) > _MAX_NAME_BYTES:
            raise _error(number, f"a name of {len(name.encode())} bytes")
    rest = parts[inputs + outputs] if len(parts) > inputs + outputs else ""
    return Layer(
        words[0], words[1], tuple(blobs[:inputs]), tuple(blobs[inputs:]), _values(rest, number)
    )


def _values(text: str, number: int) -> tuple[tuple[int, str], ...]:
    if not _PARAMETERS.fullmatch(" " + text):
        raise _error(number, f"{text[:60]!r} are not parameters")
    return tuple((int(key), value) for key, value in _PARAMETER.findall(text))


def _check_blobs(layers: tuple[Layer, ...], blob_count: int) -> None:
    """A blob is made once and before it is used, and there are as many as announced.

    ncnn itself reserves as many as announced and does not look at the other two rules.
    """
    made: set[str] = set()
    for layer in layers:
        for blob in layer.inputs:
            if blob not in made:
                raise _error(0, f"layer {layer.name!r} uses {blob!r} before it is made")
        for blob in layer.outputs:
            if blob in made:
                raise _error(0, f"layer {layer.name!r} makes {blob!r} a second time")
            made.add(blob)
    if len(made) != blob_count:
        raise _error(2, f"{blob_count} blobs announced, {len(made)} found")


def _error(line: int, reason: str) -> ConversionError:
    where = f"line {line}: " if line else ""
    return ConversionError("the ncnn .param file is damaged", seen=[f"{where}{reason}"])

"""Inputs and expected outputs as files that the generated tests read on a phone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mobilegen.arrays import Array
from mobilegen.artifacts import Answer, Graph, TensorSpec
from mobilegen.graph.samples import Sample, read_samples
from mobilegen.images.preprocess import read_image

FACTS = "golden.json"
# A photograph of more pixels would make the test app too large; its input is still compared.
_MOST_PIXELS = 4_000_000


def write_golden(
    graph: Graph, images: Sequence[Path], answers: Sequence[Answer], limit: float, folder: Path
) -> None:
    """Write golden.json and, beside it, the arrays and pixels that it names.

    Arrays have little-endian elements of their types, outermost axis first; pixels are red,
    green and blue, row by row. After the samples of the images comes one that was made.

    Args:
        images: The images that the first samples of the reference come from.
        answers: The best class of each image, or nothing for a model without labels.
        limit: Largest allowed max |difference| / max |expected|.
    """
    folder.mkdir(parents=True, exist_ok=True)
    samples = read_samples(graph.samples)[: len(images) + 1]
    facts = [_write_sample(graph, sample, i, folder) for i, sample in enumerate(samples)]
    for index, path in enumerate(images):
        facts[index] |= {"name": path.name, **_write_pixels(path, index, folder)}
    for fact, answer in zip(facts, answers, strict=False):
        # Without the pixels there is nothing to name.
        if "pixels" in fact:
            fact |= {"label": answer.label, "probability": answer.probability}
    text = json.dumps({"limit": limit, "samples": facts}, indent=1, ensure_ascii=False)
    (folder / FACTS).write_text(text + "\n", encoding="utf-8", newline="\n")


def _write_sample(graph: Graph, sample: Sample, index: int, folder: Path) -> dict[str, Any]:
    inputs = [sample.inputs[spec.name] for spec in graph.inputs]
    outputs = [sample.outputs[spec.name] for spec in graph.outputs]
    return {
        "name": f"sample {index}",
        "inputs": _write(f"{index}.in", graph.inputs, inputs, folder),
        "outputs": _write(f"{index}.out", graph.outputs, outputs, folder),
    }


def _write(
    name: str, specs: Sequence[TensorSpec], arrays: Sequence[Array], folder: Path
) -> list[str]:
    names = [f"{name}.{number}" for number in range(len(specs))]
    for path, spec, array in zip(names, specs, arrays, strict=True):
        layout = np.dtype(spec.dtype).newbyteorder("<")
        (folder / path).write_bytes(np.ascontiguousarray(array, layout).tobytes())
    return names


def _write_pixels(image: Path, index: int, folder: Path) -> dict[str, Any]:
    pixels = np.asarray(read_image(image), np.uint8)
    height, width = pixels.shape[:2]
    if height * width > _MOST_PIXELS:
        return {}
    path = folder / f"{index}.rgb"
    path.write_bytes(pixels.tobytes())
    return {"pixels": path.name, "width": width, "height": height}

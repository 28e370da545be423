"""Digests of what TensorFlow's own tf.image.resize gives, to compare with where it is not at hand.

Where TensorFlow is installed, `python tests/golden/tensorflow_resize.py` writes them again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

GOLDEN = Path(__file__).with_suffix(".json")
COUNT = 200


def make_pixels(seed: int, size: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """Return an image of pseudo-random bytes that every numpy makes alike."""
    places = np.arange(3 * size[0] * size[1], dtype=np.uint64) + np.uint64(1000003 * seed + 1)
    mixed = places * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
    return (mixed >> np.uint64(56)).astype(np.uint8).reshape(size[1], size[0], 3)


def golden_cases() -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Yield the size of the image and of the result, width first."""
    for i in range(COUNT):
        a, b, c, d = ((i * factor) % 113 + 1 for factor in (37, 59, 83, 101))
        yield (a, b), (c, d)


def main() -> None:
    import tensorflow as tf  # type: ignore

    digests = []
    for i, (source, size) in enumerate(golden_cases()):
        made = tf.image.resize(
            make_pixels(i, source), (size[1], size[0]), method="bilinear", antialias=False
        )
        data = np.asarray(made.numpy(), "<f4").tobytes()
        digests.append(hashlib.sha256(data).hexdigest())
    content = {"tensorflow": tf.__version__, "sha256": digests}
    GOLDEN.write_text(json.dumps(content, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()

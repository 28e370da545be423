"""Scores become labels with probabilities."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mobilegen.artifacts import Scores
from mobilegen.errors import ConfigError

# Controls, and separators of lines and paragraphs.
_UNSEEN = ("Cc", "Zl", "Zp")
_DIRECTIONS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@dataclass(frozen=True)
class Prediction:
    """A class with its probability, 0..1."""

    index: int
    label: str
    probability: float


def read_labels(path: Path, classes: int) -> tuple[str, ...]:
    """Read one class name per line and check that there is one for every class.

    Raises:
        ConfigError: The file is missing, not text, has another number of names, or a name with
            characters that do something instead of being seen.
    """
    try:
        # Not splitlines, which would take a form feed or U+2028 inside of a name for its end.
        lines = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n").split("\n")
    except FileNotFoundError:
        raise ConfigError(f"the label file {path} does not exist") from None
    except (UnicodeDecodeError, OSError) as error:
        raise ConfigError(f"the label file {path} is not UTF-8 text", seen=[str(error)]) from error
    while lines and not lines[-1].strip():
        lines.pop()
    if len(lines) != classes:
        raise ConfigError(
            f"{path.name} does not fit the model",
            seen=[f"{len(lines)} labels, but the model has {classes} classes"],
            hint="give a file with one class name per line, in the order of the model's output",
        )
    labels = tuple(line.strip() for line in lines)
    _refuse_controls(labels, path)
    return labels


def _refuse_controls(labels: tuple[str, ...], path: Path) -> None:
    """What turns the direction of text or moves a cursor would do so on every screen."""
    for number, label in enumerate(labels, 1):
        wrong = [c for c in label if unicodedata.category(c) in _UNSEEN or c in _DIRECTIONS]
        if wrong:
            raise ConfigError(
                f"{path.name} has a label with a character that cannot be shown",
                seen=[f"line {number}: U+{ord(wrong[0]):04X} in {label[:60]!a}"],
                hint="remove it; a label is one line of text",
            )


def probabilities(scores: NDArray[np.float32], kind: Scores) -> NDArray[np.float64]:
    """Return the probability of each class: softmax of logits, or the scores themselves."""
    flat = scores.astype(np.float64).ravel()
    if kind == "probabilities":
        return flat
    powers: NDArray[np.float64] = np.exp(flat - flat.max())
    return np.asarray(powers / powers.sum())


def top_predictions(
    scores: NDArray[np.float32], labels: tuple[str, ...], count: int = 5, *, kind: Scores
) -> tuple[Prediction, ...]:
    """Return the `count` most probable classes, best first; ties go to the lower index."""
    chances = probabilities(scores, kind)
    order = np.argsort(-chances, kind="stable")[:count]
    return tuple(
        Prediction(int(i), labels[i] if labels else f"class {i}", float(chances[i])) for i in order
    )

"""Scores become labels with probabilities."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mobilegen.artifacts import Scores
from mobilegen.errors import ConfigError


@dataclass(frozen=True)
class Prediction:
    """A class with its probability, 0..1."""

    index: int
    label: str
    probability: float


def read_labels(path: Path, classes: int) -> tuple[str, ...]:
    """Read one class name per line and check that there is one for every class.

    Raises:
        ConfigError: The file is missing, not text, or has another number of names.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
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
    return tuple(line.strip() for line in lines)


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

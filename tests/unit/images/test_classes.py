from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mobilegen.errors import ConfigError
from mobilegen.images.classes import probabilities, read_labels, top_predictions


def test_logits_become_probabilities() -> None:
    chances = probabilities(np.float32([[0.0, np.log(3.0)]]), "logits")
    np.testing.assert_allclose(chances, [0.25, 0.75], rtol=1e-6)


def test_large_logits_do_not_overflow() -> None:
    np.testing.assert_allclose(probabilities(np.float32([1000.0, 0.0]), "logits"), [1.0, 0.0])


def test_probabilities_stay_as_they_are() -> None:
    scores = np.float32([0.25, 0.5])
    np.testing.assert_array_equal(probabilities(scores, "probabilities"), [0.25, 0.5])


def test_logits_may_look_like_a_distribution() -> None:
    np.testing.assert_array_equal(
        probabilities(np.float32([0.5, 0.5, 0.0]), "logits").round(3), [0.384, 0.384, 0.233]
    )


def test_top_is_best_first_and_stable() -> None:
    best = top_predictions(np.float32([1.0, 2.0, 2.0]), ("a", "b", "c"), 2, kind="logits")
    assert [(each.index, each.label) for each in best] == [(1, "b"), (2, "c")]


def test_labels_with_mark_and_empty_end(tmp_path: Path) -> None:
    path = tmp_path / "labels.txt"
    path.write_bytes(b"\xef\xbb\xbfcat\r\n\xe7\x8a\xac\r\n\r\n")
    assert read_labels(path, 2) == ("cat", "犬")


@pytest.mark.parametrize("content", [b"a\n", b"a\nb\nc\n", b"\xff\xfe\x00", b""])
def test_labels_that_do_not_fit(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "labels.txt"
    path.write_bytes(content)
    with pytest.raises(ConfigError):
        read_labels(path, 2)


def test_missing_labels(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="does not exist"):
        read_labels(tmp_path / "none.txt", 2)


@pytest.mark.parametrize(
    "unseen", ["\0", "\x0c", "\u202e", "\u2066", "\x1b", "\u2028", "\x85", "\r"]
)
def test_characters_that_are_not_seen_are_refused(tmp_path: Path, unseen: str) -> None:
    """A form feed would make two labels of one, for a reader that takes it for a line's end."""
    path = tmp_path / "labels.txt"
    path.write_text(f"cat\nb{unseen}ird\n", "utf-8", newline="")
    with pytest.raises(ConfigError) as caught:
        read_labels(path, 2)
    assert f"line 2: U+{ord(unseen):04X}" in str(caught.value)


def test_joined_letters_are_text(tmp_path: Path) -> None:
    path = tmp_path / "labels.txt"
    path.write_text("👩\u200d🔬\nनि\u200dर\n", "utf-8")
    assert len(read_labels(path, 2)) == 2

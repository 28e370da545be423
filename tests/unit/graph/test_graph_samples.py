from __future__ import annotations

import time
import tracemalloc
from pathlib import Path

import models
import numpy as np
import pytest

from mobilegen.arrays import read_npz, write_npz
from mobilegen.artifacts import TensorSpec
from mobilegen.errors import ConfigError, ModelError
from mobilegen.graph import reference
from mobilegen.graph.samples import (
    CheckImage,
    Kind,
    Sample,
    for_libraries,
    integer_limits,
    make_inputs,
    read_samples,
    require_fitting,
    samples_from_file,
    write_samples,
)

IMAGE = TensorSpec("image", (1, 3, 40, 60))
SPECS = (IMAGE, TensorSpec("words", (1, 50), "int64"))


def test_npz_has_the_same_bytes_at_any_time(tmp_path: Path) -> None:
    arrays = {"b/é": np.arange(6.0).reshape(2, 3).T, "a": np.array(3, np.int64)}
    first = write_npz(tmp_path / "1.npz", arrays).read_bytes()
    time.sleep(2.1)  # The clock of zip entries has a step of two seconds.
    second = write_npz(tmp_path / "2.npz", dict(reversed(arrays.items()))).read_bytes()
    assert first == second


def test_npz_is_what_numpy_reads(tmp_path: Path) -> None:
    arrays = {"0/in/a:0": np.ones((2, 0, 3), np.float16), "x.npy": np.array([True])}
    path = write_npz(tmp_path / "a.npz", arrays)
    with np.load(path) as archive:
        assert set(archive.files) == set(arrays)
    for name, array in read_npz(path).items():
        np.testing.assert_array_equal(array, arrays[name], strict=True)


def test_pickles_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", a=np.array([object()], dtype=object))
    with pytest.raises(ValueError, match="pickle"):
        read_npz(tmp_path / "a.npz")


def test_samples_come_back_in_order(tmp_path: Path) -> None:
    samples = [Sample({"x": np.full(2, i)}, {"y/z": np.full(3, -i)}) for i in range(12)]
    back = read_samples(write_samples(tmp_path / "s.npz", samples))
    assert [int(sample.inputs["x"][0]) for sample in back] == list(range(12))
    assert int(back[11].outputs["y/z"][0]) == -11


def test_a_sample_keeps_the_image_that_it_was_made_from(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (5, 4, 3), np.uint8)
    samples = [
        Sample({"x": np.zeros(2)}, image=CheckImage("ä b.png", pixels)),
        Sample({"x": np.zeros(2)}),
    ]
    one, two = read_samples(write_samples(tmp_path / "s.npz", samples))
    assert one.image is not None
    assert one.image.name == "ä b.png"
    np.testing.assert_array_equal(one.image.pixels, pixels, strict=True)
    assert two.image is None


@pytest.mark.parametrize(
    "arrays",
    [
        {"0/pixels": np.zeros((2, 2, 4), np.uint8), "0/image": np.array("a")},
        {"0/pixels": np.zeros((2, 2, 3), np.float32), "0/image": np.array("a")},
        {"0/pixels": np.zeros((0, 2, 3), np.uint8), "0/image": np.array("a")},
        {"0/pixels": np.zeros((2, 2, 3), np.uint8), "0/image": np.array(1)},
        {"0/pixels": np.zeros((2, 2, 3), np.uint8)},
        {"x": np.zeros(1)},
        {},
    ],
)
def test_damaged_samples_are_refused(arrays: dict[str, np.ndarray], tmp_path: Path) -> None:
    with pytest.raises(ValueError):
        read_samples(write_npz(tmp_path / "s.npz", arrays))


def test_made_images_are_smooth_bounded_and_repeatable() -> None:
    image = make_inputs([IMAGE], 0)["image"]
    assert image.dtype == np.float32
    assert image.shape == IMAGE.shape
    assert np.abs(image).max() <= 1.0
    assert image.std() > 0.2
    steps = np.abs(np.diff(image, axis=-1)).mean()
    shuffled = np.random.default_rng(0).permutation(image.ravel()).reshape(image.shape)
    assert steps < 0.6 * np.abs(np.diff(shuffled, axis=-1)).mean()
    np.testing.assert_array_equal(image, make_inputs([IMAGE], 0)["image"])
    assert np.abs(image - make_inputs([IMAGE], 1)["image"]).max() > 0.5


def test_a_sample_takes_few_times_its_size_to_make() -> None:
    spec = TensorSpec("x", (1, 3, 700, 1000))
    tracemalloc.start()
    try:
        made = make_inputs([spec], 0)["x"]
        assert tracemalloc.get_traced_memory()[1] < 4.5 * made.nbytes
    finally:
        tracemalloc.stop()


def test_every_value_of_an_image_is_its_own() -> None:
    image = make_inputs([IMAGE], 0)["image"]
    assert np.unique(image).size > 0.99 * image.size


@pytest.mark.parametrize("dtype", ["float16", "float64", "uint8", "int8", "bool", "int32"])
def test_made_inputs_have_their_element_type(dtype: str) -> None:
    array = make_inputs([TensorSpec("x", (1, 30, 30), dtype)], 0)["x"]
    assert str(array.dtype) == dtype
    assert array.min() != array.max()
    if dtype == "uint8":
        assert array.max() - array.min() > 150


def test_scalar_input() -> None:
    assert make_inputs([TensorSpec("x", ())], 0)["x"].shape == ()


def test_word_numbers_stay_inside_their_table() -> None:
    limits = integer_limits(models.embedding())
    assert limits == {"words": 11}
    words = make_inputs(SPECS, 0, limits)["words"]
    assert 0 <= words.min() <= words.max() == 10
    assert make_inputs(SPECS, 0)["words"].max() == 1


def test_samples_of_a_file(tmp_path: Path) -> None:
    made = [make_inputs(SPECS, seed) for seed in range(2)]
    arrays = {
        f"{i}/in/{n}" if i else f"{i}/{n}": a for i, s in enumerate(made) for n, a in s.items()
    }
    found = samples_from_file(write_npz(tmp_path / "s.npz", arrays))(SPECS)
    require_fitting(SPECS, [sample.inputs for sample in found])
    for sample, wanted in zip(found, made, strict=True):
        np.testing.assert_array_equal(sample.inputs["image"], wanted["image"])


def test_file_that_is_no_npz(tmp_path: Path) -> None:
    (tmp_path / "s.npz").write_text("hello")
    with pytest.raises(ConfigError, match="cannot be read"):
        samples_from_file(tmp_path / "s.npz")(SPECS)
    with pytest.raises(ConfigError, match="cannot be read"):
        samples_from_file(tmp_path / "none.npz")(SPECS)


@pytest.mark.parametrize(
    ("array", "word"),
    [
        (None, "no array"),
        (np.zeros((1, 3, 40, 61), np.float32), "does not fit"),
        (np.zeros((1, 3, 40, 60)), "does not fit"),
        (np.full((1, 3, 40, 60), np.nan, np.float32), "NaN"),
    ],
)
def test_samples_that_do_not_fit(array: np.ndarray | None, word: str) -> None:
    sample = {} if array is None else {"image": array}
    with pytest.raises(ConfigError, match=word):
        require_fitting([IMAGE], [make_inputs([IMAGE], 0), sample])


def test_answers_must_be_finite_numbers() -> None:
    reference.require_finite([{"y": np.ones(3)}])
    for bad in (np.array([1.0, np.inf]), np.zeros((0, 4)), np.array(["a"])):
        with pytest.raises(ModelError, match="'y'"):
            reference.require_finite([{"y": bad}])


def test_answers_must_repeat() -> None:
    one = {"y": np.ones(3)}
    reference.require_repeatable(one, {"y": np.ones(3)})
    for other in (np.array([1.0, 1.0, 1.0 + 1e-15]), np.ones((3, 1))):
        with pytest.raises(ModelError, match="same answer twice"):
            reference.require_repeatable(one, {"y": other})


def test_shapes_must_not_depend_on_values() -> None:
    reference.require_same_shapes([{"y": np.ones(3)}, {"y": np.zeros(3)}])
    with pytest.raises(ModelError, match="depends on the data"):
        reference.require_same_shapes([{"y": np.ones(3)}, {"y": np.zeros(4)}])


def test_variation_is_what_a_comparison_of_the_answers_shows() -> None:
    low, high = np.array([4.0, -8.0]), np.array([4.0, -7.0])
    assert reference.variation([{"y": low}, {"y": high}]) == {"y": 1 / 8}
    assert reference.variation([{"y": low}, {"y": low}]) == {"y": 0.0}
    assert reference.variation([{"y": low * 0}, {"y": low * 0}]) == {"y": 0.0}
    two = [{"y": low, "z": low}, {"y": low, "z": high}, {"y": low, "z": low}]
    assert reference.variation(two) == {"y": 0.0, "z": 1 / 8}
    assert reference.variation([{"y": np.array([3])}, {"y": np.array([1])}]) == {"y": 2.0}


def test_small_scores_beside_large_boxes_vary() -> None:
    boxes, scores = np.full((1, 1, 400), 640.0), np.linspace(0.0, 0.9, 400).reshape(1, 1, 400)
    one, other = (np.concatenate([boxes, each], 1) for each in (scores, scores[..., ::-1]))
    assert np.abs(one - other).max() / np.abs(one).max() < 1e-2
    assert reference.variation([{"y": one}, {"y": other}])["y"] > 1e-2


@pytest.mark.parametrize(("kind", "low", "high"), [("whole", -8, 8), ("pixels", 0, 255)])
def test_whole_numbers(kind: Kind, low: int, high: int) -> None:
    made = make_inputs([IMAGE, SPECS[1]], 0, {"words": 7}, kind)
    image = made["image"]
    assert image.dtype == np.float32
    np.testing.assert_array_equal(image, np.rint(image))
    assert low <= image.min() < low + (high - low) / 4
    assert high >= image.max() > high - (high - low) / 4
    assert made["words"].max() == 6
    assert make_inputs([SPECS[1]], 0, kind=kind)["words"].max() > 6


def test_libraries_run_on_images_and_few_others() -> None:
    number = Sample({})
    image = Sample({}, image=CheckImage("a", np.zeros((1, 1, 3), np.uint8)))
    assert for_libraries([number]) == (0,)
    assert for_libraries([number] * 5) == (0, 1)
    assert for_libraries([image, number, number]) == (0, 1)
    assert for_libraries([image, image, image, number, number]) == (0, 1, 2, 3)


def test_flat_outputs_are_found() -> None:
    flat, other = np.full((2, 2), 0.5), np.array([[0.5, 0.5], [0.5, 0.6]])
    assert reference.flat_outputs([{"y": flat}, {"y": flat}]) == ("y",)
    assert reference.flat_outputs([{"y": flat}, {"y": other}]) == ()
    assert reference.flat_outputs([{"y": np.array([3])}, {"y": np.array([3])}]) == ()


def test_a_single_array_is_no_npz(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.zeros(3))
    with pytest.raises(ValueError, match="a single array"):
        read_npz(tmp_path / "a.npy")


def test_file_without_samples(tmp_path: Path) -> None:
    path = write_npz(tmp_path / "s.npz", {"image": np.zeros(3)})
    with pytest.raises(ConfigError, match="no samples") as caught:
        samples_from_file(path)(SPECS)
    assert "0/<input>" in caught.value.hint

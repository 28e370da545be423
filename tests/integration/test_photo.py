"""The main job on the real classifier, for every ABI: what the README promises."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from PIL import Image
from program import PHOTO, fail, succeed

from mobilegen import errors

ABIS = ("armeabi-v7a", "arm64-v8a", "x86_64", "x86")
PLACES = ("--host", *ABIS)
ESPRESSO = 967


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The finished build of samples/photo for all ABIs."""
    out = tmp_path_factory.mktemp("photo") / "out"
    succeed("build", PHOTO, "--runtime", "ncnn", "--abi", "all", "--out", out, "--require-proof")
    return out


@pytest.fixture(scope="module")
def reference() -> np.ndarray[Any, Any]:
    """onnxruntime's logits for the coffee photograph, prepared with Pillow and numpy alone."""
    image = Image.open(PHOTO / "coffee.png").convert("RGB")
    side = 0.875 * min(image.size)
    left, top = (image.width - side) / 2, (image.height - side) / 2
    box = (left, top, left + side, top + side)
    pixels = np.asarray(image.resize((224, 224), Image.Resampling.BICUBIC, box=box), np.float32)
    x = ((pixels - 127) / 128).transpose(2, 0, 1)[None]
    session = onnxruntime.InferenceSession(str(PHOTO / "efficientnet_lite0.onnx"))
    return np.asarray(session.run(None, {"input": x})[0])


def softmax(logits: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    powers = np.exp(logits.ravel().astype(np.float64) - logits.max())
    return np.asarray(powers / powers.sum())


def where(place: str) -> list[str]:
    return ["--host"] if place == "--host" else ["--abi", place]


def run_coffee(out: Path, place: str, tmp_path: Path) -> tuple[str, np.ndarray[Any, Any]]:
    """Run the photograph in one place; return what is printed, and the raw output."""
    path = tmp_path / "logits.npz"
    text = succeed("run", out, "--image", PHOTO / "coffee.png", *where(place), "--output", path)
    return text, np.asarray(np.load(path)["logits"])


@pytest.mark.parametrize("place", PLACES)
def test_coffee_is_espresso_everywhere(
    photo: Path, reference: np.ndarray[Any, Any], place: str, tmp_path: Path
) -> None:
    text, seen = run_coffee(photo, place, tmp_path)
    assert text.startswith("0.9511  espresso\n")
    assert (" ms, emulite" in text) == place.startswith("arm")
    assert seen.shape == (1, 1000)
    assert np.abs(seen - reference).max() <= 1e-4 * np.abs(reference).max()
    assert int(seen.argmax()) == ESPRESSO
    assert abs(softmax(seen)[ESPRESSO] - softmax(reference)[ESPRESSO]) <= 1e-3


def test_arrays_in_and_out(photo: Path, tmp_path: Path) -> None:
    stored = np.load(photo / "model" / "reference.npz")
    np.savez(tmp_path / "in.npz", input=stored["1/in/input"])
    succeed("run", photo, "--input", tmp_path / "in.npz", "--output", tmp_path / "out.npz")
    seen, wanted = np.load(tmp_path / "out.npz")["logits"], stored["1/out/logits"]
    assert np.abs(seen - wanted).max() <= 1e-4 * np.abs(wanted).max()


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"data": np.zeros((1, 3, 224, 224), np.float32)}, "inputs: input"),
        ({"input": np.zeros((1, 3, 10, 10), np.float32)}, "1x3x224x224"),
        ({"input": np.array(["x"])}, "does not fit"),
    ],
)
def test_arrays_that_do_not_fit(
    photo: Path, tmp_path: Path, arrays: dict[str, Any], words: str
) -> None:
    np.savez(tmp_path / "in.npz", **arrays)
    assert words in fail(errors.UsageError.exit_code, "run", photo, "--input", tmp_path / "in.npz")


def test_verify_passes(photo: Path) -> None:
    checks = json.loads(succeed("verify", photo, "--json", "--require-proof"))
    assert {check["status"] for check in checks} == {"pass"}
    for abi in ABIS:
        assert [c["id"] for c in checks if c["id"].startswith(f"{abi}.parity")]


def test_report_lists_what_is_there(photo: Path) -> None:
    report = json.loads((photo / "build.json").read_text())
    listed = {file["path"] for file in report["files"]}
    there = {p.relative_to(photo).as_posix() for p in photo.rglob("*") if p.is_file()}
    project = {path for path in there if path.startswith("android/")}
    assert len(project) == report["projects"][0]["files"] + 1  # The record of what was generated.
    assert {path for path in there - project if not path.startswith(".mobilegen")} == {
        *listed,
        "build.json",
        "report.html",
    }
    assert {f"lib/{abi}/libphoto.so" for abi in ABIS} <= listed


def test_fp16_halves_the_model(
    photo: Path, reference: np.ndarray[Any, Any], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    succeed("build", PHOTO, "--abi", "arm64-v8a", "--precision", "fp16", "--out", out)
    sizes = [(folder / "model" / "model.bin").stat().st_size for folder in (out, photo)]
    assert sizes[0] < 0.51 * sizes[1]
    _, seen = run_coffee(out, "arm64-v8a", tmp_path)
    error = np.abs(seen - reference).max() / np.abs(reference).max()
    assert 1e-5 < error <= 1e-2
    assert int(seen.argmax()) == ESPRESSO

"""The compiled preprocessing is proved on every ABI: from the pixels of a check image on."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import models
import numpy as np
import onnx
import pytest
from PIL import Image
from program import fail, succeed

from mobilegen import errors
from mobilegen.pipeline.result import open_result
from mobilegen.pipeline.verify import verify_result
from mobilegen.serialize import to_jsonable

ABIS = ("armeabi-v7a", "arm64-v8a", "x86_64", "x86")
SIZE = 24
CLASSES = 10
RULE = {
    "resize": "pillow-bicubic",
    "crop": "center",
    "crop_fraction": 0.875,
    "mean": [127, 127, 127],
    "std": [128, 128, 128],
}
OTHER_RULES: dict[str, dict[str, Any]] = {
    "one grey level": {"mean": [127, 126, 127]},
    "another filter": {"resize": "pillow-bilinear"},
}


def network(*, outputs: tuple[str, ...] = ("scores",), last: str = "") -> onnx.ModelProto:
    """A net for photographs; each output has scores of its own, after the operator `last`."""
    net = models.Net(seed=3)
    x = net.op("Flatten", net.op("GlobalAveragePool", net.relu(net.conv("image", 3, 8))), axis=1)
    for output in outputs:
        weights = net.const(net.random.normal(0.0, 1.0, (8, CLASSES)))
        if last:
            net.op(last, net.op("MatMul", x, weights), output=output)
        else:
            net.op("MatMul", x, weights, output=output)
    return net.model({"image": [1, 3, SIZE, SIZE]}, {output: [1, CLASSES] for output in outputs})


def make_project(folder: Path, model: onnx.ModelProto, rule: dict[str, Any], **more: str) -> Path:
    """Write a model, its settings and two check images, one of them to be turned."""
    folder.mkdir()
    models.save(model, folder / "net.onnx")
    pixels = np.random.default_rng(0).integers(0, 256, (33, 61, 3), np.uint8)
    Image.fromarray(pixels).save(folder / "noise.png")
    exif = Image.Exif()
    exif[0x0112] = 6
    small = Image.fromarray(pixels[:17, :40])
    small.save(folder / "turned.jpg", exif=exif)
    settings = {
        "model": "net.onnx",
        "name": "net",
        "preprocess": {**RULE, **rule},
        "check_images": ["noise.png", "turned.jpg"],
        **more,
    }
    (folder / "mobilegen.yml").write_text(json.dumps(settings))
    (folder / "labels.txt").write_text("".join(f"class {i}\n" for i in range(CLASSES)))
    return folder


def build(
    folder: Path, *options: str, abis: tuple[str, ...] = ("all",)
) -> dict[str, dict[str, Any]]:
    """Build and return the checks by their names."""
    chosen = [word for abi in abis for word in ("--abi", abi)]
    report = json.loads(succeed("build", folder, *chosen, "--json", *options))
    return {check["id"]: check for check in report["checks"]}


def verify(result: Path) -> dict[str, dict[str, Any]]:
    """Return the checks by their names, whatever their outcome."""
    return {check.id: to_jsonable(check) for check in verify_result(open_result(result))}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("proof") / "right"
    return make_project(folder, network(), {}, labels="labels.txt")


@pytest.fixture(scope="module")
def checks(project: Path) -> dict[str, dict[str, Any]]:
    return build(project, "--require-proof")


@pytest.mark.parametrize("abi", ABIS)
@pytest.mark.parametrize("image", [0, 1])
def test_every_library_is_proved_from_the_pixels_on(
    checks: dict[str, dict[str, Any]], abi: str, image: int
) -> None:
    pixels, best = checks[f"{abi}.pixels.{image}"], checks[f"{abi}.class.{image}"]
    assert (pixels["status"], pixels["measured"], pixels["limit"]) == ("pass", 0, 0)
    assert ("noise.png", "turned.jpg")[image] in pixels["title"]
    assert (best["status"], best["limit"]) == ("pass", 1e-3)


def test_verify_proves_it_from_the_files_of_the_result(
    project: Path, checks: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    result = shutil.copytree(project / "build" / "model", tmp_path / "model").parent
    shutil.copytree(project / "build" / "lib", result / "lib")
    for name in ("build.json", "report.html"):
        shutil.copy(project / "build" / name, result)
    succeed("verify", result, "--require-proof")
    again = verify(result)
    ids = {name for name in checks if ".pixels." in name or ".class." in name}
    assert len(ids) == 4 * len(ABIS)
    assert {again[name]["status"] for name in ids} == {"pass"}


def test_damaged_weights_fail_in_every_place(
    project: Path, checks: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    """The negative control: wrong weights must be seen on the host and refused by every library."""
    out = shutil.copytree(
        project / "build", tmp_path / "out", ignore=shutil.ignore_patterns(".mobilegen")
    )
    weights = out / "model" / "model.bin"
    data = bytearray(weights.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 64] = bytes(64)
    weights.write_bytes(data)
    text = fail(errors.VerificationError.exit_code, "verify", out)
    assert "model/model.bin" in text
    assert "  host.parity.0: " in text, text
    for abi in ABIS:
        assert f"  {abi}.run: " in text, text


def test_wrong_reference_fails_in_every_place(
    project: Path, checks: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    """The negative control of the comparison: other numbers than the library's must be seen."""
    out = shutil.copytree(
        project / "build", tmp_path / "out", ignore=shutil.ignore_patterns(".mobilegen")
    )
    reference = out / "model" / "reference.npz"
    with np.load(reference) as stored:
        arrays = {name: stored[name].copy() for name in stored.files}
    arrays["0/out/scores"][0, 5] *= 1.5
    np.savez(reference, **arrays)
    text = fail(errors.VerificationError.exit_code, "verify", out)
    for place in ("host", *ABIS):
        assert f"  {place}.parity.0: " in text, text


@pytest.mark.parametrize("name", OTHER_RULES)
def test_another_rule_is_found_in_every_library(
    name: str, project: Path, checks: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    """The negative control: numbers go through such a library as they should, images do not."""
    other = make_project(tmp_path / "other", network(), OTHER_RULES[name], labels="labels.txt")
    build(other)
    result = shutil.copytree(project / "build", tmp_path / "result")
    shutil.rmtree(result / "lib")
    shutil.copytree(other / "build" / "lib", result / "lib")
    seen = verify(result)
    for abi in ABIS:
        assert seen[f"{abi}.parity.0"]["status"] == "pass"
        for image in (0, 1):
            assert seen[f"{abi}.pixels.{image}"]["status"] == "fail"
    if name == "one grey level":
        assert seen["x86.pixels.0"]["measured"] == SIZE * SIZE
        largest = seen["x86.pixels.0"]["detail"].rsplit(" ", 1)[1]
        assert float(largest) == pytest.approx(1 / 128, rel=1e-3)
    text = fail(errors.VerificationError.exit_code, "verify", result, "--abi", "x86")
    assert "  x86.pixels.0: noise.png" in text


@pytest.mark.parametrize("last", ["Sigmoid", "Softmax"])
def test_probabilities_are_left_as_they_are(last: str, tmp_path: Path) -> None:
    """A softmax on top of a sigmoid would make every class nearly equally probable."""
    folder = make_project(tmp_path / "net", network(last=last), {}, labels="labels.txt")
    report = json.loads(succeed("build", folder, "--abi", "all", "--json", "--require-proof"))
    with np.load(folder / "build" / "model" / "reference.npz") as stored:
        scores = stored["0/out/scores"].ravel()
    assert report["answers"][0]["probability"] == pytest.approx(float(scores.max()), abs=1e-9)
    details = {c["id"]: c["detail"] for c in report["checks"]}
    for abi in ABIS:
        words = f"class {scores.argmax()} with {scores.max():.4f}"
        assert details[f"{abi}.class.0"].startswith(words)
    text = succeed("run", folder / "build", "--image", folder / "noise.png", "--top-k", "1")
    assert text.startswith(f"{scores.max():.4f}  class {scores.argmax()}\n")


def test_without_labels_the_input_alone_is_compared(tmp_path: Path) -> None:
    seen = build(make_project(tmp_path / "net", network(), {}), "--require-proof")
    for abi in ABIS:
        assert seen[f"{abi}.pixels.1"]["status"] == "pass"
        assert f"{abi}.class.1" not in seen


def test_through_the_c_interface(tmp_path: Path) -> None:
    """Several outputs; the classes are the first one's, which is not the first by its name."""
    model = network(outputs=("scores", "another"))
    seen = build(make_project(tmp_path / "net", model, {}, labels="labels.txt"))
    for abi in ABIS:
        for image in (0, 1):
            assert seen[f"{abi}.pixels.{image}"]["status"] == "pass"
            assert seen[f"{abi}.class.{image}"]["status"] == "pass"


@pytest.mark.parametrize(
    ("outputs", "abis"),
    [(("scores",), ABIS), (("scores", "another"), ("arm64-v8a", "x86"))],
    ids=["natives", "c"],
)
def test_a_model_inside_of_the_library_is_the_one_that_is_proved(
    outputs: tuple[str, ...], abis: tuple[str, ...], tmp_path: Path
) -> None:
    """Its files are for other uses: the library neither needs nor reads them."""
    folder = make_project(tmp_path / "net", network(outputs=outputs), {}, labels="labels.txt")
    report = build(folder, "--embed-model", "--require-proof", abis=abis)
    assert {f"{abi}.class.1" for abi in abis} <= report.keys()
    result = folder / "build"
    for name in ("model.bin", "model.param"):
        (result / "model" / name).write_bytes(b"damaged")
    seen = verify(result)
    assert seen["host.run"]["status"] == seen["files"]["status"] == "fail"
    for abi in abis:
        for kind in ("parity.0", "parity.1", "pixels.0", "class.1"):
            assert seen[f"{abi}.{kind}"]["status"] == "pass"
    text = succeed("run", result, "--abi", abis[-1], "--image", folder / "noise.png")
    assert "class " in text


def test_a_library_without_the_model_is_not_taken_for_one_with(
    project: Path, checks: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    result = shutil.copytree(project / "build", tmp_path / "result")
    report = json.loads((result / "build.json").read_text())
    options = {**report["options"], "embed_model": True}
    (result / "build.json").write_text(json.dumps({**report, "options": options}))
    seen = verify(result)
    for abi in ABIS:
        assert "not compiled into" in seen[f"{abi}.run"]["detail"]


def test_a_reference_without_its_images_is_refused(
    project: Path, checks: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    """Or a result could be made to prove less."""
    result = shutil.copytree(project / "build", tmp_path / "result")
    reference = result / "model" / "reference.npz"
    with np.load(reference) as stored:
        arrays: dict[str, Any] = {n: stored[n] for n in stored.files if n != "1/pixels"}
    np.savez(reference, **arrays)
    assert "turned.jpg" in fail(errors.UsageError.exit_code, "verify", result)

"""A compiled library is held against the source model and against its own runtime here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import models
import numpy as np
import pytest
from android_run import EXECUTORS
from native_models import Converted, build_android, convert

from mobilegen.artifacts import Artifact, Check
from mobilegen.pipeline.proof import verify_library
from mobilegen.platforms.android.jni import bridge_of
from mobilegen.system.files import record, write_bytes

NAMES = {"name": "tiny", "package": "com.example.tiny"}


@pytest.fixture(scope="module")
def half(tmp_path_factory: pytest.TempPathFactory) -> Converted:
    return convert(models.mobilenet(), tmp_path_factory.mktemp("half"), precision="fp16")


def prove(model: Converted, artifact: Artifact, folder: Path) -> dict[str, Check]:
    changed = Converted(artifact, model.samples)
    library = build_android(changed, "x86", folder, **NAMES)
    checks = verify_library(
        library,
        artifact,
        model.samples,
        EXECUTORS["x86"],
        place="x86",
        reference="onnxruntime",
        bridge=bridge_of(NAMES["package"]),
        limit=1e-2,
        classes=False,
    )
    return {check.id: check for check in checks}


def scaled_weights(artifact: Artifact, folder: Path) -> Artifact:
    """The same artifact with the weights of its last layer 0.4 % larger."""
    files = dict(artifact.files)
    for file in files.values():
        write_bytes(folder / file.path, (artifact.folder / file.path).read_bytes())
    weights = folder / files["weights"].path
    data = bytearray(weights.read_bytes())
    # The flag of half precision, then 20 x 64 numbers of the dense layer.
    start = max(i for i in range(0, len(data) - 4, 4) if data[i : i + 4] == b"\x47\x6b\x30\x01")
    block = np.frombuffer(bytes(data[start + 4 : start + 4 + 2 * 1280]), "<f2")
    data[start + 4 : start + 4 + 2 * 1280] = (block * np.float16(1.004)).astype("<f2").tobytes()
    write_bytes(weights, bytes(data))
    files["weights"] = record(weights, folder)
    write_bytes(folder / "answers.npz", (artifact.folder / "answers.npz").read_bytes())
    return replace(artifact, folder=folder, files=tuple(files.items()))


def test_an_undamaged_library_equals_both(half: Converted, tmp_path: Path) -> None:
    checks = prove(half, half.artifact, tmp_path)
    assert {check.status for check in checks.values()} == {"pass"}
    same, parity = checks["x86.same.0"].measured, checks["x86.parity.0"].measured
    assert same is not None and parity is not None
    assert same < 1e-5 < parity, "half precision is far from the source, not from itself"


def test_damage_within_the_precision_fails(half: Converted, tmp_path: Path) -> None:
    damaged = scaled_weights(half.artifact, tmp_path / "damaged")
    checks = prove(half, damaged, tmp_path / "build")
    assert checks["x86.parity.0"].status == "pass", checks["x86.parity.0"]
    assert checks["x86.same.0"].status == "fail"

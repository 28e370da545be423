"""The app of projects with other names and options than the sample's, up to the signed APK."""

from __future__ import annotations

import json
from pathlib import Path

import models
import pytest
from android_project import HOSTILE
from program import succeed

CLASSES = 20
SETTINGS = {
    "model": "net.onnx",
    "labels": "labels.txt",
    "abi": ["x86_64"],
    "preprocess": {"resize": "pillow-bilinear", "mean": [127, 127, 127], "std": [128, 128, 128]},
}
APK = {"apk": True, "apk_route": "embedded"}
HOSTILE_NAMES = {
    "name": "n_1",
    "android": {**APK, "package": "com.exa_mple.größe", "app_name": HOSTILE},
}
ALL_OPTIONS = {
    "name": "everything",
    "abi": ["x86_64", "x86"],
    "precision": "fp16",
    "embed_model": True,
    "android": {
        **APK,
        "package": "org.example.all",
        "application_id": "org.example.all.app",
        "app_name": "Everything",
        "api_level": 24,
        "target_sdk": 35,
        "compile_sdk": 36,
        "version_code": 7,
        "version_name": "2.1-β",
    },
}


def build(folder: Path, options: dict[str, object]) -> dict[str, object]:
    models.save(models.mobilenet(classes=CLASSES), folder / "net.onnx")
    labels = "".join(f"{i} {HOSTILE}\n" for i in range(CLASSES))
    (folder / "labels.txt").write_text(labels, "utf-8")
    # JSON is YAML, too.
    settings = json.dumps({**SETTINGS, **options}, ensure_ascii=False)
    (folder / "mobilegen.yml").write_text(settings, "utf-8")
    report: dict[str, object] = json.loads(succeed("build", folder, "--json"))
    return report


@pytest.mark.parametrize("options", [HOSTILE_NAMES, ALL_OPTIONS], ids=["hostile names", "all"])
def test_apk(tmp_path: Path, options: dict[str, object]) -> None:
    report = build(tmp_path, options)
    checks = report["checks"]
    assert isinstance(checks, list)
    found = {check["id"]: check["status"] for check in checks if check["id"].startswith("apk.")}
    assert len(found) == 7 and set(found.values()) == {"pass"}
    assert (tmp_path / "build" / "apk" / f"{options['name']}.apk").is_file()

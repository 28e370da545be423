"""The Java classes of a library, one by one."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from mobilegen.artifacts import Artifact
from mobilegen.platforms.android.jni import check_package
from mobilegen.platforms.android.rendering import render
from mobilegen.platforms.escapes import Code

CLASSES = (
    "AndroidImages",
    "ImageClassifier",
    "ImageData",
    "ImageRecognition",
    "Model",
)
LABELS_FILE = "labels.txt"
_FOLDER = "sdk/src/main/java/SDK_PACKAGE"


def library_values(
    package: str,
    library: str,
    artifact: Artifact,
    *,
    embedded: bool = False,
    has_labels: bool = False,
) -> dict[str, Any]:
    """Return what the templates of the classes need.

    Args:
        library: Name for System.loadLibrary, and of the folder of assets.
        artifact: Its files are those that the classes look for in a folder.
        embedded: The model is inside of the library.
        has_labels: There are labels among the assets.

    Raises:
        ConfigError: The package name is not valid.
    """
    return {
        "package": Code(check_package(package)),
        "library": library,
        "asset_folder": library,
        "model_files": [file.path for _, file in artifact.files],
        "labels_file": LABELS_FILE,
        "embedded": embedded,
        "has_labels": has_labels and not embedded,
    }


def stored_suffixes(artifact: Artifact) -> list[str]:
    """Return the ends of names of model files, for assets that must not be compressed."""
    names = [PurePosixPath(file.path).name for _, file in artifact.files]
    return list(dict.fromkeys(name.rpartition(".")[2] for name in names))


def java_source(name: str, package: str, library: str, artifact: Artifact) -> str:
    """Return the source of one of `CLASSES`.

    Args:
        library: Name for System.loadLibrary.
        artifact: The model that is opened.

    Raises:
        ConfigError: The package name is not valid.
    """
    values = library_values(package, library, artifact)
    return render(f"{_FOLDER}/{name}.java.j2", values).decode()

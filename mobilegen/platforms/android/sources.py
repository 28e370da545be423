"""The Java classes of a library, one by one."""

from __future__ import annotations

from typing import Any

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
# Of the files beside the library that the classes look for in a folder.
PARAMS_FILE = "model.param"
WEIGHTS_FILE = "model.bin"
LABELS_FILE = "labels.txt"
_FOLDER = "sdk/src/main/java/SDK_PACKAGE"


def library_values(
    package: str, library: str, *, embedded: bool = False, has_labels: bool = False
) -> dict[str, Any]:
    """Return what the templates of the classes need.

    Args:
        library: Name for System.loadLibrary, and of the folder of assets.
        embedded: The model is inside of the library.
        has_labels: There are labels among the assets.

    Raises:
        ConfigError: The package name is not valid.
    """
    return {
        "package": Code(check_package(package)),
        "library": library,
        "asset_folder": library,
        "params_file": PARAMS_FILE,
        "weights_file": WEIGHTS_FILE,
        "labels_file": LABELS_FILE,
        "embedded": embedded,
        "has_labels": has_labels and not embedded,
    }


def java_source(name: str, package: str, library: str) -> str:
    """Return the source of one of `CLASSES`.

    Args:
        library: Name for System.loadLibrary.

    Raises:
        ConfigError: The package name is not valid.
    """
    return render(f"{_FOLDER}/{name}.java.j2", library_values(package, library)).decode()

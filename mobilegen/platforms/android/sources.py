"""Renders the Java classes of a library."""

from __future__ import annotations

import jinja2

from mobilegen.platforms.android.jni import check_package
from mobilegen.resources import templates_dir

CLASSES = ("AndroidImages", "ImageClassifier", "ImageData", "ImageRecognition", "Model")
# Of the files beside the library that the classes look for in a folder.
PARAMS_FILE = "model.param"
WEIGHTS_FILE = "model.bin"
LABELS_FILE = "labels.txt"


def java_source(name: str, package: str, library: str) -> str:
    """Return the source of one of `CLASSES`.

    Args:
        library: Name for System.loadLibrary.

    Raises:
        ConfigError: The package name is not valid.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(templates_dir() / "android"),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,
    )
    return environment.get_template(f"{name}.java.j2").render(
        package=check_package(package),
        library=library,
        params_file=PARAMS_FILE,
        weights_file=WEIGHTS_FILE,
        labels_file=LABELS_FILE,
    )

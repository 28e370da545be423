"""The lines of Python that ask the model, as the end of a build shows them."""

from __future__ import annotations

from mobilegen.config.model import Settings
from mobilegen.platforms.linux.project import module_name


def lines(settings: Settings) -> tuple[str, ...]:
    """Return what to write, when the project is there."""
    asked = "model.predict(inputs)" if settings.preprocess is None else "model.classify(pixels)[0]"
    return (
        f"from {module_name(settings.name)} import Model",
        "with Model(threads=4) as model:",
        f"    print({asked})",
    )

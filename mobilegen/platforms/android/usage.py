"""The lines of an app that ask the model, as the end of a build shows them."""

from __future__ import annotations

from mobilegen.config.model import Settings


def lines(settings: Settings) -> tuple[str, ...]:
    """Return what to write in an app, when the project is there."""
    if settings.preprocess is None:
        return (
            "// not on the main thread",
            "Model model = ImageClassifier.open(context).model();",
            "float[][] outputs = model.predict(inputs);",
            "model.close();",
        )
    return (
        "// not on the main thread",
        "ImageClassifier classifier = ImageClassifier.open(context);",
        "ImageClassifier.Result best = classifier.classify(bitmap, 5).get(0);",
        "classifier.close();",
    )

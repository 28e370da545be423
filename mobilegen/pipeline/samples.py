"""The inputs on which every form of the model must give the same answer."""

from __future__ import annotations

import numpy as np

from mobilegen.artifacts import TensorSpec
from mobilegen.errors import ConfigError
from mobilegen.graph.samples import CheckImage, Sample, samples_from_file
from mobilegen.images.preprocess import bind_preprocess, pixels_to_input, read_image
from mobilegen.pipeline.plan import BuildPlan


def check_samples(plan: BuildPlan, inputs: tuple[TensorSpec, ...]) -> list[Sample]:
    """Return the check images as samples of the model's input, then the samples of a file.

    Raises:
        ConfigError: There are images, but the model does not take one; the file cannot be read.
    """
    of_file = samples_from_file(plan.settings.samples)(inputs) if plan.settings.samples else []
    return [*_images(plan, inputs), *of_file]


def _images(plan: BuildPlan, inputs: tuple[TensorSpec, ...]) -> list[Sample]:
    if not plan.settings.check_images:
        return []
    if plan.settings.preprocess is None or len(inputs) != 1:
        raise ConfigError(
            "check_images needs a model with one image input and its preprocess settings",
            seen=[f"inputs: {', '.join(spec.name for spec in inputs)}"],
            hint="add a preprocess section, or remove check_images",
        )
    rule = bind_preprocess(plan.settings.preprocess, inputs[0])
    images = [
        CheckImage(path.name, np.asarray(read_image(path))) for path in plan.settings.check_images
    ]
    return [
        Sample({inputs[0].name: pixels_to_input(image.pixels, rule)}, image=image)
        for image in images
    ]

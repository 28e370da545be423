"""The inputs on which every form of the model must give the same answer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mobilegen.artifacts import TensorSpec
from mobilegen.errors import ConfigError
from mobilegen.images.preprocess import bind_preprocess, image_to_input, read_image
from mobilegen.pipeline.plan import BuildPlan


def check_samples(
    plan: BuildPlan, inputs: tuple[TensorSpec, ...]
) -> list[dict[str, NDArray[np.float32]]]:
    """Return the check images as inputs of the model, in the order of the settings.

    Raises:
        ConfigError: There are images, but the model does not take one.
    """
    if not plan.check_images:
        return []
    if plan.preprocess is None or len(inputs) != 1:
        raise ConfigError(
            "check_images needs a model with one image input and its preprocess settings",
            seen=[f"inputs: {', '.join(spec.name for spec in inputs)}"],
            hint="add a preprocess section, or remove check_images",
        )
    rule = bind_preprocess(plan.preprocess, inputs[0])
    return [{inputs[0].name: image_to_input(read_image(path), rule)} for path in plan.check_images]

"""ncnn: small, built from source, trimmed to the layers of the model."""

from pathlib import Path

from mobilegen.runtimes.base import Runtime
from mobilegen.toolboxes.spec import ToolboxSpec

TOOLBOX = ToolboxSpec(
    name="ncnn",
    purpose="convert to ncnn and run its models",
    pythons=("3.13", "3.12", "3.11", "3.10", "3.14"),
    megabytes=170,
    requirements=Path(__file__).with_name("requirements") / "ncnn.txt",
)

RUNTIME = Runtime(
    name="ncnn",
    version="1.0.20261020",
    precisions=("fp32", "fp16"),
    accepts=("onnx",),
    # Compiled from source: wherever there is a toolchain.
    targets=("*",),
    toolboxes=(TOOLBOX,),
    converter="mobilegen.runtimes.ncnn.convert:attempt",
    host="mobilegen.runtimes.ncnn.host:execute",
    native="mobilegen.runtimes.ncnn.engine:plan",
    package="mobilegen.runtimes.ncnn.engine:package",
    layers="mobilegen.runtimes.ncnn.costs:layer_costs",
)

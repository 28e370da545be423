"""ncnn: small, built from source, trimmed to the layers of the model."""

from mobilegen.runtimes.base import Runtime

RUNTIME = Runtime(
    name="ncnn",
    version="1.0.20261020",
    precisions=("fp32", "fp16"),
    abis=("arm64-v8a", "armeabi-v7a", "x86_64", "x86"),
    toolbox="ncnn",
    converter="mobilegen.runtimes.ncnn.convert:convert",
    host="mobilegen.runtimes.ncnn.host:run_host",
    native="mobilegen.runtimes.ncnn.engine:plan",
    package="mobilegen.runtimes.ncnn.engine:package",
    layers="mobilegen.runtimes.ncnn.costs:layer_costs",
)

"""A runtime that differs from ncnn in every way that one can: a test installs it as a package.

Its model is one file. Its code is a C++ library behind a C interface, which is compiled elsewhere
and lies beside the library of the model, or is compiled from source. It takes 64-bit whole numbers
and gives bytes, channels last.
"""

from mobilegen.runtimes.base import Runtime

VERSION = "1.0"

RUNTIME = Runtime(
    name="toy",
    version=VERSION,
    precisions=("fp32",),
    accepts=("onnx",),
    targets=("android-*", "linux-*"),
    toolboxes=(),
    converter="toy_runtime.convert:attempt",
    host="toy_runtime.host:execute",
    native="toy_runtime.engine:plan",
    package="toy_runtime.engine:package",
)

FROM_SOURCE = Runtime(
    name="toysource",
    version=VERSION,
    precisions=("fp32",),
    accepts=("onnx",),
    targets=("android-*", "linux-*"),
    toolboxes=(),
    converter="toy_runtime.convert:attempt_from_source",
    host="toy_runtime.host:execute",
    native="toy_runtime.engine:plan_from_source",
)

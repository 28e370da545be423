"""Child process that loads a model natively: `python -I -m mobilegen.graph.worker`.

The C++ code of onnx, onnxruntime and onnxsim can crash, hang or take all memory on a bad model;
here it can only take this process with it. A JSON request comes on standard input, one JSON
answer goes to standard output: {"ok": …} or {"error": text}.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

# onnxruntime reads this when its library is loaded; its own switch comes too late: by then it has
# written a device id below the user's cache and starts to look for its server.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

Request = dict[str, Any]


def check(request: Request) -> dict[str, Any]:
    """Run the full onnx checker on the model file."""
    import onnx

    onnx.checker.check_model(request["model"], full_check=True)
    return {}


def infer(request: Request) -> dict[str, Any]:
    """Return element type and sizes of every tensor that shape inference can tell."""
    import onnx

    model = onnx.shape_inference.infer_shapes(
        onnx.load(request["model"], load_external_data=False), data_prop=True
    )
    graph = model.graph
    known: dict[str, Any] = {}
    for value in [*graph.value_info, *graph.input, *graph.output]:
        tensor = value.type.tensor_type
        if tensor.HasField("shape") and all(d.HasField("dim_value") for d in tensor.shape.dim):
            known[value.name] = [tensor.elem_type, [d.dim_value for d in tensor.shape.dim]]
    return {"tensors": known}


def run(request: Request) -> dict[str, Any]:
    """Run the model on each sample and write the outputs."""
    from mobilegen.graph.arrays import read_npz, write_npz

    session = _session(request["model"])
    names = [output.name for output in session.get_outputs()]
    inputs = read_npz(Path(request["inputs"]))
    results = {}
    for index in range(request["count"]):
        prefix = f"{index}/"
        feed = {key[len(prefix) :]: a for key, a in inputs.items() if key.startswith(prefix)}
        for name, array in zip(names, session.run(names, feed), strict=True):
            results[f"{index}/{name}"] = array
    write_npz(Path(request["outputs"]), results)
    return {"outputs": names}


def simplify(request: Request) -> dict[str, Any]:
    """Write the model as onnxsim simplifies it."""
    import onnx
    import onnxsim

    model = onnx.load(request["model"], load_external_data=False)
    # Folding may write out what an operator such as Expand makes: bounded.
    simple, _ = onnxsim.simplify(model, tensor_size_threshold="64MB")
    Path(request["result"]).write_bytes(simple.SerializeToString(deterministic=True))
    return {}


def inline(request: Request) -> dict[str, Any]:
    """Write the model with its local functions put in place of their calls."""
    import onnx
    import onnx.inliner

    model = onnx.load(request["model"], load_external_data=False)
    flat = onnx.inliner.inline_local_functions(model)
    Path(request["result"]).write_bytes(flat.SerializeToString(deterministic=True))
    return {}


ACTIONS: dict[str, Callable[[Request], dict[str, Any]]] = {
    "check": check,
    "infer": infer,
    "run": run,
    "simplify": simplify,
    "inline": inline,
}


def main() -> None:
    """Answer the one request on standard input."""
    answer_to = _claim_stdout()
    _limit_resources()
    request = json.load(sys.stdin)
    try:
        answer: dict[str, Any] = {"ok": ACTIONS[request["action"]](request)}
    except Exception as error:
        traceback.print_exc()
        answer = {"error": f"{type(error).__name__}: {error}"[:4000]}
    with os.fdopen(answer_to, "w", encoding="ascii") as stream:
        json.dump(answer, stream)


def _session(model: str) -> Any:
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    onnxruntime.set_default_logger_severity(4)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _claim_stdout() -> int:
    """Keep standard output for the answer: what libraries print goes to standard error."""
    answer_to = os.dup(1)
    os.dup2(2, 1)
    return answer_to


def _limit_resources() -> None:
    """Bound the memory a model can claim, and leave no core file when it crashes."""
    try:
        import resource
    except ImportError:
        return
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") * 3 // 4
    for kind, wanted in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_AS, memory)):
        _, hard = resource.getrlimit(kind)
        limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        # macOS knows RLIMIT_AS but refuses values for it.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (limit, hard))


if __name__ == "__main__":
    main()

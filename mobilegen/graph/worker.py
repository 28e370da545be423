"""Child process that loads a model natively: `python -I worker.py`.

The C++ code of onnx, onnxruntime and onnxsim can crash, hang or take all memory on a bad model;
here it can only take this process with it. A JSON list of requests comes on standard input. For
each in turn a line goes to standard output: {"ok": …} or {"error": text}; an error ends it.
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
# Of all outputs together, for one sample: as much as all inputs may have.
MOST_OUTPUT_BYTES = 1 << 27
# What running a model may take: a few bytes can ask for all there is.
_LEAST_MEMORY = 4 << 30
_MEMORY_PER_WEIGHT = 8
_MEMORY_PER_INPUT = 64


def check(request: Request) -> dict[str, Any]:
    """Run the full onnx checker on the model file."""
    import onnx

    onnx.checker.check_model(request["model"], full_check=True)
    return {}


def load(request: Request) -> dict[str, Any]:
    """Open the model with onnxruntime, without running it."""
    _session(request["model"])
    return {}


def trace(request: Request) -> dict[str, Any]:
    """Run the model on zeros with every tensor as output; return their types and sizes.

    Shape inference gives up where sizes are computed from constants, as exporters write them for
    padding; a run knows them all. A model that cannot be run like this has no known tensors.
    """
    import onnx

    # What can be run at all may keep all of its tensors here.
    _limit_memory(_most_memory())
    model = onnx.load(request["model"], load_external_data=False)
    outputs = {value.name for value in model.graph.output}
    for name in dict.fromkeys(name for node in model.graph.node for name in node.output if name):
        if name not in outputs:
            model.graph.output.append(onnx.ValueInfoProto(name=name))
    try:
        session = _session(model.SerializeToString())
        feed = {value.name: _zeros(value) for value in session.get_inputs()}
        names = [value.name for value in session.get_outputs()]
        arrays = dict(zip(names, session.run(names, feed), strict=True)) | feed
    except Exception:
        traceback.print_exc()
        return {"tensors": {}}
    found = {name: array for name, array in arrays.items() if hasattr(array, "dtype")}
    return {"tensors": {n: [str(a.dtype), list(a.shape)] for n, a in found.items()}}


def run(request: Request) -> dict[str, Any]:
    """Run the model on each sample and write the outputs.

    The last `optional` samples may be refused: they then have no outputs.
    """
    from mobilegen.arrays import read_npz, write_npz

    _limit_memory(
        _LEAST_MEMORY
        + _MEMORY_PER_WEIGHT * os.path.getsize(request["model"])
        + _MEMORY_PER_INPUT * os.path.getsize(request["inputs"])
    )
    session = _session(request["model"])
    names = [output.name for output in session.get_outputs()]
    inputs = read_npz(Path(request["inputs"]))
    results: dict[str, Any] = {}
    for index in range(request["count"]):
        prefix = f"{index}/"
        feed = {key[len(prefix) :]: a for key, a in inputs.items() if key.startswith(prefix)}
        try:
            made = session.run(names, feed)
        except Exception:
            if index < request["count"] - request["optional"]:
                raise
            traceback.print_exc()
            continue
        answers = dict(zip(names, made, strict=True))
        _refuse_huge(answers)
        results |= {f"{index}/{name}": array for name, array in answers.items()}
    write_npz(Path(request["outputs"]), results)
    return {"outputs": names}


def _refuse_huge(answers: dict[str, Any]) -> None:
    sizes = {name: getattr(array, "nbytes", 0) for name, array in answers.items()}
    if sum(sizes.values()) > MOST_OUTPUT_BYTES:
        name = max(sizes, key=lambda each: sizes[each])
        raise ValueError(
            f"the outputs are too large: {sum(sizes.values())} bytes, {sizes[name]} of them in "
            f"{name!r}; {MOST_OUTPUT_BYTES} are allowed"
        )


def simplify(request: Request) -> dict[str, Any]:
    """Write the model as onnxsim simplifies it."""
    import onnx
    import onnxsim

    model = onnx.load(request["model"], load_external_data=False)
    # Folding may write out what an operator such as Expand makes: bounded.
    simple, _ = onnxsim.simplify(model, tensor_size_threshold="64MB")
    del model
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
    "load": load,
    "run": run,
    "trace": trace,
    "simplify": simplify,
    "inline": inline,
}


def main() -> None:
    """Answer the requests on standard input."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    answers_to = _claim_stdout()
    _limit_resources()
    requests = json.load(sys.stdin)
    with os.fdopen(answers_to, "w", encoding="ascii") as stream:
        for request in requests:
            answer = _answer(request)
            stream.write(json.dumps(answer) + "\n")
            # A crash in the next request must not take this answer with it.
            stream.flush()
            if "error" in answer:
                return


def _answer(request: Request) -> dict[str, Any]:
    try:
        return {"ok": ACTIONS[request["action"]](request)}
    except Exception as error:
        traceback.print_exc()
        return {"error": f"{type(error).__name__}: {error}"[:4000]}


def _zeros(value: Any) -> Any:
    import numpy as np

    names = {"float": "float32", "double": "float64"}
    kind = value.type.removeprefix("tensor(").removesuffix(")")
    return np.zeros(value.shape, names.get(kind, kind))


def _session(model: str | bytes) -> Any:
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
    """Leave no core file when a library crashes, and some memory to everybody else."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _limit_memory(_most_memory())


def _most_memory() -> int:
    """Three quarters of what the computer has; 0 where it does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") * 3 // 4
    except (AttributeError, ValueError, OSError):
        return 0


def _limit_memory(most: int) -> None:
    """Bound what this process can claim from now on, within the bounds that it was given."""
    # macOS knows RLIMIT_AS but refuses values for it; Windows has nothing of it.
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        bounds = [bound for bound in (most, _most_memory(), hard) if bound > 0]
        if bounds:
            resource.setrlimit(resource.RLIMIT_AS, (min(bounds), hard))


if __name__ == "__main__":
    main()

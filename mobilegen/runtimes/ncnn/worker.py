"""Runs an ncnn model; stands alone, for the ncnn toolbox.

Called as `python worker.py REQUEST.json ANSWER.json`. The request has
    param, weights  paths of the model's files
    inputs, outputs names of the blobs
    count           number of calls, one after the other, on one loaded network
    arrays          .npz with "<call>/<input blob>", float32, in the shapes that ncnn sees
The answer has the outputs as .npz, "<call>/<output blob>", in the shapes of ncnn. With
`shapes`, names of blobs, it only has their sizes, that of the batch first, as the first sample
makes them. A request with only `types`, names of layers, is answered with those that ncnn can
create.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import ncnn  # type: ignore[import-not-found]
import numpy as np

# Everything that would make numbers depend on the computer or round more than float32 does.
OFF = (
    "use_bf16_packed",
    "use_bf16_storage",
    "use_fp16_arithmetic",
    "use_fp16_packed",
    "use_fp16_storage",
    "use_vulkan_compute",
)


class RunError(Exception):
    """ncnn refused something; its own functions only return a number."""


def main(request_path: str, answer_path: str) -> None:
    """Carry out one request; every failure becomes an answer."""
    request = json.loads(Path(request_path).read_text(encoding="utf-8"))
    answer_file = Path(answer_path)
    try:
        answer = respond(request, answer_file.parent)
    except (RunError, MemoryError, RuntimeError, OSError, ValueError, LookupError) as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    answer_file.write_text(json.dumps(answer), encoding="utf-8")


def respond(request: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Return the answer to a request of any kind."""
    if "types" in request:
        return known_types(request)
    return shapes(request) if "shapes" in request else run(request, folder)


def known_types(request: dict[str, Any]) -> dict[str, Any]:
    """Return those of the named layers that ncnn can create."""
    return {"types": [name for name in request["types"] if ncnn.create_layer(name)]}


def run(request: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Load the network once and carry out all calls."""
    net = load(request["param"], request["weights"])
    results: dict[str, Any] = {}
    with np.load(request["arrays"], allow_pickle=False) as calls:
        for index in range(request["count"]):
            extractor = net.create_extractor()
            for blob in request["inputs"]:
                feed(extractor, blob, calls[f"{index}/{blob}"])
            for blob in request["outputs"]:
                results[f"{index}/{blob}"] = extract(extractor, blob)
    np.savez(folder / "answer.npz", **results)
    return {"arrays": "answer.npz"}


def shapes(request: dict[str, Any]) -> dict[str, Any]:
    """Return the sizes of blobs anywhere in the network."""
    net = load(request["param"], request["weights"])
    found = {}
    with np.load(request["arrays"], allow_pickle=False) as samples:
        for blob in request["shapes"]:
            # A network in light mode frees what it has used: each blob is computed anew.
            extractor = net.create_extractor()
            for name in request["inputs"]:
                feed(extractor, name, samples[f"0/{name}"])
            found[blob] = sizes(compute(extractor, blob))
    return {"shapes": found}


def sizes(mat: ncnn.Mat) -> list[int]:
    """Return the batch size and the sizes of a sample, the fastest running one last."""
    axes = {1: "w", 2: "hw", 3: "chw", 4: "cdhw"}[mat.dims]
    return [getattr(mat, axis) for axis in ("n", *axes)]


def load(param: str, weights: str) -> ncnn.Net:
    """Load a network that computes in float32 on one thread."""
    net = ncnn.Net()
    net.opt.num_threads = 1
    for option in OFF:
        setattr(net.opt, option, False)
    if net.load_param(param):
        raise RunError("ncnn refuses the .param file")
    if net.load_model(weights):
        raise RunError("ncnn refuses the .bin file")
    return net


def feed(extractor: ncnn.Extractor, blob: str, array: np.ndarray) -> None:
    """Hand an input over; the copy has the alignment that ncnn's kernels expect."""
    # A Mat does not keep the array alive whose memory it shares.
    floats = np.ascontiguousarray(array, np.float32)
    if extractor.input(blob, ncnn.Mat(floats).clone()):
        raise RunError(f"the network has no input {blob!r}")


def compute(extractor: ncnn.Extractor, blob: str) -> ncnn.Mat:
    """Compute a blob. Converting the empty result of a failed run would crash."""
    status, mat = extractor.extract(blob)
    if status:
        raise RunError(f"computing {blob!r} failed with {status}")
    if mat.empty() or mat.elemsize != 4 or mat.elempack != 1:
        raise RunError(f"{blob!r} is empty or not of 32-bit numbers")
    return mat


def extract(extractor: ncnn.Extractor, blob: str) -> np.ndarray:
    """Compute an output and copy it."""
    mat = compute(extractor, blob)
    if mat.n != 1:
        raise RunError(f"{blob!r} is a batch of {mat.n}")
    return np.array(mat)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])

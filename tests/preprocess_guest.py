"""Calls the preprocessing in the ARM emulator; stands alone, for the emulator's toolbox.

Called as `python preprocess_guest.py REQUEST.json ANSWER.json` with an .npz of "<case>/plan" and
"<case>/data"; the answer's .npz has the floats as "<case>".
"""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

FLOAT_BYTES = 4


def main(request_path: str, answer_path: str) -> None:
    request = json.loads(Path(request_path).read_text("utf-8"))
    spec = importlib.util.spec_from_file_location("emulite_worker", request["worker"])
    assert spec is not None and spec.loader is not None
    worker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(worker)
    emulator = worker.start(request["bits"])
    try:
        worker.reject_unresolved(emulator, emulator.load_library(request["library"]), set())
        with np.load(request["arrays"]) as arrays:
            outputs = {
                str(i): run_case(emulator, arrays[f"{i}/plan"], arrays[f"{i}/data"], count)
                for i, count in enumerate(request["counts"])
            }
    finally:
        emulator.close()
    worker.write_arrays(Path(answer_path).with_name("outputs.npz"), outputs)
    Path(answer_path).write_text(json.dumps({"arrays": "outputs.npz"}), "utf-8")


def run_case(emulator: Any, plan: Any, data: Any, count: int) -> Any:
    pointers = [
        emulator.allocate_bytes(content)
        for content in (plan.tobytes(), data.tobytes(), bytes(FLOAT_BYTES * count))
    ]
    status = emulator.call_symbol(
        "preprocess_test_run", pointers[0], pointers[1], data.size, pointers[2]
    )
    if int(status) & 0xFFFFFFFF:
        raise RuntimeError(f"preprocess_test_run returned {status}")
    made = bytes(emulator.mem.read(pointers[2].address, FLOAT_BYTES * count))
    for pointer in pointers:
        emulator.free(pointer)
    return np.frombuffer(made, "<f4", count)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])

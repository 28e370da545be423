"""Whether two sets of outputs are the same numbers, and how far apart they are.

The error of one output is the largest of

* whole: max|difference| / max|reference| over the whole output, and
* slices: max|difference in the slice| / max(max|reference in the slice|, floor * max|reference|)
  over every slice along every axis (channels, but also rows, columns, batch items).

The whole alone misses a wrong channel whose values are small beside another channel's, for
example scores beside box coordinates. A slice measured against its own values alone would turn
rounding noise into a false alarm where the slice happens to be near zero, hence

    floor = min(1, max(10 * limit, 1 / sqrt(n)))      n = numbers in a slice

`limit` is the noise that is allowed, relative to the whole output: a slice less than ten times as
large is measured as if it had that size. A slice of one number (a logit) has no size of its own,
since it can be near zero by cancellation; the more numbers are small together, the surer they are
meant to be: hence 1 / sqrt(n). A channel of 100x100 numbers that is entirely wrong is so found
down to 1e-5 of the largest value at a limit of 1e-3, the whole output alone finds it from 1e-3.

An output that should be all zero, and outputs of integers or truth values (class numbers,
indices), are measured by their absolute difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from mobilegen.artifacts import Check, CheckStatus

Array = npt.NDArray[Any]

_NOISE_MARGIN = 10.0
_RANK = {"pass": 0, "skipped": 1, "fail": 2}


def parity(
    reference: Mapping[str, Array],
    measured: Mapping[str, Array],
    *,
    limit: float,
    id: str,
    title: str,
) -> Check:
    """State that `measured` has the outputs of `reference`: names, shapes and values.

    Args:
        reference: Outputs by name, computed from the source model.
        measured: Outputs by name, from whatever is to be proved.
        limit: Largest error allowed, relative; the module's text has the formula.
        id: Name of the check.
        title: The statement in words.

    Returns:
        The check; `measured` is the largest error of all outputs, or None when the outputs
        cannot be compared (missing, other shape, not finite).
    """
    problem = mismatch(reference, measured)
    if problem:
        return Check(id, title, "fail", None, limit, problem)
    errors = {name: relative_error(reference[name], measured[name], limit) for name in reference}
    name = max(errors, key=lambda key: errors[key])
    status: CheckStatus = "pass" if errors[name] <= limit else "fail"
    detail = f"largest in output {name!r}" if status == "fail" or len(errors) > 1 else ""
    return Check(id, title, status, errors[name], limit, detail)


def mismatch(reference: Mapping[str, Array], measured: Mapping[str, Array]) -> str:
    """Return why two sets of outputs cannot be compared, or "" when they can."""
    if not reference:
        return "the reference has no outputs"
    if set(reference) != set(measured):
        return f"outputs {sorted(measured)} instead of {sorted(reference)}"
    for name, wanted in reference.items():
        problem = _array_mismatch(np.asarray(wanted), np.asarray(measured[name]))
        if problem:
            return f"output {name!r}: {problem}"
    return ""


def relative_error(reference: Array, measured: Array, limit: float) -> float:
    """Return the error of one output: the whole and its worst slice.

    Args:
        reference: Finite values.
        measured: Finite values of the same shape.
        limit: The error that will be allowed; it says how small a slice is negligible.
    """
    wanted = np.asarray(reference)
    exact = not np.issubdtype(wanted.dtype, np.floating)
    if exact and np.asarray(measured).dtype.kind in "iub":
        return _whole_difference(wanted, np.asarray(measured))
    sizes = np.abs(wanted.astype(np.float64))
    differences = np.abs(np.asarray(measured).astype(np.float64) - wanted.astype(np.float64))
    if not sizes.size:
        return 0.0
    peak = float(sizes.max())
    if exact or peak == 0.0:
        return float(differences.max())
    slices = [_worst_slice(sizes, differences, axis, limit) for axis in range(sizes.ndim)]
    return max(float(differences.max()) / peak, *slices, 0.0)


def _whole_difference(wanted: Array, seen: Array) -> float:
    """Return the largest difference of whole numbers, also of those that no float64 has."""
    if np.array_equal(wanted, seen):
        return 0.0
    pairs = zip(wanted.ravel().tolist(), seen.ravel().tolist(), strict=True)
    return float(max(abs(int(one) - int(other)) for one, other in pairs))


def worst(checks: Iterable[Check]) -> Check:
    """Return the check that decides: a failed one, else a skipped one, else the largest error.

    Raises:
        ValueError: There are no checks.
    """

    def badness(check: Check) -> tuple[int, float]:
        size = float("inf") if check.measured is None else check.measured
        return _RANK[check.status], size

    return max(checks, key=badness)


def _worst_slice(sizes: Array, differences: Array, axis: int, limit: float) -> float:
    """Return the largest slice error along one axis; sizes are |reference|, not all zero."""
    others = tuple(other for other in range(sizes.ndim) if other != axis)
    numbers = sizes.size // sizes.shape[axis]
    floor = min(1.0, max(_NOISE_MARGIN * limit, numbers**-0.5))
    scale = np.maximum(sizes.max(axis=others), floor * sizes.max())
    return float((differences.max(axis=others) / scale).max())


def _array_mismatch(wanted: Array, seen: Array) -> str:
    if wanted.shape != seen.shape:
        return f"shape {seen.shape} instead of {wanted.shape}"
    if not np.isfinite(wanted).all():
        return "the reference is not finite"
    if not np.isfinite(seen).all():
        count = int(np.count_nonzero(~np.isfinite(seen)))
        return f"{count} of {seen.size} values are NaN or infinite"
    return ""

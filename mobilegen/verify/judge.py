"""What follows from checks."""

from __future__ import annotations

from collections.abc import Iterable

from mobilegen.artifacts import Check
from mobilegen.errors import NotProvedError, VerificationError


def refuse_failures(checks: Iterable[Check], *, hint: str = "") -> None:
    """Do nothing when no check failed.

    Raises:
        VerificationError: One did; all that failed are named with value and limit.
    """
    checks = tuple(checks)
    failed = [check for check in checks if check.status == "fail"]
    if failed:
        raise VerificationError(
            f"{len(failed)} of {len(checks)} checks failed",
            seen=[describe_check(check) for check in failed],
            hint=hint,
        )


def require_proof(checks: Iterable[Check]) -> None:
    """Do nothing when no check was skipped.

    Raises:
        NotProvedError: One was.
    """
    skipped = [check for check in checks if check.status == "skipped"]
    if skipped:
        raise NotProvedError(
            "some statements are not proved", seen=[describe_check(check) for check in skipped]
        )


def describe_check(check: Check) -> str:
    """Return a check in one line: what was stated, the value seen, the limit, the reason."""
    numbers = ""
    if check.measured is not None:
        numbers = f": {check.measured:.3g}"
        if check.limit is not None:
            numbers += f" (limit {check.limit:g})"
    return f"{check.id}: {check.title}{numbers}" + (f"; {check.detail}" if check.detail else "")

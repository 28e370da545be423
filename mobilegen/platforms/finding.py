"""What `mobilegen doctor` and `mobilegen setup` find on a computer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "ready", "none", "later", "low", "rejected", "missing"]


@dataclass(frozen=True)
class Finding:
    """One thing that a build or a proof uses.

    Attributes:
        state: "ready" is made or fetched now, "none" is not there and not needed, "later" is made
            or fetched when it is needed, "missing" costs a proof or a build, "rejected" is there
            and cannot be used.
        detail: Where it is, or what its lack means and what to do.
    """

    subject: str
    state: State
    detail: str

    @property
    def is_problem(self) -> bool:
        """True when a build or a proof lacks something."""
        return self.state in ("missing", "low")

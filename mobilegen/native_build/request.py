"""What is asked of the native build."""

from __future__ import annotations

from dataclasses import dataclass

from mobilegen.artifacts import Artifact, Bridge, LibraryKind, Target, Toolchain
from mobilegen.native_build.header import NOTHING_ELSE, Contents
from mobilegen.native_build.plan import EnginePlan


@dataclass(frozen=True)
class LibraryRequest:
    """The library of one model for one target.

    Attributes:
        artifact: The model's files, in the form of its runtime.
        plan: What its runtime says of the artifact.
        name: For System.loadLibrary: a small letter, then small letters, digits or _.
        bridge: What the platform adds to the C interface.
        kind: A static one has functions with names of their own: see `header.render_names`.
        contents: What else the library holds of its model.
        jobs: How many compilers may run at the same time.
        offline: Never use the network.
    """

    artifact: Artifact
    plan: EnginePlan
    target: Target
    toolchain: Toolchain
    name: str
    bridge: Bridge
    contents: Contents = NOTHING_ELSE
    kind: LibraryKind = "shared"
    jobs: int = 1
    offline: bool = False

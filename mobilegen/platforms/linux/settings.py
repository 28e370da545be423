"""The section of mobilegen.yml for Linux, and its command line options."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from mobilegen.config.model import PlatformSection
from mobilegen.config.option import Option
from mobilegen.toolchains.linux import LINUX_ABIS

# Libraries of glibc: one of such a name would take its place, or be passed over.
_SYSTEM = ("anl", "c", "crypt", "dl", "m", "mvec", "nsl", "pthread", "resolv", "rt", "util")


class LinuxSettings(PlatformSection):
    """What a build for Linux can be told."""

    title = "Linux"
    abis = tuple(LINUX_ABIS)
    default_abis = ("aarch64",)
    reserved_names = frozenset(_SYSTEM)

    project: bool = Field(
        True,
        description="Leave linux/ with header, libraries, a Python class and an example in C.",
    )
    programs: Annotated[bool, Option(flags=("--programs/--no-programs",))] = Field(
        True, description="Add the programs predict and benchmark to it."
    )

"""The toy platform's section of mobilegen.yml."""

from typing import Annotated

from pydantic import Field

from mobilegen.config.model import PlatformSection
from mobilegen.config.option import Option


class ToySettings(PlatformSection):
    """What a build for the toy platform can be told."""

    title = "Toy"
    abis = ("x86_64",)
    default_abis = ("x86_64",)

    greeting: Annotated[str, Option()] = Field("hello", description="What its project says.")

"""A platform that differs from Android in every way that one can: a test installs it as a package.

Its libraries are archives that programs take in, each with functions of names of its own. It adds
nothing to the C interface. Its project is a folder with the archives, the header and a text.
"""

from mobilegen.platforms.base import Platform

PLATFORM = Platform(
    name="toy",
    settings="toy_platform.settings:ToySettings",
    level="toy_platform.parts:level",
    toolchain="toy_platform.parts:toolchain",
    tools="toy_platform.parts:tools",
    bridge="toy_platform.parts:bridge",
    check="toy_platform.parts:check",
    stages="toy_platform.stages:stages",
    executors=(("x86_64", ("toy_platform.runner",)),),
    library="static",
)

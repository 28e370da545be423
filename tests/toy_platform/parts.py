"""What the toy platform is made of, as the fields of `Platform` name it."""

from mobilegen.artifacts import Bridge, Check, CxxLibrary, Library, Target, Toolchain
from mobilegen.toolchains import linux
from toy_platform.archive import defined_names
from toy_platform.settings import ToySettings


def level(section: ToySettings) -> str:
    return linux.LEVEL


def toolchain(section: ToySettings, target: Target, *, cxx: CxxLibrary = "none") -> Toolchain:
    return linux.prepare(linux.linux_target(target.abi), cxx=cxx)


def tools(section: ToySettings) -> str:
    return linux.LEVEL


def bridge(section: ToySettings) -> Bridge:
    return Bridge()


def check(library: Library, bridge: Bridge) -> tuple[Check, ...]:
    """Every function has the model's name in its own: no program mixes two models up."""
    model = library.path.stem.removeprefix("lib")
    names = [name for name in defined_names(library.path) if name.startswith("mobilegen_")]
    wrong = [name for name in names if not name.startswith(f"mobilegen_{model}_")]
    passed = bool(names) and not wrong
    title = "its functions have names of their own"
    detail = ", ".join(wrong[:8]) or f"{len(names)} functions"
    return (Check(f"{library.target.id}.names", title, "pass" if passed else "fail",
                  len(wrong), 0, detail),)  # fmt: skip

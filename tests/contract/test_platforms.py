"""Every platform of the catalog is complete."""

from __future__ import annotations

import inspect
import sys
import typing

import pytest

from mobilegen.artifacts import Bridge, Target
from mobilegen.config.model import PlatformSection
from mobilegen.executors.base import Executor
from mobilegen.names import load_object
from mobilegen.platforms import catalog
from mobilegen.platforms.base import Platform
from mobilegen.platforms.settings import settings_type
from mobilegen.resources import native_dir
from mobilegen.runtimes import catalog as runtimes
from mobilegen.system import process
from mobilegen.toolboxes import catalog as toolboxes

# What a platform names, and the parameters of the function.
PARTS = {
    "level": ["section"],
    "toolchain": ["section", "target", "cxx"],
    "tools": ["section"],
    "bridge": ["section"],
    "check": ["library", "bridge"],
    "stages": ["plan", "part"],
    "toolboxes": [],
    "prepare": ["section", "offline"],
    "examine": ["section"],
    "device_checks": ["project", "managed"],
    "bench": ["abi", "serial"],
}
OPTIONAL = {"toolboxes", "prepare", "examine", "device_checks", "bench"}
HEAVY = ["onnx", "onnxruntime", "lief", "jinja2", "numpy"]


@pytest.fixture(params=catalog.names())
def platform(request: pytest.FixtureRequest) -> Platform:
    return catalog.get(request.param)


def section_of(platform: Platform) -> PlatformSection:
    return platform.section_type.model_validate({})


def parameters(function: object) -> list[str]:
    signature = inspect.signature(typing.cast("typing.Callable[..., object]", function))
    return list(signature.parameters)


def test_name_is_the_catalog_name(platform: Platform) -> None:
    assert catalog.get(platform.name) is platform
    assert platform.name.isidentifier() and platform.name == platform.name.lower()


@pytest.mark.parametrize("part", PARTS)
def test_part_is_a_function_of_the_right_form(platform: Platform, part: str) -> None:
    reference = getattr(platform, part)
    if part in OPTIONAL and not reference:
        return
    assert len(parameters(load_object(reference))) == len(PARTS[part])
    keywords = [name for name in PARTS[part] if name in ("cxx", "offline", "managed")]
    assert set(keywords) <= set(parameters(load_object(reference)))


def test_section_is_whole(platform: Platform) -> None:
    section = platform.section_type
    assert issubclass(section, PlatformSection)
    assert section.title and section.abis and set(section.default_abis) <= set(section.abis)
    assert platform.name in settings_type().model_fields


def test_every_abi_has_executors(platform: Platform) -> None:
    assert {abi for abi, _ in platform.executors} == set(platform.section_type.abis)
    wanted = {name for name in vars(Executor) if not name.startswith("_")}
    for abi in platform.section_type.abis:
        executors = platform.executors_of(abi)
        assert executors
        for executor in executors:
            assert all(callable(getattr(executor, name)) for name in wanted)
            assert executor.state(abi) == executor.state(abi)


def test_toolboxes_are_in_their_catalog(platform: Platform) -> None:
    for spec in platform.toolbox_specs():
        assert toolboxes.get(spec.name) == spec


def test_targets_have_names_of_their_own(platform: Platform) -> None:
    plan = platform.plan(section_of(platform), platform.section_type.abis)
    assert [target.abi for target in plan.targets] == list(platform.section_type.abis)
    assert {target.platform for target in plan.targets} == {platform.name}
    assert all(target.level for target in plan.targets)


def test_no_two_targets_have_the_same_name() -> None:
    names = [
        platform.name_of(Target(platform.name, abi, ""))
        for platform in map(catalog.get, catalog.names())
        for abi in platform.section_type.abis
    ]
    assert len(set(names)) == len(names)


def test_a_runtime_builds_for_it(platform: Platform) -> None:
    targets = [Target(platform.name, abi, "") for abi in platform.section_type.abis]
    known = [runtimes.get(name) for name in runtimes.names()]
    assert any(each.builds_for(target) for each in known for target in targets)


def test_bridge_has_its_sources(platform: Platform) -> None:
    bridge = platform.bridge_for(section_of(platform))
    assert isinstance(bridge, Bridge)
    if bridge.folder:
        assert (native_dir() / bridge.folder / "bridge.cmake").is_file()
    assert not [name for name in bridge.exports if name.startswith("mobilegen_")]


def test_tools_are_told_without_making_any(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "run", pytest.fail)
    section = section_of(platform)
    assert platform.tools_for(section) == platform.tools_for(section) != ""


def test_catalog_entry_imports_nothing_heavy(platform: Platform) -> None:
    code = (
        "import sys; from mobilegen.platforms import base; from mobilegen.names import load_object;"
        f"load_object(sys.argv[1]); print(sorted({{*{HEAVY}}} & set(sys.modules)))"
    )
    reference = catalog.references()[platform.name]
    done = process.run([sys.executable, "-c", code, reference], title="importing", timeout=60)
    assert done.stdout.strip() == "[]"

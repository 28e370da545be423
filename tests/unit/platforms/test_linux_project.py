"""The project for Linux: what it holds, and that no name breaks its files."""

from __future__ import annotations

import ast
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from mobilegen.artifacts import (
    Artifact,
    FileRecord,
    Library,
    ProjectFile,
    TensorBinding,
    TensorSpec,
)
from mobilegen.platforms.linux.programs import Programs
from mobilegen.platforms.linux.project import LinuxProject, module_name, render_project
from mobilegen.toolchains.linux import linux_target

HOSTILE = 'a`|"\'\\n*/ "" \u2028{{ x }}'


def binding(name: str) -> TensorBinding:
    return TensorBinding(TensorSpec(name, (1, 3, 8, 8)), "in0", (3, 8, 8))


@pytest.fixture
def parts(tmp_path: Path) -> LinuxProject:
    for name in ("model.param", "model.bin", "libnet.so", "LICENSE.ncnn.txt", "labels.txt"):
        (tmp_path / name).write_text(name)
    programs = tmp_path / "programs" / "aarch64"
    programs.mkdir(parents=True)
    (programs / "predict").write_text("predict")
    library = Library(
        target=linux_target("aarch64"),
        path=tmp_path / "libnet.so",
        soname="libnet.so",
        size=9,
        sha256="1",
        needed=(),
        exports=(),
        imports=(),
        toolchain="",
        licences=(tmp_path / "LICENSE.ncnn.txt",),
    )
    artifact = Artifact(
        runtime="ncnn",
        runtime_version="1.0",
        precision="fp32",
        folder=tmp_path,
        files=(
            ("params", FileRecord("model.param", 11, "2")),
            ("weights", FileRecord("model.bin", 9, "3")),
        ),
        inputs=(binding("image"),),
        outputs=(binding(HOSTILE),),
        operators=(),
        candidate="original",
    )
    return LinuxProject(
        name="net",
        artifact=artifact,
        libraries=(library,),
        labels=tmp_path / "labels.txt",
        images=True,
        embedded=False,
        programs=(Programs(programs.parent, (FileRecord("aarch64/predict", 7, "4"),)),),
    )


def files(parts: LinuxProject, folder: Path) -> dict[str, ProjectFile]:
    shutil.rmtree(folder, ignore_errors=True)
    return {file.path: file for file in render_project(parts, folder).files}


def test_all_that_the_board_needs_is_in_the_folder(parts: LinuxProject, tmp_path: Path) -> None:
    found = files(parts, tmp_path / "out")
    assert set(found) == {
        "README.md", "bin/aarch64/predict", "examples/cmake/CMakeLists.txt",
        "examples/cmake/main.c", "include/mobilegen/engine.h", "lib/LICENSE.ncnn.txt",
        "lib/aarch64/libnet.so", "model/labels.txt", "model/model.bin", "model/model.param",
        "python/net.py",
    }  # fmt: skip
    assert [path for path, file in found.items() if file.executable] == ["bin/aarch64/predict"]


@pytest.mark.parametrize("images", [True, False])
@pytest.mark.parametrize("embedded", [True, False])
def test_generated_python_is_python(
    parts: LinuxProject, images: bool, embedded: bool, tmp_path: Path
) -> None:
    found = files(replace(parts, images=images, embedded=embedded), tmp_path / "out")
    text = found["python/net.py"].source.read_text()
    module = ast.parse(text, feature_version=(3, 7))
    (model,) = (node for node in module.body if getattr(node, "name", "") == "Model")
    assert isinstance(model, ast.ClassDef)
    methods = {node.name for node in model.body if isinstance(node, ast.FunctionDef)}
    assert ("classify" in methods, "preprocess" in methods) == (images, images)
    assert ("open_embedded(threads" in text, "model/model.bin" in found) == (embedded, not embedded)


def test_element_types_have_the_numbers_of_the_header(parts: LinuxProject, tmp_path: Path) -> None:
    found = files(parts, tmp_path / "out")
    header = found["include/mobilegen/engine.h"].source.read_text()
    names = {"f4": "FLOAT32", "f2": "FLOAT16", "f8": "FLOAT64", "i4": "INT32", "i8": "INT64",
             "u1": "UINT8", "?": "BOOL"}  # fmt: skip
    listed = ", ".join(f'"{name}"' for name in names)
    assert f"_TYPES = tuple(map(np.dtype, ({listed})))" in found["python/net.py"].source.read_text()
    for number, name in enumerate(names.values()):
        assert f"#define MOBILEGEN_{name} {number}" in header


def test_a_hostile_name_stays_in_its_line(parts: LinuxProject, tmp_path: Path) -> None:
    text = files(parts, tmp_path / "out")["README.md"].source.read_text()
    (line,) = (line for line in text.splitlines() if "{{ x }}" in line)
    assert line.startswith("* ``a`|") and line.endswith("``: 1 x 3 x 8 x 8, float32")


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("photo", "photo"),
        ("class", "class_model"),
        ("json", "json_model"),
        ("numpy", "numpy_model"),
    ],
)
def test_a_module_hides_no_other(name: str, module: str) -> None:
    assert module_name(name) == module

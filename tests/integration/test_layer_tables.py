"""The tables of layers against ncnn's source."""

from __future__ import annotations

import json
import re
from pathlib import Path

from mobilegen.native_build.package import unpacked
from mobilegen.runtimes.ncnn import RUNTIME, engine
from mobilegen.runtimes.ncnn import layers as layer_tables

# Functions of ncnn's mat.cpp that create a layer.
HELPERS = {
    "copy_make_border": "Padding",
    "copy_make_border_3d": "Padding",
    "copy_cut_border": "Crop",
    "copy_cut_border_3d": "Crop",
    "resize_bilinear": "Interp",
    "resize_bicubic": "Interp",
    "resize_nearest": "Interp",
    "flatten": "Flatten",
}
# Created by a layer's source, but not for a converted network; the reasons are in layers.py.
NOT_NEEDED = {
    ("Convolution", "InnerProduct"),
    # On x86 only, for weights of a deformable convolution that ncnn itself keeps in fp32.
    ("DeformableConv2D", "Convolution"),
}
OFF = re.compile(r"#\s*if\s+(NCNN_INT8|NCNN_BF16|NCNN_VULKAN|NCNN_WEIGHT_QUANT|NCNN_ARM82)\b")


def active_text(path: Path) -> str:
    """Source text without comments and without blocks that our options switch off."""
    text = re.sub(r"/\*.*?\*/", "", re.sub(r"//.*", "", path.read_text()), flags=re.DOTALL)
    lines, inactive = [], [False]
    for line in text.splitlines():
        if re.match(r"\s*#\s*if", line):
            inactive.append(bool(OFF.match(line.strip())))
        elif re.match(r"\s*#\s*(else|elif)", line):
            inactive[-1] = False
        elif re.match(r"\s*#\s*endif", line):
            inactive.pop()
        if not any(inactive):
            lines.append(line)
    return "\n".join(lines)


def created_layers(source: Path, layer: str) -> set[str]:
    """Layers that the sources of a layer create, ARM and x86 variants included."""
    stem = layer.lower()
    files = [source / "layer" / f"{stem}{suffix}" for suffix in (".cpp", ".h")]
    for arch in ("arm", "x86"):
        files += (source / "layer" / arch).glob(f"{stem}_{arch}*")
    variants = re.compile(r"asim|i8mm|bf16|avx|f16c|fma|xop|sve")
    found: set[str] = set()
    for path in files:
        if path.is_file() and not variants.search(path.name):
            text = active_text(path)
            found |= set(re.findall(r"create_layer\w*\((?:ncnn::)?LayerType::(\w+)", text))
            found |= {made for name, made in HELPERS.items() if re.search(rf"\b{name}\(", text)}
    return found - {layer}


def test_layer_tables_cover_the_source() -> None:
    source = unpacked(engine.package()) / "src"
    names = re.findall(r"^ncnn_add_layer\((\w+)", (source / "CMakeLists.txt").read_text(), re.M)
    assert len(names) > 100
    dynamic = layer_tables._DYNAMIC_WEIGHT_PARAM
    for name in names:
        known = set(layer_tables.REQUIRES.get(name, ()))
        known |= {"Flatten"} if name in dynamic else set()
        known |= {needed for layer, needed in NOT_NEEDED if layer == name}
        assert created_layers(source, name) <= known, name


def test_scan_finds_what_is_there() -> None:
    source = unpacked(engine.package()) / "src"
    assert {"Gemm", "Softmax"} <= created_layers(source, "MultiHeadAttention")
    assert "Padding" in created_layers(source, "Pooling")


def test_activation_table_is_that_of_the_source() -> None:
    text = (unpacked(engine.package()) / "src" / "layer" / "fused_activation.h").read_text()
    text = text[text.index("create_activation_layer") :]
    pattern = r"activation_type == (\d+)\)\s*\{\s*activation = .*?LayerType::(\w+)"
    found = {int(number): name for number, name in re.findall(pattern, text)}
    assert found == layer_tables.ACTIVATIONS


def test_dynamic_weight_table_is_that_of_the_source() -> None:
    source = unpacked(engine.package()) / "src" / "layer"
    found = {}
    for path in source.glob("*.cpp"):
        if match := re.search(r"dynamic_weight = pd\.get\((\d+), 0\)", path.read_text()):
            found[path.stem] = int(match[1])
    assert found == {k.lower(): v for k, v in layer_tables._DYNAMIC_WEIGHT_PARAM.items()}


def test_pin_is_the_version_of_the_runtime() -> None:
    pin = json.loads(Path(engine.__file__).with_name("source.json").read_text())
    assert pin["version"] == RUNTIME.version

"""The registry of one model's layers, made from the full one that ncnn's CMake generates.

Indexes of layers are compiled into all objects, so each table keeps its length and order; only
the creators of layers that the model does not need are replaced.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from mobilegen.errors import NativeBuildError

_TABLE = re.compile(r"static const layer_registry_entry (\w+)\[\]")
_ENTRY = re.compile(r'\{"(\w+)", (\w+)\},')
_CREATOR = re.compile(r"DEFINE_LAYER_CREATOR\((\w+)\)")
_BASE_TABLE = "layer_registry"
_SUFFIX = "_layer_creator"
_MISSING = "missing"

# Layers create others inside without a look at what they get, so a layer that is not in the library
# is one that refuses everything and is counted, which the adapter turns into an error.
_MISSING_LAYER = """
namespace mobilegen {
void count_missing_layer();
}
namespace ncnn {
class Missing : public Layer
{
public:
    virtual int load_param(const ParamDict& /*pd*/) { return -1; }
    virtual int create_pipeline(const Option& /*opt*/) { return -1; }
};
static Layer* missing_layer_creator(void* /*userdata*/)
{
    mobilegen::count_missing_layer();
    return new Missing;
}
}
"""


def registry_header(full: str, layers: Collection[str]) -> str:
    """Return layer_registry.h with only `layers`.

    Args:
        full: The generated layer_registry.h with all layers.

    Raises:
        NativeBuildError: The text has another form, or lacks one of the layers.
    """
    table, lines = "", []
    for line in full.splitlines():
        if match := _TABLE.search(line):
            table = match[1]
        entry = _ENTRY.fullmatch(line.strip())
        lines.append(_entry(entry[1], entry[2], table, layers) if entry else line)
    if absent := sorted(set(layers) - _available(full)):
        raise NativeBuildError(
            "ncnn has no such layer", seen=absent[:10], hint="convert the model again"
        )
    return "\n".join(lines) + "\n"


def declaration_header(full: str, registry: str) -> str:
    """Return layer_declaration.h with only the creators that a `registry_header` names.

    Args:
        full: The generated layer_declaration.h with all layers.
    """
    kept = {match[2].removesuffix(_SUFFIX) for match in _ENTRY.finditer(registry)}
    lines, include = [], ""
    for line in full.splitlines():
        if line.startswith("#include"):
            include = line
        elif (match := _CREATOR.search(line)) and match[1] in kept:
            lines += [include, line]
    return "\n".join(lines) + "\n" + _MISSING_LAYER


def _entry(name: str, creator: str, table: str, layers: Collection[str]) -> str:
    if name in layers:
        return f'{{"{name}", {creator}}},'
    absent = f"{_MISSING}{_SUFFIX}" if table == _BASE_TABLE else "0"
    return f'{{"{name}", {absent}}},'


def _available(full: str) -> set[str]:
    """Names of layers that have a creator in the base table."""
    base = full[: full.index("};")] if "};" in full else ""
    return {match[1] for match in _ENTRY.finditer(base) if match[2] != "0"}

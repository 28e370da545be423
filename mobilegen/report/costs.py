"""Tables of what a model costs and of what a library's bytes are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mobilegen import console

if TYPE_CHECKING:
    from mobilegen.graph.profile import LayerCost, Profile
    from mobilegen.native_build.sizes import LibrarySizes, Piece


@dataclass(frozen=True)
class Share:
    """The bytes of a library that one thing takes."""

    name: str
    code: int
    data: int

    @property
    def size(self) -> int:
        """All of its bytes."""
        return self.code + self.data


def print_profile(profile: Profile) -> None:
    """Write the costs of a model by layer, by operator and in total."""
    headings = ("layer", "operator", "shape", "parameters", "MACs", "read", "written", "alive")
    console.table(headings, map(_layer_row, profile.layers), right=range(3, 8))
    console.line()
    rows = [
        (each.operator, *map(_count, (each.count, each.parameters, each.macs)),
         *map(_count, (each.read_bytes, each.written_bytes)))
        for each in profile.operators
    ]  # fmt: skip
    columns = ("operator", "layers", "parameters", "MACs", "read", "written")
    console.table(columns, rows, right=range(1, 6))
    console.line()
    console.table(("total", "", ""), _totals(profile), right=1)
    if profile.uncounted or profile.unknown:
        console.line(
            f"incomplete: {profile.uncounted} layers could not be counted, "
            f"{profile.unknown} tensors have an unknown size",
            style="bold yellow",
        )


def print_sizes(name: str, sizes: LibrarySizes, top: int) -> None:
    """Write the bytes of a library by part, and its largest symbols."""
    console.line(f"{console.printable(name)}: {sizes.file}, {sizes.size:,} bytes", style="bold")
    shares = by_part(sizes)
    rows = [(s.name, *map(_count, (s.code, s.data, s.size)), _part(s.size, sizes)) for s in shares]
    total = [sum(s.code for s in shares), sum(s.data for s in shares), sizes.size]
    columns = ("part", "code", "data", "bytes", "share")
    console.table(columns, [*rows, ("total", *map(_count, total), "")], right=range(1, 5))
    console.line()
    symbols = by_symbol(sizes)
    largest = [(_count(p.size), p.part, _symbol(p)) for p in symbols[:top]]
    rest = sum(piece.size for piece in symbols[top:])
    ending = [(_count(rest), "", f"{len(symbols) - top} others")] if rest else []
    console.table(("bytes", "part", "symbol"), [*largest, *ending], right=0)
    console.line()


def by_part(sizes: LibrarySizes) -> tuple[Share, ...]:
    """Sum up a library's bytes by what they are for, the largest first."""
    parts: dict[str, list[int]] = {}
    for piece in sizes.pieces:
        parts.setdefault(piece.part, [0, 0])[0 if piece.is_code else 1] += piece.size
    shares = (Share(name, code, data) for name, (code, data) in parts.items())
    return tuple(sorted(shares, key=lambda share: (-share.size, share.name)))


def by_symbol(sizes: LibrarySizes) -> list[Piece]:
    """Return a library's pieces, the largest first."""
    return sorted(sizes.pieces, key=lambda p: (-p.size, p.part, p.section, p.symbol))


def _layer_row(layer: LayerCost) -> tuple[str, ...]:
    macs = "unknown" if layer.macs is None else _count(layer.macs)
    numbers = (layer.read_bytes, layer.written_bytes, layer.live_bytes)
    shape = "x".join(map(str, layer.shape))
    return (
        layer.name, layer.operator, shape, _count(layer.parameters), macs, *map(_count, numbers)
    )  # fmt: skip


def _totals(profile: Profile) -> Iterable[tuple[str, str, str]]:
    yield "parameters", _count(profile.parameters), f"{profile.weight_bytes:,} bytes in the model"
    yield "MACs", _count(profile.macs), "multiply-accumulates of one run"
    peak = profile.layers[profile.peak_layer].name if profile.layers else ""
    yield "activations", _count(profile.peak_bytes), f"bytes at most, in {peak}"
    yield "memory read", _count(profile.read_bytes), "bytes, weights included"
    yield "memory written", _count(profile.written_bytes), "bytes"


def _symbol(piece: Piece) -> str:
    return piece.symbol or f"({piece.section or 'between sections'} {piece.source})".replace(
        " )", ")"
    )


def _part(size: int, sizes: LibrarySizes) -> str:
    return f"{size / sizes.size:.1%}"


def _count(number: int) -> str:
    return f"{number:,}"

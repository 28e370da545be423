"""report.html: a build for people, one file with plots and without any network.

Names, labels and paths come from files that anybody may have written: everything is escaped by
Jinja2, and the page forbids itself scripts and connections.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import jinja2

from mobilegen.artifacts import BuildReport, Check
from mobilegen.bench.result import Benchmark, rate
from mobilegen.config.option import changed
from mobilegen.console import printable
from mobilegen.platforms.settings import settings_type
from mobilegen.report.costs import Share, by_part
from mobilegen.report.text import (
    format_bytes,
    format_milliseconds,
    format_number,
    format_rate,
)
from mobilegen.resources import templates_dir

if TYPE_CHECKING:
    from mobilegen.graph.profile import Profile
    from mobilegen.native_build.sizes import LibrarySizes

_TEMPLATE = "report.html.j2"
_WIDTH = 1000.0
_MOST_PARTS = 9
_MOST_OPERATORS = 12
OTHERS = "others"


@dataclass(frozen=True)
class Bar:
    """One rectangle of a plot: `start` and `length` in the plot's units of 0..1000.

    Attributes:
        color: Number of a colour of the page.
    """

    label: str
    value: str
    start: float
    length: float
    color: int = 0


@dataclass(frozen=True)
class Plot:
    """Bars with a title and the value at full scale."""

    title: str
    most: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class CheckGroup:
    """The checks of one part of a build: "graph", "host", or an ABI."""

    name: str
    checks: tuple[Check, ...]

    @property
    def passed(self) -> int:
        """How many of them passed."""
        return sum(check.status == "pass" for check in self.checks)


def render_html(
    report: BuildReport,
    profile: Profile | None = None,
    sizes: Mapping[str, LibrarySizes] | None = None,
    benchmark: Benchmark | None = None,
) -> str:
    """Return the page of a build.

    Args:
        profile: What the model costs by layer.
        sizes: By ABI, what the bytes of the libraries are.
        benchmark: How long the layers take.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(templates_dir() / "report"),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["plain"] = lambda value: printable(str(value))
    environment.filters["number"] = format_number
    environment.filters["bytes"] = format_bytes
    environment.filters["count"] = lambda value: f"{value:,}"
    environment.filters["ms"] = format_milliseconds
    environment.filters["rate"] = lambda macs, ms: format_rate(rate(macs, ms))
    shares = {abi: by_part(each) for abi, each in (sizes or {}).items()}
    colors = _part_colors(shares.values())
    return environment.get_template(_TEMPLATE).render(
        report=report,
        options=report.options,
        settings=changed(settings_type(), report.options),
        failed=[check for check in report.checks if check.status == "fail"],
        skipped=[check for check in report.checks if check.status == "skipped"],
        groups=_group(report.checks),
        parts=[(name, color) for name, color in colors.items() if name != OTHERS]
        + [(OTHERS, 0)] * (OTHERS in colors),
        shares=shares,
        library_plots={abi: list(_stack(each, colors, shares)) for abi, each in shares.items()},
        profile=profile,
        operators=profile.operators[:_MOST_OPERATORS] if profile else (),
        layer_plots=list(_layer_plots(profile)),
        benchmark=benchmark,
        time_plots=list(_time_plot(benchmark)),
        step_bars=_rows([(step.name, step.seconds) for step in report.steps], "{:.1f} s"),
        file_bars=_rows([(file.path, file.size) for file in report.files], "{:,}"),
    )


def _group(checks: Iterable[Check]) -> list[CheckGroup]:
    groups: dict[str, list[Check]] = {}
    for check in checks:
        groups.setdefault(check.id.partition(".")[0], []).append(check)
    return [CheckGroup(name, tuple(group)) for name, group in groups.items()]


def _part_colors(libraries: Iterable[Sequence[Share]]) -> dict[str, int]:
    """Give the largest parts over all libraries a colour each, 1 and on; 0 is for the others."""
    totals: dict[str, int] = {}
    for shares in libraries:
        for share in shares:
            totals[share.name] = totals.get(share.name, 0) + share.size
    names = sorted(totals, key=lambda name: (-totals[name], name))
    colors = {name: number for number, name in enumerate(names[:_MOST_PARTS], 1)}
    return colors | ({OTHERS: 0} if len(names) > _MOST_PARTS else {})


def _stack(
    shares: Sequence[Share], colors: Mapping[str, int], libraries: Mapping[str, Sequence[Share]]
) -> Iterator[Bar]:
    """Yield the parts of one library side by side, on the scale of the largest library."""
    full = max(sum(share.size for share in each) for each in libraries.values()) or 1
    sizes = {share.name: share.size for share in shares}
    named = [(name, sizes.pop(name)) for name in colors if name in sizes]
    start = 0.0
    for name, size in [*named, (OTHERS, sum(sizes.values()))]:
        length = size / full * _WIDTH
        yield Bar(name, format_bytes(size), start, length, colors.get(name, 0))
        start += length


def _layer_plots(profile: Profile | None) -> Iterator[Plot]:
    if profile is None or not profile.layers:
        return
    names = [f"{layer.operator} {layer.name}" for layer in profile.layers]
    macs = [layer.macs or 0 for layer in profile.layers]
    live = [layer.live_bytes for layer in profile.layers]
    yield _columns("Multiply-accumulates", names, macs, [f"{n:,} MACs" for n in macs])
    yield _columns("Memory of the tensors alive", names, live, [format_bytes(n) for n in live])


def _time_plot(benchmark: Benchmark | None) -> Iterator[Plot]:
    if benchmark is not None and benchmark.layers:
        names = [f"{layer.operator} {layer.name}" for layer in benchmark.layers]
        values = [layer.milliseconds.min for layer in benchmark.layers]
        yield _columns(
            "Time", names, values, [f"{format_milliseconds(each)} ms" for each in values]
        )


def _columns(
    title: str, names: Sequence[str], values: Sequence[float], texts: Sequence[str]
) -> Plot:
    """Return upright bars, one for each layer."""
    most = max(values) or 1
    bars = (
        Bar(name, text, index * _WIDTH / len(values), value / most * _WIDTH)
        for index, (name, value, text) in enumerate(zip(names, values, texts, strict=True))
    )
    return Plot(title, texts[values.index(max(values))], tuple(bars))


def _rows(values: Sequence[tuple[str, float]], form: str) -> list[Bar]:
    """Return lying bars that begin at 0, the largest at full length."""
    most = max((value for _, value in values), default=0) or 1
    return [Bar(name, form.format(value), 0, value / most * _WIDTH) for name, value in values]

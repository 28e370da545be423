"""report.html: complete, loud about what is not proved, and safe with hostile names."""

from __future__ import annotations

import dataclasses
import re
from html.parser import HTMLParser
from pathlib import Path

from layer_times import benchmark

from mobilegen.artifacts import (
    REPORT_FORMAT,
    Answer,
    BuildReport,
    Check,
    FileRecord,
    Library,
    StepRecord,
    Target,
    TensorSpec,
)
from mobilegen.graph.profile import LayerCost, OperatorCost, Profile
from mobilegen.native_build.sizes import LibrarySizes, Piece
from mobilegen.report.html import render_html

EVIL = (
    "</title></style><script>alert(1)</script><img src=//evil.example/x onerror=x>\"'{{7*7}}\x1b[0m"
)
ESCAPED = "&lt;/title&gt;&lt;/style&gt;&lt;script&gt;"
VOID = {"meta", "br"}


class Page(HTMLParser):
    """Collects elements and text, and checks that every element is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def report(*checks: Check, text: str = "plain") -> BuildReport:
    return BuildReport(
        format=REPORT_FORMAT,
        mobilegen="1.0",
        inputs=(FileRecord(text, 5, "a" * 64),),
        options={"name": text, "runtime": text, "precision": text, "android": {"package": text}},
        graph_inputs=(TensorSpec(text, (1, 3, 8, 8)),),
        graph_outputs=(TensorSpec(text, ()),),
        steps=(StepRecord(text, 2.0, False, text), StepRecord("b", 1.0, True)),
        checks=checks or (check("pass"),),
        answers=(Answer(text, text, 0.25),),
        libraries=(
            Library(Target("android", "x86", "21"), Path("l.so"), text, 10, "", (), (), (), text),
        ),
        files=(FileRecord(text, 1000, text), FileRecord("b", 500, "")),
    )  # fmt: skip


def check(status: str, *, text: str = "a statement") -> Check:
    plain = Check("x86.execute.parity", text, "pass", 1.5e-6, 1e-3, text)
    return dataclasses.replace(plain, status=status)  # type: ignore[arg-type]


def profile(text: str = "layer") -> Profile:
    layers = (
        LayerCost(text, text, (1, 8), 10, 300, 40, 20, 60),
        LayerCost("b", "Relu", (1, 8), 0, None, 20, 20, 40),
    )
    operators = (OperatorCost(text, 1, 10, 300, 40, 20), OperatorCost("Relu", 1, 0, 0, 20, 20))
    return Profile(layers, operators, 10, 300, 1, 40, 60, 40, 60, 0, 0)


def sizes(text: str = "part") -> dict[str, LibrarySizes]:
    pieces = tuple(Piece(f"{text} {i}", ".text", text, text, 2**i) for i in range(12))
    small = (Piece(f"{text} 11", ".data", "", "", 1024),)
    return {"x86": LibrarySizes("l.so", 4095, "", pieces), text: LibrarySizes("l", 1024, "", small)}


def render(of: BuildReport | None = None) -> str:
    return render_html(of or report(), profile(), sizes(), benchmark())


def test_hostile_text_stays_text() -> None:
    evil = report(check("skipped", text=EVIL), check("fail", text=EVIL), text=EVIL)
    html = render_html(evil, profile(EVIL), sizes(EVIL), benchmark(EVIL))
    page = Page(html)
    assert not page.all("script") and not page.all("img")
    assert html.count(ESCAPED) > 20
    assert "\x1b" not in html and "49" not in page.text.replace(EVIL, "")
    assert [a for _, attributes in page.elements for a in attributes if a.startswith("on")] == []


def test_page_needs_no_network() -> None:
    html = render()
    page = Page(html)
    assert not re.search(r"https?://|url\(|@import|//[a-z]", html)
    assert not {"link", "script", "img", "iframe", "object"} & {tag for tag, _ in page.elements}
    policies = [meta["content"] for meta in page.all("meta") if "http-equiv" in meta]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'"]


def test_cells_of_text_keep_whole_words_on_a_phone() -> None:
    """A cell whose words may break anywhere is one letter wide beside others that may not."""
    style = re.sub(r"\s+", " ", render().split("<style>")[1].split("</style>")[0])
    for rule in re.findall(r"td[^{}]*{[^{}]*overflow-wrap: anywhere[^{}]*}", style):
        assert re.search(r"min-width: \d+rem", rule), rule
    narrow = style[style.index("@media (max-width: 600px)") :]
    assert "table.checks { table-layout: auto; }" in narrow


def test_proved() -> None:
    text = Page(render()).text
    assert "Proved: all 1 checks passed" in text
    assert "NOT PROVED" not in text and "FAILED" not in text
    assert "1.5e-06" in text and "0.001" in text


def test_what_is_not_proved_is_said_at_the_top() -> None:
    html = render(report(check("pass"), check("skipped", text="no JDK")))
    text = Page(html).text
    assert "NOT PROVED: 1 of 2 checks could not be made" in text
    assert "no JDK" in text[: text.index("android.package")]
    assert "Proved:" not in text
    assert "verdict skipped" in html and "verdict pass" not in html


def test_failure_is_said_at_the_top() -> None:
    html = render(report(check("fail", text="wrong numbers")))
    assert "verdict fail" in html and "verdict pass" not in html
    text = Page(html).text
    assert "FAILED: 1 of 1 checks" in text and "wrong numbers" in text


def test_bars_have_the_lengths_of_their_values() -> None:
    page = Page(render())
    assert "and 2 more" not in page.text
    lengths = [float(str(a["width"])) for a in page.all("rect") if str(a["class"]).startswith("c")]
    # The largest library fills the plot, the other is as long as it is large.
    assert abs(sum(lengths[:10]) - 1000) < 0.1
    assert abs(sum(lengths[10:]) - 1000 * 1024 / 4095) < 0.1
    heights = [float(str(a["height"])) for a in page.all("rect") if "y" in a]
    assert heights == [1000, 0, 1000, 666.67, 1000, 250, 83.33]


def test_without_libraries_and_costs() -> None:
    bare = dataclasses.replace(report(), libraries=(), answers=())
    text = Page(render_html(bare)).text
    assert "Bytes of the libraries" not in text and "Layers" not in text
    assert "Checks" in text


def test_times_of_the_layers() -> None:
    text = " ".join(Page(render()).text.split()).replace("\N{MULTIPLICATION SIGN}", "x")
    assert "prediction2.250 ms median 2.500" in text and "sum of the layers2.000 ms" in text
    assert "preprocessing, 1280x720 pixels1.000 ms" in text
    assert "plainplain4x8x8" in text
    assert "75.0 %6,000,0004.0" in text and "6.2 %unknown" in text
    bare = render_html(report(), profile(), sizes())
    assert "Time of the layers" not in bare and "Multiply-accumulates" in bare

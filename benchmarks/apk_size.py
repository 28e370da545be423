"""Bytes of the demo app's APK, per ABI and universal, beside the same app with stock TFLite.

    uv run benchmarks/apk_size.py

Builds samples/photo with its APK by the embedded route and writes docs/apk-sizes.md.
"""

from __future__ import annotations

import io
import sys
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from library_size import TFLITE  # noqa: E402

from mobilegen import console  # noqa: E402
from mobilegen.platforms.android.apk.archive import Entry, read_entries, write_apk  # noqa: E402
from mobilegen.platforms.android.apk.sign import debug_key, sign  # noqa: E402
from mobilegen.platforms.android.apk.tools import find_tools  # noqa: E402
from mobilegen.system.download import fetch  # noqa: E402
from mobilegen.system.files import write_text  # noqa: E402
from mobilegen.system.process import run  # noqa: E402
from mobilegen.toolchains.targets import ANDROID_ABIS  # noqa: E402

PHOTO = ROOT / "samples" / "photo"
MIN_SDK = 21
HEADER = f"""# APK sizes

Bytes of the signed debug APK of `samples/photo` (EfficientNet-Lite0, fp32) by the embedded route.
Libraries and the model are stored uncompressed, at multiples of 16 KB and 4 bytes. *TFLite* is the
same APK with `libtensorflowlite_jni.so` of `{TFLITE.group}:{TFLITE.artifact}:{TFLITE.version}` in
the place of our library, without TFLite's Java classes; its model would take about the same bytes.
*Without the model* is what the app itself adds to the weights.

Made by `uv run benchmarks/apk_size.py`.

| ABIs | APK | without the model | with TFLite | without the model |
|---|--:|--:|--:|--:|
"""
PARTS = """
## Where the bytes of the universal APK go

| part | bytes in the APK |
|---|--:|
"""


def build(folder: Path) -> Path:
    argv: list[str | Path] = [
        sys.executable,
        "-m",
        "mobilegen",
        "build",
        PHOTO,
        "--abi",
        "all",
        "--apk",
    ]
    run(
        [*argv, "--apk-route", "embedded", "--out", folder],
        title="building the APK",
        timeout=1200,
    )
    return folder / "apk" / "photo.apk"


def tflite() -> dict[str, bytes]:
    """Return TFLite's library by ABI."""
    with zipfile.ZipFile(fetch(TFLITE)) as archive:
        return {abi: archive.read(f"jni/{abi}/libtensorflowlite_jni.so") for abi in ANDROID_ABIS}


def packed(entries: Sequence[Entry], folder: Path) -> int:
    """Return the bytes of the signed APK of these entries."""
    tools = find_tools()
    unsigned = write_apk(entries, folder / "unsigned.apk")
    signed = sign(unsigned, folder / "signed.apk", debug_key(tools.jdk), tools, min_sdk=MIN_SDK)
    return signed.stat().st_size


def chosen(entries: Sequence[Entry], abis: Sequence[str]) -> list[Entry]:
    kept = tuple(f"lib/{abi}/" for abi in abis)
    return [e for e in entries if not e.name.startswith("lib/") or e.name.startswith(kept)]


def exchanged(entries: Sequence[Entry], libraries: Mapping[str, bytes]) -> list[Entry]:
    """Put other libraries in the place of ours."""
    return [
        Entry(e.name, libraries[e.name.split("/")[1]], e.stored) if e.name.startswith("lib/") else e
        for e in entries
    ]


def row(title: str, entries: Sequence[Entry], others: Mapping[str, bytes], folder: Path) -> str:
    console.note(title)
    model = sum(len(e.data) for e in entries if e.name.endswith((".bin", ".param")))
    ours, theirs = packed(entries, folder), packed(exchanged(entries, others), folder)
    sizes = (ours, ours - model, theirs, theirs - model)
    return f"| {title} | " + " | ".join(f"{size:,}" for size in sizes) + " |\n"


def part_of(name: str) -> str:
    if name.startswith("lib/"):
        return f"native library, {name.split('/')[1]}"
    if name.startswith("assets/"):
        return f"asset {name.rpartition('/')[2]}"
    if name == "classes.dex":
        return "Java classes of SDK and app"
    return "resources and manifest"


def part_rows(entries: Sequence[Entry], total: int) -> str:
    sizes: dict[str, int] = {}
    for entry in entries:
        part = part_of(entry.name)
        sizes[part] = sizes.get(part, 0) + _stored_bytes(entry)
    sizes["signature, directory, alignment"] = total - sum(sizes.values())
    ordered = sorted(sizes.items(), key=lambda item: -item[1])
    return "".join(f"| {part} | {size:,} |\n" for part, size in ordered)


def _stored_bytes(entry: Entry) -> int:
    if entry.stored:
        return len(entry.data)
    with zipfile.ZipFile(io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(entry.name, entry.data)
        return archive.infolist()[0].compress_size


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        apk = build(folder / "out")
        entries = [e for e in read_entries(apk) if not e.name.startswith("META-INF/")]
        others = tflite()
        rows = [row(abi, chosen(entries, [abi]), others, folder) for abi in ANDROID_ABIS]
        rows.append(row("all four", entries, others, folder))
        parts = part_rows(entries, apk.stat().st_size)
    write_text(ROOT / "docs" / "apk-sizes.md", HEADER + "".join(rows) + PARTS + parts)


if __name__ == "__main__":
    main()

"""Lint finds nothing in the project, and finds the faults that it is there for."""

from __future__ import annotations

from pathlib import Path

import pytest
from android_lint import lint_findings

from mobilegen.platforms.android.apk.settings import ApkSettings
from mobilegen.platforms.android.apk.tools import Tools

JAVA = "app/src/main/java/com/example/photo/demo/MainActivity.java"
RESULT = "app/src/main/res/layout/part_result.xml"
PICTURE = "app/src/main/res/layout/part_picture.xml"
ENGLISH = "app/src/main/res/values/strings.xml"
CHINESE = "app/src/main/res/values-zh/strings.xml"
MANIFEST = "app/src/main/AndroidManifest.xml"
# One of each group of checks: (file, old, new, what is found).
FAULTS = (
    (JAVA, "session.open();", 'session.open(); setText2();', "DefaultLocale"),
    (
        JAVA,
        "private void showStatus",
        'private void setText2() { String.format("%d", 1);\n'
        '        ((android.widget.TextView) findViewById(R.id.text_label)).setText("Hello");\n'
        "        new android.os.Handler() {\n"
        "            @Override public void handleMessage(android.os.Message m) { finish(); }\n"
        "        }; }\n\n    private void showStatus",
        "HandlerLeak",
    ),
    (RESULT, 'android:textSize="@dimen/text_normal"', 'android:textSize="28dp"', "SpUsage"),
    (PICTURE, 'android:contentDescription="@string/picture"', "", "ContentDescription"),
    (RESULT, 'android:layout_marginTop="@dimen/space_small"', 'android:layout_marginLeft="7px"',
     "PxUsage"),
    (PICTURE, 'android:text="@string/no_picture"', 'android:text="None"', "HardcodedText"),
    (MANIFEST, 'android:exported="false"\n            android:grantUriPermissions="true"',
     'android:exported="true"\n            android:grantUriPermissions="true"',
     "ExportedContentProvider"),
    (MANIFEST, 'android:name=".SettingsActivity"', 'android:name=".SettingActivity"',
     "MissingRegistered"),
    (ENGLISH, "</resources>", '    <string name="unused">Unused</string>\n</resources>',
     "UnusedResources"),
)  # fmt: skip


def test_the_project_has_no_finding(project: Path, settings: ApkSettings, tools: Tools) -> None:
    assert lint_findings(project, settings, tools) == []


def test_faults_are_found(own_project: Path, settings: ApkSettings, tools: Tools) -> None:
    for path, old, new, _ in FAULTS:
        text = (own_project / path).read_text("utf-8")
        assert old in text, (path, old)
        (own_project / path).write_text(text.replace(old, new, 1), "utf-8")
    chinese = (own_project / CHINESE).read_text("utf-8").splitlines(keepends=True)
    kept = [line for line in chinese if 'name="album"' not in line]
    (own_project / CHINESE).write_text("".join(kept), "utf-8")
    found = lint_findings(own_project, settings, tools)
    expected = {check for *_, check in FAULTS}
    expected |= {"SetTextI18n", "MissingTranslation", "RtlHardcoded"}
    seen = {line.rpartition("[")[2].rstrip("]") for line in found}
    assert expected <= seen, (expected - seen, found)


@pytest.mark.parametrize("check", ["StringFormatMatches"])
def test_formats_of_two_languages_must_agree(
    check: str, own_project: Path, settings: ApkSettings, tools: Tools
) -> None:
    text = (own_project / CHINESE).read_text("utf-8")
    assert "%1$.1f%%" in text
    (own_project / CHINESE).write_text(text.replace("%1$.1f%%", "%1$d%%"), "utf-8")
    assert any(f"[{check}]" in line for line in lint_findings(own_project, settings, tools))

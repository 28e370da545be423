from __future__ import annotations

import pytest

from mobilegen.errors import ProcessError
from mobilegen.executors.base import ExecutionError
from mobilegen.platforms.android.executors import jvm

CRASH = """# A fatal error has been detected by the Java Runtime Environment:
#
#  SIGSEGV (0xb) at pc=0x00007f7dac641407, pid=30246, tid=30247
#
# Problematic frame:
# C  [libstandin.so+0x5407]  mobilegen_predict+0x17
#
"""
WARNING = """WARNING in native method: JNI call made with exception pending
\tat {class_name}.predictImage(Native Method)
\tat Driver.main(Driver.java:46)
"""


def test_crash_is_told_in_two_lines() -> None:
    error = ProcessError("failed", seen=["tail"], output=CRASH)
    assert jvm._explain(error) == [
        "SIGSEGV (0xb) at pc=0x00007f7dac641407, pid=30246, tid=30247",
        "C  [libstandin.so+0x5407]  mobilegen_predict+0x17",
    ]


def test_unknown_output_is_shown_as_it_is() -> None:
    assert jvm._explain(ProcessError("failed", seen=["tail"], output="tail")) == ["tail"]


def test_wrong_use_of_jni_in_our_class_is_an_error() -> None:
    printed = WARNING.format(class_name="a.b.ImageRecognition")
    with pytest.raises(ExecutionError, match="wrong use of JNI"):
        jvm._refuse_jni_faults(printed, "a.b")


def test_wrong_use_of_jni_elsewhere_is_not_ours() -> None:
    jvm._refuse_jni_faults(WARNING.format(class_name="sun.nio.fs.Natives"), "a.b")

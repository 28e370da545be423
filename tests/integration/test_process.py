from __future__ import annotations

import sys
import time
from pathlib import Path

import psutil
import pytest

from mobilegen.errors import ProcessError
from mobilegen.system.process import describe_exit, run, stream

FAMILY = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"],
                         start_new_session=True)
print(child.pid, flush=True)
time.sleep(60)
"""


def test_output_and_input() -> None:
    done = run([sys.executable, "-c", "print(input()[::-1])"], title="x", timeout=20, input="abc")
    assert done.stdout == "cba\n"


def test_failure_shows_code_and_last_lines() -> None:
    code = "import sys; print('why'); sys.exit(3)"
    with pytest.raises(ProcessError, match=r"the tool failed \(exit code 3\)") as caught:
        run([sys.executable, "-c", code], title="the tool", timeout=20)
    assert caught.value.seen == ("why",)


def test_signal_is_named() -> None:
    code = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"
    with pytest.raises(ProcessError, match="signal SIGSEGV"):
        run([sys.executable, "-c", code], title="the tool", timeout=20)
    assert describe_exit(-9) == "signal SIGKILL"


def test_missing_program() -> None:
    with pytest.raises(ProcessError, match="could not start"):
        run(["no-such-program-here"], title="the tool", timeout=20)


def test_time_limit_ends_the_whole_family() -> None:
    with pytest.raises(ProcessError, match="did not finish within 1 s") as caught:
        run([sys.executable, "-c", FAMILY], title="the tool", timeout=1)
    assert_gone(int(caught.value.output.split()[0]))


def test_interrupt_ends_the_whole_family() -> None:
    def interrupt(line: str) -> None:
        pids.append(int(line))
        raise KeyboardInterrupt

    pids: list[int] = []
    with pytest.raises(KeyboardInterrupt):
        stream([sys.executable, "-c", FAMILY], title="the tool", on_line=interrupt)
    assert_gone(pids[0])


def test_environment_is_added_and_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONE", "1")
    code = "import os; print(os.environ.get('GONE'), os.environ['HERE'])"
    argv = [sys.executable, "-c", code]
    done = run(argv, title="x", timeout=20, env={"GONE": "", "HERE": "yes"})
    assert done.stdout == "None yes\n"


def test_working_folder(tmp_path: Path) -> None:
    code = "import os; print(os.getcwd())"
    done = run([sys.executable, "-c", code], title="x", timeout=20, cwd=tmp_path)
    assert done.stdout.strip() == str(tmp_path)


def assert_gone(pid: int) -> None:
    for _ in range(50):
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return
        time.sleep(0.1)
    raise AssertionError(f"process {pid} still runs")

from __future__ import annotations

import subprocess
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


ORPHANING = """
import sys
from mobilegen.system.process import run
run([sys.executable, "-c", sys.argv[1]], title="the child", timeout=60)
"""


def test_children_end_with_a_process_that_is_killed(tmp_path: Path) -> None:
    """They and what they started, in other sessions too: nobody is left to end them."""
    pids = tmp_path / "pids"
    child = FAMILY.replace("flush=True", f"os.getpid(), file=open({str(pids)!r}, 'w'), flush=True")
    argv = [sys.executable, "-c", ORPHANING, child.replace("import ", "import os, ", 1)]
    parent = subprocess.Popen(argv)
    for _ in range(100):
        if pids.is_file() and len(pids.read_text().split()) == 2:
            break
        time.sleep(0.1)
    family = [int(pid) for pid in pids.read_text().split()]
    assert all(psutil.pid_exists(pid) for pid in family)
    parent.kill()
    parent.wait()
    for pid in family:
        assert_gone(pid)


def test_descendants_that_are_born_while_the_family_is_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The list of descendants is a moment old when it is used; the group is not."""
    monkeypatch.setattr(psutil.Process, "children", lambda self, recursive=False: [])
    started = time.monotonic()
    with pytest.raises(ProcessError) as caught:
        same_group = FAMILY.replace("start_new_session=True", "start_new_session=False")
        run([sys.executable, "-c", same_group], title="the tool", timeout=1)
    assert_gone(int(caught.value.output.split()[0]))
    assert time.monotonic() - started < 20


READING = """
import sys
from mobilegen.system.process import run
writing = "import sys; sys.stdout.buffer.write(chr(0x2713).encode('utf-8'))"
print(ascii(run([sys.executable, "-c", writing], title="x", timeout=20).stdout))
"""


def test_output_is_utf8_whatever_the_locale() -> None:
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = run([sys.executable, "-c", READING], title="x", timeout=20, env=ascii_only)
    assert done.stdout.strip() == r"'\u2713'"


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


WRITING = """
import os, sys, pathlib
os.umask(int(sys.argv[1], 8))
from mobilegen.system.files import new_dir, write_text
with new_dir(pathlib.Path("folder")) as folder:
    write_text(folder / "file", "")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")
@pytest.mark.parametrize(("mask", "file", "folder"), [("077", 0o600, 0o700), ("002", 0o664, 0o775)])
def test_files_have_the_permissions_that_the_user_wants(
    mask: str, file: int, folder: int, tmp_path: Path
) -> None:
    run([sys.executable, "-c", WRITING, mask], title="x", timeout=20, cwd=tmp_path)
    made = tmp_path / "folder"
    assert [path.stat().st_mode & 0o777 for path in (made / "file", made)] == [file, folder]

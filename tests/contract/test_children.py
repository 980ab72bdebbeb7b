"""Servers and services started by tests never outlive them, whatever happens to the tests."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from infra.migrate_all import ROOT
from tests.support.child import Child

SLEEPER = [sys.executable, "-I", "-S", "-c", "import time; print('awake', flush=True); time.sleep(600)"]
STUBBORN = [
    *(sys.executable, "-I", "-S", "-c"),
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('awake', flush=True); time.sleep(600)",
]
OWNER = """
import signal, sys, time
from pathlib import Path
from tests.support.child import Child
home = Path(sys.argv[1])
child = Child(eval(sys.argv[2]), log=home / "log", remove=home)
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job is born deaf to it
print(child.pid, flush=True)
time.sleep(600)
"""


def is_gone(pid: int, within_s: float = 10.0) -> bool:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


def wait_for(text: str, log: Path) -> None:
    deadline = time.monotonic() + 10.0
    while time.monotonic() < deadline and text not in log.read_text():
        time.sleep(0.02)
    assert text in log.read_text()


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_child_and_its_directory_go_when_its_owner_is_struck(blow: signal.Signals, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    owner = subprocess.Popen(  # noqa: S603  our own program
        [sys.executable, "-c", OWNER, str(home), repr(SLEEPER)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT
    )
    with owner:
        assert owner.stdout is not None
        pid = int(owner.stdout.readline())
        owner.send_signal(blow)
    assert is_gone(pid)
    deadline = time.monotonic() + 5.0
    while home.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not home.exists()


def test_a_killed_child_says_so_and_leaves_its_directory(tmp_path: Path) -> None:
    child = Child(SLEEPER, log=tmp_path / "log")
    assert child.exit_code() is None
    child.kill()
    assert child.exit_code() == -signal.SIGKILL
    assert is_gone(child.pid)
    assert child.stop() == -signal.SIGKILL
    assert tmp_path.exists()


def test_a_child_that_ignores_the_signal_is_killed_after_the_patience(tmp_path: Path) -> None:
    child = Child(STUBBORN, log=tmp_path / "log", patience_s=0.3)
    wait_for("awake", child.log)
    assert child.stop() == -signal.SIGKILL
    assert is_gone(child.pid)


def test_a_child_that_ends_by_itself_keeps_its_exit_code_and_its_log(tmp_path: Path) -> None:
    child = Child([sys.executable, "-I", "-S", "-c", "print('bye'); raise SystemExit(7)"], log=tmp_path / "log")
    assert child.exit_code(wait_s=10.0) == 7
    assert child.log_tail() == "bye"
    assert child.stop() == 7


def test_a_program_that_does_not_exist_is_a_loud_failure(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="no-such-program could not be started"):
        Child([str(tmp_path / "no-such-program")], log=tmp_path / "log")

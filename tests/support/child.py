"""A child process that cannot outlive us, even when we are killed with SIGKILL.

Every child is started by a small keeper (this very file, run as a script with nothing but the standard library). The keeper is the
parent of the child, so a signal can never hit a stranger that got the same pid, and it reads a pipe whose other end only we hold: when
we end in whatever way, the pipe closes, the keeper stops the child and removes its directory.
"""

import json
import os
import pwd
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO


class Child:
    """One process of ours with a log file; stopped by `stop`, killed by `kill`, or stopped when we end."""

    def __init__(
        self,
        argv: Sequence[str],
        *,
        log: Path,
        stop_signal: signal.Signals = signal.SIGTERM,
        patience_s: float = 20.0,
        user: str | None = None,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        remove: Path | None = None,
    ) -> None:
        """Start `argv`, appending its output to `log`.

        `stop_signal` asks it to end; after `patience_s` seconds it is killed. `user` runs it as somebody else (needs root), None as
        ourselves. `env` is the whole environment, None hands down ours. `remove` is a directory deleted when the child is stopped.
        """
        self.log = log
        self._exit_code: int | None = None
        self._patience_s = patience_s
        order = {
            "argv": list(argv),
            "log": str(log),
            "stop": stop_signal.value,
            "patience_s": patience_s,
            "user": user,
            "cwd": None if cwd is None else str(cwd),
            "remove": None if remove is None else str(remove),
        }
        self._keeper = subprocess.Popen(  # noqa: S603  starting what we are told is its task
            [sys.executable, "-I", "-S", __file__, json.dumps(order)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=None if env is None else dict(env),
            start_new_session=True,
        )
        first = self._pipe(self._keeper.stdout).readline().split()
        if len(first) != 2 or first[0] != b"pid":
            self.stop()
            msg = f"{argv[0]} could not be started: {self.log_tail()}"
            raise RuntimeError(msg)
        self.pid = int(first[1])

    def exit_code(self, *, wait_s: float = 0.0) -> int | None:
        """The exit code (negative: the signal that ended it), or None while it still runs after `wait_s` seconds."""
        if self._exit_code is None:
            pipe = self._pipe(self._keeper.stdout)
            ready, _, _ = select.select([pipe], [], [], wait_s)
            if ready:
                words = pipe.readline().split()
                self._exit_code = int(words[1]) if len(words) == 2 else -signal.SIGKILL
        return self._exit_code

    def kill(self) -> None:
        """`kill -9`, and wait until the process is gone; its directory stays."""
        if self.exit_code() is None:
            pipe = self._pipe(self._keeper.stdin)
            pipe.write(b"kill\n")
            pipe.flush()
            self.exit_code(wait_s=10.0)

    def stop(self) -> int | None:
        """Ask it to end, kill it after the patience, remove its directory; the exit code."""
        stdin = self._pipe(self._keeper.stdin)
        if not stdin.closed:
            stdin.close()
            code = self.exit_code(wait_s=self._patience_s + 5.0)
            try:
                self._keeper.wait(5.0)
            except subprocess.TimeoutExpired:
                # Only when a forked copy of us still holds the pipe: then the end of file never comes.
                self._keeper.terminate()
                code = self.exit_code(wait_s=self._patience_s + 5.0)
                self._keeper.wait(10.0)
            self._exit_code = code
            self._pipe(self._keeper.stdout).close()
        return self._exit_code

    def log_tail(self, lines: int = 40) -> str:
        """The last lines of its log, for a failure's message; empty when there is no log any more."""
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return ""

    @staticmethod
    def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
        """Popen types its pipes as optional; ours are always asked for."""
        if stream is None:
            msg = "the keeper was started without its pipes"
            raise RuntimeError(msg)
        return stream


def _keep(order: dict[str, object]) -> None:
    """The keeper's life: start the child, obey the pipe, stop the child when the pipe closes."""
    wake_read, wake_write = os.pipe()
    os.set_blocking(wake_write, False)
    signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
    asked_to_end: list[int] = []
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGTERM, lambda number, _: asked_to_end.append(number))
    child = _start(order)
    _say(f"pid {child.pid}")
    let_go = False
    while child.poll() is None and not asked_to_end and not let_go:
        words = _listen(wake_read)
        let_go = words == b""
        if words is not None and b"kill" in words:
            child.kill()
    _end(child, signal.Signals(int(str(order["stop"]))), float(str(order["patience_s"])))
    _say(f"exit {child.returncode}")
    # The log stays readable until our starter has let go, even when the child ended by itself.
    while not asked_to_end and not let_go:
        let_go = _listen(wake_read) == b""
    if order["remove"] is not None:
        shutil.rmtree(str(order["remove"]), ignore_errors=True)


def _listen(wake_read: int) -> bytes | None:
    """What our starter says, empty when it has let go, None when only a signal came."""
    ready, _, _ = select.select([0, wake_read], [], [])
    if wake_read in ready:
        os.read(wake_read, 64)
    return os.read(0, 64) if 0 in ready else None


def _start(order: dict[str, object]) -> subprocess.Popen[bytes]:
    """Start the child in a session of its own, so that Ctrl-C on the terminal reaches only us, who then stop it in order."""
    account = None if order["user"] is None else pwd.getpwnam(str(order["user"]))
    argv = order["argv"]
    if not isinstance(argv, list):
        raise TypeError("argv must be a list")
    with Path(str(order["log"])).open("ab") as log:
        return subprocess.Popen(  # noqa: S603  starting what we are told is its task
            argv,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=None if order["cwd"] is None else str(order["cwd"]),
            user=None if account is None else account.pw_uid,
            group=None if account is None else account.pw_gid,
            extra_groups=None if account is None else [],
            start_new_session=True,
        )


def _end(child: subprocess.Popen[bytes], stop_signal: signal.Signals, patience_s: float) -> None:
    """Ask, wait, then kill."""
    deadline = time.monotonic() + patience_s
    if child.poll() is None:
        child.send_signal(stop_signal)
    try:
        child.wait(max(0.1, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _say(line: str) -> None:
    """Tell our starter; it may be gone already, then nobody needs to know."""
    try:
        os.write(1, f"{line}\n".encode())
    except BrokenPipeError:
        return


if __name__ == "__main__":
    _keep(json.loads(sys.argv[1]))

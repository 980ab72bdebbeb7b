"""`make run`: the whole house in one process. Begins with the databases, which a second core prepares while this one imports the services."""

import ctypes
import gc
import os
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
HOST = "127.0.0.1"
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8


def _must_be_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            sys.exit(f"Port {port} is taken. Choose another: make run PORT=8010")


def _few_heaps() -> None:
    """Have the C library keep one heap for all threads, and give back what is free (mallopt(3)).

    Seven databases have three threads each, and glibc would keep a heap for every one of them: tens of MiB that nobody uses.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        for option, value in ((_M_ARENA_MAX, 1), (_M_TRIM_THRESHOLD, 128 * 1024), (_M_MMAP_THRESHOLD, 64 * 1024)):
            mallopt(option, value)


def main() -> None:
    """Bring the databases to the newest version, then run on PORT (8000); what goes wrong is printed and ends it."""
    gc.disable()  # what is imported stays: looking for waste in it takes a third of the start; settle_memory turns it on again
    _few_heaps()
    port = int(os.environ.get("PORT", "8000"))
    _must_be_free(port)
    words = [sys.executable, "-m", "infra.migrate", "upgrade", "all"]
    preparing = subprocess.Popen(words, env=os.environ | {"PYTHONPATH": str(ROOT)})  # noqa: S603  our own program
    from gateway.embedded import run  # six services: seconds of one core

    if preparing.wait():
        sys.exit("The databases could not be brought to the newest version; see above.")
    run(port)


if __name__ == "__main__":
    main()

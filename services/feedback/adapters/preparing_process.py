"""Prepares long uploads in processes of their own: reading and masking a line costs twice what storing it does.

Beside the doors that work would take turns with everything else that the interpreter does, and with the storing of the batch before. A process
lives as long as its upload. Batches go there and back as `marshal` writes them, which knows only plain values and is the fastest that there is;
both ends are the same Python.
"""

import asyncio
import marshal
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from services.feedback.use_cases.prepare_lines import Order, Prepared, Preparer, Refused
from services.feedback.use_cases.sealing import Vault

ROOT = Path(__file__).parents[3]
MOST = 2
"""Uploads that have a process at the same time; others are prepared in a thread."""
_LENGTH, _BUFFER = 8, 4 * 1024**2
"""Bytes that say how long the next value is, and bytes that are read ahead: about one batch."""


class UploadProcess:
    """One process, for one upload."""

    def __init__(self, process: asyncio.subprocess.Process, into: asyncio.StreamWriter, out: asyncio.StreamReader) -> None:
        self._process, self._into, self._out = process, into, out
        self._greeting = asyncio.create_task(self._greeted())

    @property
    def ready(self) -> bool:
        """Whether it has started and is not gone."""
        return self._greeting.done() and not self._greeting.cancelled() and self._greeting.result() and not self.ended

    @property
    def ended(self) -> bool:
        """Whether it is over."""
        return self._process.returncode is not None

    async def begin(self, needed: tuple[Any, ...]) -> None:
        """Hand it what it begins with; when it is gone already, it never becomes ready."""
        with suppress(OSError):
            await self._send(needed)

    async def _greeted(self) -> bool:
        try:
            await self._received()
        except (OSError, EOFError):
            return False
        return True

    async def _send(self, value: Any) -> None:
        packed = marshal.dumps(value)
        self._into.writelines([len(packed).to_bytes(_LENGTH), packed])
        await self._into.drain()

    async def prepare(self, lines: Sequence[tuple[int, bytes]]) -> Prepared:
        """Do as Preparer.prepare does; raises OSError or EOFError when the process is gone."""
        await self._send(list(lines))
        return _unpacked(await self._received())

    async def close(self) -> None:
        """End it, whatever it is doing."""
        self._greeting.cancel()
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()

    async def _received(self) -> Any:
        length = int.from_bytes(await self._out.readexactly(_LENGTH))
        return marshal.loads(await self._out.readexactly(length))  # noqa: S302 - our own process wrote it


class UploadProcesses:
    """Begins processes with what they need to mask and seal."""

    def __init__(self, key: bytes, phone_region: str) -> None:
        self._needed = (key, phone_region)
        self._running: set[UploadProcess] = set()

    async def begin(self, order: Order) -> UploadProcess | None:
        """Begin one; None when there are enough, or none can be had."""
        self._running = {one for one in self._running if not one.ended}
        if len(self._running) >= MOST:
            return None
        pipe, words = asyncio.subprocess.PIPE, [sys.executable, "-m", __name__]
        try:
            process = await asyncio.create_subprocess_exec(*words, stdin=pipe, stdout=pipe, env=os.environ | {"PYTHONPATH": str(ROOT)}, limit=_BUFFER)
        except OSError:
            return None
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("a process begun with pipes has none")
        begun = UploadProcess(process, process.stdin, process.stdout)
        self._running.add(begun)
        await begun.begin((*self._needed, asdict(order)))
        return begun


def _packed(done: Prepared) -> tuple[Any, ...]:
    return (done.seen, done.lines, done.columns, done.labels, [tuple(one) for one in done.refused])


def _unpacked(found: tuple[Any, ...]) -> Prepared:
    seen, lines, columns, labels, refused = found
    return Prepared(seen, lines, columns, labels, [Refused(*one) for one in refused])


def _serve(incoming: BinaryIO, outgoing: BinaryIO) -> None:
    """Prepare batches until nobody sends any more."""

    def send(value: Any) -> None:
        packed = marshal.dumps(value)
        outgoing.write(len(packed).to_bytes(_LENGTH) + packed)
        outgoing.flush()

    def received() -> Any:
        length = incoming.read(_LENGTH)
        return marshal.loads(incoming.read(int.from_bytes(length))) if length else None  # noqa: S302 - our own process wrote it

    key, phone_region, order = received()
    preparer = Preparer(Vault(key, phone_region), Order(**order))
    send("ready")
    while (lines := received()) is not None:
        send(_packed(preparer.prepare(lines)))


if __name__ == "__main__":
    _serve(sys.stdin.buffer, sys.stdout.buffer)

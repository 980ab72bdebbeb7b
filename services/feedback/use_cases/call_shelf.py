"""Calls that come while others are being stored are stored together, by the next commit.

A flood costs a few commits, and yet each call is safe before it is acknowledged.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

from services.feedback.use_cases.keep_calls import StoredCall

SHELF = "webhook calls"
"""The resource under which a process keeps its shelf."""
AT_ONCE = 200
"""Calls of one commit: what a platform sends may be large."""


class CallShelf:
    """What this process has heard and not stored yet; `store` commits some calls."""

    def __init__(self, store: Callable[[Sequence[StoredCall]], Awaitable[None]]) -> None:
        self._store = store
        self._waiting: list[tuple[StoredCall, asyncio.Future[None]]] = []
        self._storing: asyncio.Task[None] | None = None
        self._busy_at = 0.0

    async def keep(self, call: StoredCall) -> None:
        """Return once the call is committed; raises what hindered that."""
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((call, stored))
        if self._storing is None:
            self._storing = asyncio.create_task(self._store_waiting())
        await stored

    def quiet_s(self) -> float:
        """Return for how many seconds nobody has called; 0 while somebody waits to be acknowledged, however long that takes."""
        return 0.0 if self._storing is not None else time.monotonic() - self._busy_at

    async def _store_waiting(self) -> None:
        try:
            while self._waiting:
                together, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
                failure: Exception | None = None
                try:
                    await self._store([call for call, _ in together])
                except Exception as error:  # noqa: BLE001 - everybody who waits is told, and answers for it
                    failure = error
                for _, stored in together:
                    _tell(stored, failure)
        finally:
            self._storing, self._busy_at = None, time.monotonic()


def _tell(stored: "asyncio.Future[None]", failure: Exception | None) -> None:
    if stored.done():  # the platform hung up meanwhile
        return
    if failure is None:
        stored.set_result(None)
    else:
        stored.set_exception(failure)

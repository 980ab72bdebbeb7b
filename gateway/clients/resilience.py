"""What keeps one slow or dead service from pulling the others down: breaker, bulkhead, retry budget."""

import asyncio
from collections import deque
from dataclasses import dataclass, field

WINDOW = 20
"""Calls that a breaker judges by."""
ENOUGH = 10
"""Fewer calls than this say nothing."""
FAILED_SHARE = 0.5
OPEN_S = 5.0
RUNNING = 64
WAITING = 128
RETRY_SHARE = 0.1
RETRY_STOCK = 10.0


class CircuitOpen(Exception):
    """The service failed so often that it is left alone for a few seconds."""


class Crowded(Exception):
    """As many calls wait for the service as may."""


@dataclass(slots=True)
class Breaker:
    """Opens when half of the last calls failed, lets one probe through after five seconds, closes when that succeeds."""

    outcomes: deque[bool] = field(default_factory=lambda: deque(maxlen=WINDOW))
    open_until: float | None = None
    probing: bool = False

    def enter(self, now: float) -> None:
        """Let a call pass; raises CircuitOpen. `now` is in seconds of any steady clock."""
        if self.open_until is None:
            return
        if now < self.open_until or self.probing:
            raise CircuitOpen
        self.probing = True

    def leave(self, now: float, *, good: bool) -> None:
        """Note how the call ended."""
        if self.open_until is not None:
            if not self.probing:
                return  # it began before the breaker opened and says nothing about now
            self.probing = False
            self.open_until = None if good else now + OPEN_S
            self.outcomes.clear()
            return
        self.outcomes.append(good)
        failed = self.outcomes.count(False)
        if len(self.outcomes) >= ENOUGH and failed >= FAILED_SHARE * len(self.outcomes):
            self.open_until = now + OPEN_S

    def abandon(self) -> None:
        """The caller went away before an outcome was known; the next one may probe."""
        self.probing = False


class Bulkhead:
    """Bounds how many calls run and wait at once; who comes later is turned away at once instead of queueing without end."""

    def __init__(self, running: int = RUNNING, waiting: int = WAITING) -> None:
        self._places = asyncio.Semaphore(running)
        self._all = self._free = running + waiting

    @property
    def taken(self) -> int:
        """Return how many calls run or wait."""
        return self._all - self._free

    async def __aenter__(self) -> None:
        """Take a place; raises Crowded."""
        if self._free == 0:
            raise Crowded
        self._free -= 1
        try:
            await self._places.acquire()
        except BaseException:
            self._free += 1
            raise

    async def __aexit__(self, *_: object) -> None:
        """Give it back."""
        self._free += 1
        self._places.release()


@dataclass(slots=True)
class RetryBudget:
    """At most one retry in ten calls, so that retries never multiply an outage."""

    stock: float = RETRY_STOCK

    def earn(self) -> None:
        """A first attempt was made."""
        self.stock = min(RETRY_STOCK, self.stock + RETRY_SHARE)

    def spend(self) -> bool:
        """Take one retry; False when none is left."""
        if self.stock < 1:
            return False
        self.stock -= 1
        return True

"""Moments at which something is to be looked at: by moment, and by when they were set where two are the same.

Most of them are the next relax step of a contact that has just come: one of a few lengths from now. Those of one length come in the order in which
they were set, so that they stand in a queue, and only the first of each queue stands in the heap.
"""

import heapq
from collections import deque
from itertools import count
from typing import Any

from services.routing.domain.engine.parts import NEVER, WaitingContact

What = WaitingContact | int
"""A contact, or the number of a group."""
_Timer = tuple[float, int, What, Any]
"""(moment, number, what, its queue or None)."""


class Timers:
    """What is to be looked at, and when."""

    def __init__(self) -> None:
        self._heap: list[_Timer] = []
        self._queues: dict[float, deque[_Timer]] = {}
        """By length in seconds."""
        self._number = count()

    def next_at(self) -> float:
        """Return the first moment; infinite when there is none."""
        return self._heap[0][0] if self._heap else NEVER

    def put(self, at: float, what: What) -> None:
        """Have something looked at at a moment."""
        heapq.heappush(self._heap, (at, next(self._number), what, None))

    def put_after(self, seconds: float, now: float, what: What) -> None:
        """Have something looked at so many seconds from now; `seconds` is one of a few lengths."""
        queue, at = self._queues.get(seconds), now + seconds
        if queue is None:
            queue = self._queues[seconds] = deque()
        if not queue:
            queue.append((at, next(self._number), what, queue))
            heapq.heappush(self._heap, queue[0])
        elif at >= queue[-1][0]:
            queue.append((at, next(self._number), what, queue))
        else:  # the clock went back
            self.put(at, what)

    def pop(self) -> tuple[float, What]:
        """Take the first out and return it with its moment; raises IndexError when there is none."""
        at, _, what, queue = self._heap[0]
        if queue is not None:
            queue.popleft()
        if queue:
            heapq.heapreplace(self._heap, queue[0])
        else:
            heapq.heappop(self._heap)
        return at, what

"""The lines of waiting contacts, one per class, oldest first, and what I needs to know of each line."""

import heapq
import math
from itertools import count
from typing import Any

import numpy as np

from services.routing.domain.engine.parts import NEVER, ClassSpec, QueuePromise, Rule, WaitingContact
from services.routing.domain.engine.tables import HEAD, LIMIT, RISE, START, Floats, Ints

ALPHA = 0.02
"""Weight of the last contact in a queue's service level."""

DOUBT = 1.6
"""Standard errors that are taken off a queue's service level."""

SHIFT_H = 8
"""A service level speaks of about a shift."""


class Lines:
    """Classes of contacts: their lines, and the columns HEAD, START, RISE and LIMIT of `live`."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.specs: list[ClassSpec] = []
        self.queues: dict[str, QueuePromise] = {}
        self.waiting = 0
        self.arrivals: list[float] = []
        """Contacts per class since the last pricing."""
        self.live: Floats = np.zeros((4, 16))
        self.live[HEAD] = NEVER
        self.handle: Floats = np.zeros(16)
        self.wrap: Floats = np.zeros(16)
        self.weight: Floats = np.ones(16)
        self.epoch = 0
        """Counts the changes of handle times and weights, which the rows' `base` follows."""
        self._numbers: dict[str, int] = {}
        self._of_queue: dict[str, Ints] = {}
        self._heaps: list[list[tuple[float, Any, int, WaitingContact]]] = []
        self._joined = count()
        self._credit: Floats = np.zeros(16)

    def find(self, key: str) -> int | None:
        """Return the number of a class; None when it is new."""
        return self._numbers.get(key)

    def add(self, spec: ClassSpec) -> int:
        """Open a line; return its number."""
        number = len(self.specs)
        if number >= len(self.handle):
            self._grow()
        self.specs.append(spec)
        self._numbers[spec.key] = number
        self._heaps.append([])
        self.arrivals.append(0.0)
        self._credit[number] = spec.credit_s
        known = self._of_queue.get(spec.queue, np.empty(0, dtype=np.intp))
        self._of_queue[spec.queue] = np.append(known, number)
        self.learn_queue(self.queues[spec.queue])
        return number

    def _grow(self) -> None:
        room = 2 * len(self.handle)
        live = np.zeros((4, room))
        live[HEAD] = NEVER
        live[:, : self.live.shape[1]] = self.live
        self.live = live
        for name in ("handle", "wrap", "weight", "_credit"):
            old = getattr(self, name)
            setattr(self, name, np.concatenate((old, np.ones(room - len(old)))))

    def learn_queue(self, queue: QueuePromise) -> None:
        """Take over what a queue promises and expects now."""
        self.queues[queue.key] = queue
        for number in self._of_queue.get(queue.key, ()):
            spec = self.specs[number]
            self.handle[number] = queue.handle_by_topic.get(spec.topic, queue.handle_s)
            self.wrap[number] = queue.wrap_s
            self.weight[number] = queue.weight * spec.weight
            self.live[LIMIT, number] = NEVER if self.rule.fifo else queue.starvation_s
        self.epoch += 1
        self._owe(queue)

    def _owe(self, queue: QueuePromise) -> None:
        """Put the queue's service-level debt into its classes' START and RISE."""
        numbers = self._of_queue.get(queue.key)
        if numbers is None:
            return
        if self.rule.fifo:
            self.live[START, numbers] = self._credit[numbers]
            self.live[RISE, numbers] = 1.0
            return
        debt = self.debt(queue)
        rise = debt * self.rule.slope / queue.sla_s
        self.live[START, numbers] = debt + rise * self._credit[numbers]
        self.live[RISE, numbers] = rise

    def debt(self, queue: QueuePromise) -> float:
        """Return e^(κ(target - SL)): above 1 while the queue stays behind its promise."""
        return math.exp(self.rule.kappa * (queue.sla_share - (queue.service_level - queue.doubt)))

    def note_traffic(self, queue_key: str, per_hour: float) -> None:
        """Take in how many contacts a queue gets: of a handful, a service level says little, and a rare queue shall not pay for the others."""
        queue = self.queues[queue_key]
        queue.doubt = DOUBT * 0.5 / math.sqrt(max(1.0, SHIFT_H * per_hour))
        self._owe(queue)

    def note_answer(self, queue_key: str, *, in_time: bool) -> None:
        """Count one contact that was answered, or lost, into the queue's service level."""
        queue = self.queues[queue_key]
        queue.service_level += ALPHA * ((1.0 if in_time else 0.0) - queue.service_level)
        self._owe(queue)

    def note_level(self, queue_key: str, level: float) -> None:
        """Take over a service level that was reckoned elsewhere."""
        queue = self.queues[queue_key]
        if queue.service_level != level:
            queue.service_level = level
            self._owe(queue)

    def join(self, contact: WaitingContact) -> None:
        """Put a contact in its line."""
        contact.live = True
        self.waiting += 1
        heap = self._heaps[contact.cls]
        heapq.heappush(heap, (contact.since, contact.id, next(self._joined), contact))
        if heap[0][3] is contact:
            self.live[HEAD, contact.cls] = contact.since

    def leave(self, contact: WaitingContact) -> None:
        """Take a contact out of its line."""
        contact.live = False
        self.waiting -= 1
        heap = self._heaps[contact.cls]
        if heap and heap[0][3] is contact:
            self._clean(contact.cls)

    def _clean(self, cls: int) -> None:
        heap = self._heaps[cls]
        while heap and not heap[0][3].live:
            heapq.heappop(heap)
        self.live[HEAD, cls] = heap[0][0] if heap else NEVER

    def head(self, cls: int) -> WaitingContact:
        """Return the oldest of a line that is not empty."""
        return self._heaps[cls][0][3]

"""The lines of waiting contacts, one per class, oldest first, and what I needs to know of each line.

I = base · (START + RISE · W), where RISE = debt of the queue · s / T and START = debt + RISE · credit.
A changed service level is two numbers per queue.
"""

import math
from bisect import bisect_left
from collections import deque
from collections.abc import Iterator
from typing import Any

import numpy as np

from services.routing.domain.engine.parts import NEVER, ClassSpec, QueuePromise, Rule, WaitingContact
from services.routing.domain.engine.patience import urgency_of, usual_hazard
from services.routing.domain.engine.tables import Floats, Ints

ALPHA = 0.02
"""Weight of the last contact in a queue's service level."""

DOUBT = 1.6
"""Standard errors that are taken off a queue's service level."""

SHIFT_H = 8
"""A service level speaks of about a shift."""


class Lines:
    """Classes of contacts and their lines. `heads[c]` is since when the oldest of class c waits, infinite where nobody does."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.specs: list[ClassSpec] = []
        self.promises: list[QueuePromise] = []
        """Per class the promise of its queue."""
        self.queues: dict[str, QueuePromise] = {}
        self.waiting = 0
        self.arrivals: list[float] = []
        """Contacts per class since the last pricing."""
        self.heads: Floats = np.full(16, NEVER)
        self.queue_of: Ints = np.zeros(16, dtype=np.intp)
        """Per class the number of its queue."""
        self.debts: Floats = np.zeros(4)
        self.rises: Floats = np.zeros(4)
        """By queue number."""
        self.limit: Floats = np.full(16, NEVER)
        self.credit: Floats = np.zeros(16)
        self.handle: Floats = np.zeros(16)
        self.wrap: Floats = np.zeros(16)
        self.weight: Floats = np.ones(16)
        self.epoch = 0
        """Counts the changes of handle times and weights, which the rows' `base` follows."""
        self._numbers: dict[str, int] = {}
        self._of_queue: dict[str, list[int]] = {}
        self._queue_numbers: dict[str, int] = {}
        self._newest: list[float] = []
        """Per class since when the last waits, or waited, of those who ever stood at its end."""
        self.in_line: list[deque[WaitingContact]] = []
        """Per class those in line, by age, then id. Who left from the middle lies in it until it would be the first; the first is never such."""

    def find(self, key: str) -> int | None:
        """Return the number of a class; None when it is new."""
        return self._numbers.get(key)

    def add(self, spec: ClassSpec) -> int:
        """Open a line; return its number."""
        number = len(self.specs)
        if number >= len(self.handle):
            self._grow()
        self.specs.append(spec)
        self.promises.append(self.queues[spec.queue])
        self._numbers[spec.key] = number
        self.in_line.append(deque())
        self._newest.append(-NEVER)
        self.arrivals.append(0.0)
        self.credit[number] = spec.credit_s
        self.queue_of[number] = self._queue_number(spec.queue)
        self._of_queue.setdefault(spec.queue, []).append(number)
        self._learn_class(number, self.queues[spec.queue])
        self.epoch += 1
        return number

    def _grow(self) -> None:
        room = 2 * len(self.handle)
        for name, fill in (("heads", NEVER), ("limit", NEVER), ("credit", 0.0), ("handle", 1.0), ("wrap", 1.0), ("weight", 1.0)):
            old = getattr(self, name)
            setattr(self, name, np.concatenate((old, np.full(room - len(old), fill))))
        self.queue_of = np.concatenate((self.queue_of, np.zeros(room - len(self.queue_of), dtype=np.intp)))

    def _queue_number(self, key: str) -> int:
        number = self._queue_numbers.setdefault(key, len(self._queue_numbers))
        if number >= len(self.debts):
            self.debts = np.concatenate((self.debts, np.zeros(len(self.debts))))
            self.rises = np.concatenate((self.rises, np.zeros(len(self.rises))))
        return number

    def learn_queue(self, queue: QueuePromise) -> None:
        """Take over what a queue promises and expects now; what was last made of its traffic and patience stands until both are next looked at."""
        known = self.queues.get(queue.key)
        if known is not None:
            queue.doubt, queue.urgency = known.doubt, known.urgency
        self.queues[queue.key] = queue
        for number in self._of_queue.get(queue.key, ()):
            self.promises[number] = queue
            self._learn_class(number, queue)
        self.epoch += 1
        self._owe(queue)

    def judge_patience(self) -> None:
        """Weigh every queue by how soon its customers leave. The debts follow with the next `note_traffic`."""
        usual = usual_hazard((queue.left, queue.waited_s) for queue in self.queues.values())
        for queue in self.queues.values():
            queue.urgency = urgency_of(queue.left, queue.waited_s, usual)

    def _learn_class(self, number: int, queue: QueuePromise) -> None:
        spec = self.specs[number]
        self.handle[number] = queue.handle_by_topic.get(spec.topic, queue.handle_s)
        self.wrap[number] = queue.wrap_s
        self.weight[number] = queue.weight * spec.weight
        self.limit[number] = NEVER if self.rule.fifo else queue.starvation_s

    def _owe(self, queue: QueuePromise) -> None:
        """Write down what the queue's contacts weigh more, or less: service-level debt times urgency."""
        number, rule = self._queue_numbers.get(queue.key), self.rule
        if number is None:
            number = self._queue_number(queue.key)
        if rule.fifo:
            self.debts[number], self.rises[number] = 0.0, 1.0
            return
        self.debts[number] = debt = math.exp(rule.kappa * (queue.sla_share - (queue.service_level - queue.doubt))) * queue.urgency
        self.rises[number] = debt * rule.slope / queue.sla_s

    def index(self, cls: int, waited_s: float, base: float) -> float:
        """Return I of one contact, reckoned in the same order as for whole rows."""
        number = self.queue_of.item(cls)
        rise = self.rises.item(number)
        return (rise * waited_s + (self.debts.item(number) + rise * self.credit.item(cls))) * base

    def debt(self, queue: QueuePromise) -> float:
        """Return e^(κ(target - SL)) · urgency: what I has for the queue as a whole. 0 where the rule knows no debts."""
        return self.debts.item(self._queue_numbers[queue.key])

    def note_traffic(self, queue_key: str, per_hour: float) -> None:
        """Take in how many contacts a queue gets: of a handful, a service level says little, and a rare queue shall not pay for the others."""
        queue = self.queues[queue_key]
        queue.doubt = DOUBT * 0.5 / math.sqrt(max(1.0, SHIFT_H * per_hour))
        self._owe(queue)

    def note_answer(self, queue_key: str, *, in_time: bool) -> None:
        """Count one contact that was answered, or lost, into the queue's service level."""
        queue = self.queues[queue_key]
        queue.service_level += ALPHA * (in_time - queue.service_level)
        self._owe(queue)

    def note_level(self, told: QueuePromise) -> None:
        """Take over a service level and a patience that were reckoned elsewhere."""
        queue = self.queues[told.key]
        queue.left, queue.waited_s = told.left, told.waited_s
        if queue.service_level != told.service_level:
            queue.service_level = told.service_level
            self._owe(queue)

    def join(self, contact: WaitingContact) -> None:
        """Put a contact in its line: at the end, but for who was there before and comes back with its age."""
        contact.live = True
        self.waiting += 1
        cls, since = contact.cls, contact.since
        line = self.in_line[cls]
        if since > self._newest[cls]:
            self._newest[cls] = since
            line.append(contact)
        else:
            _squeeze_in(line, contact)
        if line[0] is contact:
            self.heads[cls] = since

    def leave(self, contact: WaitingContact) -> None:
        """Take a contact out of its line."""
        contact.live = False
        self.waiting -= 1
        cls = contact.cls
        line = self.in_line[cls]
        if line[0] is not contact:
            return
        line.popleft()
        while line:
            first = line[0]
            if first.live:
                self.heads[cls] = first.since
                return
            line.popleft()
        self.heads[cls] = NEVER

    def by_age(self, cls: int) -> Iterator[WaitingContact]:
        """Yield a line, oldest first."""
        return (contact for contact in self.in_line[cls] if contact.live)

    def everybody(self, cls: int) -> list[WaitingContact]:
        """Return a whole line, oldest first."""
        return list(self.by_age(cls))


def _squeeze_in(line: deque[WaitingContact], contact: WaitingContact) -> None:
    """Put a contact where its age belongs; where it still lies since it left, it is in its place."""
    age = _age(contact)
    place = first = bisect_left(line, age, key=_age)
    while place < len(line) and _age(line[place]) == age:
        if line[place] is contact:
            return
        place += 1
    line.insert(first, contact)


def _age(contact: WaitingContact) -> tuple[float, Any]:
    return contact.since, contact.id

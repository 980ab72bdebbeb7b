"""A whole floor in memory: offers with deadlines, acceptance, refusal, hanging up, wrap-up. What happened comes out as events, in order.

Its moments never go back, so deadlines of one length come in the order in which they were set: a queue of them is as good as a heap, and who was
answered in time leaves it unseen.
"""

from collections import deque
from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Any, NamedTuple

from services.routing.domain.engine.engine import Engine
from services.routing.domain.engine.parts import NEVER, DeskAgent, Pick, WaitingContact
from services.routing.domain.engine.patience import patience_after
from services.routing.domain.engine.pricing import PRICE_EVERY_S

Deadline = tuple[float, int, Any]


class Happened(NamedTuple):
    """offered, accepted, declined, lapsed, rescinded, left, wrapping or completed; `agent` is None where nobody was involved."""

    at: float
    what: str
    contact: Any
    agent: Any


_happened: Callable[[tuple[float, str, Any, Any]], Happened] = partial(tuple.__new__, Happened)
"""What `Happened(...)` does, in half the time: four times in the life of every contact."""


class Floor:
    """Runs the engine through the life of every contact. An offer that nobody answers lapses; who declines is asked last."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._lines, self._contacts = engine.lines, engine.contacts
        self._promises = engine.lines.promises
        self.offered: dict[Any, WaitingContact] = {}
        self.talking: dict[Any, WaitingContact] = {}
        self.wrapping: dict[Any, WaitingContact] = {}
        self._offers_end: dict[float, deque[Deadline]] = {}
        self._wraps_end: dict[float, deque[Deadline]] = {}
        """By length in seconds: (end, number, id of the contact). One that is not its contact's `until` (any more) is void."""
        self._awaited: list[tuple[deque[Deadline], dict[Any, WaitingContact]]] = []
        """All of them, each with those who may still answer in time."""
        self._number = count()
        self.events: list[Happened] = []

    def take_events(self) -> list[Happened]:
        """Return what happened since the last call."""
        events, self.events = self.events, []
        return events

    def arrive(self, contact_id: Any, cls: int, now: float) -> WaitingContact:
        """A contact comes."""
        contact = self.engine.put_contact(contact_id, cls, now)
        self._offer(self.engine.serve_contact(contact, now), now)
        return contact

    def _offer(self, pick: Pick | None, now: float) -> None:
        if pick is None:
            return
        contact = pick.contact
        contact_id, offer_s = contact.id, self._promises[contact.cls].offer_s
        self.offered[contact_id] = contact
        contact.until = until = now + offer_s
        line = self._offers_end.get(offer_s)
        if line is None:
            line = self._new_line(self._offers_end, offer_s, self.offered)
        line.append((until, next(self._number), contact_id))
        self.events.append(_happened((now, "offered", contact_id, pick.agent.id)))

    def _new_line(self, ends: dict[float, deque[Deadline]], seconds: float, awaited: dict[Any, WaitingContact]) -> deque[Deadline]:
        line = ends[seconds] = deque()
        self._awaited.append((line, awaited))
        return line

    def serve(self, agent: DeskAgent, now: float) -> None:
        """Somebody may have become free."""
        for pick in self.engine.serve_agent(agent, now):
            self._offer(pick, now)

    def accept(self, contact_id: Any, now: float) -> bool:
        """The agent takes it; False when the offer is gone. An offer is over at the very instant it expires."""
        contact = self.offered.get(contact_id)
        if contact is None or contact.agent is None or now >= contact.until:
            return False
        del self.offered[contact_id]
        contact.until = NEVER
        self.talking[contact_id] = contact
        queue = self._promises[contact.cls]
        waited = now - contact.since
        self._lines.note_answer(queue.key, in_time=waited <= queue.sla_s)
        queue.left, queue.waited_s = patience_after(queue.left, queue.waited_s, waited, queue.starvation_s, leaves=False)
        self.events.append(_happened((now, "accepted", contact_id, contact.agent.id)))
        return True

    def decline(self, contact_id: Any, now: float) -> bool:
        """The agent lets it pass; False when the offer is gone."""
        return self._return(contact_id, now, "declined")

    def _return(self, contact_id: Any, now: float, why: str) -> bool:
        contact = self.offered.pop(contact_id, None)
        if contact is None or contact.agent is None:
            return False
        contact.until, agent = NEVER, contact.agent
        self.events.append(_happened((now, why, contact_id, agent.id)))
        self.engine.let_pass(contact, now)
        self._offer(self.engine.serve_contact(contact, now), now)
        self.serve(agent, now)
        return True

    def hang_up(self, contact_id: Any, now: float) -> bool:
        """The customer leaves; an open offer is rescinded and the agent gets the next. False when connected or over."""
        contact = self.engine.contacts.get(contact_id)
        if contact is None or contact_id in self.talking or contact_id in self.wrapping:
            return False
        agent, asked = contact.agent, self.offered.pop(contact_id, None) is not None
        contact.until = NEVER
        self.engine.drop_contact(contact_id)
        queue = self._promises[contact.cls]
        self._lines.note_answer(queue.key, in_time=False)
        queue.left, queue.waited_s = patience_after(queue.left, queue.waited_s, now - contact.since, queue.starvation_s, leaves=True)
        self.events.append(_happened((now, "left", contact_id, None)))
        if asked and agent is not None:
            self.events.append(_happened((now, "rescinded", contact_id, agent.id)))
            for pick in self.engine.serve_freed(agent, contact_id, now):
                self._offer(pick, now)
        return True

    def end(self, contact_id: Any, now: float) -> bool:
        """The talk is over; the agent wraps up for as long as the queue grants. False when nobody talks."""
        contact = self.talking.pop(contact_id, None)
        if contact is None or contact.agent is None:
            return False
        wrap_s = self._promises[contact.cls].wrap_s
        self.wrapping[contact_id] = contact
        self.events.append(_happened((now, "wrapping", contact_id, contact.agent.id)))
        if wrap_s > 0:
            contact.until = until = now + wrap_s
            line = self._wraps_end.get(wrap_s)
            if line is None:
                line = self._new_line(self._wraps_end, wrap_s, self.wrapping)
            line.append((until, next(self._number), contact_id))
        else:
            self.finish(contact_id, now)
        return True

    def finish(self, contact_id: Any, now: float) -> bool:
        """The wrap-up is done: the agent is free. False when it was done before."""
        contact = self.wrapping.pop(contact_id, None)
        if contact is None or contact.agent is None:
            return False
        contact.until, agent = NEVER, contact.agent
        self._contacts.pop(contact_id, None)  # it does not wait: there is no line to take it out of
        self.events.append(_happened((now, "completed", contact_id, agent.id)))
        for pick in self.engine.serve_freed(agent, contact_id, now):
            self._offer(pick, now)
        return True

    def next_at(self) -> float:
        """Return when `tick` has something to do."""
        first = self._first_deadline()
        engine = self.engine
        at = min(engine.next_at(), engine.pricing.priced_at + PRICE_EVERY_S)
        return first[0] if first is not None and first[0] < at else at

    def _first_deadline(self) -> Deadline | None:
        """Return the first deadline that still matters, and forget those before it."""
        first = None
        for line, awaited in self._awaited:
            while line:
                deadline = line[0]
                contact = awaited.get(deadline[2])
                if contact is not None and contact.until == deadline[0]:
                    if first is None or deadline < first:
                        first = deadline
                    break
                line.popleft()
        return first

    def tick(self, now: float) -> None:
        """Let lapse what was not answered, end wrap-ups, look at what became possible by waiting."""
        while (first := self._first_deadline()) is not None and first[0] <= now:
            contact_id = first[2]
            if contact_id in self.offered:
                self._return(contact_id, now, "lapsed")
            else:
                self.finish(contact_id, now)
        for pick in self.engine.tick(now):
            self._offer(pick, now)

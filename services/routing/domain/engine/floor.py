"""A whole floor in memory: offers with deadlines, acceptance, refusal, hanging up, wrap-up. What happened comes out as events, in order."""

import heapq
from itertools import count
from typing import Any, NamedTuple

from services.routing.domain.engine.engine import Engine
from services.routing.domain.engine.parts import NEVER, ClassSpec, DeskAgent, Pick, WaitingContact


class Happened(NamedTuple):
    """offered, accepted, declined, lapsed, rescinded, left, wrapping or completed; `agent` is None where nobody was involved."""

    at: float
    what: str
    contact: Any
    agent: Any


class Floor:
    """Runs the engine through the life of every contact. An offer that nobody answers lapses; who declines is asked last."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.offered: dict[Any, float] = {}
        """Contact to the end of its offer."""
        self.talking: dict[Any, DeskAgent] = {}
        self.wrapping: dict[Any, DeskAgent] = {}
        self._deadlines: list[tuple[float, int, Any, bool]] = []
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
        contact_id = pick.contact.id
        expires = now + self._queue(pick.contact).offer_s
        self.offered[contact_id] = expires
        heapq.heappush(self._deadlines, (expires, next(self._number), contact_id, True))
        self.events.append(Happened(now, "offered", contact_id, pick.agent.id))

    def _queue(self, contact: WaitingContact) -> Any:
        lines = self.engine.lines
        spec: ClassSpec = lines.specs[contact.cls]
        return lines.queues[spec.queue]

    def serve(self, agent: DeskAgent, now: float) -> None:
        """Somebody may have become free."""
        for pick in self.engine.serve_agent(agent, now):
            self._offer(pick, now)

    def accept(self, contact_id: Any, now: float) -> bool:
        """The agent takes it; False when the offer is gone. An offer is over at the very instant it expires."""
        expires = self.offered.get(contact_id)
        if expires is None or now >= expires:
            return False
        del self.offered[contact_id]
        contact = self.engine.contacts[contact_id]
        if contact.agent is None:
            return False
        self.talking[contact_id] = contact.agent
        queue = self._queue(contact)
        self.engine.lines.note_answer(queue.key, in_time=now - contact.since <= queue.sla_s)
        self.events.append(Happened(now, "accepted", contact_id, contact.agent.id))
        return True

    def decline(self, contact_id: Any, now: float) -> bool:
        """The agent lets it pass; False when the offer is gone."""
        return self._return(contact_id, now, "declined")

    def _return(self, contact_id: Any, now: float, why: str) -> bool:
        if self.offered.pop(contact_id, None) is None:
            return False
        contact = self.engine.contacts[contact_id]
        agent = contact.agent
        if agent is None:
            return False
        self.events.append(Happened(now, why, contact_id, agent.id))
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
        self.engine.drop_contact(contact_id)
        self.engine.lines.note_answer(self._queue(contact).key, in_time=False)
        self.events.append(Happened(now, "left", contact_id, None))
        if asked and agent is not None:
            self.events.append(Happened(now, "rescinded", contact_id, agent.id))
            self.engine.release(agent, contact_id, now)
            self.serve(agent, now)
        return True

    def end(self, contact_id: Any, now: float) -> bool:
        """The talk is over; the agent wraps up for as long as the queue grants. False when nobody talks."""
        agent = self.talking.pop(contact_id, None)
        if agent is None:
            return False
        wrap_s = self._queue(self.engine.contacts[contact_id]).wrap_s
        self.wrapping[contact_id] = agent
        self.events.append(Happened(now, "wrapping", contact_id, agent.id))
        if wrap_s > 0:
            heapq.heappush(self._deadlines, (now + wrap_s, next(self._number), contact_id, False))
        else:
            self.finish(contact_id, now)
        return True

    def finish(self, contact_id: Any, now: float) -> bool:
        """The wrap-up is done: the agent is free. False when it was done before."""
        agent = self.wrapping.pop(contact_id, None)
        if agent is None:
            return False
        self.engine.drop_contact(contact_id)
        self.engine.release(agent, contact_id, now)
        self.events.append(Happened(now, "completed", contact_id, agent.id))
        self.serve(agent, now)
        return True

    def next_at(self) -> float:
        """Return when `tick` has something to do."""
        return min(self.engine.next_at(), self._deadlines[0][0] if self._deadlines else NEVER)

    def tick(self, now: float) -> None:
        """Let lapse what was not answered, end wrap-ups, look at what became possible by waiting."""
        while self._deadlines and self._deadlines[0][0] <= now:
            at, _, contact_id, is_offer = heapq.heappop(self._deadlines)
            if not is_offer:
                self.finish(contact_id, now)
            elif self.offered.get(contact_id) == at:
                self._return(contact_id, now, "lapsed")
        for pick in self.engine.tick(now):
            self._offer(pick, now)

"""Contacts to which not all agents of a group are alike: let pass by somebody, kept from somebody, or promised to somebody for a while.

Who was let pass stands in the ordinary line, and steps aside there for an agent who may not have it. Who was promised to one agent stands in
a line of its own, by class and age, which nobody else looks at before its time: the first of it bounds what any of it can be worth.
"""

from bisect import bisect_left, insort
from typing import Any

import numpy as np

from services.routing.domain.engine.parts import NEVER, DeskAgent, WaitingContact
from services.routing.domain.engine.tables import Floats

Place = tuple[float, Any, WaitingContact]


class Special:
    """All special contacts that wait. `agents` are all agents of the engine; `heads[c]` is since when the oldest promised one of class c waits."""

    def __init__(self, agents: dict[Any, DeskAgent]) -> None:
        self.waiting: dict[Any, WaitingContact] = {}
        self.promised = 0
        """How many wait in the lines of the promised."""
        self.agents = agents
        self.heads: Floats = np.full(16, NEVER)
        self._lines: dict[int, list[Place]] = {}

    def join(self, contact: WaitingContact) -> None:
        """Put a promised contact in its line."""
        contact.live = True
        self.promised += 1
        line = self._lines.setdefault(contact.cls, [])
        insort(line, (contact.since, contact.id, contact), key=_by_age)
        self._show(contact.cls, line)

    def leave(self, contact: WaitingContact) -> None:
        """Take a promised contact out."""
        contact.live = False
        self.promised -= 1
        line = self._lines[contact.cls]
        del line[bisect_left(line, (contact.since, contact.id), key=_by_age)]
        self._show(contact.cls, line)

    def _show(self, cls: int, line: list[Place]) -> None:
        while cls >= len(self.heads):
            self.heads = np.concatenate((self.heads, np.full(len(self.heads), NEVER)))
        self.heads[cls] = line[0][0] if line else NEVER

    def heads_to(self, classes: int) -> Floats:
        """Return `heads` for at least so many classes."""
        if classes > len(self.heads):
            self.heads = np.concatenate((self.heads, np.full(classes, NEVER)))
        return self.heads

    def line(self, cls: int) -> list[Place]:
        """Return the promised contacts of a class, oldest first."""
        return self._lines.get(cls, [])

    def is_promised(self, contact: WaitingContact, now: float) -> bool:
        """Tell whether the contact still waits for one agent alone; a promise ends when that agent is not on shift."""
        if contact.sticky is None or now >= contact.sticky_until:
            return False
        agent = self.agents.get(contact.sticky)
        return agent is not None and agent.on_shift

    def may(self, contact: WaitingContact, agent: DeskAgent, now: float, cool_down_s: float, *, unasked: bool) -> bool:
        """Tell whether this agent may be asked. Who let it pass is asked again when nobody is `unasked` and the cool-down is over."""
        if agent.id in contact.banned or (self.is_promised(contact, now) and agent.id != contact.sticky):
            return False
        if contact.passed is None or agent.id not in contact.passed:
            return True
        return not unasked and now >= contact.passed[agent.id] + cool_down_s

    def next_change(self, contact: WaitingContact, now: float, cool_down_s: float) -> float:
        """Return when the answer of `may` changes by itself next; infinite when it does not."""
        moments = [at + cool_down_s for at in (contact.passed or {}).values()]
        if contact.sticky is not None:
            moments.append(contact.sticky_until)
        return min((at for at in moments if at > now), default=NEVER)


def _by_age(place: tuple[Any, ...]) -> tuple[float, Any]:
    return place[0], place[1]

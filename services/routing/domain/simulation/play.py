"""Plays a scenario through the engine, event by event, with the scenario's own clock."""

import heapq
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import count

from services.routing.domain.engine.engine import Engine
from services.routing.domain.engine.parts import DeskAgent, Pick, Rule
from services.routing.domain.engine.patience import patience_after
from services.routing.domain.simulation.scenario import PlayedAgent, PlayedContact, Scenario, Served

STARTS, ARRIVES, LEAVES, ENDS, GOES = range(5)
SHORT_S = 5.0
"""Who leaves sooner was hardly waiting and counts neither as offered nor against the service level."""
_TELL_EVERY = 2_000


@dataclass(slots=True)
class Played:
    """The outcome of a run: what became of everybody, and how busy the agents were."""

    scenario: Scenario
    rule: str
    served: list[Served] = field(default_factory=list)
    busy_s: dict[str, float] = field(default_factory=dict)
    decisions: int = 0


class Play:
    """One run of one scenario under one rule."""

    def __init__(self, scenario: Scenario, rule: Rule, tell: Callable[[float], None] | None = None) -> None:
        self._scenario = scenario
        self._tell = tell
        self.engine = Engine((deepcopy(queue) for queue in scenario.queues), rule, shown=0)
        self._played = Played(scenario, rule.name, busy_s=dict.fromkeys((agent.id for agent in scenario.agents), 0.0))
        self._known: dict[str, PlayedAgent] = {agent.id: agent for agent in scenario.agents}
        self._coming = {contact.id: contact for contact in scenario.contacts}
        self._events: list[tuple[float, int, int, object]] = []
        self._number = count()
        self._classes = [self.engine.class_of(spec) for spec in scenario.classes]
        for agent in scenario.agents:
            self.engine.put_agent(agent.id, agent.profile, on_shift=False, since=0.0)
            for start, end in agent.presence:
                self._later(start, STARTS, agent.id)
                self._later(end, GOES, agent.id)
        for contact in scenario.contacts:
            self._later(contact.arrival_s, ARRIVES, contact)

    def _later(self, at: float, kind: int, what: object) -> None:
        heapq.heappush(self._events, (at, kind, next(self._number), what))

    def run(self) -> Played:
        """Play to the end."""
        happen = {STARTS: self._starts, ARRIVES: self._arrives, LEAVES: self._leaves, ENDS: self._ends, GOES: self._goes}
        total, done = max(1, len(self._scenario.contacts)), 0
        events, engine = self._events, self.engine
        while events:
            now = events[0][0]
            if engine.next_at() <= now:
                now = engine.next_at()
                self._answer(engine.tick(now), now)
                continue
            _, kind, _, what = heapq.heappop(events)
            if now >= engine.pricing.priced_at + 60.0:
                engine.pricing.price(now)
            happen[kind](what, now)  # type: ignore[operator]  # every kind comes with its own thing
            done += kind == ARRIVES
            if self._tell is not None and kind == ARRIVES and done % _TELL_EVERY == 0:
                self._tell(done / total)
        return self._played

    def _starts(self, agent_id: str, now: float) -> None:
        agent = self.engine.agents[agent_id]
        self.engine.shift(agent, now, on=True)
        self._answer(self.engine.serve_agent(agent, now), now)

    def _goes(self, agent_id: str, now: float) -> None:
        self.engine.shift(self.engine.agents[agent_id], now, on=False)

    def _arrives(self, coming: PlayedContact, now: float) -> None:
        contact = self.engine.put_contact(coming.id, self._classes[coming.cls], now)
        pick = self.engine.serve_contact(contact, now)
        if pick is not None:
            self._answer([pick], now)
        else:
            self._later(now + coming.patience_s, LEAVES, coming)

    def _leaves(self, coming: PlayedContact, now: float) -> None:
        contact = self.engine.contacts.get(coming.id)
        if contact is None or not contact.live:
            return
        self.engine.drop_contact(coming.id)
        waited, queue = now - coming.arrival_s, self.engine.lines.promises[contact.cls]
        self._played.served.append(Served(coming, waited, None, 0.0, 0.0))
        if waited >= SHORT_S:
            self.engine.lines.note_answer(queue.key, in_time=False)
            queue.left, queue.waited_s = patience_after(queue.left, queue.waited_s, waited, queue.starvation_s, leaves=True)

    def _answer(self, picks: list[Pick], now: float) -> None:
        for pick in picks:
            coming, agent = self._coming[pick.contact.id], self._known[pick.agent.id]
            waited = now - coming.arrival_s
            handle = coming.handle_s * agent.pace[coming.topic]
            self._played.served.append(Served(coming, waited, agent.id, agent.resolution[coming.topic], handle))
            self._played.busy_s[agent.id] += handle + self._scenario.wrap_s
            self._played.decisions += 1
            queue = self.engine.lines.queues[self._scenario.classes[coming.cls].queue]
            self.engine.lines.note_answer(queue.key, in_time=waited <= queue.sla_s)
            queue.left, queue.waited_s = patience_after(queue.left, queue.waited_s, waited, queue.starvation_s, leaves=False)
            self._later(now + handle + self._scenario.wrap_s, ENDS, (pick.agent, coming.id))

    def _ends(self, what: tuple[DeskAgent, int], now: float) -> None:
        agent, contact_id = what
        self.engine.drop_contact(contact_id)
        self._answer(self.engine.serve_freed(agent, contact_id, now), now)

"""The engine's mirror of what is stored: agents at their places, contacts in their lines, offers with their deadlines. Pure; time comes in."""

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from services.routing.domain.contact import Trigger
from services.routing.domain.eligibility import HELD_OUT, Policy, requirement_at
from services.routing.domain.engine.batch import Batch
from services.routing.domain.engine.engine import Engine
from services.routing.domain.engine.parts import NEVER, Capacity, ClassSpec, Pick, Profile, QueuePromise, Stage, WaitingContact
from services.routing.domain.engine.pricing import PRICE_EVERY_S
from services.routing.domain.load import Limits, limits_of

GRAIN = float(1 << 20)
"""Moments are multiples of 1/GRAIN s: sums and differences of such numbers are exact, so a step falls due at its very instant."""
_Pairs = tuple[tuple[str, int], ...]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
BACKLOG_AGENTS, BACKLOG_CONTACTS = 20, 40
"""So many agents who look for work at once, and so many contacts in line, are planned together."""
HANDLE_TOLERANCE = 0.02
"""A queue's mean handle time is taken over when it has changed by more than this share."""


def seconds_of(moment: datetime) -> float:
    """Return the moment as the engine counts it."""
    since = moment - EPOCH
    micros = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    return round(micros * GRAIN / 1e6) / GRAIN


def moment_of(seconds: float) -> datetime:
    """Return the engine's moment as a time, to the microsecond."""
    return EPOCH + timedelta(microseconds=round(seconds * 1e6))


@dataclass(slots=True)
class Decided:
    """A pick with what made the rule look."""

    pick: Pick
    trigger: Trigger


@dataclass(frozen=True, slots=True)
class Aside:
    """To whom a contact is not like any other: who let it pass and when, who may never have it, and whose it is first, until when."""

    passed: Mapping[UUID, float] = field(default_factory=dict)
    banned: frozenset[UUID] = frozenset()
    owner: UUID | None = None
    owner_until: float = 0.0


@dataclass(slots=True)
class Desk:
    """Everything that the engine knows, and what it still has to look at."""

    engine: Engine = field(default_factory=Engine)
    deadlines: list[tuple[float, UUID]] = field(default_factory=list)
    """Open offers by the moment at which they lapse; one that was answered meanwhile is found closed then."""
    agents_to_serve: dict[UUID, Trigger] = field(default_factory=dict)
    contacts_to_serve: dict[UUID, Trigger] = field(default_factory=dict)
    cards: dict[UUID, Mapping[str, Any]] = field(default_factory=dict)
    """Who the agents are: external_id, name, team, site, vendor."""
    ends: dict[UUID, float] = field(default_factory=dict)
    """When the shifts end of agents for whom a plan counts."""
    closings: list[tuple[float, UUID]] = field(default_factory=list)
    """When one of them takes nothing more from one more queue; who was looked at meanwhile is looked at once more."""
    _priced: int = -1

    def put_queue(self, told: QueuePromise) -> None:
        """Take over what a queue promises; service levels at once, handle times when they have really changed."""
        lines = self.engine.lines
        known = lines.queues.get(told.key)
        if known is not None and abs(told.handle_s - known.handle_s) <= HANDLE_TOLERANCE * known.handle_s:
            told.handle_s = known.handle_s
            if _promise(told) == _promise(known):
                lines.note_level(told)
                return
        self.engine.put_queue(told)
        if told.allowance_s is not None or (known is not None and known.allowance_s is not None):
            for agent_id in self.ends:
                heapq.heappush(self.closings, (-NEVER, agent_id))

    def closed_to(self, agent_id: UUID, ends_at: float | None, now: float) -> tuple[str, ...]:
        """Return the queues from which an agent takes nothing more since the shift ends soon, and remember when there will be more of them."""
        self.ends.pop(agent_id, None)
        if ends_at is None:
            return ()
        self.ends[agent_id] = ends_at
        queues = [queue for queue in self.engine.lines.queues.values() if queue.allowance_s is not None]
        last = {queue.key: ends_at + (queue.allowance_s or 0.0) - queue.handle_s - queue.wrap_s for queue in queues}
        following = min((moment for moment in last.values() if moment > now), default=NEVER)
        if following < NEVER:
            heapq.heappush(self.closings, (following, agent_id))
        return tuple(sorted(key for key, moment in last.items() if moment <= now))

    def near_their_end(self, now: float) -> set[UUID]:
        """Return the agents who take nothing more from some queue from now on, each once."""
        found = set()
        while self.closings and self.closings[0][0] <= now:
            agent_id = heapq.heappop(self.closings)[1]
            if agent_id in self.ends:
                found.add(agent_id)
        return found

    def prices_are_old(self, now: float) -> bool:
        """Tell whether the scarcity prices want to be reckoned anew: once a minute, and when agents of a new kind came."""
        return now >= self.engine.pricing.priced_at + PRICE_EVERY_S or len(self.engine.benches.profiles) != self._priced

    def price(self, now: float, arrivals: Mapping[str, int]) -> None:
        """Price by the arrivals of the last hour per class key."""
        rates = {cls: count / 3600 for key, count in arrivals.items() if (cls := self.engine.lines.find(key)) is not None}
        self.engine.pricing.told(now, rates)
        self._priced = len(self.engine.benches.profiles)

    def put_class(self, key: str, queue: str, channel: str, policy: Policy, credit_s: float) -> int:
        """Return the number of a stored class of contacts."""
        return self.engine.class_of(class_spec(key, queue, channel, policy, credit_s))

    def put_agent(self, agent_id: UUID, profile: Profile, *, on_shift: bool, since: float, held: Mapping[UUID, str], trigger: Trigger) -> None:
        """Make the agent so, and look for contacts."""
        before = self.engine.agents.get(agent_id)
        gone = [contact_id for contact_id in (before.held if before else ()) if contact_id not in held]
        self.engine.put_agent(agent_id, profile, on_shift=on_shift, since=since, held=dict(held))
        for contact_id in gone:
            contact = self.engine.contacts.get(contact_id)
            if contact is not None and not contact.live:
                del self.engine.contacts[contact_id]
        self.agents_to_serve[agent_id] = trigger

    def put_contact(self, contact_id: UUID, cls: int, since: float, aside: Aside, trigger: Trigger | None) -> None:
        """Have a contact wait; `trigger` None (a start): it is looked at like one that has just been queued."""
        self.engine.drop_contact(contact_id)
        contact = self.engine.put_contact(contact_id, cls, since)
        contact.passed = dict(aside.passed) or None
        contact.banned = aside.banned
        contact.sticky, contact.sticky_until = aside.owner, aside.owner_until
        self.engine.wait(contact)
        self.contacts_to_serve[contact_id] = trigger or Trigger.CONTACT_QUEUED

    def drop_contact(self, contact_id: UUID) -> None:
        """The contact does not wait (any more)."""
        contact = self.engine.contacts.get(contact_id)
        if contact is not None and contact.live:
            self.engine.drop_contact(contact_id)
        self.contacts_to_serve.pop(contact_id, None)

    def decide(self, now: float) -> list[Decided]:
        """Bring together whatever can be: agents that changed, contacts that changed, and what became possible by waiting."""
        decided = [Decided(pick, Trigger.BACKLOG) for pick in self._work_off(now)]
        decided += [Decided(pick, Trigger.STEP_DUE) for pick in self.engine.tick(now)]
        for agent_id, trigger in sorted(self.agents_to_serve.items()):
            agent = self.engine.agents.get(agent_id)
            if agent is not None:
                decided += [Decided(pick, trigger) for pick in self.engine.serve_agent(agent, now)]
        if self.agents_to_serve:
            for contact in sorted(self.engine.special.waiting.values(), key=_by_age):
                self.contacts_to_serve.setdefault(contact.id, Trigger.AGENT_CHANGED)
        for contact in sorted(self._waiting(self.contacts_to_serve), key=_by_age):
            pick = self.engine.serve_contact(contact, now)
            if pick is not None:
                decided.append(Decided(pick, self.contacts_to_serve[contact.id]))
        self.agents_to_serve, self.contacts_to_serve = {}, {}
        return decided

    def _work_off(self, now: float) -> list[Pick]:
        """When a shift starts or an outage ends, plan for all at once: the best sum, where one after the other would lose some per cent of it."""
        idle = sum(1 for agent_id in self.agents_to_serve if (agent := self.engine.agents.get(agent_id)) is not None and agent.idle)
        if idle < BACKLOG_AGENTS or self.engine.lines.waiting < BACKLOG_CONTACTS:
            return []
        picks = Batch(self.engine, now).plan()
        self.engine.join(picks)
        return picks

    def _waiting(self, contact_ids: Iterable[UUID]) -> list[WaitingContact]:
        found = [self.engine.contacts.get(contact_id) for contact_id in contact_ids]
        return [contact for contact in found if contact is not None and contact.live]

    def watch(self, expires_at: float, reservation_id: UUID) -> None:
        """Remember when an offer lapses."""
        heapq.heappush(self.deadlines, (expires_at, reservation_id))

    def lapsed(self, now: float) -> list[UUID]:
        """Return the offers whose time is over, each once."""
        found = []
        while self.deadlines and self.deadlines[0][0] <= now:
            found.append(heapq.heappop(self.deadlines)[1])
        return found

    def next_at(self) -> float:
        """Return when there is something to do without anything happening."""
        waits = [heap[0][0] for heap in (self.deadlines, self.closings) if heap]
        return min([self.engine.next_at(), *waits])


def class_spec(key: str, queue: str, channel: str, policy: Policy, credit_s: float) -> ClassSpec:
    """Return a stored class of contacts as the engine knows it."""
    moments = [0.0, *sorted({float(step.after_s) for step in policy.steps})]
    stages = tuple(Stage(after, tuple(sorted(requirement_at(policy, after).items()))) for after in moments)
    first = Stage(0.0, policy.requires)
    topic = "" if key.endswith(HELD_OUT) else queue
    return ClassSpec(key, channel, queue, (first, *stages[1:]), topic, credit_s, prefer=policy.prefer)


def _by_age(contact: WaitingContact) -> tuple[float, UUID]:
    return contact.since, contact.id


def _promise(queue: QueuePromise) -> tuple[object, ...]:
    return (queue.sla_s, queue.sla_share, queue.wrap_s, queue.starvation_s, queue.offer_s, queue.cool_down_s, queue.weight, queue.allowance_s)


def profile_of(
    skills: Mapping[str, int],
    places: Mapping[str, int],
    estimates: Iterable[tuple[str, float, float]] = (),
    closed: tuple[str, ...] = (),
    load: Mapping[str, Any] | None = None,
) -> Profile:
    """Return what makes an agent alike to others."""
    return _profile(tuple(sorted(skills.items())), tuple(sorted(places.items())), limits_of(load), tuple(estimates), closed)


@lru_cache(maxsize=20_000)
def _profile(skills: _Pairs, places: _Pairs, limits: Limits, estimates: tuple[tuple[str, float, float], ...], closed: tuple[str, ...]) -> Profile:
    """Agents come back again and again, each time with the profile that they had."""
    return Profile(skills, Capacity(places, *limits), estimates, closed)

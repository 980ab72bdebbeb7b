"""The engine against a plain reading of its rule: every pair weighed by hand, on small floors that happen by chance."""

import math
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.routing.domain.engine.engine import Engine
from services.routing.domain.engine.explain import agent_document, contact_document, reckon
from services.routing.domain.engine.floor import Floor
from services.routing.domain.engine.parts import Capacity, ClassSpec, DeskAgent, Pick, Profile, QueuePromise, Stage, WaitingContact
from services.routing.domain.engine.picking import SHOWN
from services.routing.domain.engine.rules import pace_prior, resolution_prior

CAP_S = 90.0
SKILLS = ("red", "green", "blue")


def an_engine(lots: Random, shown: int = SHOWN) -> tuple[Engine, list[int]]:
    """A floor of a few skills, queues, classes and agents, some of whom were learned about."""
    queues = [
        QueuePromise(f"q{n}", lots.choice((20.0, 60.0)), starvation_s=CAP_S, wrap_s=5.0, handle_s=100.0 + 50 * n, offer_s=10.0) for n in range(3)
    ]
    engine = Engine(queues, shown=shown)
    classes = []
    for number in range(5):
        skill, level = lots.choice(SKILLS), lots.randint(2, 4)
        stages = (Stage(0.0, ((skill, level),)), Stage(30.0, ((skill, level - 1),)), Stage(60.0, ()))
        credit, weight = lots.choice((0.0, 90.0)), lots.choice((1.0, 2.0))
        classes.append(engine.class_of(ClassSpec(f"c{number}", "voice", f"q{number % 3}", stages, f"t{number}", credit, weight)))
    for number in range(6):
        skills = tuple((skill, lots.randint(1, 5)) for skill in SKILLS if lots.random() < 0.6)
        learned = (("t1", 0.7, 0.8),) if lots.random() < 0.3 else ()
        engine.put_agent(number, Profile(skills, Capacity((("voice", lots.choice((1, 1, 2))),)), learned), on_shift=True, since=0.0)
    return engine, classes


def after(engine: Engine, agent: DeskAgent, contact: WaitingContact) -> float:
    skills = dict(engine.benches.profiles[agent.profile].skills)
    stages = engine.lines.specs[contact.cls].stages
    return min((stage.after_s for stage in stages if all(skills.get(skill, 0) >= level for skill, level in stage.needs)), default=math.inf)


def fit(engine: Engine, agent: DeskAgent, contact: WaitingContact) -> tuple[float, float]:
    profile, spec = engine.benches.profiles[agent.profile], engine.lines.specs[contact.cls]
    for topic, resolution, pace in profile.estimates:
        if topic == spec.topic:
            return resolution, pace
    ((skill, _),) = spec.stages[0].needs
    level = dict(profile.skills).get(skill, 0)
    return resolution_prior(level), pace_prior(level)


def may_ask(engine: Engine, agent: DeskAgent, contact: WaitingContact, now: float) -> bool:
    if now - contact.since < after(engine, agent, contact):
        return False
    if contact.passed is None or agent.id not in contact.passed:
        return True
    others = [other for other in engine.agents.values() if other.on_shift and other.id not in contact.passed]
    unasked = any(now - contact.since >= after(engine, other, contact) for other in others)
    return not unasked and now >= contact.passed[agent.id] + 60.0


def has_place(engine: Engine, agent: DeskAgent) -> bool:
    return agent.on_shift and len(agent.held) < dict(engine.benches.profiles[agent.profile].capacity.most)["voice"]


def naive_contact(engine: Engine, agent: DeskAgent, now: float) -> object:
    """Score every waiting contact for one agent."""
    scored = []
    for contact in engine.contacts.values():
        if not contact.live or not may_ask(engine, agent, contact, now):
            continue
        spec = engine.lines.specs[contact.cls]
        queue, (resolution, pace) = engine.lines.queues[spec.queue], fit(engine, agent, contact)
        waited = now - contact.since
        debt = math.exp(4.0 * (queue.sla_share - queue.service_level + queue.doubt))
        index = (
            spec.weight
            * debt
            * queue.urgency
            * (1 + 0.3 * (waited + spec.credit_s) / queue.sla_s)
            * resolution
            / (pace * queue.handle_s + queue.wrap_s)
        )
        scored.append((waited > CAP_S, waited if waited > CAP_S else round(index, 12), -contact.since, -contact.id, contact.id))
    return max(scored)[-1] if scored else None


def naive_agent(engine: Engine, contact: WaitingContact, now: float) -> object:
    """Score every idle agent for one contact."""
    scored = []
    for agent in engine.agents.values():
        if not has_place(engine, agent) or not may_ask(engine, agent, contact, now):
            continue
        resolution, pace = fit(engine, agent, contact)
        opportunity = float(engine.benches.opportunity[engine.benches.full_group(agent.profile)])
        worth = resolution / pace - 0.6 * opportunity + 0.5 * min(1.0, (now - agent.idle_since) / 300)
        scored.append((-after(engine, agent, contact), round(worth, 12), -agent.idle_since, -agent.id, agent.id))
    return max(scored)[-1] if scored else None


class Watched(Engine):
    """An engine whose every choice is compared with the plain reading before it is made."""

    def watch(self) -> None:
        choose_contact, choose_agent = self.picking.contact_for, self.picking.agent_for

        def contact_for(agent: DeskAgent, now: float) -> tuple[Pick | None, float]:
            wanted = naive_contact(self, agent, now)
            pick, soon = choose_contact(agent, now)
            assert (pick.contact.id if pick else None) == wanted
            for weighed in [pick.chosen, *pick.others] if pick else []:
                told = contact_document(self, weighed)
                assert told["index"] == weighed.index
                assert reckon(told) == told
            return pick, soon

        def agent_for(contact: WaitingContact, now: float) -> tuple[Pick | None, float]:
            wanted = naive_agent(self, contact, now)
            pick, soon = choose_agent(contact, now)
            assert (pick.agent.id if pick else None) == wanted
            for weighed in [pick.chosen, *pick.others] if pick else []:
                told = agent_document(self, weighed)
                assert told["index"] == weighed.index
                assert reckon(told) == told
            return pick, soon

        self.picking.contact_for = contact_for  # type: ignore[method-assign]
        self.picking.agent_for = agent_for  # type: ignore[method-assign]


def nobody_idle_in_vain(engine: Engine, now: float) -> bool:
    """No agent with a place could serve anybody who waits."""
    idle = [agent for agent in engine.agents.values() if has_place(engine, agent)]
    waiting = [contact for contact in engine.contacts.values() if contact.live]
    return not any(may_ask(engine, agent, contact, now) for agent in idle for contact in waiting)


def live(floor: Floor, classes: list[int], lots: Random, steps: int) -> None:
    """Let anything happen, in any order; after each thing nobody is idle in vain."""
    engine, now, next_id = floor.engine, 1000.0, 0
    for _ in range(steps):
        now = max(now + lots.choice((0.0, 1.0, 5.0, 11.0)), 1000.0)
        while floor.next_at() <= now:
            floor.tick(max(floor.next_at(), 1000.0))
        floor.tick(now)
        held = sorted(floor.talking) + sorted(floor.offered)
        happens = lots.choice(("arrive", "arrive", "accept", "decline", "hang up", "end", "finish", "shift"))
        if happens == "arrive":
            floor.arrive(next_id, lots.choice(classes), now)
            next_id += 1
        elif happens == "shift":
            agent = engine.agents[lots.randrange(6)]
            engine.shift(agent, now, on=not agent.on_shift)
            floor.serve(agent, now)
            for contact in list(engine.special.waiting.values()):
                floor._offer(engine.serve_contact(contact, now), now)
        elif happens == "accept" and floor.offered:
            floor.accept(lots.choice(sorted(floor.offered)), now)
        elif happens == "decline" and floor.offered:
            floor.decline(lots.choice(sorted(floor.offered)), now)
        elif happens == "hang up" and engine.contacts:
            floor.hang_up(lots.choice(sorted(engine.contacts)), now)
        elif happens in ("end", "finish") and held:
            floor.end(lots.choice(held), now) if happens == "end" else floor.finish(lots.choice(held), now)
        assert nobody_idle_in_vain(engine, now)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_every_choice_is_the_one_of_the_rule_read_plainly_and_nobody_is_idle_in_vain(seed: int) -> None:
    lots = Random(seed)  # noqa: S311  repeatable on purpose
    engine, classes = an_engine(lots)
    engine.__class__ = Watched
    assert isinstance(engine, Watched)
    engine.watch()
    live(Floor(engine), classes, lots, 60)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_the_same_happenings_give_the_same_decisions(seed: int) -> None:
    told = []
    for _ in range(2):
        lots = Random(seed)  # noqa: S311  repeatable on purpose
        engine, classes = an_engine(lots)
        floor = Floor(engine)
        live(floor, classes, lots, 50)
        told.append(floor.take_events())
    assert told[0] == told[1]


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_decisions_are_the_same_whether_or_not_anybody_asks_for_reasons(seed: int) -> None:
    told = []
    for shown in (0, SHOWN):
        lots = Random(seed)  # noqa: S311  repeatable on purpose
        engine, classes = an_engine(lots, shown)
        floor = Floor(engine)
        live(floor, classes, lots, 60)
        told.append(floor.take_events())
    assert told[0] == told[1]


def test_who_has_waited_beyond_the_limit_is_served_by_age_alone() -> None:
    engine = Engine([QueuePromise("dear", weight=50.0, starvation_s=CAP_S), QueuePromise("cheap", starvation_s=CAP_S)])
    dear = engine.class_of(ClassSpec("dear", "voice", "dear", (Stage(0.0, ()),)))
    cheap = engine.class_of(ClassSpec("cheap", "voice", "cheap", (Stage(0.0, ()),)))
    for contact_id, cls, since in ((1, cheap, 0.0), (2, dear, 50.0)):
        engine.serve_contact(engine.put_contact(contact_id, cls, since), since)
    agent = engine.put_agent("anna", Profile(()), on_shift=True, since=90.0)
    assert engine.picking.contact_for(agent, 90.0)[0].contact.id == 2  # type: ignore[union-attr]
    (pick,) = engine.serve_agent(agent, 90.5)
    assert (pick.contact.id, pick.starving) == (1, True)


@pytest.mark.parametrize(
    ("held", "free"),
    [
        ([], ["chat", "email", "voice"]),
        (["chat"], ["chat", "email", "voice"]),
        (["chat", "chat"], ["chat", "email"]),
        (["voice"], []),
        (["email"], ["chat", "email", "voice"]),
    ],
)
def test_capacity_counts_load_and_what_may_interrupt_what(held: list[str], free: list[str]) -> None:
    most, cost = (("chat", 3), ("email", 2), ("voice", 1)), (("voice", 2.0), ("email", 0.5))
    capacity = Capacity(most, cost, limit=3.0, interrupted_by=(("voice", ()), ("email", ("chat", "voice"))))
    engine = Engine()
    agent = engine.put_agent("anna", Profile((), capacity), on_shift=True, since=0.0, held=dict(enumerate(held)))
    open_now = engine.benches.open_channels(agent)
    assert [name for bit, name in enumerate(engine.benches.channels[agent.profile]) if open_now >> bit & 1] == free


def test_a_contact_that_nobody_here_can_ever_serve_waits_without_troubling_the_others() -> None:
    engine = Engine([QueuePromise("q")])
    nobodys = engine.class_of(ClassSpec("nobodys", "voice", "q", (Stage(0.0, (("rare", 5),)),)))
    usual = engine.class_of(ClassSpec("usual", "voice", "q", (Stage(0.0, ()),)))
    engine.put_agent("anna", Profile(()), on_shift=True, since=0.0)
    assert engine.serve_contact(engine.put_contact(1, nobodys, 10.0), 10.0) is None
    pick = engine.serve_contact(engine.put_contact(2, usual, 11.0), 11.0)
    assert pick is not None
    assert pick.agent.id == "anna"


def test_who_left_a_line_from_its_middle_and_comes_back_stands_in_it_once_by_age() -> None:
    engine = Engine([QueuePromise("q")])
    cls = engine.class_of(ClassSpec("usual", "voice", "q", (Stage(0.0, ()),)))
    contacts = [engine.put_contact(number, cls, 10.0 * number) for number in range(4)]
    for contact in contacts:
        engine.wait(contact)
    for place in (2, 0, 1):
        engine.take_out(contacts[place])
    assert [contact.id for contact in engine.lines.everybody(cls)] == [3]
    for place in (1, 2, 0):
        engine.wait(contacts[place])
    assert [contact.id for contact in engine.lines.everybody(cls)] == [0, 1, 2, 3]
    engine.take_out(contacts[2])
    engine.wait(contacts[2])
    assert [contact.id for contact in engine.lines.everybody(cls)] == [0, 1, 2, 3]
    assert (engine.lines.waiting, engine.lines.heads[cls]) == (4, 0.0)

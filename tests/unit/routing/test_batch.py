"""A backlog matched in one go, against the best of all assignments."""

from itertools import permutations
from random import Random

import pytest

from services.routing.domain.contact import Trigger
from services.routing.domain.desk import BACKLOG_AGENTS, BACKLOG_CONTACTS, Desk
from services.routing.domain.engine.batch import Batch
from services.routing.domain.engine.engine import Engine
from services.routing.domain.engine.parts import ClassSpec, Profile, QueuePromise, Stage

NOW = 1_000.0


def a_floor(seed: int, agents: int, contacts: int) -> Engine:
    lots = Random(seed)  # noqa: S311  repeatable on purpose
    engine = Engine([QueuePromise(f"q{n}", handle_s=100.0 + 80 * n, wrap_s=5.0, starvation_s=1e6) for n in range(3)])
    classes = []
    for number in range(6):
        stages = (Stage(0.0, (("red", 1 + number % 4),)), Stage(60.0, ()))
        classes.append(engine.class_of(ClassSpec(f"c{number}", "voice", f"q{number % 3}", stages, credit_s=30.0 * (number % 2))))
    for number in range(agents):
        engine.put_agent(number, Profile((("red", lots.randint(1, 5)),)), on_shift=True, since=NOW - number)
    for number in range(contacts):
        engine.wait(engine.put_contact(number, lots.choice(classes), NOW - lots.randint(1, 100)))
    return engine


def worth(engine: Engine, agent: int, contact: int) -> float:
    waiting, group = engine.contacts[contact], engine.agents[agent].group
    row, waited = engine.picking.complete(group), NOW - waiting.since
    places = [place for place, cls in enumerate(row.cls.tolist()) if cls == waiting.cls]
    if not places or row.after[places[0]] > waited:
        return 0.0
    return engine.lines.index(waiting.cls, waited, row.base[places[0]])


@pytest.mark.parametrize("seed", range(12))
def test_the_plan_of_a_backlog_is_nearly_the_best_of_all_assignments(seed: int) -> None:
    engine = a_floor(seed, agents=4, contacts=7)
    best = max(sum(worth(engine, agent, contact) for agent, contact in enumerate(chosen)) for chosen in permutations(range(7), 4))
    picks = Batch(engine, NOW).plan()
    assert [pick.chosen.index for pick in picks] == [worth(engine, pick.agent.id, pick.contact.id) for pick in picks]
    assert len({pick.agent.id for pick in picks}) == len({pick.contact.id for pick in picks}) == len(picks)
    assert sum(pick.chosen.index for pick in picks) >= 0.97 * best


def test_who_waits_beyond_the_limit_is_in_the_plan_before_anybody_else() -> None:
    engine = Engine([QueuePromise("dear", weight=100.0, starvation_s=300.0), QueuePromise("cheap", starvation_s=300.0)])
    dear = engine.class_of(ClassSpec("dear", "voice", "dear", (Stage(0.0, ()),)))
    cheap = engine.class_of(ClassSpec("cheap", "voice", "cheap", (Stage(0.0, ()),)))
    for number in range(2):
        engine.put_agent(number, Profile(()), on_shift=True, since=0.0)
    for contact, (cls, since) in enumerate([(dear, NOW - 20), (cheap, NOW - 301), (dear, NOW - 10)]):
        engine.wait(engine.put_contact(contact, cls, since))
    assert sorted((pick.contact.id, pick.starving) for pick in Batch(engine, NOW).plan()) == [(0, False), (1, True)]


def test_a_shift_that_starts_into_a_backlog_is_planned_together_and_leaves_nobody_idle_in_vain() -> None:
    desk = Desk(a_floor(3, BACKLOG_AGENTS + 5, BACKLOG_CONTACTS + 20))
    desk.agents_to_serve = dict.fromkeys(desk.engine.agents, Trigger.AGENT_CHANGED)
    decided = desk.decide(NOW)
    assert [each.trigger for each in decided].count(Trigger.BACKLOG) == BACKLOG_AGENTS + 5
    assert len({each.pick.contact.id for each in decided}) == BACKLOG_AGENTS + 5
    assert desk.engine.benches.idle_groups == 0

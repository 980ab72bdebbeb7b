"""How soon customers hang up, and what the rule makes of it."""

import math

import pytest

from services.routing.domain.engine.engine import Engine
from services.routing.domain.engine.explain import contact_document, reckon
from services.routing.domain.engine.floor import Floor
from services.routing.domain.engine.parts import ClassSpec, Profile, QueuePromise, Stage
from services.routing.domain.engine.patience import KEPT, patience_after, urgency_of, usual_hazard


@pytest.mark.parametrize(
    ("wait_s", "leaves", "left", "waited_s"),
    [
        (30.0, True, 1.0, 30.0),
        (30.0, False, 0.0, 30.0),
        (300.0, True, 1.0, 300.0),
        (301.0, True, 0.0, 300.0),
        (7200.0, False, 0.0, 300.0),
    ],
)
def test_a_wait_counts_up_to_the_limit_beyond_which_age_alone_decides(wait_s: float, leaves: bool, left: float, waited_s: float) -> None:
    assert patience_after(0.0, 0.0, wait_s, 300.0, leaves=leaves) == (left, waited_s)
    assert patience_after(100.0, 9000.0, wait_s, 300.0, leaves=leaves) == (100.0 * KEPT + left, 9000.0 * KEPT + waited_s)


def test_the_house_is_the_geometric_mean_of_its_queues_by_leavers_and_who_is_never_left_has_no_say() -> None:
    assert usual_hazard([]) == 0.0
    assert usual_hazard([(0.0, 5000.0), (0.0, 0.0)]) == 0.0
    calls = usual_hazard([(30.0, 3000.0), (10.0, 9000.0)])
    assert math.isclose(calls, math.exp((30 * math.log(1 / 100) + 10 * math.log(1 / 900)) / 40))
    assert usual_hazard([(30.0, 3000.0), (10.0, 9000.0), (0.0, 1e9)]) == calls


@pytest.mark.parametrize(
    ("left", "waited_s", "usual", "urgency"),
    [
        (0.0, 0.0, 0.01, 1.0),
        (5.0, 9000.0, 0.0, 1.25),
        (20.0, 1000.0, 0.01, 40 / 30),
        (20.0, 4000.0, 0.01, 40 / 60),
        (400.0, 1000.0, 0.01, 2.0),
        (0.0, 1e9, 0.01, 0.5),
    ],
)
def test_urgency_is_shrunk_to_the_house_and_bounded(left: float, waited_s: float, usual: float, urgency: float) -> None:
    assert math.isclose(urgency_of(left, waited_s, usual), urgency)


def test_of_two_lines_that_are_alike_but_for_patience_the_one_whose_customers_leave_sooner_is_served_first() -> None:
    engine = Engine([QueuePromise("calm", handle_s=100.0), QueuePromise("hasty", handle_s=100.0)])
    floor = Floor(engine)
    calm, hasty = (engine.class_of(ClassSpec(key, "voice", key, (Stage(0.0, ()),))) for key in ("calm", "hasty"))
    for number in range(10):
        floor.arrive(("calm", number), calm, 0.0)
        floor.arrive(("hasty", number), hasty, 0.0)
    for seconds, kind in ((10.0, "hasty"), (40.0, "calm")):
        for number in range(10):
            floor.hang_up((kind, number), seconds)
    floor.arrive("first", calm, 50.0)
    floor.arrive("second", hasty, 51.0)
    floor.tick(60.0)
    agent = engine.put_agent("anna", Profile(()), on_shift=True, since=60.0)
    pick, _ = engine.picking.contact_for(agent, 60.0)
    assert pick is not None
    assert pick.contact.id == "second"
    told = [contact_document(engine, weighed) for weighed in (pick.chosen, *pick.others)]
    assert [round(each["urgency"], 3) for each in told] == [30 / 25, 0.75]
    assert [reckon(each)["index"] for each in told] == [pick.chosen.index, pick.others[0].index]
    engine.put_queue(QueuePromise("hasty", handle_s=90.0, service_level=engine.lines.queues["hasty"].service_level))
    again, _ = engine.picking.contact_for(agent, 60.0)
    assert again is not None
    assert again.contact.id == "second"

"""What the engine keeps to be quick, against the plain thing that it stands for: timers against one sorted list, prices class by class."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from services.routing.domain.engine.engine import Engine
from services.routing.domain.engine.parts import NEVER, ClassSpec, Profile, QueuePromise, Stage
from services.routing.domain.engine.timers import Timers


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_timers_come_by_moment_and_then_in_the_order_in_which_they_were_set_even_when_the_clock_goes_back(seed: int) -> None:
    lots, timers, plain, now = Random(seed), Timers(), [], 100.0  # noqa: S311  repeatable on purpose
    for number in range(60):
        now += lots.choice((0.0, 0.0, 1.0, 5.0, -3.0))
        seconds = lots.choice((4.0, 7.0))
        if lots.random() < 0.3:
            timers.put(now + seconds, number)
        else:
            timers.put_after(seconds, now, number)
        plain.append((now + seconds, number))
        if lots.random() < 0.4:
            first = min(plain)
            plain.remove(first)
            assert timers.next_at() == first[0]
            assert timers.pop() == first
    assert [timers.pop() for _ in range(len(plain))] == sorted(plain)
    assert timers.next_at() == NEVER


def plain_prices(engine: Engine) -> list[float]:
    """Load over capacity of all that a group may do at once, the dearest group being 1, read off class by class."""
    price = [0.0] * len(engine.benches.full_of_group)
    for cls, rate in engine.pricing.rates.items():
        spec = engine.lines.specs[cls]
        queue, served = engine.lines.queues[spec.queue], [g for g in range(len(price)) if engine.pairs.pair(g, cls)[0] == 0]
        capacity = sum(int(engine.benches.on_shift[group]) for group in served)
        for group in served:
            price[group] += rate * (queue.handle_s + queue.wrap_s) / capacity if capacity else 0.0
    dearest = max((each for group, each in enumerate(price) if engine.benches.on_shift[group]), default=0.0)
    return [price[whole] / dearest if dearest > 0 else 0.0 for whole in engine.benches.full_of_group]


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_prices_are_those_of_the_classes_one_by_one_while_agents_and_classes_appear_and_shifts_change(seed: int) -> None:
    lots, now = Random(seed), 0.0  # noqa: S311  repeatable on purpose
    engine = Engine([QueuePromise(f"q{n}", handle_s=100.0 + 17.3 * n, wrap_s=3.0) for n in range(3)])
    classes: list[int] = []
    for number in range(12):
        stages = (Stage(0.0, ((f"s{lots.randrange(4)}", lots.randint(1, 5)),)), Stage(30.0, ()))
        classes.append(engine.class_of(ClassSpec(f"c{number}", "voice", f"q{number % 3}", stages)))
        skills = tuple((f"s{skill}", lots.randint(1, 5)) for skill in sorted(lots.sample(range(4), lots.randint(0, 3))))
        engine.put_agent(number, Profile(skills), on_shift=lots.random() < 0.7, since=0.0)
        agent = engine.agents[lots.randrange(number + 1)]
        engine.shift(agent, now, on=not agent.on_shift)
        for contact in range(lots.randrange(8)):
            engine.put_contact((number, contact), lots.choice(classes), now)
        now += lots.choice((60.0, 61.7, 300.0))
        engine.pricing.price(now)
        assert engine.benches.opportunity[: len(engine.benches.full_of_group)].tolist() == plain_prices(engine)

"""Erlang-A against what is known of it: Erlang-C without impatience, the closed forms of one server, and a simulation."""

import heapq
import math
from random import Random

import pytest

from services.routing.domain.staffing import Traffic, expected, needed


def erlang_c(load: float, agents: int) -> float:
    block = 1.0
    for number in range(1, agents + 1):
        block = load * block / (number + load * block)
    return agents * block / (agents - load * (1 - block))


@pytest.mark.parametrize(("agents", "load"), [(1, 0.5), (5, 4.0), (30, 26.5)])
def test_who_never_gives_up_waits_as_erlang_c_says(agents: int, load: float) -> None:
    mu = 1 / 200
    found = expected(Traffic(load * mu, mu, 0.0), agents, 20.0)
    assert found.service_level == pytest.approx(1 - erlang_c(load, agents) * math.exp(-(agents - load) * mu * 20.0), abs=1e-6)
    assert found.occupancy == pytest.approx(load / agents, abs=1e-6)
    assert found.abandon == 0.0


def test_with_impatience_it_is_what_a_simulated_queue_comes_to() -> None:
    lam, mu, theta, agents, sla = 0.10, 1 / 100, 1 / 120, 9, 20.0
    lots, now = Random(3), 0.0  # noqa: S311  repeatable on purpose
    busy: list[float] = []
    waiting: list[tuple[float, float]] = []
    came = in_time = lost = 0
    for _ in range(60_000):
        now += lots.expovariate(lam)
        while busy and busy[0] <= now:
            free = heapq.heappop(busy)
            while waiting:
                at, patience = waiting.pop(0)
                if at + patience < free:
                    lost += 1
                    continue
                in_time += free - at <= sla
                heapq.heappush(busy, free + lots.expovariate(mu))
                break
        came += 1
        if len(busy) < agents:
            in_time += 1
            heapq.heappush(busy, now + lots.expovariate(mu))
        else:
            waiting.append((now, lots.expovariate(theta)))
    found = expected(Traffic(lam, mu, theta), agents, sla)
    assert found.service_level == pytest.approx(in_time / came, abs=0.012)
    assert found.abandon == pytest.approx(lost / came, abs=0.008)


def test_the_hint_is_the_fewest_who_keep_the_promise() -> None:
    traffic = Traffic(0.5, 1 / 240, 1 / 300)
    enough = needed(traffic, 20.0, 0.8)
    assert enough.service_level >= 0.8 > expected(traffic, enough.agents - 1, 20.0).service_level
    assert needed(Traffic(0.0, 1 / 240, 1 / 300), 20.0, 0.8).agents == 1
    assert expected(traffic, 0, 20.0).service_level == 0.0

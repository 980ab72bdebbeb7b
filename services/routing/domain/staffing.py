"""How many agents a queue needs now: the Erlang-A model (M/M/n+M; Garnett, Mandelbaum and Reiman 2002), exact, with patience.

The number in the system is a birth-death chain with births λ and deaths min(k, n)·μ + max(0, k - n)·θ. Who finds j others waiting is served within
T with the probability that a pure-death chain with rates nμ + iθ passes j..0 before T and before the own patience ends; by uniformisation.
"""

import math
from dataclasses import dataclass

import numpy as np

MOST_AGENTS = 2_000
TAIL = 1e-9


@dataclass(frozen=True, slots=True)
class Traffic:
    """Arrivals and services per second and agent, and how fast who waits gives up (0: never)."""

    arrivals: float
    service: float
    impatience: float


@dataclass(frozen=True, slots=True)
class Expected:
    """What so many agents come to: shares of everybody who comes."""

    agents: int
    service_level: float
    abandon: float
    occupancy: float


def expected(traffic: Traffic, agents: int, sla_s: float) -> Expected:
    """Return service level, abandonment and occupancy in the long run. Without patience and with too few agents nobody is served in time."""
    lam, mu, theta = traffic.arrivals, traffic.service, traffic.impatience
    if lam <= 0:
        return Expected(agents, 1.0, 0.0, 0.0)
    if agents == 0 or (theta <= 0 and lam >= agents * mu):
        return Expected(agents, 0.0, 1.0 if theta > 0 else 0.0, 1.0)
    chances = _chances(traffic, agents)
    waiting = chances[agents:]
    served_in_time = float(chances[:agents].sum() + (waiting * _in_time(traffic, agents, sla_s, len(waiting))).sum())
    queue = float((np.arange(len(waiting)) * waiting).sum())
    busy = float((np.minimum(np.arange(len(chances)), agents) * chances).sum())
    return Expected(agents, served_in_time, theta * queue / lam, busy / agents)


def _chances(traffic: Traffic, agents: int) -> np.ndarray:
    """Return the stationary chance of 0, 1, 2 … in the system, up to where it does not matter any more."""
    logs, level, top, number = [0.0], 0.0, 0.0, 0
    while True:
        number += 1
        death = min(number, agents) * traffic.service + max(0, number - agents) * traffic.impatience
        level += math.log(traffic.arrivals / death)
        logs.append(level)
        top = max(top, level)
        if number > agents and level < top + math.log(TAIL):
            break
    weights = np.exp(np.array(logs) - top)
    return np.asarray(weights / weights.sum())


def _in_time(traffic: Traffic, agents: int, sla_s: float, many: int) -> np.ndarray:
    """Return for 0 … many - 1 others ahead the chance to be served within `sla_s`."""
    steps = agents * traffic.service + np.arange(many) * traffic.impatience
    fastest = float(steps[-1]) + traffic.impatience
    ahead, stay = steps / fastest, 1.0 - (steps + traffic.impatience) / fastest
    mean = fastest * sla_s
    reached, answer, passed = np.zeros(many), np.zeros(many), 0.0
    log_weight, number = -mean, 0
    while passed < 1.0 - TAIL and number <= mean + 12 * math.sqrt(mean + 1) + 20:
        weight = math.exp(log_weight)
        answer += weight * reached
        passed += weight
        number += 1
        log_weight += math.log(mean / number)
        reached = stay * reached + ahead * np.concatenate(([1.0], reached[:-1]))
    return answer


def needed(traffic: Traffic, sla_s: float, sla_share: float) -> Expected:
    """Return the fewest agents who keep the promise, and what they come to; at most MOST_AGENTS are looked at."""
    low, high = 0, 1
    while high < MOST_AGENTS and expected(traffic, high, sla_s).service_level < sla_share:
        low, high = high, min(MOST_AGENTS, 2 * high)
    while high - low > 1:
        middle = (low + high) // 2
        if expected(traffic, middle, sla_s).service_level < sla_share:
            low = middle
        else:
            high = middle
    return expected(traffic, high, sla_s)

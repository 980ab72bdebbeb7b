"""What the last weeks teach: an outcome for every contact, estimates by agent and queue, and a report that says what is known and whom it favours."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from services.routing.domain.affinity import Lesson, cells_of, learn
from services.routing.domain.engine.rules import pace_prior, resolution_prior
from services.routing.domain.simulation.figures import gini

RESOLVED = {"yes": 1.0, "partly": 0.5, "no": 0.0}
LEAST_PROPENSITY = 0.1
"""No answer stands for more than ten contacts."""
NEUTRAL_LEVEL = 3.0
Z = 1.96


@dataclass(frozen=True, slots=True)
class Handled:
    """One contact that is over. `said` is the customer's own word, 0 to 1; None: no answer."""

    contact_id: UUID
    agent_id: UUID
    queue: str
    customer_id: UUID | None
    started_at: datetime
    ended_at: datetime
    resolved: str | None
    handle_s: float | None
    steered: bool
    said: float | None = None


@dataclass(frozen=True, slots=True)
class Book:
    """Estimates by (agent, queue), and the report."""

    resolution: Mapping[tuple[UUID, str], float]
    pace: Mapping[tuple[UUID, str], float]
    outcomes: Mapping[tuple[UUID, str], int]
    report: dict[str, Any]


def repeated(handled: Sequence[Handled], days: int) -> set[UUID]:
    """Return the contacts after which the customer came back to the same queue within so many days."""
    by_customer: dict[tuple[UUID, str], list[Handled]] = defaultdict(list)
    for each in handled:
        if each.customer_id is not None:
            by_customer[each.customer_id, each.queue].append(each)
    found = set()
    for own in by_customer.values():
        own.sort(key=lambda each: (each.started_at, str(each.contact_id)))
        for one, following in pairwise(own):
            if following.started_at - one.ended_at <= timedelta(days=days):
                found.add(one.contact_id)
    return found


def outcome_of(each: Handled, again: set[UUID]) -> float | None:
    """Return what the desk knows of one contact: the agent's view, and nothing solved when the customer came back. None: nothing is known."""
    if each.contact_id in again:
        return 0.0
    if each.resolved is not None:
        return RESOLVED[each.resolved]
    return None if each.customer_id is None else 1.0


def outcomes_of(handled: Sequence[Handled], again: set[UUID]) -> dict[UUID, float]:
    """Return an outcome per contact. Who answered a survey stands for the silent ones too: weighed by how seldom such customers answer.

    y + (said - y) / propensity, where the propensity is the share of answers among contacts of the same queue and the same y, times
    nothing less than LEAST_PROPENSITY (augmented inverse propensity weighting; Robins, Rotnitzky and Zhao 1994). Kept within [-1, 2].
    """
    known = {each.contact_id: value for each in handled if (value := outcome_of(each, again)) is not None}
    asked: dict[tuple[str, float], list[int]] = defaultdict(lambda: [0, 0])
    for each in handled:
        if each.contact_id in known:
            stratum = asked[each.queue, known[each.contact_id]]
            stratum[0] += each.said is not None
            stratum[1] += 1
    for each in handled:
        if each.said is None:
            continue
        base = known.get(each.contact_id)
        if base is None:
            known[each.contact_id] = each.said
            continue
        answered, many = asked[each.queue, base]
        propensity = max(LEAST_PROPENSITY, answered / many)
        known[each.contact_id] = min(2.0, max(-1.0, base + (each.said - base) / propensity))
    return known


def teach(handled: Sequence[Handled], levels: Mapping[tuple[UUID, str], float], repeat_days: int) -> Book:
    """Learn resolution and pace from everything that is over."""
    again = repeated(handled, repeat_days)
    outcome = outcomes_of(handled, again)

    def level(agent: Any, queue: str) -> float:
        return levels.get((agent, queue), NEUTRAL_LEVEL)

    solved = [(each.agent_id, each.queue, outcome[each.contact_id]) for each in handled if each.contact_id in outcome]
    took = [(each.agent_id, each.queue, math.log(each.handle_s)) for each in handled if each.handle_s is not None and each.handle_s >= 1.0]
    resolution = learn(cells_of(solved, level), resolution_prior)
    pace = learn(cells_of(took, level), lambda at: math.log(pace_prior(at)))
    means = {each.queue: each.mean for each in pace.evidence}
    counts: dict[tuple[UUID, str], int] = defaultdict(int)
    for agent, queue, _ in solved:
        counts[agent, queue] += 1
    return Book(
        {key: min(0.99, max(0.01, value)) for key, value in resolution.estimates.items()},
        {key: math.exp(value - means[key[1]]) for key, value in pace.estimates.items()},
        counts,
        _report(handled, outcome, resolution, pace, len(again)),
    )


def _report(handled: Sequence[Handled], outcome: Mapping[UUID, float], resolution: Lesson, pace: Lesson, repeats: int) -> dict[str, Any]:
    sides = {name: [each for each in handled if each.steered is (name == "steered")] for name in ("steered", "held_out")}
    return {
        "contacts": len(handled),
        "with_outcome": len(outcome),
        "answered_surveys": sum(each.said is not None for each in handled),
        "repeats": repeats,
        "resolution": [asdict(each) for each in resolution.evidence],
        "pace": [asdict(each) for each in pace.evidence],
        "uplift": _uplift([[outcome[each.contact_id] for each in side if each.contact_id in outcome] for side in sides.values()]),
        "fairness": {name: _shares(side, resolution) for name, side in sides.items()},
    }


def _uplift(sides: list[list[float]]) -> dict[str, float | None]:
    """Return mean outcome of the steered minus that of the hold-out, in points, with its 95 % interval."""
    if any(len(side) < 2 for side in sides):  # noqa: PLR2004  a variance needs two
        return {"points": None, "low": None, "high": None}
    means = [sum(side) / len(side) for side in sides]
    spread = [sum((each - mean) ** 2 for each in side) / (len(side) - 1) / len(side) for side, mean in zip(sides, means, strict=True)]
    points, error = 100 * (means[0] - means[1]), 100 * Z * math.sqrt(sum(spread))
    return {"points": points, "low": points - error, "high": points + error}


def _shares(side: Iterable[Handled], resolution: Lesson) -> dict[str, float | int | None]:
    """Return how evenly contacts and work fall on agents, and the share that went to the better half by what was learned."""
    contacts: dict[UUID, int] = defaultdict(int)
    seconds: dict[UUID, float] = defaultdict(float)
    favoured = judged = 0
    middle: dict[str, float] = {}
    for queue in {queue for _, queue in resolution.estimates}:
        own = sorted(value for (_, of), value in resolution.estimates.items() if of == queue)
        middle[queue] = own[len(own) // 2]
    for each in side:
        contacts[each.agent_id] += 1
        seconds[each.agent_id] += each.handle_s or 0.0
        estimate = resolution.estimates.get((each.agent_id, each.queue))
        if estimate is not None:
            judged += 1
            favoured += estimate >= middle[each.queue]
    return {
        "agents": len(contacts),
        "gini_contacts": gini(contacts.values()),
        "gini_seconds": gini(seconds.values()),
        "to_better_half": favoured / judged if judged else None,
    }

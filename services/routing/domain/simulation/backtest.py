"""Two rules over the same day: what each comes to, the difference with its interval, and a warning where the candidate loses.

Both runs see the same contacts, so the difference is paired by half-hours of arrival; its interval is the jackknife over these blocks
(Efron and Tibshirani, An Introduction to the Bootstrap, chapter 11), 95 %.
"""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from math import sqrt
from typing import Any

from services.routing.domain.engine.parts import Rule
from services.routing.domain.simulation.figures import Figures, figures, gini, occupancy
from services.routing.domain.simulation.play import Play, Played
from services.routing.domain.simulation.scenario import Scenario, Served

BLOCK_S = 1800.0
Z = 1.96
LEAST_BLOCKS = 8
"""With fewer half-hours an interval would say more than is known."""
MEASURES = ("sla", "abandon", "resolved", "asa")
WORSE_IF_LOWER = ("sla", "resolved")
POINTS = 100.0


@dataclass(frozen=True, slots=True)
class Gain:
    """Candidate minus base: points for shares, seconds for `asa`. The ends are None where the period is too short for an interval."""

    value: float
    low: float | None
    high: float | None


def compare(make: Callable[[], Scenario], base: Rule, candidate: Rule, tell: Callable[[float], None]) -> dict[str, Any]:
    """Play both rules and return everything as a document; `tell` hears the share that is done."""
    first = Play(make(), base, lambda done: tell(done / 2)).run()
    second = Play(make(), candidate, lambda done: tell(0.5 + done / 2)).run()
    return document(first, second)


def document(base: Played, candidate: Played) -> dict[str, Any]:
    """Return figures of both runs over everything and by queue, gains with intervals, and warnings."""
    queues = {queue.key: queue.sla_s for queue in base.scenario.queues}
    sides = [_by_queue(played) for played in (base, candidate)]
    shortest = min(queues.values(), default=20.0)
    overall = _compared(base.served, candidate.served, shortest)
    found = {key: _compared(sides[0].get(key, []), sides[1].get(key, []), sla_s) for key, sla_s in sorted(queues.items())}
    fairness = {"base": gini(occupancy(base).values()), "candidate": gini(occupancy(candidate).values())}
    warnings = [sentence for key, each in {"everything": overall, **found}.items() for sentence in _warnings(key, each["gain"])]
    return {"base": base.rule, "candidate": candidate.rule, "overall": overall, "queues": found, "gini": fairness, "warnings": warnings}


def _by_queue(played: Played) -> dict[str, list[Served]]:
    answer: dict[str, list[Served]] = {}
    for each in played.served:
        answer.setdefault(played.scenario.classes[each.contact.cls].queue, []).append(each)
    return answer


def _compared(base: list[Served], candidate: list[Served], sla_s: float) -> dict[str, Any]:
    gains = {name: asdict(gain) for name, gain in gains_of(base, candidate, sla_s).items()}
    return {"base": asdict(figures(base, sla_s)), "candidate": asdict(figures(candidate, sla_s)), "gain": gains}


def gains_of(base: Iterable[Served], candidate: Iterable[Served], sla_s: float) -> dict[str, Gain]:
    """Return the gain of every measure that both runs have."""
    sides = [_blocks(base), _blocks(candidate)]
    blocks = sorted(sides[0].keys() | sides[1].keys())
    whole = [figures([each for block in side.values() for each in block], sla_s) for side in sides]
    without = [[_sums([each for key, block in side.items() if key == left for each in block], sla_s) for left in blocks] for side in sides]
    answer = {}
    for name in MEASURES:
        values = [_measure(figure, name) for figure in whole]
        if values[0] is None or values[1] is None:
            continue
        scale = 1.0 if name == "asa" else POINTS
        answer[name] = _interval(scale * (values[1] - values[0]), name, scale, without)
    return answer


def _blocks(served: Iterable[Served]) -> dict[int, list[Served]]:
    answer: dict[int, list[Served]] = {}
    for each in served:
        answer.setdefault(int(each.contact.arrival_s // BLOCK_S), []).append(each)
    return answer


def _sums(served: list[Served], sla_s: float) -> dict[str, tuple[float, float]]:
    """Return numerator and denominator of every measure in one block."""
    found = figures(served, sla_s)
    answered = round(found.offered * (1 - (found.abandon or 0.0)))
    offered = float(found.offered)
    return {
        "sla": ((found.sla or 0.0) * offered, offered),
        "abandon": ((found.abandon or 0.0) * offered, offered),
        "resolved": ((found.resolved or 0.0) * offered, offered),
        "asa": ((found.asa or 0.0) * answered, float(answered)),
    }


def _measure(found: Figures, name: str) -> float | None:
    value: float | None = getattr(found, name)
    return value


def _interval(value: float, name: str, scale: float, sides: list[list[dict[str, tuple[float, float]]]]) -> Gain:
    """Leave out one half-hour at a time; how much the gain moves says how sure it is."""
    many = len(sides[0])
    if many < LEAST_BLOCKS:
        return Gain(value, None, None)
    totals = [(sum(block[name][0] for block in side), sum(block[name][1] for block in side)) for side in sides]
    moved = []
    for number in range(many):
        rates = []
        for (top, bottom), side in zip(totals, sides, strict=True):
            left = bottom - side[number][name][1]
            rates.append((top - side[number][name][0]) / left if left > 0 else 0.0)
        moved.append(scale * (rates[1] - rates[0]))
    mean = sum(moved) / many
    error = sqrt((many - 1) / many * sum((each - mean) ** 2 for each in moved))
    return Gain(value, value - Z * error, value + Z * error)


_WORDS = {
    "sla": "points of service level",
    "abandon": "points of abandonment",
    "resolved": "points of resolved contacts",
    "asa": "seconds of waiting",
}


def _warnings(where: str, gains: dict[str, dict[str, float | None]]) -> list[str]:
    """Say where the whole interval is on the wrong side."""
    said = []
    for name, gain in gains.items():
        low, high, value = gain["low"], gain["high"], gain["value"]
        if low is None or high is None or value is None:
            continue
        if name in WORSE_IF_LOWER and high < 0:
            said.append(f"{where}: the candidate loses {-value:.2f} {_WORDS[name]} (95 %: {-high:.2f} to {-low:.2f}).")
        elif name not in WORSE_IF_LOWER and low > 0:
            said.append(f"{where}: the candidate adds {value:.2f} {_WORDS[name]} (95 %: {low:.2f} to {high:.2f}).")
    return said

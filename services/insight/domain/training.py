"""Who needs to learn what: a team against all others on the same topic, with control of false discoveries over all pairs that were compared."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from services.insight.domain.intervals import Interval, newcombe
from services.insight.domain.statistics.control import benjamini_hochberg
from services.insight.domain.statistics.distributions import two_sided

LEAST = 30
FALSE_DISCOVERIES = 0.05


@dataclass(frozen=True, slots=True)
class Need:
    """`effect` is the team's resolution on the topic minus that of all others; `found` when the gap is no chance and it is worse."""

    topic: str
    team: str
    effect: float
    interval: Interval
    n: int
    rest: int
    adjusted_p: float
    found: bool


def needs(counts: Mapping[tuple[str, str], tuple[int, int]]) -> list[Need]:
    """Compare (topic, team) to (resolved, answers); both sides need 30 answers."""
    topics: dict[str, tuple[int, int]] = {}
    for (topic, _), (good, n) in counts.items():
        whole = topics.get(topic, (0, 0))
        topics[topic] = (whole[0] + good, whole[1] + n)
    pairs = [key for key, (_, n) in sorted(counts.items()) if n >= LEAST and topics[key[0]][1] - n >= LEAST]
    scores = [_z(counts[key], topics[key[0]]) for key in pairs]
    adjusted = benjamini_hochberg(two_sided(scores))
    found = []
    for key, p in zip(pairs, adjusted, strict=True):
        good, n = counts[key]
        other = (topics[key[0]][0] - good, topics[key[0]][1] - n)
        effect = good / n - other[0] / other[1]
        interval = newcombe((other[0] / other[1], other[1]), (good / n, n))
        sure = float(p) < FALSE_DISCOVERIES and interval.high < 0
        found.append(Need(key[0], key[1], effect, interval, n, other[1], float(p), sure))
    return found


def _z(mine: tuple[int, int], whole: tuple[int, int]) -> float:
    other = (whole[0] - mine[0], whole[1] - mine[1])
    pooled = whole[0] / whole[1]
    error = math.sqrt(pooled * (1 - pooled) * (1 / mine[1] + 1 / other[1]))
    return (mine[0] / mine[1] - other[0] / other[1]) / error if error else 0.0

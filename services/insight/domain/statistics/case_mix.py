"""Places compared as if all had the same work: indirect standardisation, with funnel limits for the ratio.

What a place would have reached with its own mix of cases, had it done in each stratum as well as the whole does, is its expected number;
observed / expected above 1 is better than the mix explains. Limits: 1 ± z·√V/E with V = Σ n_h p_h(1 - p_h). With a single stratum this is the
plain funnel. Sources: Breslow and Day (1987), ch. 2; Spiegelhalter (2005), funnel plots for standardised ratios.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from services.insight.domain.intervals import Interval, wilson
from services.insight.domain.statistics.control import signal_of, verdicts
from services.insight.domain.statistics.distributions import chi_squared_tail

Stratum = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MixCell:
    """Answers of one place about one kind of case."""

    place: str
    stratum: Stratum
    good: int
    n: int


@dataclass(frozen=True, slots=True)
class AdjustedPlace:
    """One place against what its own mix of cases would let expect.

    `good`, `n` and `share` are of the answers that can be compared; `set_aside` are those about cases that no other place has. `ratio` is
    good / expected, 1 where nobody or everybody is good; `interval` None while nothing is expected. `adjusted_share` is the whole's share
    times the ratio: what the place would reach with everybody's mix (above 1 when the ratio promises more than that). `weight` is how many
    answers of the whole's mix say as much as these.
    """

    key: str
    good: int
    n: int
    set_aside: int
    share: float
    expected: float
    ratio: float
    interval: Interval | None
    adjusted_share: float
    weight: float
    z: float
    p: float
    adjusted_p: float
    low_95: float
    high_95: float
    low_998: float
    high_998: float
    signal: str


@dataclass(frozen=True, slots=True)
class AdjustedFunnel:
    """All places around 1; `centre` is the whole's share, `strata` how many kinds of case were compared."""

    centre: float
    places: tuple[AdjustedPlace, ...]
    too_few: tuple[str, ...]
    strata: int
    inflation: float
    p: float


@dataclass
class _Tally:
    good: int = 0
    n: int = 0
    set_aside: int = 0
    expected: float = 0.0
    variance: float = 0.0


def adjusted_funnel(cells: Sequence[MixCell], *, least: int) -> AdjustedFunnel | None:
    """Compare places by observed / expected; None when no case is seen at two places.

    Places with fewer than `least` comparable answers count in the whole and are named in `too_few`, not judged. Places are judged in the
    order of their size, which Laney's spread depends on.
    """
    tallies, whole, strata = _tallied(cells)
    if not whole.n:
        return None
    centre = whole.good / whole.n
    judged = sorted((key for key, one in tallies.items() if one.n >= least), key=lambda key: (tallies[key].n, key))
    rows = [tallies[key] for key in judged]
    scores = [(one.good - one.expected) / math.sqrt(one.variance) if one.variance > 0 else 0.0 for one in rows]
    chance = chi_squared_tail(len(rows) - 1, float(np.square(scores).sum())) if len(rows) > 1 else 1.0
    found = verdicts(scores, chance)
    places = []
    for place, (key, one) in enumerate(zip(judged, rows, strict=True)):
        half = math.sqrt(one.variance) / one.expected if one.expected else 0.0
        ratio = one.good / one.expected if one.variance > 0 else 1.0
        inner = (max(0.0, 1 - found.warn * half), 1 + found.warn * half)
        outer = (max(0.0, 1 - found.act * half), 1 + found.act * half)
        fact = (one.good, one.n, one.set_aside, one.good / one.n, one.expected, ratio, _interval(one), centre * ratio, _weight(one, centre))
        p, adjusted = float(found.raw[place]), float(found.adjusted[place])
        places.append(AdjustedPlace(key, *fact, scores[place], p, adjusted, *inner, *outer, signal_of(abs(scores[place]), found, adjusted)))
    too_few = tuple(sorted(key for key, one in tallies.items() if one.n < least))
    return AdjustedFunnel(centre, tuple(places), too_few, strata, found.inflation, chance)


def _tallied(cells: Sequence[MixCell]) -> tuple[dict[str, _Tally], _Tally, int]:
    """Return the tally of each place, that of the whole, and the number of strata that at least two places share."""
    strata: dict[Stratum, list[MixCell]] = defaultdict(list)
    for cell in cells:
        if cell.n:
            strata[cell.stratum].append(cell)
    tallies: dict[str, _Tally] = defaultdict(_Tally)
    whole, shared = _Tally(), 0
    for same in strata.values():
        if len({cell.place for cell in same}) == 1:
            for cell in same:
                tallies[cell.place].set_aside += cell.n
            continue
        shared += 1
        good, n = sum(cell.good for cell in same), sum(cell.n for cell in same)
        rate = good / n
        whole.good, whole.n = whole.good + good, whole.n + n
        for cell in same:
            one = tallies[cell.place]
            one.good, one.n = one.good + cell.good, one.n + cell.n
            one.expected += cell.n * rate
            one.variance += cell.n * rate * (1 - rate)
    return dict(tallies), whole, shared


def _interval(one: _Tally) -> Interval | None:
    """Wilson's interval of the observed share over the expected one, which counts as known."""
    if not one.expected:
        return None
    seen, scale = wilson(one.good / one.n, one.n), one.n / one.expected
    return Interval(seen.low * scale, seen.high * scale, "wilson / expected", seen.level)


def _weight(one: _Tally, centre: float) -> float:
    if one.variance <= 0 or not 0 < centre < 1:
        return float(one.n)
    return one.expected**2 / one.variance * (1 - centre) / centre

"""What the index rule gains over B1v (strict FIFO, longest idle, 90 s of credit): multi36 with seven more seeds, and the bank trace.

B1v is the yardstick's own, to the last digit that it prints: see `Baseline`.
"""

import asyncio
import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from statistics import fmean, stdev

from services.routing.domain.engine.parts import NEVER, DeskAgent, Pick
from services.routing.domain.engine.rules import FIFO, INDEX
from services.routing.domain.simulation.figures import Figures, by, figures, gini, occupancy
from services.routing.domain.simulation.play import Play, Played
from services.routing.domain.simulation.scenario import Scenario
from tests.bench._routing_scenarios import DATA, MOVED_S, SEEDS, generated, moved, shipped
from tests.bench.figure import Figure

PRINTED = {"sla": 3, "asa": 1, "p95": 1, "abandon": 4, "fcr": 4, "resolved": 4, "gini": 3}
"""How many decimals the yardstick prints of each figure."""
RARE = 50
"""Types with fewer offered contacts are left out of the comparison by type: one contact would be more than 2 points."""


MOVED = range(101, 109)
"""Seeds of further months of the bank."""
SHORT_DAY = 600
"""Days with fewer contacts are told apart: Fridays and Saturdays of the bank, with five to eight agents."""


class Baseline(Play):
    """FIFO as the yardstick plays it: among contacts that have waited equally long (credit counted), the kind that was first to come that period.

    Arrivals are told to a tenth of a second and credit is 90 s, so there are such ties. Our own rule gives them to who has really waited longer,
    then to the lower id. That is all by which the two differ: so played, both scenarios agree with the yardstick in every printed digit.
    """

    def __init__(self, scenario: Scenario) -> None:
        super().__init__(scenario, FIFO)
        self.engine.picking.contact_for = self._first_of_the_oldest  # type: ignore[method-assign]  # nobody declines here, so heads are enough

    def _first_of_the_oldest(self, agent: DeskAgent, now: float) -> tuple[Pick | None, float]:
        lines, row = self.engine.lines, self.engine.picking.complete(agent.group)
        waited = now - lines.heads[row.cls] + lines.credit[row.cls]
        place = int(waited.argmax()) if waited.size else -1
        if place < 0 or waited[place] < 0:
            return None, NEVER
        return Pick(lines.in_line[int(row.cls[place])][0], agent, now, True, False, [], len(waited)), NEVER


@dataclass(frozen=True)
class Compared:
    """One scenario under both rules."""

    base: Played
    ours: Played

    def gain(self, name: str) -> float:
        """Return how many points better (or worse) ours is."""
        return 100 * (_value(figures(self.ours.served), name) - _value(figures(self.base.served), name))

    def worst(self, name: str, pick: Callable[[list[float]], float]) -> tuple[float, str]:
        """Return the largest loss of any type in points, and which type."""
        base, ours = (by(played, lambda each: each.contact.topic) for played in (self.base, self.ours))
        losses = {topic: 100 * (_value(ours[topic], name) - _value(base[topic], name)) for topic in base if base[topic].offered >= RARE}
        value = pick(list(losses.values()))
        return value, next(topic for topic, loss in losses.items() if loss == value)

    def paired(self, name: str) -> str:
        """Say the mean gain in points of the days, each day weighing the same, with its standard error."""
        gains = [gain for _, gain in self.by_day(name)]
        return f"{fmean(gains):+.2f} (standard error {_error(gains):.2f})"

    def by_day(self, name: str) -> list[tuple[bool, float]]:
        """Return of every day whether it is short, and the gain in points."""
        length = self.base.scenario.day_s
        base, ours = (by(played, lambda each: str(int(each.contact.arrival_s // length))) for played in (self.base, self.ours))
        kept = [day for day, found in base.items() if found.offered >= RARE]
        return [(base[day].offered < SHORT_DAY, 100 * (_value(ours[day], name) - _value(base[day], name))) for day in kept]


def _value(found: Figures, name: str) -> float:
    value: float | None = getattr(found, name)
    return 0.0 if value is None else value


def _error(gains: list[float]) -> float:
    return stdev(gains) / math.sqrt(len(gains))


def compare(make: Callable[[], Scenario]) -> Compared:
    """Play a scenario under both rules."""
    return Compared(Baseline(make()).run(), Play(make(), INDEX).run())


async def run() -> list[Figure]:
    if not (DATA / "multi36_agents.json").exists():
        return [Figure("routing.multi36_sla_gain", 0.0, "points", 4.5, note=f"missing: {DATA}")]
    seeds = [await asyncio.to_thread(compare, lambda: shipped("multi36"))]
    seeds += [await asyncio.to_thread(compare, partial(generated, seed)) for seed in SEEDS]
    bank = await asyncio.to_thread(compare, lambda: shipped("bank99"))
    months = [await asyncio.to_thread(compare, partial(moved, seed)) for seed in MOVED]
    return [*_baseline(seeds[0], bank), *_multi36(seeds), *_bank99(bank), _moved(months)]


def _baseline(multi36: Compared, bank99: Compared) -> list[Figure]:
    """Return how many of the yardstick's figures of B1v ours is not, at the digits that it prints."""
    yardstick = json.loads((DATA / "yardstick.json").read_text())
    wanted = {"multi36": yardstick["multi36"]["B1v"], "bank99": yardstick["bank99"]["B1v B1 + 90 s VIP credit"]}
    found = []
    for name, compared in (("multi36", multi36), ("bank99", bank99)):
        all_of_it = figures(compared.base.served)
        ours = {key: _value(all_of_it, key) for key in PRINTED if key != "gini"} | {"gini": gini(occupancy(compared.base).values())}
        differ = sum(round(ours[key], digits) != wanted[name][key] for key, digits in PRINTED.items())
        note = ", ".join(f"{key} {ours[key]:.{digits}f} ({wanted[name][key]})" for key, digits in PRINTED.items())
        found.append(Figure(f"routing.{name}_b1v_differs", differ, "figures", 0, lower_is_better=True, note=f"ours (the yardstick's): {note}"))
    return found


def _multi36(seeds: list[Compared]) -> list[Figure]:
    each = f"mean of {len(seeds)} scenarios, each against B1v of this run"
    sla, abandon = max, min
    worst_sla = min((compared.worst("sla", abandon) for compared in seeds), key=lambda found: found[0])
    worst_abandon = max((compared.worst("abandon", sla) for compared in seeds), key=lambda found: found[0])
    return [
        Figure("routing.multi36_sla_gain", fmean(one.gain("sla") for one in seeds), "points", 4.5, note=_range(seeds, "sla", each)),
        Figure(
            "routing.multi36_abandon_gain",
            fmean(one.gain("abandon") for one in seeds),
            "points",
            -1.4,
            lower_is_better=True,
            note=_range(seeds, "abandon", each),
        ),
        Figure("routing.multi36_resolved_gain", fmean(one.gain("resolved") for one in seeds), "points", 3.5, note=_range(seeds, "resolved", each)),
        Figure(
            "routing.multi36_gini",
            fmean(gini(occupancy(one.ours).values()) for one in seeds),
            "Gini",
            0.08,
            lower_is_better=True,
            note="of occupancy",
        ),
        Figure(
            "routing.multi36_type_sla", worst_sla[0], "points", -4, note=f"the type that loses most service level in any scenario: {worst_sla[1]}"
        ),
        Figure(
            "routing.multi36_type_abandon",
            worst_abandon[0],
            "points",
            4,
            lower_is_better=True,
            note=f"the type that gains most abandonment in any scenario: {worst_abandon[1]}",
        ),
    ]


def _range(seeds: list[Compared], name: str, each: str) -> str:
    gains = sorted(one.gain(name) for one in seeds)
    return f"{each}; from {gains[0]:+.2f} to {gains[-1]:+.2f}"


def _bank99(bank: Compared) -> list[Figure]:
    (sla, by_sla), (abandon, by_abandon) = bank.worst("sla", min), bank.worst("abandon", max)
    return [
        Figure("routing.bank99_sla_gain", bank.gain("sla"), "points", 1, note=f"days weighed by their contacts; each day alike {bank.paired('sla')}"),
        Figure(
            "routing.bank99_abandon_gain",
            bank.gain("abandon"),
            "points",
            -0.3,
            lower_is_better=True,
            note=f"days weighed by their contacts; each day alike {bank.paired('abandon')}",
        ),
        Figure("routing.bank99_type_sla", sla, "points", -1, note=f"the type that loses most service level: {by_sla}"),
        Figure("routing.bank99_type_abandon", abandon, "points", 2, lower_is_better=True, note=f"the type that gains most abandonment: {by_abandon}"),
    ]


def _moved(months: list[Compared]) -> Figure:
    """Return what the rule gains of the mean day of the bank when its arrivals are moved: the same without the luck of one path of events."""
    days = [month.by_day("abandon") for month in months]
    whole = [fmean(gain for _, gain in month) for month in days]
    short, long = ([fmean(gain for is_short, gain in month if is_short == kind) for month in days] for kind in (True, False))
    return Figure(
        "routing.bank99_moved_abandon_gain",
        fmean(whole),
        "points",
        -0.3,
        lower_is_better=True,
        note=f"each day alike, mean of {len(months)} months with arrivals moved by up to {MOVED_S:.0f} s (standard error {_error(whole):.2f});"
        f" short days {fmean(short):+.2f} ({_error(short):.2f}), long ones {fmean(long):+.2f} ({_error(long):.2f})",
    )

"""Measures whether weighting undoes who does not answer, whether intervals keep their promise, and what the precision stop saves.

The estimates and stops are the service's own (services.survey.domain); only the people are made up: 24 cells of unequal size whose satisfaction
and willingness to answer go together, the common case in which a raw score flatters.
"""

import random
import statistics
from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from services.survey.domain.cells import CellPlan, CellState, half_width, is_precise, neyman
from services.survey.domain.chance import independence_p, rate_z
from services.survey.domain.sampling import is_drawn, lot_of
from services.survey.domain.weighting import Stratum, raw, weighted
from tests.bench.figure import Figure

KEY = b"b" * 32
RUNS = 1000
LOTS, AGENTS, SHARE = 100_000, 200, 0.3
PEOPLE = 20_000
ERROR_RUNS = 100
SEED = 20261122
GOAL_WIDTH = 0.05
RELUCTANCE = 1.05
"""How much likelier a satisfied person answers than an unsatisfied one of the same cell: what no weighting can see."""


@dataclass(frozen=True)
class Cell:
    """One kind of contact: how many, how satisfied, how willing."""

    name: str
    size: int
    satisfied: float
    answers: float


def population(draw: random.Random) -> list[Cell]:
    """Return 24 cells; where people are happier they answer more often."""
    cells = []
    for place in range(24):
        happy = draw.uniform(0.45, 0.95)
        willing = min(0.6, max(0.05, 0.05 + 0.5 * (happy - 0.45) + draw.uniform(-0.05, 0.05)))
        cells.append(Cell(f"site={place // 4},channel={place % 4}", round(PEOPLE * draw.paretovariate(1.5) / 72), happy, willing))
    return cells


def survey_once(cells: list[Cell], run: int, share: float, draw: random.Random, reluctance: float) -> tuple[list[Stratum], float]:
    """Draw the sample with the service's lot, let people answer or not, and return what came back beside the truth."""
    strata, happy, everybody = [], 0, 0
    for cell in cells:
        answered = satisfied = 0
        for number in range(cell.size):
            is_happy = draw.random() < cell.satisfied
            happy += is_happy
            if is_drawn(lot_of(f"contact:{run}:{cell.name}:{number}", "delivery", KEY), share):
                likely = cell.answers * (reluctance if is_happy else 1.0)
                if draw.random() < likely:
                    answered += 1
                    satisfied += is_happy
        everybody += cell.size
        strata.append(Stratum(cell.name, cell.size, answered, satisfied))
    return strata, happy / everybody


def errors(draw: random.Random) -> tuple[float, float]:
    """Return the mean absolute error of the weighted and of the raw share."""
    ours, plain = [], []
    for run in range(ERROR_RUNS):
        cells = [Cell(each.name, each.size // 2, each.satisfied, each.answers) for each in population(draw)]
        strata, truth = survey_once(cells, run, 0.5, draw, RELUCTANCE)
        found, simple = weighted(strata), raw(strata)
        if found and simple:
            ours.append(abs(found.value - truth))
            plain.append(abs(simple.value - truth))
    return statistics.mean(ours), statistics.mean(plain)


def coverage(draw: random.Random) -> float:
    """Return the share of runs in which the 95 % interval held the truth (of the cells' own rates, which the sample estimates)."""
    held = 0
    for _ in range(RUNS):
        cells = population(draw)
        everybody = sum(cell.size for cell in cells)
        truth = sum(cell.size * cell.satisfied for cell in cells) / everybody
        strata = []
        for cell in cells:
            answered = sum(draw.random() < 0.2 * cell.answers for _ in range(cell.size // 2))
            strata.append(Stratum(cell.name, cell.size, answered, sum(draw.random() < cell.satisfied for _ in range(answered))))
        found = weighted(strata)
        held += found is not None and found.low <= truth <= found.high
    return held / RUNS


def asks_needed(draw: random.Random) -> tuple[int, int]:
    """Return the asks until every cell is as precise as wanted: with the stop and Neyman's allocation, and asking everybody."""
    plan = CellPlan.model_validate({"by": ["site", "channel"], "half_width": GOAL_WIDTH, "budget": 100_000_000})
    cells = [Cell(each.name, max(150, each.size // 20), each.satisfied, max(0.15, each.answers)) for each in population(draw)]
    return _until_precise(plan, cells, draw, stops=True), _until_precise(plan, cells, draw, stops=False)


def _until_precise(plan: CellPlan, cells: list[Cell], draw: random.Random, *, stops: bool) -> int:
    asked, answered, satisfied = ({cell.name: 0 for cell in cells} for _ in range(3))
    for day in range(400):
        states = [CellState(each.name, each.size, asked[each.name], answered[each.name], satisfied[each.name]) for each in cells]
        shares = neyman(plan, states, sum(each.size for each in cells)) if stops else {each.name: 1.0 for each in cells}
        for cell in cells:
            for number in range(cell.size):
                if not is_drawn(lot_of(f"contact:{day}:{cell.name}:{number}", "delivery", KEY), shares[cell.name]):
                    continue
                if stops and is_precise(plan, answered[cell.name], satisfied[cell.name]):
                    break
                asked[cell.name] += 1
                if draw.random() < cell.answers:
                    answered[cell.name] += 1
                    satisfied[cell.name] += draw.random() < cell.satisfied
        if all(half_width(satisfied[each.name], answered[each.name]) <= GOAL_WIDTH and answered[each.name] >= plan.least_answers for each in cells):
            return sum(asked.values())
    raise RuntimeError("no cell may stay imprecise for ever")


def honest_lot(draw: random.Random) -> tuple[float, float]:
    """Return how far the rate of the lot is from its promise, and the probability of such differences between agents, over LOTS contacts."""
    hits: dict[int, int] = defaultdict(int)
    served: dict[int, int] = defaultdict(int)
    for _ in range(LOTS):
        agent = draw.randrange(AGENTS)
        served[agent] += 1
        hits[agent] += is_drawn(lot_of(f"contact:{UUID(int=draw.getrandbits(128))}", "delivery", KEY), SHARE)
    _, _, p = independence_p([(hits[agent], count * SHARE, count * SHARE * (1 - SHARE)) for agent, count in served.items()])
    return rate_z(sum(hits.values()), LOTS * SHARE, LOTS * SHARE * (1 - SHARE)), p


async def run() -> list[Figure]:
    """Measure all with one seed."""
    draw = random.Random(SEED)  # noqa: S311  people made up, nothing secret
    ours, plain = errors(draw)
    held = coverage(draw)
    with_stop, without = (sum(each) for each in zip(*(asks_needed(draw) for _ in range(3)), strict=True))
    z, p = honest_lot(draw)
    lots = f"{LOTS} contacts of {AGENTS} agents, share {SHARE}, the service's own lot and tests; over stored decisions: survey_claim"
    return [
        Figure("survey.lot_rate_z", abs(z), "sd", goal=2.58, lower_is_better=True, note=lots),
        Figure("survey.lot_agent_p", p, "p", goal=0.01, note=lots),
        Figure(
            "survey.weighting_error_ratio",
            ours,
            "share",
            goal=0.33,
            lower_is_better=True,
            reference="raw share",
            reference_value=plain,
            note=f"mean absolute error over {ERROR_RUNS} populations; within a cell the satisfied answer {RELUCTANCE} times as often",
        ),
        Figure("survey.interval_coverage", held, "share", goal=0.93, note=f"{RUNS} runs, 95 % intervals, 24 cells, small ones pooled"),
        Figure(
            "survey.precision_stop_saved",
            1 - with_stop / without,
            "share",
            goal=0.40,
            note=f"asks until all 24 cells are within {GOAL_WIDTH}: {with_stop} against {without} when everybody is asked",
        ),
    ]

"""What learning from outcomes is worth, and that it keeps still where there is nothing to learn.

Control: the PwC calls, whose resolutions carry no signal of agent and topic. Planted: the same calls with differences of a known size. Both
times four fifths of the calls teach, and the last fifth is given out anew, each agent as many calls as before: by what was learned, by the
truth, and at random.
"""

import csv
import random
from collections import Counter, defaultdict
from collections.abc import Mapping
from statistics import fmean

import numpy as np
from scipy.optimize import linear_sum_assignment

from services.routing.domain.affinity import Lesson, cells_of, learn
from tests.bench._routing_scenarios import DATA
from tests.bench.figure import Figure

SEEDS = 20
PLANTED_SD = 0.08
TAUGHT = 0.8
Call = tuple[str, str, float]
Truth = Mapping[tuple[str, str], float]


def calls() -> list[Call]:
    """Return (agent, topic, resolved) of every answered call, in order."""
    with (DATA / "pwc_call_center_5000.csv").open(encoding="utf-8-sig") as file:
        rows = [row for row in csv.DictReader(file, delimiter=";") if row["Answered (Y/N)"] == "Y"]
    return [(row["Agent"], row["Topic"], float(row["Resolved"] == "Y")) for row in rows]


def assigned(test: list[Call], worth: Truth) -> list[tuple[str, str]]:
    """Give the calls out for the largest sum of `worth`, each agent as many as before; equal worth keeps the agent."""
    agents = [agent for agent, _, _ in test]
    matrix = np.array([[worth.get((agent, topic), 0.0) + 1e-9 * (agent == own) for agent in agents] for own, topic, _ in test])
    rows, columns = linear_sum_assignment(matrix, maximize=True)
    return [(agents[column], test[row][1]) for row, column in zip(rows.tolist(), columns.tolist(), strict=True)]


def lesson_of(taught: list[Call]) -> Lesson:
    """Learn from calls; nobody declared a level."""
    return learn(cells_of(taught, lambda *_: 3.0), lambda _: 0.0)


def control(seed: int) -> tuple[float, int]:
    """Return the uplift in points on unseen calls by direct matching of outcomes, and how many estimates were emitted."""
    found = calls()
    random.Random(seed).shuffle(found)  # noqa: S311  repeatable on purpose
    cut = int(TAUGHT * len(found))
    lesson, test = lesson_of(found[:cut]), found[cut:]
    rates: dict[tuple[str, str], list[float]] = defaultdict(list)
    for agent, topic, resolved in test:
        rates[agent, topic].append(resolved)
    given = assigned(test, lesson.estimates)
    uplift = fmean(fmean(rates[pair]) for pair in given if pair in rates) - fmean(resolved for _, _, resolved in test)
    return 100 * uplift, len(lesson.estimates)


def planted(seed: int) -> float:
    """Return the share of the oracle's gain over random that what was learned brings."""
    lots = random.Random(seed)  # noqa: S311  repeatable on purpose
    found = calls()
    level = fmean(resolved for _, _, resolved in found)
    pairs = sorted({(agent, topic) for agent, topic, _ in found})
    truth = {pair: min(0.98, max(0.02, level + lots.gauss(0, PLANTED_SD))) for pair in pairs}
    drawn = [(agent, topic, float(lots.random() < truth[agent, topic])) for agent, topic, _ in found]
    lots.shuffle(drawn)
    cut = int(TAUGHT * len(drawn))
    lesson, test = lesson_of(drawn[:cut]), drawn[cut:]
    many, topics = Counter(agent for agent, _, _ in test), Counter(topic for _, topic, _ in test)
    at_random = sum(many[agent] * topics[topic] * truth[agent, topic] for agent, topic in pairs) / len(test) ** 2
    reached, best = (fmean(truth[pair] for pair in assigned(test, worth)) for worth in (lesson.estimates, truth))
    return (reached - at_random) / (best - at_random)


async def run() -> list[Figure]:
    if not DATA.exists():
        return [Figure("routing.control_uplift", 99.0, "points", 0.5, lower_is_better=True, note=f"missing: {DATA}")]
    controls = [control(seed) for seed in range(SEEDS)]
    whole = lesson_of(calls())
    emitted = sum(many > 0 for _, many in controls)
    uplift = fmean(value for value, _ in controls)
    gains = [planted(seed) for seed in range(SEEDS)]
    q, df = sum(each.q for each in whole.evidence), sum(each.df for each in whole.evidence)
    note = f"mean of {SEEDS} splits; {emitted} of them emitted anything; the whole set emits {len(whole.estimates)} estimates (Q {q:.1f} on {df} df)"
    return [
        Figure("routing.control_uplift", abs(uplift), "points", 0.5, lower_is_better=True, note=note),
        Figure("routing.control_preferences", len(whole.estimates), "estimates", 0, lower_is_better=True, note="from all PwC calls"),
        Figure(
            "routing.planted_gain",
            fmean(gains),
            "of the oracle's gain",
            0.8,
            note=f"{SEEDS} seeds, differences of sd {PLANTED_SD} planted on the PwC calls; from {min(gains):.2f} to {max(gains):.2f}",
        ),
    ]

"""Who solves what: outcomes of agents in queues, shrunk towards what the declared level lets expect, as far as the evidence goes.

Empirical Bayes with the normal approximation: cell i of a queue has mean y_i of n_i outcomes, prior m_i (by level, moved to the queue's mean) and
sampling variance v_i = s²/n_i. Cochran's Q tests whether cells differ at all; the variance between them is DerSimonian and Laird's moment
estimator τ² = max(0, (Q - df) / (Σw - Σw²/Σw)); the estimate is m_i + τ²/(τ² + v_i) · (y_i - m_i). For shares this is the posterior mean of the
beta-binomial. Where Q does not speak, nothing is learned: differences between agents are then what chance makes of equal ones.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

LEVEL_OF_TEST = 0.05
LEAST_OUTCOMES = 5
"""A cell with fewer is not shown and not used."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Outcomes of one agent in one queue. `level` is what the agent declared there."""

    agent: Any
    queue: str
    level: float
    outcomes: int
    total: float
    squares: float

    @property
    def mean(self) -> float:
        """Mean outcome."""
        return self.total / self.outcomes


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the outcomes of one queue say about differences between agents. `variance` 0: nothing is emitted."""

    queue: str
    cells: int
    outcomes: int
    mean: float
    q: float
    df: int
    p: float
    variance: float


@dataclass(frozen=True, slots=True)
class Lesson:
    """Estimates by (agent, queue), and the evidence of every queue."""

    estimates: Mapping[tuple[Any, str], float]
    evidence: tuple[Evidence, ...]


def cells_of(outcomes: Iterable[tuple[Any, str, float]], level: Callable[[Any, str], float]) -> list[Cell]:
    """Add up (agent, queue, outcome)."""
    sums: dict[tuple[Any, str], list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for agent, queue, value in outcomes:
        own = sums[agent, queue]
        own[0] += 1
        own[1] += value
        own[2] += value * value
    return [Cell(agent, queue, level(agent, queue), int(n), total, squares) for (agent, queue), (n, total, squares) in sums.items()]


def learn(cells: Iterable[Cell], prior: Callable[[float], float]) -> Lesson:
    """Return what is learned. `prior(level)` is expected of a level, up to a shift that is taken from the queue's own outcomes."""
    by_queue: dict[str, list[Cell]] = defaultdict(list)
    for cell in cells:
        if cell.outcomes >= LEAST_OUTCOMES:
            by_queue[cell.queue].append(cell)
    judged = [_judge(queue, by_queue[queue], prior) for queue in sorted(by_queue)]
    q, df = sum(each.evidence.q for each in judged), sum(each.evidence.df for each in judged)
    together = chi2_tail(q, df) < LEVEL_OF_TEST
    estimates: dict[tuple[Any, str], float] = {}
    told = []
    for each in judged:
        alone = each.evidence.p < LEVEL_OF_TEST / len(judged)
        speaks = each.evidence.variance > 0 and (together or alone)
        told.append(each.evidence if speaks else Evidence(**{**_fields(each.evidence), "variance": 0.0}))
        if speaks:
            estimates |= each.estimates
    return Lesson(estimates, tuple(told))


@dataclass(frozen=True, slots=True)
class _Judged:
    evidence: Evidence
    estimates: dict[tuple[Any, str], float]


def _fields(evidence: Evidence) -> dict[str, Any]:
    return {name: getattr(evidence, name) for name in Evidence.__slots__}


def _judge(queue: str, cells: list[Cell], prior: Callable[[float], float]) -> _Judged:
    outcomes = sum(cell.outcomes for cell in cells)
    mean = sum(cell.total for cell in cells) / outcomes
    shift = mean - sum(prior(cell.level) * cell.outcomes for cell in cells) / outcomes
    expected = [prior(cell.level) + shift for cell in cells]
    spare = outcomes - len(cells)
    within = sum(cell.squares - cell.outcomes * cell.mean**2 for cell in cells) / spare if spare > 0 else 0.0
    df = len(cells) - 1
    if df < 1 or within <= 0:
        return _Judged(Evidence(queue, len(cells), outcomes, mean, 0.0, max(df, 0), 1.0, 0.0), {})
    weights = [cell.outcomes / within for cell in cells]
    off = [cell.mean - m for cell, m in zip(cells, expected, strict=True)]
    q = sum(weight * each**2 for weight, each in zip(weights, off, strict=True))
    whole = sum(weights)
    variance = max(0.0, (q - df) / (whole - sum(weight**2 for weight in weights) / whole))
    estimates = {
        (cell.agent, queue): m + variance / (variance + 1 / weight) * each if variance > 0 else m
        for cell, m, each, weight in zip(cells, expected, off, weights, strict=True)
    }
    return _Judged(Evidence(queue, len(cells), outcomes, mean, q, df, chi2_tail(q, df), variance), estimates)


def chi2_tail(q: float, df: int) -> float:
    """Return the probability that chi-square of `df` exceeds `q`, by Wilson and Hilferty's cube root (within .003 from df 3 on)."""
    if df < 1:
        return 1.0
    spread = 2.0 / (9.0 * df)
    return 0.5 * math.erfc(((q / df) ** (1 / 3) - (1 - spread)) / math.sqrt(2 * spread))


def is_steered(contact_id: int, hold_out_share: float) -> bool:
    """Tell whether what was learned may steer this contact; the hold-out is drawn by the random bits of its id."""
    return (contact_id & 0xFFFFFFFF) / 2**32 >= hold_out_share

"""What moves satisfaction: read the answers once, then work it out outside of the database."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from sqlalchemy import func, select
from sqlmodel import col

from services.insight.contract import ImportanceView, KeyDriversView
from services.insight.domain.definitions import CSAT
from services.insight.domain.figures import withheld_reason
from services.insight.domain.intervals import quantile
from services.insight.domain.period import Asked, Period
from services.insight.domain.statistics.key_drivers import correlations, importance, r_squared
from services.insight.domain.statistics.logistic import NotEstimable, Odds, ordinal
from services.insight.models import AnswerFact
from services.insight.queries.moved import share_moved
from services.insight.queries.narrow import compared_with, period_of, quoted, within
from services.insight.repository.rollups import tally
from services.kit.db import Tx

MOST_DRIVERS = 8
"""All subsets of eight are 256 regressions, each drawn again a hundred times."""
MOST_ANSWERS = 20_000
"""The newest answers; more would not make the intervals visibly narrower."""
DRAWS = 100
SEED = 2026
LEAST = 30
METHOD = f"Shapley values of R squared (LMG), percentile intervals of {DRAWS} bootstrap draws with a seed; ordinal odds with normal intervals"


@dataclass(frozen=True, slots=True)
class Scored:
    """Answers of a slice: the driver and the score of each; and (satisfied, answers) of each driver in the comparison period."""

    period: Period
    drivers: list[str | None]
    scores: list[int]
    compared: Period
    before: dict[str, tuple[int, int]]


async def scored(tx: Tx, asked: Asked) -> Scored:
    """Return the newest satisfaction answers of a slice."""
    period = period_of(tx, asked)
    kept = (col(AnswerFact.kind) == CSAT.question_kind, col(AnswerFact.place) == 0, col(AnswerFact.flagged).is_(False))
    valid = col(AnswerFact.mark).in_(sorted(CSAT.valid))
    chosen = select(col(AnswerFact.driver), col(AnswerFact.mark)).where(*within(tx, AnswerFact, "answered_at", period, asked), *kept, valid)
    rows = await tx.rows(chosen.order_by(col(AnswerFact.answered_at).desc(), col(AnswerFact.response_id)).limit(MOST_ANSWERS))
    past = compared_with(asked, period)
    driver, good = col(AnswerFact.driver), tally(col(AnswerFact.mark).in_(sorted(CSAT.good)))
    grouped = select(driver, good.label("good"), func.count().label("n")).where(*within(tx, AnswerFact, "answered_at", past, asked), *kept, valid)
    before = {row["driver"]: (int(row["good"]), row["n"]) for row in await tx.rows(grouped.group_by(driver)) if row["driver"]}
    return Scored(period, [row["driver"] for row in rows], [int(row["mark"]) for row in rows], past, before)


def key_drivers(found: Scored, asked: Asked) -> KeyDriversView:
    """Weigh the drivers that have at least 30 answers; takes about a second of a processor."""
    frequent = [(driver, n) for driver, n in Counter(found.drivers).most_common() if driver is not None and n >= LEAST][:MOST_DRIVERS]
    reason = withheld_reason(len(found.scores), LEAST) or (None if len(frequent) > 1 else "too_few: two drivers with 30 answers each are needed")
    shared = {
        "definition_id": CSAT.definition_id,
        **quoted(found.period, found.compared, asked),
        "n": len(found.scores),
        "seed": SEED,
        "method": METHOD,
        "withheld": reason,
    }
    if reason is not None:
        return KeyDriversView.model_validate({**shared, "r_squared": None, "drivers": []})
    keys = [driver for driver, _ in frequent]
    x = np.array([[float(driver == key) for key in keys] for driver in found.drivers])
    scores = np.array(found.scores)
    weighed = importance(keys, x, scores.astype(np.float64), draws=DRAWS, seed=SEED)
    try:
        odds: Odds | None = ordinal(x, scores)
    except NotEstimable:
        odds = None
    views = []
    for one in weighed:
        mine = scores[x[:, keys.index(one.key)] > 0]
        satisfied = float((mine >= min(int(mark) for mark in CSAT.good)).mean())
        numbers = {name: getattr(one, name) for name in ("lmg", "low", "high", "johnson", "inflation")}
        ratio = _ratio(odds, keys.index(one.key))
        own: dict[str, object] = {"driver": one.key, "answers": len(mine), "satisfied": satisfied, "priority": one.lmg * (1 - satisfied)}
        own["change"] = share_moved(found.before.get(one.key, (0, 0)), (round(satisfied * len(mine)), len(mine)))
        views.append(ImportanceView.model_validate({**numbers, **own, **ratio}))
    views.sort(key=lambda view: (-view.priority, view.driver))
    matrix, target = correlations(x, scores.astype(np.float64))
    explained = r_squared(matrix, target, tuple(range(len(keys))))
    return KeyDriversView.model_validate({**shared, "r_squared": explained, "drivers": views})


def _ratio(odds: Odds | None, which: int) -> dict[str, float | None]:
    if odds is None:
        return {"odds": None, "odds_low": None, "odds_high": None}
    value, half = float(odds.coefficients[which]), quantile(0.95) * float(odds.errors[which])
    return {"odds": float(np.exp(value)), "odds_low": float(np.exp(value - half)), "odds_high": float(np.exp(value + half))}

"""Figures over voices and follow-ups: what matters most, slices that name nobody, how often a customer was won back."""

from collections import Counter
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import func, select
from sqlmodel import col

from services.feedback.contract.found import Interval, Priorities, Priority, Recovery, Slice, Slices, Trend
from services.feedback.domain.follow_up_rules import CONFIRMED, NO_ANSWER, NOT_RECOVERED
from services.feedback.domain.items import CATEGORISED
from services.feedback.domain.quality import wilson
from services.feedback.domain.sentiment import NEGATIVE, score_share
from services.feedback.domain.slicing import Cell, shown
from services.feedback.domain.spikes import proportion_trend
from services.feedback.models import FollowUp, Item
from services.kit.db import Tx

MOST_ITEMS = 50_000
"""The newest items that a slice looks at."""


async def priorities(tx: Tx, days: int) -> Priorities:
    """Return the drivers of the last `days` against the `days` before."""
    span = timedelta(days=days)
    now, before = await _by_driver(tx, tx.now - span, tx.now), await _by_driver(tx, tx.now - 2 * span, tx.now - span)
    total, total_before = sum(n for n, _ in now.values()), sum(n for n, _ in before.values())
    found = []
    for driver, (n, severity) in now.items():
        if driver is None:
            continue
        p, effect = proportion_trend(n, total, before.get(driver, (0, 0.0))[0], total_before)
        factor = 1.0 if p is None or effect is None or p >= 0.05 else min(2.0, max(0.5, 1 + effect))  # noqa: PLR2004 - the usual level
        bounds = _interval(n, total)
        value = severity * (bounds.low or 0.0) * factor * 100
        trend = Trend(before=before.get(driver, (0, 0.0))[0], p=p, effect=effect)
        found.append(
            Priority(
                driver=driver,
                voices=n,
                severity=round(severity, 3),
                prevalence=bounds,
                trend=trend,
                trend_factor=round(factor, 4),
                priority=round(value, 3),
            )
        )
    known = total - now.get(None, (0, 0.0))[0]
    return Priorities(
        since=tx.now - span,
        until=tx.now,
        voices=total,
        known_share=round(known / total, 4) if total else None,
        drivers=sorted(found, key=lambda one: (-one.priority, one.driver)),
    )


async def _by_driver(tx: Tx, start: datetime, end: datetime) -> dict[str | None, tuple[int, float]]:
    statement = (
        select(col(Item.driver), func.count().label("n"), func.avg(col(Item.severity)).label("severity"))
        .where(col(Item.state) == CATEGORISED, col(Item.counted), col(Item.said_at) >= start, col(Item.said_at) < end)
        .group_by(col(Item.driver))
    )
    return {row["driver"]: (row["n"], float(row["severity"] or 1.0)) for row in await tx.rows(statement)}


def _interval(hits: int, n: int) -> Interval:
    bounds = wilson(hits, n)
    return Interval(share=round(hits / n, 6) if n else None, low=bounds[0] if bounds else None, high=bounds[1] if bounds else None)


async def slices(tx: Tx, attribute: str, driver: str | None, days: int, least: int) -> Slices:
    """Return voices of the last `days` by the values of an attribute that came with them."""
    since = tx.now - timedelta(days=days)
    statement = select(col(Item.attributes), col(Item.sentiment), col(Item.score), col(Item.scale_max)).where(
        col(Item.state) == CATEGORISED, col(Item.counted), col(Item.said_at) >= since, col(Item.attributes).is_not(None)
    )
    if driver is not None:
        statement = statement.where(col(Item.driver) == driver)
    cells: dict[str, Cell] = {}
    for row in await tx.rows(statement.order_by(col(Item.id).desc()).limit(MOST_ITEMS)):
        value = (row["attributes"] or {}).get(attribute)
        if value is not None:
            cells.setdefault(value, Cell(value)).add(negative=row["sentiment"] == NEGATIVE, score=score_share(row["score"], row["scale_max"]))
    told = shown(list(cells.values()), least)
    listed = [
        Slice(
            value=cell.value,
            voices=cell.voices if visible else None,
            negative=_interval(cell.negative, cell.voices) if visible else None,
            mean_score_share=round(cell.score_sum / cell.scored, 4) if visible and cell.scored >= least else None,
        )
        for cell, visible in told
    ]
    return Slices(attribute=attribute, least=least, since=since, hidden=sum(not visible for _, visible in told), slices=listed)


async def recovery(tx: Tx, days: int, department: str | None) -> Recovery:
    """Return the figures of follow-ups that were closed in the last `days`."""
    since = tx.now - timedelta(days=days)
    statement = select(FollowUp).where(col(FollowUp.closed_at) >= since)
    waiting = select(col(FollowUp.due_at)).where(col(FollowUp.state) != "closed")
    if department is not None:
        statement, waiting = statement.where(col(FollowUp.department) == department), waiting.where(col(FollowUp.department) == department)
    closed = await tx.all(statement.order_by(col(FollowUp.id).desc()).limit(MOST_ITEMS), FollowUp)
    due = [row["due_at"] for row in await tx.rows(waiting.limit(MOST_ITEMS))]
    outcomes = Counter(one.outcome or NO_ANSWER for one in closed)
    answered = outcomes[CONFIRMED] + outcomes[NOT_RECOVERED]
    reached = [(one.contacted_at - one.opened_at).total_seconds() / 3600 for one in closed if one.contacted_at is not None]
    ended = [(one.closed_at - one.opened_at).total_seconds() / 3600 for one in closed if one.closed_at is not None]
    punctual = sum(one.contacted_at is not None and one.contacted_at <= one.due_at for one in closed)
    return Recovery(
        since=since,
        closed=len(closed),
        outcomes=dict(sorted(outcomes.items())),
        recovered=_interval(outcomes[CONFIRMED], answered),
        answered=_interval(answered, len(closed)),
        on_time=_interval(punctual, len(closed)),
        median_hours_to_contact=round(median(reached), 2) if reached else None,
        median_hours_to_close=round(median(ended), 2) if ended else None,
        still_open=len(due),
        overdue=sum(one < tx.now for one in due),
    )

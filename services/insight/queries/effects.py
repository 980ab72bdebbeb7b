"""Did an initiative help? Before against after, against a control, and as a break in the figure's own course."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
from sqlalchemy import or_, select
from sqlmodel import col

from services.insight.contract import ControlledView, EffectView, InterruptedView, LoopView, PeriodView, SideView
from services.insight.domain.definitions import DEFINITIONS, Definition, Unit
from services.insight.domain.effect import Effect, Verdict, effect, slices, verdict_of
from services.insight.domain.figures import Figure, figure
from services.insight.domain.period import Asked, Period, begin_of, day_of
from services.insight.domain.statistics.impact import LEAST_POINTS, difference_in_differences, interrupted_series
from services.insight.models import FollowUpFact, Initiative
from services.insight.queries.metrics import counted, estimate_view, interval_view
from services.insight.queries.placed import duties
from services.insight.queries.trend import daily
from services.insight.repository.rollups import tally
from services.kit.db import Tx

WIDTHS = (7, 1)
"""Days of a point: weeks, or days where there are not enough weeks."""
WEEK = 7
LEAST_ANSWERS = 5
"""A point of fewer answers says too little to be one."""
Counts = Mapping[int, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Course:
    """A figure over time around a change: shares of whole points, so many of them before it."""

    width: int
    before: int
    values: dict[int, float]
    """Number of the point (0 is the first after the change, -1 the last before it) to the share."""


def _side(found: Figure, period: Period) -> SideView:
    return SideView(
        period=PeriodView(start=period.start, end=period.end),
        numerator=found.numerator,
        n=found.denominator,
        n_effective=found.n_effective,
        weighted=estimate_view(found.weighted),
        value=found.raw.value if found.raw else None,
        interval=interval_view(found.raw.interval) if found.raw else None,
        withheld=found.withheld,
    )


async def effect_of(tx: Tx, found: Initiative, *, minimum: int, effect_minimum: int) -> EffectView:
    """Compare the baseline window with the time from the start to the due date, as far as it has gone."""
    definition = DEFINITIONS[found.target["metric"]]
    where, against = slices(found.driver, found.control)
    baseline = Period(found.baseline_from, found.baseline_to)
    before = await _figure(tx, definition, where, baseline, minimum)
    final = found.started_at is not None and tx.now >= found.due
    until = min(tx.now, found.due) + timedelta(microseconds=0 if final else 1)
    shared = {
        "definition_id": definition.definition_id,
        "filters": where,
        "before": _side(before, baseline),
        "target": float(found.target["value"]),
        "final": final,
    }
    if found.started_at is None or found.started_at >= until:
        empty = dict.fromkeys(("after", "difference", "interval", "target_reached", "controlled", "interrupted"))
        reason = "The initiative has not been started."
        return EffectView.model_validate({**shared, **empty, "verdict": Verdict.TOO_EARLY, "reason": reason, "method": "before_after"})
    since = Period(found.started_at, until)
    after = await _figure(tx, definition, where, since, minimum)
    judged = effect(definition, before, after, target=float(found.target["value"]), minimum=effect_minimum)
    controlled, interrupted = await _designs(tx, definition, (where, against), (baseline, since))
    sure = controlled is not None and judged.verdict is not Verdict.TOO_EARLY
    return EffectView.model_validate(
        {
            **shared,
            "after": _side(after, since),
            "difference": judged.difference,
            "interval": interval_view(judged.interval) if judged.interval else None,
            "verdict": controlled.verdict if controlled and sure else judged.verdict,
            "reason": _reason(judged, controlled if sure else None),
            "target_reached": judged.target_reached,
            "method": "difference_in_differences" if sure else "before_after",
            "controlled": controlled,
            "interrupted": interrupted,
        }
    )


def _reason(judged: Effect, controlled: ControlledView | None) -> str:
    if controlled is None:
        return judged.reason
    against = ", ".join(f"{name} {value}" for name, value in controlled.control.items())
    moved = f"moved {controlled.difference:+.1%} more than {against} did ({controlled.interval.low:+.1%} to {controlled.interval.high:+.1%})"
    ends = {
        Verdict.PROVEN: "the whole interval lies on the better side of zero.",
        Verdict.HARMFUL: "the whole interval lies on the worse side of zero.",
    }
    return f"The figure {moved}: {ends.get(Verdict(controlled.verdict), 'the interval includes zero, so chance alone could explain it.')}"


async def _figure(tx: Tx, definition: Definition, where: Mapping[str, str], period: Period, minimum: int) -> Figure:
    answers, _ = await counted(tx, definition, period, Asked(period.start, period.end, where))
    return figure(definition, answers, minimum=minimum)


async def _designs(
    tx: Tx, definition: Definition, sides: tuple[dict[str, str], dict[str, str] | None], windows: tuple[Period, Period]
) -> tuple[ControlledView | None, InterruptedView | None]:
    """Return the comparison with the control and the break in the course; None for what has too few points."""
    if definition.unit is not Unit.SHARE:
        return None, None
    touched = await _by_day(tx, definition, sides[0], windows)
    other = None if sides[1] is None else await _by_day(tx, definition, sides[1], windows)
    controlled = interrupted = None
    for width in WIDTHS:
        mine = course(touched, windows, width)
        interrupted = interrupted or (_interrupted(mine) if _enough(mine) else None)
        if other is not None and sides[1] is not None and controlled is None:
            both = _together(mine, course(other, windows, width))
            controlled = _controlled(definition, *both, sides[1]) if _enough(both[0]) else None
    return controlled, interrupted


async def _by_day(tx: Tx, definition: Definition, where: Mapping[str, str], windows: tuple[Period, Period]) -> dict[int, tuple[int, int]]:
    """Return (good, n) by day number since 1970 over both windows."""
    found: dict[int, tuple[int, int]] = {}
    for window in windows:
        first = day_of(window.start)
        counts = await daily(tx, definition, window, Asked(window.start, window.end, where))
        found |= {first + day: pair for day, pair in counts.items()}
    return found


def course(days: Counts, windows: tuple[Period, Period], width: int) -> Course:
    """Add days up to points counted from the change on: backwards from the end of the baseline, forwards from the start.

    A day that both windows share, and points that the windows do not fill, are left out.
    """
    before, after = windows
    last = day_of(before.end) - 1
    first = day_of(after.start) + (after.start != begin_of(day_of(after.start)))
    earliest, latest = day_of(before.start), day_of(after.end) - (after.end == begin_of(day_of(after.end)))
    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for day, (good, n) in days.items():
        number = (day - first) // width if day >= first else -1 - (last - day) // width if day <= last else None
        if number is None:
            continue
        begin = first + number * width if number >= 0 else last - (-number) * width + 1
        if begin >= earliest and begin + width - 1 <= latest:
            sums[number][0] += good
            sums[number][1] += n
    values = {number: good / n for number, (good, n) in sorted(sums.items()) if n >= LEAST_ANSWERS}
    return Course(width, sum(number < 0 for number in values), values)


def _enough(found: Course) -> bool:
    return found.before >= LEAST_POINTS and len(found.values) - found.before >= LEAST_POINTS


def _together(mine: Course, other: Course) -> tuple[Course, Course]:
    """Return both over the points that both have."""
    common = sorted(mine.values.keys() & other.values.keys())
    before = sum(number < 0 for number in common)
    first, second = (Course(one.width, before, {number: one.values[number] for number in common}) for one in (mine, other))
    return first, second


def _controlled(definition: Definition, mine: Course, other: Course, against: dict[str, str]) -> ControlledView:
    found = difference_in_differences(np.array(list(mine.values.values())), np.array(list(other.values.values())), mine.before)
    points = {"days_per_point": mine.width, "points_before": mine.before, "points_after": len(mine.values) - mine.before}
    verdict = verdict_of(definition, found.interval)
    return ControlledView(difference=found.value, interval=interval_view(found.interval), control=against, verdict=verdict, **points)


def _interrupted(mine: Course) -> InterruptedView:
    found = interrupted_series(np.array(list(mine.values.values())), mine.before)
    a_week = WEEK / mine.width
    low, high = found.trend.interval.low * a_week, found.trend.interval.high * a_week
    return InterruptedView(
        jump=found.level.value,
        jump_interval=interval_view(found.level.interval),
        slope_change=found.trend.value * a_week,
        slope_interval=interval_view(found.trend.interval).model_copy(update={"low": low, "high": high}),
        days_per_point=mine.width,
        points_before=mine.before,
        points_after=len(mine.values) - mine.before,
    )


async def loop_of(tx: Tx, found: Initiative) -> LoopView:
    """Return the follow-ups that hang on an initiative, about its driver or named as its evidence, as far as the reader may see them."""
    opened, closed = col(FollowUpFact.opened_at), col(FollowUpFact.closed_at)
    evidence = [UUID(one) for one in found.evidence or []]
    named = or_(col(FollowUpFact.issue) == found.driver, col(FollowUpFact.follow_up_id).in_(evidence))
    since: datetime = found.started_at or tx.now
    columns = (
        tally((opened >= found.baseline_from) & (opened < found.baseline_to)).label("before"),
        tally(opened >= since).label("after"),
        tally(closed.is_(None)).label("open"),
        tally(closed.is_(None) & (col(FollowUpFact.due_at) < tx.now)).label("overdue"),
    )
    row = (await tx.rows(select(*columns).where(named, *duties(tx, Asked(None, None, {})))))[0]
    numbers = {"opened_before": row["before"], "opened_after": row["after"], "open_now": row["open"], "overdue_now": row["overdue"]}
    return LoopView.model_validate({**numbers, "evidence": evidence})

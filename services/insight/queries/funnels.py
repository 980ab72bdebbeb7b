"""Places around their common share: no league table, limits that know how few answers there are."""

from collections import defaultdict
from dataclasses import asdict

from sqlalchemy import func, select

from services.insight.contract import ChangeView, FunnelView, PeriodView, PlaceView
from services.insight.domain.definitions import Definition
from services.insight.domain.intervals import newcombe
from services.insight.domain.period import Asked, Period
from services.insight.domain.statistics.control import Place, funnel
from services.insight.queries.metrics import interval_view
from services.insight.queries.summed import summed
from services.insight.repository.rollups import ANSWERS
from services.kit.db import Tx

LEAST_PLACE = 30
"""A place with fewer answers is named, not judged."""
METHOD = "normal limits at 95 and 99.8 %, Laney's spread, Benjamini-Hochberg"


Counts = dict[str, list[int]]
"""Place to (good answers, answers)."""


async def count_places(tx: Tx, definition: Definition, period: Period, asked: Asked, by: str) -> Counts:
    """Count good answers and answers of sites or vendors."""
    sums = await summed(tx, ANSWERS, period, asked, by=(by, "mark"), kinds=[definition.question_kind])
    place = sums.c[by]
    grouped = select(place.label("place"), sums.c.mark, func.sum(sums.c.answers).label("answers"))
    counts: Counts = defaultdict(lambda: [0, 0])
    for row in await tx.rows(grouped.group_by(place, sums.c.mark)):
        if row["place"] and row["mark"] in definition.valid:
            counts[row["place"]][1] += int(row["answers"])
            counts[row["place"]][0] += int(row["answers"]) if row["mark"] in definition.good else 0
    return counts


def judged_funnel(definition: Definition, sides: tuple[Counts, Counts], by: str, periods: tuple[Period, Period], asked: Asked) -> FunnelView:
    """Judge places counted in the comparison period and in this one (`sides`, `periods`: before, now).

    They are sorted by size, so that Laney's spread does not depend on names.
    """
    (past, counts), (before, period) = sides, periods
    heard = sorted((key for key, (_, n) in counts.items() if n >= LEAST_PLACE), key=lambda key: (counts[key][1], key))
    found = funnel(heard, [counts[key][0] for key in heard], [counts[key][1] for key in heard]) if heard else None
    return FunnelView(
        definition_id=definition.definition_id,
        by=by,
        period=PeriodView(start=period.start, end=period.end),
        compared_with=PeriodView(start=before.start, end=before.end),
        filters=dict(asked.filters),
        method=METHOD,
        centre=found.centre if found else None,
        inflation=found.inflation if found else 1.0,
        p=found.p if found else None,
        places=[PlaceView.model_validate({**asdict(one), "change": _change(past.get(one.key), one)}) for one in found.places] if found else [],
        too_few=sorted(key for key, (_, n) in counts.items() if 0 < n < LEAST_PLACE),
    )


def _change(before: list[int] | None, now: Place) -> ChangeView | None:
    if before is None or not before[1]:
        return None
    share = before[0] / before[1]
    found = newcombe((share, before[1]), (now.share, now.n))
    return ChangeView(difference=now.share - share, interval=interval_view(found), before=share)

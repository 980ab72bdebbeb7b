"""Places around their common share: no league table, limits that know how few answers there are."""

from collections import defaultdict

from sqlalchemy import func, select

from services.insight.contract import FunnelView, PeriodView, PlaceView
from services.insight.domain.definitions import Definition
from services.insight.domain.period import Asked, Period
from services.insight.domain.statistics.control import funnel
from services.insight.queries.summed import summed
from services.insight.repository.rollups import ANSWERS
from services.kit.db import Tx

LEAST_PLACE = 30
"""A place with fewer answers is named, not judged."""
METHOD = "normal limits at 95 and 99.8 %, Laney's spread, Benjamini-Hochberg"


async def funnel_of(tx: Tx, definition: Definition, period: Period, asked: Asked, by: str) -> FunnelView:
    """Compare sites or vendors by a share of answers."""
    sums = await summed(tx, ANSWERS, period, asked, by=(by, "mark"), kinds=[definition.question_kind])
    place = sums.c[by]
    grouped = select(place.label("place"), sums.c.mark, func.sum(sums.c.answers).label("answers"))
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in await tx.rows(grouped.group_by(place, sums.c.mark)):
        if row["place"] and row["mark"] in definition.valid:
            counts[row["place"]][1] += int(row["answers"])
            counts[row["place"]][0] += int(row["answers"]) if row["mark"] in definition.good else 0
    return judged_funnel(definition, counts, by, period, asked)


def judged_funnel(definition: Definition, counts: dict[str, list[int]], by: str, period: Period, asked: Asked) -> FunnelView:
    """Judge counted places; sorted by size, so that Laney's spread does not depend on names."""
    heard = sorted((key for key, (_, n) in counts.items() if n >= LEAST_PLACE), key=lambda key: (counts[key][1], key))
    found = funnel(heard, [counts[key][0] for key in heard], [counts[key][1] for key in heard]) if heard else None
    return FunnelView(
        definition_id=definition.definition_id,
        by=by,
        period=PeriodView(start=period.start, end=period.end),
        filters=dict(asked.filters),
        method=METHOD,
        centre=found.centre if found else None,
        inflation=found.inflation if found else 1.0,
        p=found.p if found else None,
        places=[PlaceView.model_validate(one) for one in found.places] if found else [],
        too_few=sorted(key for key, (_, n) in counts.items() if 0 < n < LEAST_PLACE),
    )

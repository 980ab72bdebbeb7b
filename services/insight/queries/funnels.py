"""Places around their common share: no league table, limits that know how few answers there are."""

from collections import defaultdict
from dataclasses import asdict
from typing import Any

from sqlalchemy import func, select

from services.insight.contract import ChangeView, FunnelView, PlaceView
from services.insight.domain.definitions import Definition
from services.insight.domain.figures import Heard, Sum
from services.insight.domain.intervals import newcombe, wilson
from services.insight.domain.period import Asked, Period
from services.insight.domain.statistics.control import Place, funnel
from services.insight.queries.metrics import estimate_view, interval_view
from services.insight.queries.narrow import quoted
from services.insight.queries.summed import summed
from services.insight.repository.rollups import ANSWERS
from services.kit.db import Tx

LEAST_PLACE = 30
"""A place with fewer answers is named, not judged."""
METHOD = "normal limits at 95 and 99.8 %, Laney's spread, Benjamini-Hochberg"


Counts = dict[str, Heard]
"""Place to its answers."""


async def count_places(tx: Tx, definition: Definition, period: Period, asked: Asked, by: str) -> Counts:
    """Count good answers and answers of sites or vendors."""
    sums = await summed(tx, ANSWERS, period, asked, by=(by, "mark"), kinds=[definition.question_kind])
    place = sums.c[by]
    numbers = [func.sum(sums.c[name]).label(name) for name in NUMBERS]
    counts: Counts = defaultdict(Heard)
    for row in await tx.rows(select(place.label("place"), sums.c.mark, *numbers).group_by(place, sums.c.mark).order_by(sums.c.mark)):
        if row["place"] and row["mark"] in definition.valid:
            counts[row["place"]].add(sum_of(row), is_good=row["mark"] in definition.good)
    return counts


NUMBERS = ("answers", "known", "weight", "squares")
"""What sums of answers say beside their mark."""


def sum_of(row: Any) -> Sum:
    """Return answers with one mark as they come from a sum."""
    return Sum(row["mark"], int(row["answers"]), int(row["known"]), float(row["weight"]), float(row["squares"]))


def judged_funnel(definition: Definition, sides: tuple[Counts, Counts], by: str, periods: tuple[Period, Period], asked: Asked) -> FunnelView:
    """Judge places counted in the comparison period and in this one (`sides`, `periods`: before, now).

    They are sorted by size, so that Laney's spread does not depend on names.
    """
    (past, counts), (before, period) = sides, periods
    heard = sorted((key for key, one in counts.items() if one.n >= LEAST_PLACE), key=lambda key: (counts[key].n, key))
    found = funnel(heard, [counts[key].good for key in heard], [counts[key].n for key in heard]) if heard else None
    return FunnelView(
        definition_id=definition.definition_id,
        by=by,
        method=METHOD,
        centre=found.centre if found else None,
        inflation=found.inflation if found else 1.0,
        p=found.p if found else None,
        places=[_place(one, past.get(one.key), counts[one.key]) for one in found.places] if found else [],
        too_few=sorted(key for key, one in counts.items() if 0 < one.n < LEAST_PLACE),
        **quoted(period, before, asked),
    )


def _place(found: Place, past: Heard | None, heard: Heard) -> PlaceView:
    sure = {"interval": interval_view(wilson(found.share, found.n)), "weighted": estimate_view(heard.weighted(LEAST_PLACE))}
    return PlaceView.model_validate({**asdict(found), **sure, "n_effective": heard.n_effective, "non_response": None, "change": _change(past, found)})


def _change(before: Heard | None, now: Place) -> ChangeView | None:
    if before is None or not before.n:
        return None
    share = before.good / before.n
    found = newcombe((share, before.n), (now.share, now.n))
    return ChangeView(difference=now.share - share, interval=interval_view(found), before=share)

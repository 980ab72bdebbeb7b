"""Places compared as if all had the same work; agents too, for those who run teams, since a fair view of people is an adjusted one."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import func, select
from sqlmodel import col

from services.insight.contract import AdjustedFunnelView, AdjustedPlaceView, PeriodView
from services.insight.domain.definitions import DEFINITIONS, Definition, Unit
from services.insight.domain.period import Asked, Period
from services.insight.domain.statistics.case_mix import AdjustedPlace, MixCell, Stratum, adjusted_funnel
from services.insight.models import AnswerFact
from services.insight.queries.funnels import LEAST_PLACE
from services.insight.queries.metrics import interval_view
from services.insight.queries.moved import moved
from services.insight.queries.narrow import compared_with, period_of, within
from services.kit.db import Tx
from services.kit.errors import Forbidden, NotFound

METHOD = "indirect standardisation, normal limits of observed / expected at 95 and 99.8 %, Laney's spread, Benjamini-Hochberg"
PLACES: dict[str, Any] = {
    "site": col(AnswerFact.site),
    "vendor": col(AnswerFact.vendor),
    "team": col(AnswerFact.team),
    "agent": col(AnswerFact.agent_id),
}
MIX: dict[str, Any] = {
    "driver": col(AnswerFact.driver),
    "product": col(AnswerFact.product),
    "segment": col(AnswerFact.segment),
    "queue": col(AnswerFact.queue),
    "topic": col(AnswerFact.topic),
    "language": col(AnswerFact.language),
    "mode": col(AnswerFact.mode),
}
USUAL_MIX = ("driver", "product", "segment")
MAY_SEE_AGENTS = "routing:admin"


async def adjusted_places(tx: Tx, key: str, by: str, mix: Sequence[str], asked: Asked) -> AdjustedFunnelView:
    """Return sites, vendors, teams or agents by observed / expected of a share; raises NotFound, and Forbidden for agents.

    What is not known of a case (no driver, no product) is a kind of its own.
    """
    definition = DEFINITIONS.get(key)
    if definition is None or definition.unit is not Unit.SHARE:
        raise NotFound("There is no share of that name. Places are compared by csat, dsat, ces or resolution.")
    if by == "agent" and tx.principal is not None and MAY_SEE_AGENTS not in tx.principal.scopes:
        raise Forbidden("Agents are shown to those who run teams.")
    period = period_of(tx, asked)
    past = compared_with(asked, period)
    chosen = list(dict.fromkeys(mix))
    cells = await _cells(tx, definition, by, chosen, period, asked)
    found = adjusted_funnel(cells, least=LEAST_PLACE)
    before = adjusted_funnel(await _cells(tx, definition, by, chosen, past, asked), least=LEAST_PLACE)
    known = {one.key: one for one in before.places} if before else {}
    return AdjustedFunnelView(
        definition_id=definition.definition_id,
        by=by,
        mix=chosen,
        strata=found.strata if found else 0,
        period=PeriodView(start=period.start, end=period.end),
        compared_with=PeriodView(start=past.start, end=past.end),
        filters=dict(asked.filters),
        method=METHOD,
        centre=found.centre if found else None,
        inflation=found.inflation if found else 1.0,
        p=found.p if found else None,
        places=[_place(one, known.get(one.key)) for one in found.places] if found else [],
        too_few=list(found.too_few) if found else sorted({cell.place for cell in cells}),
    )


async def _cells(tx: Tx, definition: Definition, by: str, mix: Sequence[str], period: Period, asked: Asked) -> list[MixCell]:
    """Count good answers and answers of each place about each kind of case."""
    place = PLACES[by]
    columns = [place.label("place"), *(MIX[name].label(f"mix_{name}") for name in mix), col(AnswerFact.mark)]
    kept = (col(AnswerFact.kind) == definition.question_kind, col(AnswerFact.place) == 0, col(AnswerFact.flagged).is_(False), place.is_not(None))
    conditions = [*within(tx, AnswerFact, "answered_at", period, asked), *kept]
    counts: dict[tuple[str, Stratum], list[int]] = defaultdict(lambda: [0, 0])
    groups = [place, *(MIX[name] for name in mix), col(AnswerFact.mark)]
    for row in await tx.rows(select(*columns, func.count().label("answers")).where(*conditions).group_by(*groups)):
        if row["mark"] in definition.valid:
            cell = counts[str(row["place"]), tuple(row[f"mix_{name}"] or "" for name in mix)]
            cell[0] += row["answers"] if row["mark"] in definition.good else 0
            cell[1] += row["answers"]
    return [MixCell(where, stratum, good, n) for (where, stratum), (good, n) in sorted(counts.items())]


def _place(now: AdjustedPlace, before: AdjustedPlace | None) -> AdjustedPlaceView:
    """Compare a place with itself: both ratios are against the mix that it had in their own period."""
    interval = None if now.interval is None else interval_view(now.interval)
    past = (None, None) if before is None or before.interval is None else (before.ratio, interval_view(before.interval))
    return AdjustedPlaceView.model_validate({**asdict(now), "change": moved(past, (now.ratio, interval))})

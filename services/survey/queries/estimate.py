"""What everybody would say, from who was asked and answered: raw beside weighted, cell by cell."""

from collections import defaultdict
from datetime import datetime

from sqlalchemy import and_, func
from sqlmodel import col, select

from services.kit.db import Tx
from services.survey.contract.sampling import CellEstimateView, EstimateView, ShareView
from services.survey.domain.cells import CellAttribute, cell_name, half_width
from services.survey.domain.weighting import Estimate, Stratum, raw, weighted
from services.survey.models import Decision, Invitation, Response

BY = (CellAttribute.SITE, CellAttribute.CHANNEL)
"""For programmes without cells."""
MOST = 500_000
SATISFIED_FROM = 4


async def estimate(tx: Tx, programme: str, by: tuple[CellAttribute, ...], since: datetime, until: datetime) -> EstimateView:
    """Return the satisfied share (top two of five) of the occasions of a period. Flagged answers and forced asks count nowhere."""
    in_period = and_(col(Decision.programme) == programme, col(Decision.created_at) >= since, col(Decision.created_at) < until)
    population: dict[str, int] = defaultdict(int)
    facts, attribution, channel = col(Decision.facts), col(Decision.attribution), col(Decision.channel)
    columns = [facts[name.value].as_string().label(name.value) for name in by]
    seen = await tx.rows(select(*columns, func.count().label("n")).where(in_period, col(Decision.lot).is_not(None)).group_by(*columns))  # type: ignore[call-overload]
    for row in seen:
        population[cell_name(by, dict(row))] += int(row["n"])
    answers = await tx.rows(
        select(facts.label("facts"), attribution.label("attribution"), channel.label("channel"), col(Response.answers), col(Response.flags))  # type: ignore[call-overload]
        .join(Invitation, col(Invitation.decision_id) == col(Decision.id))
        .join(Response, col(Response.invitation_id) == col(Invitation.id))
        .where(in_period, col(Invitation.inclusion_probability) > 0)
        .limit(MOST)
    )
    answered: dict[str, int] = defaultdict(int)
    satisfied: dict[str, int] = defaultdict(int)
    for row in answers:
        score = next((each["score"] for each in row["answers"] if each["kind"] == "csat5" and each["score"] is not None), None)
        if score is None or row["flags"]:
            continue
        name = cell_name(by, row["facts"])
        answered[name] += 1
        satisfied[name] += score >= SATISFIED_FROM
    strata = [Stratum(name, population[name], answered[name], satisfied[name]) for name in sorted(population)]
    return EstimateView(
        programme=programme,
        definition="csat.top2of5.v1",
        by=[each.value for each in by],
        raw=_share(raw(strata)),
        weighted=_share(weighted(strata)),
        cells=[
            CellEstimateView(
                name=each.name,
                eligible=each.population,
                answered=each.answered,
                satisfied=each.satisfied,
                half_width=half_width(each.satisfied, each.answered),
            )
            for each in strata
        ],
    )


def _share(found: Estimate | None) -> ShareView | None:
    if found is None:
        return None
    return ShareView(
        value=found.value, low=found.low, high=found.high, standard_error=found.standard_error, answered=found.answered, effective=found.effective
    )

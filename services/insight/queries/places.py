"""Sites, vendors or teams against the whole: no league table, limits that know how few answers there are."""

from collections import defaultdict

from sqlalchemy import func, select
from sqlmodel import col

from services.insight.contract import FunnelView
from services.insight.domain.definitions import DEFINITIONS, Unit
from services.insight.domain.period import Asked
from services.insight.models import AnswerFact
from services.insight.queries.funnels import funnel_of, judged_funnel
from services.insight.queries.narrow import period_of, within
from services.kit.db import Tx
from services.kit.errors import NotFound

FROM_SUMS = ("site", "vendor")


async def places(tx: Tx, key: str, by: str, asked: Asked) -> FunnelView:
    """Return the funnel of a share by site, vendor or team; raises NotFound."""
    definition = DEFINITIONS.get(key)
    if definition is None or definition.unit is not Unit.SHARE:
        raise NotFound("There is no share of that name. Places are compared by csat, dsat, ces or resolution.")
    period = period_of(tx, asked)
    if by in FROM_SUMS:
        return await funnel_of(tx, definition, period, asked, by)
    conditions = [*within(tx, AnswerFact, "answered_at", period, asked), col(AnswerFact.kind) == definition.question_kind]
    kept = (col(AnswerFact.place) == 0, col(AnswerFact.flagged).is_(False), col(AnswerFact.team).is_not(None))
    columns = (col(AnswerFact.team), col(AnswerFact.mark))
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in await tx.rows(select(*columns, func.count().label("n")).where(*conditions, *kept).group_by(*columns)):
        if row["mark"] in definition.valid:
            counts[row["team"]][1] += row["n"]
            counts[row["team"]][0] += row["n"] if row["mark"] in definition.good else 0
    return judged_funnel(definition, counts, by, period, asked)

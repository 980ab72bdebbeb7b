"""Sites, vendors or teams against the whole: no league table, limits that know how few answers there are."""

from collections import defaultdict

from sqlalchemy import func, select
from sqlmodel import col

from services.insight.contract import FunnelView
from services.insight.domain.definitions import DEFINITIONS, Definition, Unit
from services.insight.domain.figures import Counted, Heard
from services.insight.domain.period import Asked, Period
from services.insight.models import AnswerFact
from services.insight.queries.funnels import LEAST_PLACE, Counts, count_places, judged_funnel
from services.insight.queries.narrow import compared_with, period_of, within
from services.insight.queries.non_response import fully_weighted
from services.kit.db import Tx
from services.kit.errors import NotFound

FROM_SUMS = ("site", "vendor")


async def places(tx: Tx, key: str, by: str, asked: Asked, *, non_response: bool = False) -> FunnelView:
    """Return the funnel of a share by site, vendor or team, weighted for who answered if that is asked for; raises NotFound."""
    definition = DEFINITIONS.get(key)
    if definition is None or definition.unit is not Unit.SHARE:
        raise NotFound("There is no share of that name. Places are compared by csat, dsat, ces or resolution.")
    period = period_of(tx, asked)
    past = compared_with(asked, period)
    count = count_places if by in FROM_SUMS else _count_teams
    sides = (await count(tx, definition, past, asked, by), await count(tx, definition, period, asked, by))
    found = judged_funnel(definition, sides, by, (past, period), asked)
    if not non_response:
        return found
    weighted = await fully_weighted(tx, definition, asked, LEAST_PLACE, by)
    judged = [one.model_copy(update={"non_response": weighted.get(one.key)}) for one in found.places]
    return found.model_copy(update={"places": judged})


async def _count_teams(tx: Tx, definition: Definition, period: Period, asked: Asked, _by: str) -> Counts:
    """Count teams from the facts: sums do not know them."""
    conditions = [*within(tx, AnswerFact, "answered_at", period, asked), col(AnswerFact.kind) == definition.question_kind]
    kept = (col(AnswerFact.place) == 0, col(AnswerFact.flagged).is_(False), col(AnswerFact.team).is_not(None))
    columns = (col(AnswerFact.team), col(AnswerFact.mark), col(AnswerFact.probability))
    counts: Counts = defaultdict(Heard)
    for row in await tx.rows(select(*columns, func.count().label("n")).where(*conditions, *kept).group_by(*columns).order_by(*columns)):
        if row["mark"] in definition.valid:
            counts[row["team"]].add(Counted(row["mark"], row["probability"], row["n"]), is_good=row["mark"] in definition.good)
    return counts

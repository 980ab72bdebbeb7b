"""Who comes back about the same thing, and whether "resolved" meant resolved."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlmodel import col
from sqlmodel.sql.sqltypes import UTCDateTime

from services.insight.contract import PeriodView, RepeatView
from services.insight.domain.figures import withheld_reason
from services.insight.domain.period import Asked, Period
from services.insight.domain.statistics.agreement import cohens_kappa
from services.insight.domain.statistics.repeats import repeat_rate
from services.insight.models import AnswerFact, ContactFact
from services.insight.queries.metrics import interval_view
from services.insight.queries.moved import moved
from services.insight.queries.narrow import past_of, period_of, within
from services.kit.db import Tx

DAY_S = 86_400
MOST = 200_000
"""The newest contacts; of a larger volume the period should be split."""


async def repeats(tx: Tx, asked: Asked, window_days: int, minimum: int) -> RepeatView:
    """Return who comes back in a period, and how far that moved against the comparison period."""
    before = past_of(tx, asked)
    compared = period_of(tx, before)
    past, now = await _repeats(tx, before, window_days, minimum, compared), await _repeats(tx, asked, window_days, minimum, compared)
    return now.model_copy(update={"change": moved((past.value, past.interval), (now.value, now.interval))})


async def _repeats(tx: Tx, asked: Asked, window_days: int, minimum: int, compared: Period) -> RepeatView:
    """Follow each contact of a known customer to the next one about the same driver, wherever and in whatever channel that was."""
    period = period_of(tx, asked)
    until = min(tx.now, period.end + timedelta(days=window_days))
    same = (col(ContactFact.customer_id), col(ContactFact.driver))
    order = (col(ContactFact.ended_at), col(ContactFact.contact_id))
    following = func.lead(col(ContactFact.ended_at), type_=UTCDateTime()).over(partition_by=same, order_by=order)
    seen_in = (col(ContactFact.ended_at) >= period.start, col(ContactFact.ended_at) < until)
    known = (col(ContactFact.customer_id).is_not(None), col(ContactFact.driver).is_not(None))
    chain = select(col(ContactFact.contact_id), following.label("next_at")).where(*seen_in, *known).subquery()
    columns = (col(ContactFact.contact_id), col(ContactFact.ended_at), chain.c.next_at)
    chosen = select(*columns).join(chain, chain.c.contact_id == col(ContactFact.contact_id))
    rows = await tx.rows(chosen.where(*within(tx, ContactFact, "ended_at", period, asked)).order_by(col(ContactFact.ended_at).desc()).limit(MOST))
    came_back = [row["next_at"] is not None for row in rows]
    days = [((row["next_at"] or until) - row["ended_at"]).total_seconds() / DAY_S for row in rows]
    again = {row["contact_id"] for row, day, back in zip(rows, days, came_back, strict=True) if back and day <= window_days}
    reason = withheld_reason(len(rows), minimum)
    rate = None if reason else repeat_rate(days, came_back, float(window_days))
    said = await _said(tx, {row["contact_id"]: row["contact_id"] in again for row in rows}, asked)
    first = [yes and not back for yes, back in said]
    return RepeatView(
        definition_id="repeat_rate@1",
        period=PeriodView(start=period.start, end=period.end),
        window_days=window_days,
        value=rate.value if rate else None,
        interval=interval_view(rate.interval) if rate else None,
        n=len(rows),
        repeats=rate.repeats if rate else 0,
        seen_whole=rate.seen_whole if rate else 0,
        withheld=reason,
        first_contact_resolution=sum(first) / len(first) if len(first) >= minimum else None,
        first_contact_n=len(first),
        agreement=cohens_kappa([str(yes) for yes, _ in said], [str(not back) for _, back in said]).kappa if len(said) >= minimum else None,
        filters=dict(asked.filters),
        compared_with=PeriodView(start=compared.start, end=compared.end),
        change=None,
    )


async def _said(tx: Tx, back: dict[object, bool], asked: Asked) -> list[tuple[bool, bool]]:
    """Return (the customer said yes, they came back) of each contact that was asked about its resolution."""
    period = period_of(tx, asked)
    kept = (col(AnswerFact.kind) == "resolved", col(AnswerFact.place) == 0, col(AnswerFact.flagged).is_(False))
    when = (col(AnswerFact.answered_at) >= period.start, col(AnswerFact.contact_id).is_not(None))
    rows = await tx.rows(select(col(AnswerFact.contact_id), col(AnswerFact.mark)).where(*kept, *when).limit(MOST))
    return [(row["mark"] == "yes", back[row["contact_id"]]) for row in rows if row["contact_id"] in back]

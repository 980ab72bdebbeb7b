"""Who comes back about the same thing, and whether "resolved" meant resolved."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlmodel import col
from sqlmodel.sql.sqltypes import UTCDateTime

from services.insight.contract import MetricView, PeriodView, RepeatView
from services.insight.domain.definitions import FIRST_CONTACT
from services.insight.domain.figures import Counted, figure, withheld_reason
from services.insight.domain.period import Asked, Period
from services.insight.domain.statistics.agreement import cohens_kappa
from services.insight.domain.statistics.repeats import RepeatRate, repeat_rate
from services.insight.models import AnswerFact, ContactFact
from services.insight.queries.metrics import interval_view, metric_view
from services.insight.queries.moved import moved
from services.insight.queries.narrow import past_of, period_of, within
from services.kit.db import Tx

DAY_S = 86_400
MOST = 200_000
"""The newest contacts; of a larger volume the period should be split."""


async def repeats(tx: Tx, asked: Asked, window_days: int, minimum: int) -> RepeatView:
    """Return who comes back in a period, and how far that moved against the comparison period."""
    now, then = await _both(tx, asked, window_days)
    rate, before = (_rate(one, window_days, minimum) for one in (now, then))
    said, whole = now.said, figure(FIRST_CONTACT, now.first(), minimum=minimum)
    interval = interval_view(rate.interval) if rate else None
    old = (before.value, interval_view(before.interval)) if before else (None, None)
    return RepeatView(
        definition_id="repeat_rate@1",
        period=PeriodView(start=now.period.start, end=now.period.end),
        window_days=window_days,
        value=rate.value if rate else None,
        interval=interval,
        n=len(now.days),
        repeats=rate.repeats if rate else 0,
        seen_whole=rate.seen_whole if rate else 0,
        withheld=withheld_reason(len(now.days), minimum),
        first_contact_resolution=whole.raw.value if whole.raw else None,
        first_contact_n=whole.denominator,
        first_contact=_first_contact((now, then), minimum, asked),
        agreement=cohens_kappa([str(yes) for yes, _, _ in said], [str(not back) for _, back, _ in said]).kappa if len(said) >= minimum else None,
        filters=dict(asked.filters),
        compared_with=PeriodView(start=then.period.start, end=then.period.end),
        change=moved(old, (rate.value if rate else None, interval)),
    )


async def first_contact(tx: Tx, asked: Asked, window_days: int, minimum: int) -> MetricView:
    """Return first-contact resolution like any other figure: with its interval, plain beside weighted, withheld when too few answered."""
    return _first_contact(await _both(tx, asked, window_days), minimum, asked)


@dataclass(frozen=True)
class _Followed:
    """The contacts of a period, each followed to the next one about the same thing."""

    period: Period
    days: list[float]
    """Until the customer came back, or as long as they were seen."""
    came_back: list[bool]
    said: list[tuple[bool, bool, float | None]]
    """(the customer said yes, they came back in the window, the probability of having been asked) of each contact that was asked about."""

    def first(self) -> list[Counted]:
        """Return the answers as first-contact resolution counts them."""
        counts = Counter(("yes" if yes and not back else "no", probability) for yes, back, probability in self.said)
        return [Counted(mark, probability, count) for (mark, probability), count in counts.items()]


async def _both(tx: Tx, asked: Asked, window_days: int) -> tuple[_Followed, _Followed]:
    """Return the period and the comparison period."""
    return await _followed(tx, asked, window_days), await _followed(tx, past_of(tx, asked), window_days)


def _rate(found: _Followed, window_days: int, minimum: int) -> RepeatRate | None:
    return None if withheld_reason(len(found.days), minimum) else repeat_rate(found.days, found.came_back, float(window_days))


def _first_contact(sides: tuple[_Followed, _Followed], minimum: int, asked: Asked) -> MetricView:
    now, then = (figure(FIRST_CONTACT, one.first(), minimum=minimum) for one in sides)
    return metric_view(FIRST_CONTACT, (now, then), 0, (sides[0].period, sides[1].period), asked)


async def _followed(tx: Tx, asked: Asked, window_days: int) -> _Followed:
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
    said = await _said(tx, {row["contact_id"]: row["contact_id"] in again for row in rows}, period)
    return _Followed(period, days, came_back, said)


async def _said(tx: Tx, back: dict[object, bool], period: Period) -> list[tuple[bool, bool, float | None]]:
    """Return (the customer said yes, they came back, probability of having been asked) of each contact that was asked about its resolution."""
    kept = (col(AnswerFact.kind) == "resolved", col(AnswerFact.place) == 0, col(AnswerFact.flagged).is_(False))
    when = (col(AnswerFact.answered_at) >= period.start, col(AnswerFact.contact_id).is_not(None))
    columns = (col(AnswerFact.contact_id), col(AnswerFact.mark), col(AnswerFact.probability))
    rows = await tx.rows(select(*columns).where(*kept, *when).limit(MOST))
    return [(row["mark"] == "yes", back[row["contact_id"]], row["probability"]) for row in rows if row["contact_id"] in back]

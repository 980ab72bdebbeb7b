"""What departments do not accept: listed, one with its history, and counted over a period; each is where its contact was."""

from uuid import UUID

from sqlalchemy import Select, func, select
from sqlmodel import col

from services.insight import repository
from services.insight.contract import DisputeDetailView, DisputeStepView, DisputeSummaryView, DisputeView, PeriodView
from services.insight.domain.charge import amount
from services.insight.domain.figures import share
from services.insight.domain.period import Asked, Period
from services.insight.models import ContactFact, Dispute, DisputeStep
from services.insight.queries.metrics import interval_view
from services.insight.queries.moved import contacts_moved, moved
from services.insight.queries.narrow import compared_with, named_in, period_of
from services.insight.queries.newest import newest
from services.insight.queries.placed import disputed
from services.insight.repository.limits import is_limited
from services.insight.repository.rollups import tally
from services.kit.db import Tx
from services.kit.errors import NotFound

OPEN, UPHELD, ACCEPTED = "open", "upheld", "accepted"
MOST_STEPS = 100


async def disputes(
    tx: Tx, department: str | None, state: str | None, asked: Asked, page: tuple[str | None, int]
) -> tuple[list[DisputeView], str | None]:
    """Return one page (cursor, size) of the disputes that were raised in the time that is named, newest first; all when none is."""
    statement = select(Dispute).where(*named_in(col(Dispute.raised_at), asked), *disputed(tx, asked))
    if department is not None:
        statement = statement.where(col(Dispute.department) == department)
    if state is not None:
        statement = statement.where(col(Dispute.state) == state)
    return await newest(tx, statement, Dispute, DisputeView, page)


async def dispute_detail(tx: Tx, dispute_id: UUID) -> DisputeDetailView:
    """Return a dispute with its history; raises NotFound, also for one about a contact that the reader may not see."""
    mine = (col(Dispute.id) == dispute_id, *disputed(tx, Asked(None, None, {})))
    found = await tx.first(select(Dispute).where(*mine), Dispute)
    if found is None:
        raise NotFound(f"There is no dispute {dispute_id}.")
    told = select(DisputeStep).where(col(DisputeStep.dispute_id) == dispute_id).order_by(col(DisputeStep.at), col(DisputeStep.id)).limit(MOST_STEPS)
    steps = [DisputeStepView.model_validate(one) for one in await tx.all(told, DisputeStep)]
    return DisputeDetailView.model_validate({**DisputeView.model_validate(found).model_dump(), "steps": steps})


def _counted(tx: Tx, period: Period, asked: Asked) -> Select[int, int, int, int, int]:
    """Count the disputes that were raised in a period by how they stand now, and add up what their contacts cost."""
    state, cents = col(Dispute.state), func.coalesce(col(ContactFact.cost_cents), 0)
    columns = (
        tally(state == OPEN).label(OPEN),
        tally(state == UPHELD).label(UPHELD),
        tally(state == ACCEPTED).label(ACCEPTED),
        func.coalesce(func.sum(cents), 0).label("cents"),
        func.coalesce(func.sum(cents).filter(state == ACCEPTED), 0).label("accepted_cents"),
    )
    raised = (col(Dispute.raised_at) >= period.start, col(Dispute.raised_at) < period.end)
    joined = select(*columns).select_from(Dispute).join(ContactFact, col(ContactFact.contact_id) == col(Dispute.contact_id), isouter=True)
    return joined.where(*raised, *disputed(tx, asked))


async def dispute_summary(tx: Tx, department: str | None, asked: Asked, minimum: int) -> DisputeSummaryView:
    """Return how many charges were disputed in a period, what came of it, and how both moved against the comparison period."""
    period = period_of(tx, asked)
    past = compared_with(asked, period)
    mine = () if department is None else (col(Dispute.department) == department,)
    now, then = [(await tx.rows(_counted(tx, one, asked).where(*mine)))[0] for one in (period, past)]
    raised, before = (row[OPEN] + row[UPHELD] + row[ACCEPTED] for row in (now, then))
    present, old = (share(row[ACCEPTED], row[UPHELD] + row[ACCEPTED], minimum=minimum) for row in (now, then))
    sides = [(one.value, interval_view(one.interval) if one.interval else None) for one in (old, present)]
    return DisputeSummaryView(
        definition_id="disputes_accepted@1",
        period=PeriodView(start=period.start, end=period.end),
        compared_with=PeriodView(start=past.start, end=past.end),
        filters={**asked.filters, **({} if department is None else {"department": department})},
        complete=not is_limited(tx),
        raised=raised,
        raised_before=before,
        raised_change=contacts_moved((before, past), (raised, period)),
        open=now[OPEN],
        upheld=now[UPHELD],
        accepted=now[ACCEPTED],
        n=now[UPHELD] + now[ACCEPTED],
        accepted_share=present.value,
        interval=sides[1][1],
        withheld=present.withheld,
        change=moved(sides[0], sides[1]),
        currency=await repository.currency(tx),
        amount=amount(int(now["cents"])),
        accepted_amount=amount(int(now["accepted_cents"])),
    )

"""Whether an agent worked as planned."""

from datetime import datetime, timedelta

from services.kit.db import Tx
from services.kit.errors import InvalidInput
from services.routing.contract import AdherenceView
from services.routing.domain.shift_documents import shift_of
from services.routing.domain.shifts import adherence, plan_of
from services.routing.domain.spans import Span
from services.routing.repository import agents, shifts

LONGEST = timedelta(days=62)


async def adherence_of(tx: Tx, external_id: str, begin: datetime, end: datetime | None) -> AdherenceView:
    """Compare plan and activities between two moments (None: now), as far as both are over and known; raises AgentNotFound, InvalidInput."""
    agent = await agents.agent_called(tx, external_id)
    last = min(end or tx.now, tx.now)
    if not begin < (end or tx.now) <= begin + LONGEST:
        raise InvalidInput(f"`until` must be after `from`, by at most {LONGEST.days} days.", pointer="/until")
    known = await shifts.known_from(tx, agent.id)
    first = max(begin, known or last)
    within = Span(min(first, last), last)
    documents = (await shifts.documents(tx, [agent.id]))[agent.id]
    plan = plan_of([shift_of(each, agent.time_zone) for each in documents.values()], within.begins, within.ends)
    did = [(Span(each.begins_at, each.ends_at or tx.now), each.activity) for each in await shifts.doings(tx, agent.id, within.begins, within.ends)]
    found = adherence(plan, did, within)
    return AdherenceView(
        agent=external_id,
        begins_at=within.begins,
        ends_at=within.ends,
        planned_work_s=found.planned_work_s,
        worked_s=found.worked_s,
        planned_break_s=found.planned_break_s,
        rested_s=found.rested_s,
        unplanned_s=found.unplanned_s,
        share=found.share,
    )

"""Which self-service sessions were followed by no contact about the same thing, told honestly.

A session counts when somebody tried something in it and its window is over. Whether a contact followed can only be seen of visitors we know (or
who asked for contact in the session); the others are counted apart, never as successes. The share itself is no effect: some would not have called
anyway. The effect is the difference between those who were offered answers in the contact form and those who were held out by chance.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlmodel import col

from services.kit.db import Tx
from services.knowledge.contract import DeflectionView, DifferenceView
from services.knowledge.domain.shares import Share, difference, share
from services.knowledge.models import GuideRun, HeardContact, HelpOpening, HelpQuery, HelpSession
from services.knowledge.queries.guide_statistics import shown
from services.knowledge.repository.health import Span

_MOST = 50_000


async def deflection(tx: Tx, since: datetime, until: datetime, window_days: int) -> DeflectionView:
    """Return the figures for sessions that began in the span and whose window is over."""
    window = timedelta(days=window_days)
    span = Span(since, min(until, tx.now - window))
    rows = await judged_sessions(tx, span, window)
    judged = [row for row in rows if row["known"] or row["wants_contact"]]
    forms = [row for row in rows if row["asked"]]
    groups = {held_out: [row for row in forms if bool(row["held_out"]) is held_out] for held_out in (False, True)}
    offered, held = (_contacted(groups[held_out]) for held_out in (False, True))
    effect = difference(held, offered)
    return DeflectionView(
        since=since,
        until=until,
        window_days=window_days,
        sessions=len(rows),
        unknown=len(rows) - len(judged),
        deflected=shown(share(sum(not (row["wants_contact"] or row["called"]) for row in judged), len(judged))),
        said_solved=shown(share(sum(bool(row["solved"]) for row in rows), len(rows))),
        offered_contacted=shown(offered),
        held_out_contacted=shown(held),
        effect=DifferenceView(value=effect.value, low=effect.low, high=effect.high, shown=effect.shown) if effect else None,
    )


def _contacted(rows: list[dict[str, Any]]) -> Share:
    return share(sum(bool(row["wants_contact"] or row["called"]) for row in rows), len(rows))


async def judged_sessions(tx: Tx, span: Span, window: timedelta) -> list[dict[str, Any]]:
    """Two statements: the sessions, and the contacts of their customers; joined here: adding days to a moment differs between databases."""
    mine = col(HelpSession.id)
    tried = or_(
        select(col(HelpQuery.id)).where(col(HelpQuery.session_id) == mine).exists(),
        select(col(HelpOpening.session_id)).where(col(HelpOpening.session_id) == mine).exists(),
        select(col(GuideRun.id)).where(col(GuideRun.session_id) == mine).exists(),
    )
    sessions = await tx.all(
        select(HelpSession).where(span.holds(HelpSession.started_at), tried).order_by(col(HelpSession.started_at).desc()).limit(_MOST), HelpSession
    )
    customers = {one.customer_id for one in sessions if one.customer_id is not None}
    theirs = select(col(HelpSession.customer_id)).where(span.holds(HelpSession.started_at), col(HelpSession.customer_id).is_not(None))
    wanted = select(col(HeardContact.customer_id), col(HeardContact.driver), col(HeardContact.started_at)).where(
        col(HeardContact.customer_id).in_(theirs), col(HeardContact.started_at) >= span.since, col(HeardContact.started_at) < span.until + window
    )
    contacts: dict[object, list[tuple[str | None, datetime]]] = {}
    for row in await tx.rows(wanted) if customers else ():
        contacts.setdefault(row["customer_id"], []).append((row["driver"], row["started_at"]))
    return [
        {
            "id": one.id,
            "known": one.customer_id is not None,
            "wants_contact": one.wants_contact,
            "called": any(
                one.started_at < at <= one.started_at + window and (driver is None or one.driver is None or driver == one.driver)
                for driver, at in contacts.get(one.customer_id, [])
            ),
            "solved": one.solved_at is not None,
            "asked": one.asked_contact_at is not None,
            "held_out": one.held_out,
        }
        for one in sessions
    ]

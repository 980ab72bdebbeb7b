"""How many agents a queue needs at this moment, by what came in the last hour."""

from datetime import timedelta

from sqlalchemy import func
from sqlalchemy import select as pick
from sqlmodel import col

from services.kit.db import Tx
from services.routing.contract import StaffingView
from services.routing.domain.index import expected_handle_s
from services.routing.domain.staffing import Traffic, expected, needed
from services.routing.models import Contact, Queue
from services.routing.repository import agents, queues

LOOKED_BACK = timedelta(hours=1)
PATIENCE_DAYS = timedelta(days=7)
USUAL_PATIENCE_S = 600.0
LEAST_LEFT = 5
"""With fewer who gave up, the usual patience is assumed."""


async def staffing(tx: Tx, key: str) -> StaffingView:
    """Return the hint; raises QueueNotFound."""
    queue = await queues.queue(tx, key)
    lately = (col(Contact.queue) == key, col(Contact.queued_at) > tx.now - LOOKED_BACK)
    came = int(await tx.scalar(pick(func.count()).select_from(Contact).where(*lately)))
    handle_s, patience_s = handle_s_of(queue), await patience_s_of(tx, key)
    traffic = Traffic(came / LOOKED_BACK.total_seconds(), 1 / handle_s, 1 / patience_s)
    wanted = [(str(skill), int(level)) for skill, level in queue.requires]
    on_shift = (await agents.count_by_activity(tx, wanted)).get("available", 0)
    enough, now = needed(traffic, queue.sla_seconds, queue.sla_share), expected(traffic, on_shift, queue.sla_seconds)
    return StaffingView(
        queue=key,
        as_of=tx.now,
        arrivals_per_hour=float(came),
        handle_seconds=handle_s,
        patience_seconds=patience_s,
        sla_share=queue.sla_share,
        sla_seconds=queue.sla_seconds,
        agents_on_shift=on_shift,
        agents_needed=0 if came == 0 else enough.agents,
        expected_service_level=now.service_level,
        expected_abandonment=now.abandon,
        expected_occupancy=now.occupancy,
    )


def handle_s_of(queue: Queue) -> float:
    """Return the seconds that a contact of the queue is expected to occupy an agent, wrap-up included."""
    return expected_handle_s(queue.expected_handle_seconds, queue.handled, queue.handled_seconds) + queue.wrap_up_seconds


async def patience_s_of(tx: Tx, key: str) -> float:
    """Return mean patience by exposure over leavers of the last week: the maximum-likelihood estimate when waits are censored by service."""
    names = [getattr(Contact, name) for name in ("state", "waits_from", "first_connected_at", "ended_at")]
    here = (col(Contact.queue) == key, col(Contact.queued_at) > tx.now - PATIENCE_DAYS, col(Contact.state).in_(("ended", "abandoned")))
    rows = await tx.rows(pick(*names).where(*here).order_by(col(Contact.queued_at).desc()).limit(5_000))
    left = sum(1 for row in rows if row["state"] == "abandoned")
    waited = sum(max(0.0, ((row["first_connected_at"] or row["ended_at"] or row["waits_from"]) - row["waits_from"]).total_seconds()) for row in rows)
    return max(1.0, waited / left) if left >= LEAST_LEFT else USUAL_PATIENCE_S

"""What is learned, from what, and how."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy import select as pick
from sqlmodel import col, select

from services.kit.db import Tx, UnitOfWork
from services.routing.domain.lessons import Handled
from services.routing.models import Affinity, Agent, Contact, Learning, Queue, SurveyLabel

ONE = 1
MOST_CONTACTS = 100_000
"""The newest contacts that one lesson reads."""
CHUNK = 500
NOT_YET: dict[str, Any] = {
    "id": ONE,
    "version": 0,
    "enabled": False,
    "hold_out_share": 0.2,
    "window_days": 90,
    "repeat_days": 3,
    "report": None,
    "learned_at": None,
}


async def learning(tx: Tx) -> Learning:
    """Return how routing learns; not at all while nobody has switched it on."""
    found = await tx.first(select(Learning).where(col(Learning.id) == ONE), Learning)
    return found or Learning.model_validate(NOT_YET)


async def hold_out_share(tx: Tx) -> float | None:
    """Return the share of contacts that are routed as if nothing had been learned; None while learning is off. Asked for every contact."""
    found = await tx.raw("SELECT hold_out_share FROM learning WHERE id = $1 AND enabled", ONE)
    return float(found[0][0]) if found else None


async def handled(tx: Tx, window_days: int) -> list[Handled]:
    """Return the contacts that agents ended in the last days, newest first, with what the customer said."""
    names = ("agent_id", "queue", "customer_id", "ended_at", "resolved", "steered")
    columns = [getattr(Contact, name) for name in names]
    statement = (
        pick(
            col(Contact.id).label("contact_id"),
            *columns,
            col(Contact.first_connected_at).label("started_at"),
            col(Contact.handle_seconds).label("handle_s"),
            col(SurveyLabel.resolved).label("said"),
        )
        .join(SurveyLabel, col(SurveyLabel.contact_id) == col(Contact.id), isouter=True)
        .where(
            col(Contact.state) == "ended",
            col(Contact.agent_id).is_not(None),
            col(Contact.queue).is_not(None),
            col(Contact.first_connected_at).is_not(None),
            col(Contact.queued_at) > tx.now - timedelta(days=window_days),
        )
        .order_by(col(Contact.queued_at).desc(), col(Contact.id))
        .limit(MOST_CONTACTS)
    )
    return [Handled(**row) for row in await tx.rows(statement)]


async def levels(tx: Tx) -> dict[tuple[UUID, str], float]:
    """Return the mean level that each agent declared of what each queue wants."""
    agents = await tx.rows(pick(col(Agent.id), col(Agent.skills)))
    queues = await tx.rows(pick(col(Queue.key), col(Queue.requires)))
    wanted = {row["key"]: [str(skill) for skill, _ in row["requires"]] for row in queues}
    return {
        (agent["id"], key): sum(agent["skills"].get(skill, 0) for skill in skills) / len(skills)
        for agent in agents
        for key, skills in wanted.items()
        if skills
    }


async def affinities(tx: Tx, agents: Collection[UUID] | None) -> list[Any]:
    """Return what is known of these agents; None: of all."""
    statement = pick(col(Affinity.agent_id), col(Affinity.queue), col(Affinity.resolution), col(Affinity.pace))
    if agents is not None:
        statement = statement.where(tx.among(col(Affinity.agent_id), agents))
    return await tx.rows(statement.order_by(col(Affinity.agent_id), col(Affinity.queue)))


async def replace_affinities(uow: UnitOfWork, estimates: Mapping[tuple[UUID, str], dict[str, Any]]) -> set[UUID]:
    """Make these what is known; return the agents of whom anything is or was known."""
    before = {row["agent_id"] for row in await uow.rows(pick(col(Affinity.agent_id)).distinct())}
    await uow.execute(delete(Affinity))
    rows = [{"agent_id": agent, "queue": queue, "learned_at": uow.now, **values} for (agent, queue), values in sorted(estimates.items(), key=str)]
    for first in range(0, len(rows), CHUNK):
        await uow.insert(Affinity, *rows[first : first + CHUNK])
    return before | {agent for agent, _ in estimates}


async def keep(uow: UnitOfWork, **values: Any) -> None:
    """Change how routing learns, or what the last lesson said."""
    now_ = await learning(uow)
    await uow.upsert(Learning, now_.model_dump() | values | {"version": now_.version + 1}, key=("id",))


async def keep_label(uow: UnitOfWork, contact_id: UUID, resolved: float) -> None:
    """Keep what the customer said of a contact; the last word counts."""
    row = {"contact_id": contact_id, "resolved": resolved, "answered_at": uow.now}
    await uow.upsert(SurveyLabel, row, key=("contact_id",))


async def forget_labels(uow: UnitOfWork, contacts: Collection[UUID]) -> int:
    """Forget what was said of these contacts; return how many there were."""
    return await uow.execute(delete(SurveyLabel).where(col(SurveyLabel.contact_id).in_(sorted(contacts))))

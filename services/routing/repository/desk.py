"""What the engine mirrors, read in a few statements: everything at a start, only what changed afterwards; and the fence before every write."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy import select as pick
from sqlmodel import col

from services.kit.db import Tx, UnitOfWork
from services.routing.domain.reservation import HOLDING, ReservationStatus
from services.routing.models import Agent, AgentChannel, Contact, ContactClass, Dispatch, Exclusion, Reservation, RoutingChange

CHUNK = 5_000
"""Ids in one statement."""


class Change(NamedTuple):
    """Something that the engine has not seen yet: see `RoutingChange`."""

    kind: str
    key: UUID
    trigger: str


Row = Any


async def begin_epoch(uow: UnitOfWork) -> int:
    """Become the leader: whoever led before is fenced off from now on."""
    await uow.insert_ignore(Dispatch, {"id": 1, "priced_at": None, "epoch": 0})
    await uow.execute(update(Dispatch).where(col(Dispatch.id) == 1).values(epoch=Dispatch.epoch + 1))
    return int(await uow.scalar(pick(col(Dispatch.epoch)).where(col(Dispatch.id) == 1)))


async def still_leads(uow: UnitOfWork, epoch: int) -> bool:
    """Lock the dispatch row; False when a later leader has taken over."""
    return bool(await uow.raw("UPDATE dispatch SET epoch = epoch WHERE id = 1 AND epoch = $1 RETURNING epoch", epoch))


async def note_change(uow: UnitOfWork, kind: str, key: UUID, trigger: str) -> None:
    """Have the engine look at a contact or an agent."""
    await uow.insert(RoutingChange, {"kind": kind, "key": key, "trigger": trigger})


async def take_changes(uow: UnitOfWork) -> list[Change]:
    """Return what the engine has not seen yet, in order, and delete it."""
    found = await uow.raw('DELETE FROM routing_change RETURNING seq, kind, key, "trigger"')
    return [
        Change(kind, key if isinstance(key, UUID) else UUID(key), trigger) for _, kind, key, trigger in sorted(found, key=lambda row: int(row[0]))
    ]


_QUEUE = (
    *("key", "sla_seconds", "sla_share", "service_level", "expected_handle_seconds", "handled", "handled_seconds", "wrap_up_seconds"),
    *("starvation_seconds", "offer_seconds", "cool_down_seconds", "weight", "shift_end_allowance_seconds", "leavers", "waited_seconds"),
)
_QUEUES = f"SELECT {', '.join(_QUEUE)} FROM queue"


async def queues(tx: Tx) -> list[dict[str, Any]]:
    """Return what every queue promises and what was learned about it: read in every round, so only this and without ceremony."""
    return [dict(zip(_QUEUE, row, strict=True)) for row in await tx.raw(_QUEUES)]


async def classes(tx: Tx, keys: Collection[str]) -> list[Row]:
    """Return these classes of contacts."""
    names = ("key", "queue", "channel", "policy", "credit_s")
    return [row for some in _chunks(sorted(keys)) for row in await tx.rows(_columns(ContactClass, names).where(col(ContactClass.key).in_(some)))]


_CONTACT = ("id", "state", "class_key", "queue", "channel", "customer_id", "waits_from", "sticky_agent_id", "sticky_until", "banned")


async def waiting(tx: Tx) -> list[Row]:
    """Return every contact that waits in a queue."""
    return await tx.rows(_columns(Contact, _CONTACT).where(col(Contact.state) == "waiting", col(Contact.class_key).is_not(None)))


async def contacts(tx: Tx, ids: Collection[UUID]) -> list[Row]:
    """Return these contacts."""
    return [row for some in _chunks(sorted(ids)) for row in await tx.rows(_columns(Contact, _CONTACT).where(tx.among(col(Contact.id), some)))]


async def exclusions(tx: Tx, ids: Collection[UUID] | None) -> list[Row]:
    """Return who let these contacts pass, and when; None: of all who wait."""
    statement = _columns(Exclusion, ("contact_id", "agent_id", "excluded_at"))
    if ids is None:
        joined = statement.join(Contact, col(Contact.id) == col(Exclusion.contact_id)).where(col(Contact.state) == "waiting")
        return await tx.rows(joined)
    return [row for some in _chunks(sorted(ids)) for row in await tx.rows(statement.where(tx.among(col(Exclusion.contact_id), some)))]


_PLAN = ("planned", "plan_counts", "shift_ends_at")


async def agents(tx: Tx, ids: Collection[UUID] | None) -> list[Row]:
    """Return these agents; None: all."""
    statement = _columns(Agent, ("id", "activity", "skills", "name", "team", "site", "vendor", "external_id", "load", *_PLAN))
    return [row for some in _of_agents(tx, statement, col(Agent.id), ids) for row in await tx.rows(some)]


async def places(tx: Tx, ids: Collection[UUID] | None) -> list[Row]:
    """Return the agents' places: (agent, channel, maximum, idle since)."""
    statement = _columns(AgentChannel, ("agent_id", "channel", "maximum", "idle_since"))
    return [row for some in _of_agents(tx, statement, col(AgentChannel.agent_id), ids) for row in await tx.run(some)]


async def held(tx: Tx, ids: Collection[UUID] | None) -> list[Row]:
    """Return what the agents hold: (agent, contact, channel, asked at)."""
    statement = _columns(Reservation, ("agent_id", "contact_id", "channel", "created_at")).where(col(Reservation.status).in_(HOLDING))
    return [row for some in _of_agents(tx, statement, col(Reservation.agent_id), ids) for row in await tx.run(some)]


async def pending(tx: Tx) -> list[Row]:
    """Return every open offer with its deadline."""
    return await tx.rows(_columns(Reservation, ("id", "expires_at")).where(col(Reservation.status) == ReservationStatus.PENDING))


def _of_agents(tx: Tx, statement: Any, column: Any, ids: Collection[UUID] | None) -> list[Any]:
    """Return the statements that read the rows of these agents; None: of all."""
    if ids is None:
        return [statement]
    return [statement.where(tx.among(column, some)) for some in _chunks(sorted(ids))]


def _columns(model: Any, names: Sequence[str]) -> Any:
    return pick(*(getattr(model, name) for name in names))


def _chunks(values: Sequence[Any]) -> list[Sequence[Any]]:
    return [values[first : first + CHUNK] for first in range(0, len(values), CHUNK)]


async def arrivals(tx: Tx) -> dict[str, int]:
    """Return how many contacts of each class came in the last hour."""
    here = (col(Contact.queued_at) > tx.now - timedelta(hours=1), col(Contact.class_key).is_not(None))
    found = await tx.rows(pick(col(Contact.class_key).label("key"), func.count().label("count")).where(*here).group_by(col(Contact.class_key)))
    return {row["key"]: row["count"] for row in found}

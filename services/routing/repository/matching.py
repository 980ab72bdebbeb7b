"""What the rule looks at: the free agents of one contact, and the oldest waiting contact of every class for one agent."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, exists, func, update
from sqlalchemy import select as pick
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import col, select

from services.kit.db import Tx, UnitOfWork
from services.kit.fields import View
from services.routing.domain.scarcity import LOOK_BACK_S
from services.routing.models import Agent, AgentChannel, Contact, ContactClass, Dispatch, Exclusion, Queue
from services.routing.repository.agents import has_skills

MOST_AGENTS = 500
"""Longest idle agents weighed for one contact."""
MOST_CLASSES = 2000
MOST_LAPSED = 20


class FreeAgent(View):
    """An available agent with a free place in the contact's channel."""

    id: UUID
    external_id: str
    name: str
    team: str | None
    site: str | None
    vendor: str | None
    skills: dict[str, int]
    opportunity: float
    idle_since: datetime


class Head(View):
    """The oldest waiting contact of a class with what its queue promises."""

    id: UUID
    queue: str
    channel: str
    waits_from: datetime
    policy: dict[str, Any]
    credit_s: int
    weight: float
    sla_seconds: int
    sla_share: float
    service_level: float
    expected_handle_seconds: int
    handled: int
    handled_seconds: float
    wrap_up_seconds: int
    starvation_seconds: float
    offer_seconds: int


async def lock_dispatch(uow: UnitOfWork) -> Dispatch:
    """Wait for everybody else who is matching, and keep them out until this transaction ends."""
    statement = select(Dispatch).where(col(Dispatch.id) == 1).with_for_update()
    row = await uow.first(statement, Dispatch)
    if row is None:
        await uow.insert_ignore(Dispatch, {"id": 1, "priced_at": None})
        row = await uow.first(statement, Dispatch)
    if row is None:
        raise RuntimeError("the dispatch row vanished")
    return row


def _excluded(contact_id: Any, agent_id: Any) -> ColumnElement[bool]:
    return exists().where(col(Exclusion.contact_id) == contact_id, col(Exclusion.agent_id) == agent_id)


def _free_agents(channel: str, requirement: Sequence[tuple[str, int]]) -> Select[Any]:
    names = ("id", "external_id", "name", "team", "site", "vendor", "skills", "opportunity")
    return (
        pick(*(getattr(Agent, name) for name in names), col(AgentChannel.idle_since))
        .join(AgentChannel, and_(col(AgentChannel.agent_id) == col(Agent.id), col(AgentChannel.channel) == channel))
        .where(
            col(Agent.activity) == "available",
            col(AgentChannel.used) < col(AgentChannel.maximum),
            has_skills(requirement),
        )
        .order_by(col(AgentChannel.idle_since), col(Agent.id))
        .limit(MOST_AGENTS)
    )


async def free_agents(tx: Tx, contact: Contact, requirement: Sequence[tuple[str, int]]) -> list[FreeAgent]:
    """Return who can be asked now: available, skilled, with a place, and has not let this contact pass."""
    statement = _free_agents(contact.channel, requirement).where(~_excluded(contact.id, col(Agent.id)))
    return await tx.all(statement, FreeAgent)


async def free_agents_again(tx: Tx, contact: Contact, requirement: Sequence[tuple[str, int]]) -> list[FreeAgent]:
    """Return who let this contact pass, is cooled down and could be asked once more."""
    asked = select(col(Exclusion.agent_id)).where(
        col(Exclusion.contact_id) == contact.id, col(Exclusion.excluded_at) <= tx.now - await _cool_down(tx, contact)
    )
    return await tx.all(_free_agents(contact.channel, requirement).where(col(Agent.id).in_(asked)), FreeAgent)


async def _cool_down(tx: Tx, contact: Contact) -> timedelta:
    seconds = await tx.scalar(select(col(Queue.cool_down_seconds)).where(col(Queue.key) == contact.queue))
    return timedelta(seconds=int(seconds))


async def somebody_unasked(tx: Tx, contact: Contact, requirement: Sequence[tuple[str, int]]) -> bool:
    """Tell whether an agent on shift, busy or not, could serve this contact and was not asked yet."""
    takes = exists().where(col(AgentChannel.agent_id) == col(Agent.id), col(AgentChannel.channel) == contact.channel, col(AgentChannel.maximum) > 0)
    statement = (
        select(col(Agent.id))
        .where(col(Agent.activity) == "available", takes, has_skills(requirement), ~_excluded(contact.id, col(Agent.id)))
        .limit(1)
    )
    return await tx.scalar(statement) is not None


async def first_cooled_down(tx: Tx, contact: Contact) -> datetime | None:
    """Return when the first of those who let this contact pass may be asked again; None when nobody did."""
    statement = select(col(Exclusion.excluded_at)).where(col(Exclusion.contact_id) == contact.id).order_by(col(Exclusion.excluded_at)).limit(1)
    found = await tx.rows(statement)
    return found[0]["excluded_at"] + await _cool_down(tx, contact) if found else None


def _heads(which: ColumnElement[bool], limit: int) -> Select[Any]:
    of_class = ("policy", "credit_s")
    of_queue = (
        "weight",
        "sla_seconds",
        "sla_share",
        "service_level",
        "expected_handle_seconds",
        "handled",
        "handled_seconds",
        "wrap_up_seconds",
        "starvation_seconds",
        "offer_seconds",
    )
    columns = [
        *(getattr(Contact, name) for name in ("id", "queue", "channel", "waits_from")),
        *(getattr(ContactClass, name) for name in of_class),
        *(getattr(Queue, name) for name in of_queue),
    ]
    return (
        pick(*columns)
        .join(ContactClass, col(ContactClass.key) == col(Contact.class_key))
        .join(Queue, col(Queue.key) == col(Contact.queue))
        .where(which)
        .order_by(col(Contact.waits_from), col(Contact.id))
        .limit(limit)
    )


async def head(tx: Tx, contact_id: UUID) -> Head | None:
    """Return one contact as the rule sees it; None when it does not wait in a queue."""
    return await tx.first(_heads(and_(col(Contact.id) == contact_id, col(Contact.state) == "waiting"), 1), Head)


async def heads_for(tx: Tx, agent_id: UUID, channels: Sequence[str]) -> list[Head]:
    """Return per class in these channels the oldest waiting contact that this agent did not let pass."""
    oldest = (
        select(col(Contact.id))
        .where(
            col(Contact.class_key) == col(ContactClass.key),
            col(Contact.state) == "waiting",
            col(Contact.waits_from) <= tx.now,
            ~_excluded(col(Contact.id), agent_id),
        )
        .order_by(col(Contact.waits_from), col(Contact.id))
        .limit(1)
        .correlate(ContactClass)
        .scalar_subquery()
    )
    ids = select(oldest).select_from(ContactClass).where(col(ContactClass.channel).in_(channels))
    return await tx.all(_heads(col(Contact.id).in_(ids), MOST_CLASSES), Head)


async def passed_by(tx: Tx, agent_id: UUID, channels: Sequence[str]) -> list[Contact]:
    """Return the waiting contacts that this agent let pass: to be asked again only if nobody else is left."""
    statement = (
        select(Contact)
        .join(Exclusion, col(Exclusion.contact_id) == col(Contact.id))
        .where(col(Exclusion.agent_id) == agent_id, col(Contact.state) == "waiting", col(Contact.channel).in_(channels))
        .order_by(col(Contact.waits_from), col(Contact.id))
        .limit(MOST_LAPSED)
    )
    return await tx.all(statement, Contact)


async def waiting_with_exclusions(tx: Tx) -> list[UUID]:
    """Return the oldest waiting contacts that somebody let pass."""
    statement = (
        select(col(Contact.id))
        .where(col(Contact.state) == "waiting", exists().where(col(Exclusion.contact_id) == col(Contact.id)))
        .order_by(col(Contact.waits_from), col(Contact.id))
        .limit(MOST_LAPSED)
    )
    return [row["id"] for row in await tx.rows(statement)]


class ClassLoad(View):
    """Arrivals of one class in the look-back window, and what its queue knows of handle times."""

    policy: dict[str, Any]
    arrivals: int
    expected_handle_seconds: int
    handled: int
    handled_seconds: float


async def class_loads(tx: Tx) -> list[ClassLoad]:
    """Return the busiest classes of the last hour."""
    recent = (
        select(col(Contact.class_key).label("class_key"), func.count().label("arrivals"))
        .where(col(Contact.queued_at) > tx.now - timedelta(seconds=LOOK_BACK_S), col(Contact.class_key).is_not(None))
        .group_by(col(Contact.class_key))
        .order_by(func.count().desc())
        .limit(MOST_AGENTS)
        .subquery()
    )
    statement = (
        pick(
            col(ContactClass.policy),
            recent.c.arrivals,
            col(Queue.expected_handle_seconds),
            col(Queue.handled),
            col(Queue.handled_seconds),
        )
        .join(recent, recent.c.class_key == col(ContactClass.key))
        .join(Queue, col(Queue.key) == col(ContactClass.queue))
    )
    return await tx.all(statement, ClassLoad)


async def groups_on_shift(tx: Tx) -> list[Any]:
    """Return group key, number on shift and one member's id for every group of alike agents that is on shift."""
    statement = (
        select(col(Agent.group_key), func.count().label("on_shift"), func.min(col(Agent.external_id)).label("member"))
        .where(col(Agent.activity) == "available")
        .group_by(col(Agent.group_key))
    )
    return await tx.rows(statement)


async def skills_of(tx: Tx, external_ids: Sequence[str]) -> dict[str, dict[str, int]]:
    """Return the skills of these agents by external id."""
    found = await tx.rows(select(Agent.external_id, Agent.skills).where(col(Agent.external_id).in_(external_ids)))
    return {row["external_id"]: row["skills"] for row in found}


async def price_group(uow: UnitOfWork, group_key: str, opportunity: float) -> None:
    """Write a group's scarcity price on its agents."""
    changed = and_(col(Agent.group_key) == group_key, col(Agent.opportunity) != opportunity)
    await uow.execute(update(Agent).where(changed).values(opportunity=opportunity))


async def note_priced(uow: UnitOfWork) -> None:
    """Remember that the prices are from now."""
    await uow.execute(update(Dispatch).where(col(Dispatch.id) == 1).values(priced_at=uow.now))


async def forget_prices(uow: UnitOfWork) -> None:
    """Have the prices computed anew at the next choice: groups have changed."""
    await uow.execute(update(Dispatch).where(col(Dispatch.id) == 1).values(priced_at=None))

"""Statements about contacts: what knowledge must know of them to judge self-service, training and processes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, func, or_, select
from sqlmodel import col

from services.kit.db import Tx, UnitOfWork
from services.knowledge.models import Article, Guide, HeardContact
from services.knowledge.repository.erasure import is_erased
from services.knowledge.repository.health import Span
from services.routing.contract import ContactEnded


async def remember_contact(uow: UnitOfWork, event: ContactEnded) -> None:
    """Keep a contact's outcome; the last saying counts."""
    waited = (event.ended_at - event.started_at).total_seconds() - event.handle_seconds
    row = {
        "contact_id": event.contact_id,
        "customer_id": None if await is_erased(uow, event.customer_id) else event.customer_id,
        "driver": event.driver,
        "department": event.department,
        "agent_id": event.agent_id,
        "team": event.team,
        "resolved": event.resolved,
        "handle_seconds": event.handle_seconds,
        "waited_seconds": max(0.0, waited),
        "started_at": event.started_at,
    }
    await uow.upsert(HeardContact, row, key=("contact_id",))


async def agents_of(tx: Tx, team: str, driver: str, since: datetime) -> list[UUID]:
    """Return the agents of a team who had contacts about something since then, those with most of them first; at most 500."""
    mine = (col(HeardContact.team) == team, col(HeardContact.driver) == driver, col(HeardContact.started_at) >= since)
    agent = col(HeardContact.agent_id)
    wanted = select(agent).where(*mine, agent.is_not(None)).group_by(agent).order_by(func.count().desc(), agent).limit(500)
    return [row["agent_id"] for row in await tx.rows(wanted)]


async def by_driver(tx: Tx, span: Span, drivers: Sequence[str] | None = None) -> dict[str, Mapping[str, Any]]:
    """Return per driver: contacts, unresolved ones, seconds handled and waited."""
    driver = col(HeardContact.driver)
    wanted = select(
        driver,
        func.count().label("contacts"),
        func.sum(case((col(HeardContact.resolved) == "no", 1), else_=0)).label("unresolved"),
        func.sum(col(HeardContact.handle_seconds)).label("handled"),
        func.sum(col(HeardContact.waited_seconds)).label("waited"),
    ).where(span.holds(HeardContact.started_at), driver.is_not(None) if drivers is None else driver.in_(drivers))
    return {row["driver"]: dict(row) for row in await tx.rows(wanted.group_by(driver))}


async def drivers_without_answer(tx: Tx, span: Span, limit: int) -> list[Mapping[str, Any]]:
    """Return drivers of contacts for which customers find neither a validated article nor a published guide, most contacts first."""
    contacts, driver = func.count().label("contacts"), col(HeardContact.driver)
    article = and_(col(Article.driver) == driver, col(Article.state) == "validated", col(Article.audience) == "customer")
    guide = and_(col(Guide.driver) == driver, col(Guide.state) == "published", col(Guide.audience) == "customer")
    answered = or_(select(col(Article.id)).where(article).exists(), select(col(Guide.id)).where(guide).exists())
    internal = select(func.count()).select_from(Article).where(col(Article.driver) == driver, col(Article.state) != "archived").scalar_subquery()
    wanted = (
        select(
            driver,
            contacts,
            func.sum(case((col(HeardContact.resolved) == "no", 1), else_=0)).label("unresolved"),
            func.sum(col(HeardContact.handle_seconds)).label("handled"),
            internal.label("internal_articles"),
        )
        .where(span.holds(HeardContact.started_at), driver.is_not(None), ~answered)
        .group_by(driver)
    )
    return [dict(row) for row in await tx.rows(wanted.order_by(contacts.desc(), driver).limit(limit))]


async def outcomes(tx: Tx, span: Span, topic: str, agents: Sequence[UUID] | None) -> dict[bool, tuple[int, int]]:
    """Return whether the agent is one of `agents` -> (resolved, judged) contacts about a topic; of everybody else under False."""
    learned = col(HeardContact.agent_id).in_(agents or [])
    wanted = select(
        learned.label("learned"), func.count().label("judged"), func.sum(case((col(HeardContact.resolved) == "yes", 1), else_=0)).label("yes")
    )
    judged = (col(HeardContact.driver) == topic, col(HeardContact.resolved).is_not(None), col(HeardContact.agent_id).is_not(None))
    rows = await tx.rows(wanted.where(span.holds(HeardContact.started_at), *judged).group_by(learned))
    return {bool(row["learned"]): (int(row["yes"]), row["judged"]) for row in rows}

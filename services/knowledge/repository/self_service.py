"""Statements about what customers look for themselves."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, distinct, func, or_, select, update
from sqlmodel import col

from services.kit.db import Tx, UnitOfWork
from services.knowledge.contract import GapView, HelpSessionView
from services.knowledge.domain.lifecycle import IDLE
from services.knowledge.models import HelpOpening, HelpQuery, HelpSession
from services.knowledge.repository.guides import trails_of

MOST_TRIED = 50
"""Queries and articles of one session that are carried on: the latest."""
SESSIONS_SHOWN = 10


async def session(tx: Tx, session_id: UUID) -> HelpSession | None:
    """Return a session, or None while nothing happened in it."""
    return await tx.first(select(HelpSession).where(col(HelpSession.id) == session_id), HelpSession)


async def touch_session(uow: UnitOfWork, session_id: UUID, language: str | None) -> None:
    """Note that the visitor is here now; the first touch makes the session."""
    new: dict[str, object] = {
        "id": session_id,
        "customer_id": None,
        "customer_keys": [],
        "language": language,
        "started_at": uow.now,
        "last_at": uow.now,
        "failed_at": None,
        "wants_contact": False,
        "held_out": False,
        "asked_contact_at": None,
        "solved_at": None,
        "driver": None,
    }
    if not await uow.insert_ignore(HelpSession, new):
        await uow.execute(update(HelpSession).where(col(HelpSession.id) == session_id).values(last_at=uow.now))


async def change_session(uow: UnitOfWork, session_id: UUID, **values: object) -> None:
    """Note something about a session; nothing happens when there is none."""
    await uow.execute(update(HelpSession).where(col(HelpSession.id) == session_id).values(**values))


async def note_driver(uow: UnitOfWork, session_id: UUID, driver: str | None) -> None:
    """Note what a session is about, by the first article or guide that was opened."""
    if driver is not None:
        await uow.execute(update(HelpSession).where(col(HelpSession.id) == session_id, col(HelpSession.driver).is_(None)).values(driver=driver))


async def queries_of(tx: Tx, session_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """Return the different questions of each session in the order they were first asked."""
    order = (col(HelpQuery.searched_at), col(HelpQuery.id))
    rows = await tx.rows(select(col(HelpQuery.session_id), col(HelpQuery.query)).where(col(HelpQuery.session_id).in_(session_ids)).order_by(*order))
    found: dict[UUID, dict[str, None]] = {}
    for row in rows:
        if row["query"]:
            found.setdefault(row["session_id"], {})[row["query"]] = None
    return {one: list(asked)[-MOST_TRIED:] for one, asked in found.items()}


async def openings_of(tx: Tx, session_ids: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    """Return the articles that each session opened, in order."""
    order = (col(HelpOpening.opened_at), col(HelpOpening.article_id))
    rows = await tx.rows(
        select(col(HelpOpening.session_id), col(HelpOpening.article_id)).where(col(HelpOpening.session_id).in_(session_ids)).order_by(*order)
    )
    found: dict[UUID, list[UUID]] = {}
    for row in rows:
        found.setdefault(row["session_id"], []).append(row["article_id"])
    return {one: opened[-MOST_TRIED:] for one, opened in found.items()}


async def sessions_of(tx: Tx, customer_ids: Sequence[UUID]) -> dict[UUID, list[HelpSessionView]]:
    """Return the latest sessions of each customer, newest first."""
    order = func.row_number().over(partition_by=col(HelpSession.customer_id), order_by=(col(HelpSession.last_at).desc(), col(HelpSession.id).desc()))
    placed = select(HelpSession, order.label("place")).where(col(HelpSession.customer_id).in_(customer_ids)).subquery()
    latest = select(placed).where(placed.c.place <= SESSIONS_SHOWN).order_by(placed.c.last_at.desc(), placed.c.id.desc())
    sessions = await tx.all(latest, HelpSession)
    ids = [one.id for one in sessions]
    asked, opened, walked = await queries_of(tx, ids), await openings_of(tx, ids), await trails_of(tx, ids)
    found: dict[UUID, list[HelpSessionView]] = {}
    for one in sessions:
        if one.customer_id is not None:
            view = HelpSessionView(
                session_id=one.id,
                language=one.language,
                queries=asked.get(one.id, []),
                articles=opened.get(one.id, []),
                steps=walked.get(one.id, []),
                failed=one.failed_at is not None,
                wants_contact=one.wants_contact,
                started_at=one.started_at,
                last_at=one.last_at,
            )
            found.setdefault(one.customer_id, []).append(view)
    return found


async def gaps(tx: Tx, *, since: datetime, limit: int) -> list[GapView]:
    """Return what visitors asked without an answer since then: what made most of them ask for contact first, then what most of them asked.

    Without an answer: nothing was found, nothing of it was opened, or the visitor said at the end that nothing had helped. Rewordings with the
    same terms count as one. A visitor who still searches is not counted as having opened nothing.
    """
    found, asked = col(HelpQuery.results), col(HelpQuery.session_id)
    ignored = _ignored(tx.now)
    visitors, searches = func.count(distinct(asked)).label("sessions"), func.count().label("searches")
    calling = func.count(distinct(case((col(HelpSession.wants_contact), asked)))).label("wanted_contact")
    unanswered = (
        select(
            func.min(col(HelpQuery.query)).label("query"),
            func.min(col(HelpQuery.language)).label("language"),
            visitors,
            searches,
            func.sum(case((found == 0, 1), else_=0)).label("without_result"),
            func.sum(case((ignored, 1), else_=0)).label("without_click"),
            calling,
            func.max(col(HelpQuery.searched_at)).label("last_at"),
        )
        .join(HelpSession, col(HelpSession.id) == asked)
        .where(_unanswered(tx.now, since))
        .group_by(col(HelpQuery.query_key))
        .order_by(calling.desc(), visitors.desc(), searches.desc(), col(HelpQuery.query_key))
        .limit(limit)
    )
    return await tx.all(unanswered, GapView)


async def unanswered_questions(tx: Tx, since: datetime, limit: int) -> list[Mapping[str, Any]]:
    """Return each question that a visitor got no answer to since then, the latest first: key, words, language and session."""
    columns = (col(HelpQuery.query_key), col(HelpQuery.query), col(HelpQuery.language), col(HelpQuery.session_id))
    asked = select(*columns).join(HelpSession, col(HelpSession.id) == col(HelpQuery.session_id)).where(_unanswered(tx.now, since))
    return [dict(row) for row in await tx.rows(asked.order_by(col(HelpQuery.searched_at).desc(), col(HelpQuery.id)).limit(limit))]


def _unanswered(now: datetime, since: datetime) -> ColumnElement[bool]:
    without = or_(col(HelpQuery.results) == 0, col(HelpSession.failed_at).is_not(None), _ignored(now))
    return and_(without, col(HelpQuery.query_key) != "", col(HelpQuery.searched_at) >= since)


def _ignored(now: datetime) -> ColumnElement[bool]:
    """Something was found, and the visitor opened nothing of it, did not say that it was solved, and is gone."""
    mine, after = col(HelpOpening.session_id) == col(HelpQuery.session_id), col(HelpOpening.opened_at) >= col(HelpQuery.searched_at)
    clicked = select(col(HelpOpening.session_id)).where(mine, after)
    return and_(col(HelpQuery.results) > 0, col(HelpSession.last_at) < now - IDLE, col(HelpSession.solved_at).is_(None), ~clicked.exists())

"""Rehearsals, and the days of our own that they replay."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, update
from sqlalchemy import select as pick
from sqlmodel import col, select

from services.kit.db import Tx, UnitOfWork
from services.kit.errors import InvalidInput, NotFound
from services.kit.paging import Page, decode_cursor, encode_cursor
from services.routing.models import Agent, AgentChannel, Backtest, Contact, ContactClass, Queue

MOST_CONTACTS = 200_000
OPEN = ("waiting", "running")


class BacktestNotFound(NotFound):
    """There is no such rehearsal."""

    code = "backtest_not_found"


async def backtest(tx: Tx, backtest_id: UUID) -> Backtest:
    """Return a rehearsal; raises BacktestNotFound."""
    found = await tx.first(select(Backtest).where(col(Backtest.id) == backtest_id), Backtest)
    if found is None:
        raise BacktestNotFound(f"There is no rehearsal {backtest_id}.")
    return found


async def backtests_page(tx: Tx, cursor: str | None, limit: int) -> Page[Backtest]:
    """List rehearsals, newest first."""
    statement = select(Backtest)
    if cursor is not None:
        at, last = decode_cursor(cursor, 2)
        try:
            moment, last_id = datetime.fromisoformat(at).astimezone(UTC), UUID(last)
        except (ValueError, OverflowError) as reason:
            raise InvalidInput("The cursor is not one that this list gave out. Start again without it.", pointer="/cursor") from reason
        same = and_(col(Backtest.created_at) == moment, col(Backtest.id) < last_id)
        statement = statement.where(or_(col(Backtest.created_at) < moment, same))
    found = await tx.all(statement.order_by(col(Backtest.created_at).desc(), col(Backtest.id).desc()).limit(limit + 1), Backtest)
    last_one = found[limit - 1] if len(found) > limit else None
    following = encode_cursor(last_one.created_at.isoformat(), str(last_one.id)) if last_one else None
    return Page[Backtest](items=found[:limit], next_cursor=following)


async def advance(uow: UnitOfWork, backtest_id: UUID, progress: float) -> None:
    """Say how far a rehearsal is."""
    here = and_(col(Backtest.id) == backtest_id, col(Backtest.state).in_(OPEN), col(Backtest.progress) <= progress)
    await uow.execute(update(Backtest).where(here).values(state="running", progress=progress, version=Backtest.version + 1))


async def finish(uow: UnitOfWork, backtest_id: UUID, result: dict[str, Any] | None, problem: str | None) -> None:
    """Keep the result and let the trace go."""
    known = await backtest(uow, backtest_id)
    values = {"state": "failed" if result is None else "done", "progress": 1.0, "result": result, "problem": problem, "finished_at": uow.now}
    asked = {key: value for key, value in known.asked.items() if key != "trace"}
    await uow.execute(update(Backtest).where(col(Backtest.id) == backtest_id).values(**values, asked=asked, version=Backtest.version + 1))


async def days(tx: Tx, begin: datetime, end: datetime) -> dict[str, list[Any]]:
    """Return the contacts that were queued in this time, their classes, the queues, and the agents with their places."""
    names = ("id", "queue", "class_key", "agent_id", "waits_from", "first_connected_at", "ended_at", "handle_seconds", "state")
    within = (col(Contact.waits_from) >= begin, col(Contact.waits_from) < end, col(Contact.class_key).is_not(None))
    ended = col(Contact.state).in_(("ended", "abandoned"))
    contacts = pick(*(getattr(Contact, name) for name in names)).where(*within, ended).order_by(col(Contact.waits_from), col(Contact.id))
    classes = pick(*(getattr(ContactClass, name) for name in ("key", "queue", "channel", "policy", "credit_s")))
    agents = pick(col(Agent.id), col(Agent.skills)).order_by(col(Agent.id))
    places = pick(col(AgentChannel.agent_id), col(AgentChannel.channel), col(AgentChannel.maximum))
    return {
        "contacts": list(await tx.rows(contacts.limit(MOST_CONTACTS))),
        "classes": list(await tx.rows(classes)),
        "queues": list(await tx.rows(pick(*Queue.__table__.columns))),  # type: ignore[attr-defined]  # SQLModel does not declare SQLAlchemy's attribute
        "agents": list(await tx.rows(agents)),
        "places": list(await tx.rows(places)),
    }

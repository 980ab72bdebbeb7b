"""What an offer changes: the contact goes to its agent, the agent's place is taken, and rows are added.

On PostgreSQL one statement for all of a round, its rows told as one JSON document: with an array per column the driver looks at every value alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import bindparam, select, update
from sqlmodel import SQLModel, col

from services.kit.db import UnitOfWork
from services.kit.pending import postgres_dialect
from services.routing.domain.contact import ContactState
from services.routing.models import AgentChannel, Contact


@dataclass(slots=True)
class Offered:
    """A contact and the agent whom it is offered to, as the contact's row shows the agent."""

    contact_id: UUID
    agent_id: UUID
    name: str | None
    team: str | None
    site: str | None
    vendor: str | None


_TAKE = (
    "UPDATE agent_channel SET used = used + told.more FROM unnest($1::uuid[], $2::text[], $3::int[]) AS told(agent, via, more)"
    " WHERE agent_channel.agent_id = told.agent AND agent_channel.channel = told.via AND used + told.more <= maximum"
    " RETURNING told.agent"
)
_MOVE = (
    "UPDATE contact SET state = $1, changed_at = $2, version = contact.version + 1,"
    " agent_id = told.agent_id, agent_name = told.name, team = told.team, site = told.site, vendor = told.vendor"
    " FROM json_to_recordset($3::text::json) AS told(contact_id uuid, agent_id uuid, name text, team text, site text, vendor text)"
    " WHERE contact.id = told.contact_id AND (contact.state = $4) IS TRUE"
    " RETURNING contact.id, contact.customer_id"
)
"""`IS TRUE` keeps PostgreSQL from the index of states, by which it would take up everybody who waits for the few who are given away."""


def _document(rows: Sequence[Any]) -> str:
    return orjson.dumps(rows, default=_plain).decode()


def _plain(value: object) -> str:
    """Return the driver's own kind of UUID as text; nothing else is unknown to orjson."""
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value)} cannot be told")


async def take_places(uow: UnitOfWork, taken: Mapping[tuple[UUID, str], int]) -> bool:
    """Take so many places of each agent and channel; False when somebody has not so many left, and then the transaction must not commit."""
    if uow.dialect_name == "postgresql":
        places = list(taken)
        took = await uow.raw(_TAKE, [agent for agent, _ in places], [channel for _, channel in places], list(taken.values()))
        return len(took) == len(taken)
    more: Any = AgentChannel.used + bindparam("more")
    here = (col(AgentChannel.agent_id) == bindparam("agent"), col(AgentChannel.channel) == bindparam("via"), more <= col(AgentChannel.maximum))
    rows = [{"agent": agent, "via": channel, "more": many} for (agent, channel), many in taken.items()]
    return (await uow.run(update(AgentChannel).where(*here).values(used=more), rows)).rowcount == len(taken)


async def move_contacts(uow: UnitOfWork, offered: Sequence[Offered]) -> dict[UUID, UUID | None]:
    """Say of each contact that waits that it is offered, and to whom; return their customers. Who is missing there did not wait."""
    if uow.dialect_name == "postgresql":
        moved = await uow.raw(_MOVE, ContactState.OFFERED.value, uow.now, _document(offered), ContactState.WAITING.value)
        return {row["id"]: row["customer_id"] for row in moved}
    waiting = (col(Contact.id).in_([each.contact_id for each in offered]), col(Contact.state) == ContactState.WAITING)
    found = await uow.rows(select(col(Contact.id), col(Contact.customer_id)).where(*waiting))
    values: dict[str, Any] = {"agent_id": bindparam("to_id"), "agent_name": bindparam("to_name")}
    values |= {name: bindparam(f"to_{name}") for name in ("team", "site", "vendor")}
    values |= {"state": ContactState.OFFERED.value, "version": Contact.version + 1, "changed_at": uow.now}
    rows = [
        {"here": each.contact_id, "to_id": each.agent_id, "to_name": each.name, "to_team": each.team, "to_site": each.site, "to_vendor": each.vendor}
        for each in offered
    ]
    await uow.run(update(Contact).where(col(Contact.id) == bindparam("here")).values(**values), rows)
    return {row["id"]: row["customer_id"] for row in found}


async def add_alike(uow: UnitOfWork, model: type[SQLModel], shared: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """Add rows that have the values `shared` in common; every row names the same further columns. Columns that nobody names are empty."""
    if not rows:
        return
    if uow.dialect_name == "postgresql":
        await uow.raw(_adding(model, tuple(shared), tuple(rows[0])), *shared.values(), _document(rows))
    else:
        await uow.insert(model, *({**shared, **row} for row in rows))


@lru_cache
def _adding(model: type[SQLModel], shared: tuple[str, ...], own: tuple[str, ...]) -> str:
    """Return the statement: shared values are its first parameters, the document of the rows is its last one."""
    columns, dialect = model.__table__.columns, postgres_dialect()  # type: ignore[attr-defined]  # SQLModel does not declare SQLAlchemy's attribute
    told = ", ".join(f'"{name}" {columns[name].type.compile(dialect=dialect)}' for name in own)
    values = [f"${number}::{columns[name].type.compile(dialect=dialect)}" for number, name in enumerate(shared, 1)]
    names, chosen = ", ".join(f'"{name}"' for name in (*shared, *own)), ", ".join([*values, *(f'told."{name}"' for name in own)])
    return f"INSERT INTO {model.__tablename__} ({names}) SELECT {chosen} FROM json_to_recordset(${len(shared) + 1}::text::json) AS told({told})"

"""What an offer changes besides the rows that it adds: the contact goes to its agent, and the agent's place is taken.

On PostgreSQL one statement for all of a round, its rows told as arrays.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlmodel import col

from services.kit.db import UnitOfWork
from services.routing.domain.contact import ContactState
from services.routing.models import AgentChannel, Contact


@dataclass(frozen=True, slots=True)
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
    " agent_id = told.agent, agent_name = told.name, team = told.its_team, site = told.its_site, vendor = told.its_vendor"
    " FROM unnest($3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[])"
    " AS told(here, agent, name, its_team, its_site, its_vendor)"
    " WHERE contact.id = told.here AND (contact.state = $9) IS TRUE"
    " RETURNING contact.id, contact.customer_id"
)
"""`IS TRUE` keeps PostgreSQL from the index of states, by which it would take up everybody who waits for the few who are given away."""


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
        columns = zip(*((each.contact_id, each.agent_id, each.name, each.team, each.site, each.vendor) for each in offered), strict=True)
        moved = await uow.raw(_MOVE, ContactState.OFFERED.value, uow.now, *(list(column) for column in columns), ContactState.WAITING.value)
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

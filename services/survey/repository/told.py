"""Every SQL statement about telling customers what changed."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, update
from sqlmodel import col, select

from services.kit.db import Tx, UnitOfWork
from services.kit.errors import NotFound
from services.kit.ids import new_id
from services.survey.models.told import Announcement, Telling
from services.survey.repository.asking import Cursor

WAITING, QUEUED, TOLD, WITHHELD, UNDELIVERABLE = "waiting", "queued", "told", "withheld", "undeliverable"
OPEN = (WAITING, QUEUED)


class TellingUnknown(NotFound):
    """There is no telling with this id."""

    code = "telling_unknown"


async def announce(uow: UnitOfWork, initiative_id: UUID, messages: Mapping[str, str]) -> None:
    """Keep what an initiative says; the first word stays."""
    await uow.insert_ignore(Announcement, {"initiative_id": initiative_id, "messages": dict(messages)})


async def messages_of(tx: Tx, initiative_id: UUID) -> dict[str, str]:
    """Return what an initiative says; raises NotFound."""
    found = await tx.first(select(Announcement).where(col(Announcement.initiative_id) == initiative_id), Announcement)
    if found is None:
        raise NotFound(f"There is no announcement of initiative {initiative_id}.")
    return found.messages


async def plan(uow: UnitOfWork, initiative_id: UUID, customer_id: UUID) -> UUID | None:
    """Note that a customer is to be told; return the telling's id, or None when that was noted before."""
    telling_id = new_id()
    empty = dict.fromkeys(("channel", "language", "reason", "stop_hash", "counted_at", "settled_at"))
    moments = {"wanted_at": uow.now, "next_possible_at": uow.now}
    row = {"id": telling_id, "initiative_id": initiative_id, "customer_id": customer_id, "state": WAITING, **empty, **moments, "version": 1}
    return telling_id if await uow.insert_ignore(Telling, row) else None


async def lock(uow: UnitOfWork, telling_id: UUID) -> Telling | None:
    """Return a telling under a row lock, or None: of a report and a sender only one goes on."""
    return await uow.first(select(Telling).where(col(Telling.id) == telling_id).with_for_update(), Telling)


async def change(uow: UnitOfWork, telling_id: UUID, **values: object) -> None:
    """Change a locked telling."""
    await uow.execute(update(Telling).where(col(Telling.id) == telling_id).values(**values, version=col(Telling.version) + 1))


async def told_as_another(tx: Tx, telling: Telling, person: Collection[UUID]) -> bool:
    """Say whether the person is told, or about to be, as one of the other customers that they are."""
    same = (col(Telling.initiative_id) == telling.initiative_id, col(Telling.customer_id).in_(person), col(Telling.id) != telling.id)
    return await tx.scalar(select(Telling.id).where(*same, col(Telling.state).in_((QUEUED, TOLD))).limit(1)) is not None


async def telling(tx: Tx, telling_id: UUID) -> Telling:
    """Return a telling; raises TellingUnknown."""
    found = await tx.first(select(Telling).where(col(Telling.id) == telling_id), Telling)
    if found is None:
        raise TellingUnknown(f"There is no telling {telling_id}.")
    return found


async def telling_by_stop_hash(tx: Tx, stop_hash: str) -> Telling | None:
    """Return the telling that a stop link belongs to, or None."""
    return await tx.first(select(Telling).where(col(Telling.stop_hash) == stop_hash), Telling)


async def tellings(tx: Tx, filters: Mapping[str, Any], before: Cursor | None, limit: int) -> list[Telling]:
    """Return tellings with these column values, newest first."""
    wanted = select(Telling).where(*(col(getattr(Telling, name)) == value for name, value in filters.items()))
    if before:
        moment, row_id = before
        wanted = wanted.where(or_(col(Telling.wanted_at) < moment, and_(col(Telling.wanted_at) == moment, col(Telling.id) < row_id)))
    return await tx.all(wanted.order_by(col(Telling.wanted_at).desc(), col(Telling.id).desc()).limit(limit), Telling)


async def open_of(uow: UnitOfWork, customer_id: UUID) -> list[Telling]:
    """Return the tellings of a customer that are not settled, under row locks, oldest first."""
    mine = (col(Telling.customer_id) == customer_id, col(Telling.state).in_(OPEN))
    return await uow.all(select(Telling).where(*mine).order_by(col(Telling.id)).with_for_update(), Telling)


async def kill_links(uow: UnitOfWork, customer_id: UUID) -> int:
    """Blank language and link of everything that an erased customer was told; return how many rows."""
    mine = update(Telling).where(col(Telling.customer_id) == customer_id)
    return await uow.execute(mine.values(stop_hash=None, language=None, version=col(Telling.version) + 1))

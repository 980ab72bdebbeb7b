"""Showing clear words to who may see them, and keeping who saw them: rows are only added, each carries the hash of the one before."""

from hashlib import sha256
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from services.feedback import repository
from services.feedback.contract import ItemView
from services.feedback.models import Disclosure
from services.feedback.use_cases.sealing import Words, vault_of
from services.kit.db import Tx, UnitOfWork
from services.kit.errors import Conflict

_TRIES = 8
BEGINNING = "0" * 64


class DisclosuresAreBusy(Conflict):
    """Many read clear words at this moment, and none may go unrecorded. Ask again."""

    code = "feedback_disclosures_busy"


async def disclose_item(uow: UnitOfWork, item_id: UUID) -> ItemView:
    """Return the item in clear; where something had been cut out, who saw it is kept in the same transaction."""
    item = await repository.item(uow, item_id)
    view = ItemView.model_validate(item)
    if item.sealed is None:
        return view
    who = uow.principal.subject if uow.principal else "system"
    await _record(uow, item_id, who)
    words = vault_of(uow).give(item.id, Words(item.title, item.text, item.sealed))
    return view.model_copy(update={"title": words.title, "text": words.text})


async def _record(uow: UnitOfWork, item_id: UUID, who: str) -> None:
    for _ in range(_TRIES):
        last = await uow.first(select(Disclosure).order_by(col(Disclosure.place).desc()).limit(1), Disclosure)
        place, before = (last.place + 1, last.chain) if last else (1, BEGINNING)
        chain = linked(before, place, item_id, who, uow.now.isoformat())
        row = {"place": place, "item_id": item_id, "by": who, "at": uow.now, "chain": chain}
        if await uow.insert_ignore(Disclosure, row):
            return
    raise DisclosuresAreBusy("Clear words were asked for too often at once.")


def linked(before: str, place: int, item_id: UUID, who: str, at: str) -> str:
    """Return the hash that binds a row to all rows before it."""
    return sha256(f"{before}|{place}|{item_id}|{who}|{at}".encode()).hexdigest()


async def disclosures(tx: Tx, before: int | None, limit: int) -> list[Disclosure]:
    """Return who saw what, newest first."""
    statement = select(Disclosure)
    if before is not None:
        statement = statement.where(col(Disclosure.place) < before)
    return await tx.all(statement.order_by(col(Disclosure.place).desc()).limit(limit), Disclosure)

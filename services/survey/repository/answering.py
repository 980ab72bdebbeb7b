"""Every SQL statement about answers that change, are added to, or are taken back, and about what we know of asking one person."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, update
from sqlmodel import col, select

from services.kit.db import Tx, UnitOfWork
from services.kit.errors import NotFound
from services.kit.ids import new_id
from services.survey.models import Response
from services.survey.models.asked import ResponseRevision
from services.survey.repository.asking import Cursor


class ResponseUnknown(NotFound):
    """There is no response with this id."""

    code = "response_unknown"


async def response(tx: Tx, response_id: UUID) -> Response:
    """Return a response; raises ResponseUnknown."""
    found = await tx.first(select(Response).where(col(Response.id) == response_id), Response)
    if found is None:
        raise ResponseUnknown(f"There is no response {response_id}.")
    return found


async def responses(tx: Tx, filters: dict[str, Any], before: Cursor | None, limit: int) -> list[Response]:
    """Return responses with these column values, newest first."""
    wanted = select(Response).where(*(col(getattr(Response, name)) == value for name, value in filters.items()))
    if before:
        moment, row_id = before
        wanted = wanted.where(or_(col(Response.answered_at) < moment, and_(col(Response.answered_at) == moment, col(Response.id) < row_id)))
    return await tx.all(wanted.order_by(col(Response.answered_at).desc(), col(Response.id).desc()).limit(limit), Response)


async def lock_response_to(uow: UnitOfWork, invitation_id: UUID) -> Response | None:
    """Return the answer of an invitation under a row lock, or None."""
    return await uow.first(select(Response).where(col(Response.invitation_id) == invitation_id).with_for_update(), Response)


async def revise(uow: UnitOfWork, old: Response, **values: object) -> Response:
    """Change a response and keep what it said before."""
    kept = {name: getattr(old, name) for name in ("revision", "mode", "answers", "comment")}
    await uow.insert(ResponseRevision, {"id": new_id(), "response_id": old.id, "replaced_at": uow.now, **kept})
    changed = {**values, "revision": old.revision + 1, "version": old.version + 1}
    await uow.execute(update(Response).where(col(Response.id) == old.id).values(**changed))
    return await response(uow, old.id)


async def revisions(tx: Tx, response_id: UUID) -> list[ResponseRevision]:
    """Return what a response said before, oldest first."""
    wanted = select(ResponseRevision).where(col(ResponseRevision.response_id) == response_id)
    return await tx.all(wanted.order_by(col(ResponseRevision.revision)).limit(100), ResponseRevision)


async def disconnect(uow: UnitOfWork, found: Sequence[Response]) -> None:
    """Take words and every connection to a person out of these responses and their earlier revisions; the scores stay countable."""
    for one in found:
        bare = {name: None for name in one.attribution if name in {"contact_id", "case_id", "follow_up_id", "order_reference"}}
        emptied = {
            "answers": wordless(one.answers),
            "comment": None,
            "customer_id": None,
            "contact_id": None,
            "invitation_id": None,
            "attribution": {**one.attribution, **bare},
            "contact_channel": None,
            "contact_time": None,
            "version": one.version + 1,
        }
        await uow.execute(update(Response).where(col(Response.id) == one.id).values(**emptied))
        for old in await revisions(uow, one.id):
            blanked = update(ResponseRevision).where(col(ResponseRevision.id) == old.id)
            await uow.execute(blanked.values(answers=wordless(old.answers), comment=None))


def wordless(answers: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return answers without their texts."""
    return [{**answer, "text": None} for answer in answers]


async def forget_revisions(uow: UnitOfWork, customer_id: UUID) -> int:
    """Take the words out of what an erased customer's answers said before; return how many rows."""
    rows = 0
    for one in await uow.all(select(Response).where(col(Response.customer_id) == customer_id, col(Response.revision) > 1), Response):
        for old in await revisions(uow, one.id):
            emptied = update(ResponseRevision).where(col(ResponseRevision.id) == old.id)
            rows += await uow.execute(emptied.values(answers=wordless(old.answers), comment=None))
    return rows

"""Asking the author of a review who they are: one question a review, through its platform; the answer is a later version of the review."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy import select, update
from sqlmodel import col

from services.feedback import repository
from services.feedback.domain.items import REMOVED, SERVICE_REVIEW
from services.feedback.models import Item, ReviewerRequest, WebhookSource
from services.feedback.use_cases.reply_to_review import NoReplyDoor, PersonalDataInReply, source_of
from services.feedback.use_cases.sealing import vault_of
from services.kit.db import Tx, UnitOfWork
from services.kit.errors import Conflict, Refused
from services.kit.fields import Command

ASKING, ASKED, FAILED = "asking", "asked", "failed"
PLATFORM = "trustpilot"


class CannotAskReviewer(Refused):
    """Only the author of a Trustpilot service review whose customer nobody knows can be asked who they are."""

    code = "feedback_cannot_ask_reviewer"


class ReviewerWasAsked(Conflict):
    """The author was asked already, or is being asked: once is enough."""

    code = "feedback_reviewer_was_asked"


class AskReviewer(Command):
    """What the author is told."""

    message: Annotated[str, Field(min_length=1, max_length=2_000)]


async def ask_reviewer(uow: UnitOfWork, item_id: UUID, command: AskReviewer) -> ReviewerRequest:
    """Have the author asked; a question that could not be put may be put again."""
    item = await repository.item(uow, item_id)
    if item.customer_id is not None or item.state == REMOVED or (item.source, item.kind) != (PLATFORM, SERVICE_REVIEW):
        raise CannotAskReviewer(f"Item {item_id} is a {item.kind} from {item.source}, {'of a known customer' if item.customer_id else item.state}.")
    if vault_of(uow).take(item.id, None, command.message).sealed is not None:
        raise PersonalDataInReply("The message holds a number or address that belongs to a person.", pointer="/message")
    source = await source_of(uow, item)
    if source is None or source.credentials is None:
        raise NoReplyDoor(f"No source of {item.source} holds an API token.")
    before = (await requests_of(uow, [item_id])).get(item_id)
    if before is not None and before.state != FAILED:
        raise ReviewerWasAsked(f"{before.asked_by} asked at {before.asked_at:%Y-%m-%d %H:%M} UTC.")
    who = uow.principal.subject if uow.principal else "system"
    row = {"item_id": item_id, "state": ASKING, "message": command.message, "asked_by": who, "asked_at": uow.now, "failure": None}
    await uow.upsert(ReviewerRequest, row, key=("item_id",))
    await uow.schedule("ask_reviewer", key=str(item_id), at=uow.now)
    return (await requests_of(uow, [item_id]))[item_id]


async def to_ask(tx: Tx, item_id: UUID) -> tuple[ReviewerRequest, Item, WebhookSource | None] | None:
    """Return what is asked, about which review, through which source; None when there is nothing to ask any more."""
    asking = (await requests_of(tx, [item_id])).get(item_id)
    item = await repository.item(tx, item_id)
    if asking is None or asking.state != ASKING or item.customer_id is not None or item.state == REMOVED:
        return None
    return asking, item, await source_of(tx, item)


async def settle_asked(uow: UnitOfWork, item_id: UUID, failure: str | None) -> None:
    """Note what became of asking."""
    still = (col(ReviewerRequest.item_id) == item_id, col(ReviewerRequest.state) == ASKING)
    await uow.execute(update(ReviewerRequest).where(*still).values(state=ASKED if failure is None else FAILED, failure=failure))


async def requests_of(tx: Tx, items: Sequence[UUID]) -> dict[UUID, ReviewerRequest]:
    """Return what the authors of these items were asked, by item."""
    found = await tx.all(select(ReviewerRequest).where(col(ReviewerRequest.item_id).in_(items)), ReviewerRequest)
    return {one.item_id: one for one in found}

"""Public replies: one person writes, another approves, the platform's API publishes; an edit or deletion of the review opens it again."""

from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy import select, update
from sqlmodel import col

from services.feedback import repository
from services.feedback.contract import ReplyPublished
from services.feedback.domain.items import PRODUCT_REVIEW, REMOVED, SERVICE_REVIEW
from services.feedback.models import Item, Reply, WebhookSource
from services.feedback.use_cases.sealing import vault_of
from services.kit.db import Tx, UnitOfWork
from services.kit.errors import Conflict, NotFound, Refused
from services.kit.fields import Command
from services.kit.ids import new_id

DRAFTED, APPROVED, SENT, FAILED, WITHDRAWN, REOPENED = "drafted", "approved", "sent", "failed", "withdrawn", "reopened"
ANSWERABLE = frozenset({"trustpilot", "yext", "google"})
"""Platforms whose reply API is spoken."""


class NotAReview(Refused):
    """Only a review of a platform whose reply API is spoken here (Trustpilot service reviews, Yext, Google) can be answered publicly."""

    code = "feedback_not_answerable"


class ReviewIsGone(Conflict):
    """The author took the review back: there is nothing left to answer."""

    code = "feedback_review_gone"


class ReplyIsSettled(Conflict):
    """The reply is in a state in which this cannot be done; `GET /v1/replies/{id}` shows it."""

    code = "feedback_reply_settled"


class OwnDraft(Conflict):
    """Who wrote a reply does not approve it: a second person reads it before the public does."""

    code = "feedback_reply_own_draft"


class NoReplyDoor(Refused):
    """The source of this review has no API token (and on Trustpilot no author): put them with `PUT /v1/webhook-sources/{key}` first."""

    code = "feedback_no_reply_door"


class PersonalDataInReply(Refused):
    """A public reply must not name card, account or telephone numbers or e-mail addresses."""

    code = "feedback_reply_names_person"


class DraftReply(Command):
    """The words of a public reply."""

    text: Annotated[str, Field(min_length=1, max_length=4_096)]


async def draft_reply(uow: UnitOfWork, item_id: UUID, command: DraftReply) -> Reply:
    """Write a reply, or write the one that nobody approved yet anew."""
    item = await repository.item(uow, item_id)
    _must_be_answerable(item)
    if vault_of(uow).take(item.id, None, command.text).sealed is not None:
        raise PersonalDataInReply("The reply holds a number or address that belongs to a person.", pointer="/text")
    who = uow.principal.subject if uow.principal else "system"
    open_one = await _newest(uow, item_id)
    if open_one is not None and open_one.state in {DRAFTED, FAILED}:
        changed = {"text": command.text, "state": DRAFTED, "drafted_by": who, "drafted_at": uow.now, "failure": None, "version": open_one.version + 1}
        await uow.execute(update(Reply).where(col(Reply.id) == open_one.id).values(**changed))
        return await reply(uow, open_one.id)
    if open_one is not None and open_one.state == APPROVED:
        raise ReplyIsSettled(f"Reply {open_one.id} is approved and on its way.")
    row = {"id": new_id(), "item_id": item_id, "version": 1, "state": DRAFTED, "text": command.text, "drafted_by": who, "drafted_at": uow.now}
    await uow.insert(Reply, row | dict.fromkeys(("approved_by", "approved_at", "sent_at", "failure", "reopened_by")))
    return await reply(uow, row["id"])  # type: ignore[arg-type]  # the row is a plain mapping


def _must_be_answerable(item: Item) -> None:
    if item.state == REMOVED:
        raise ReviewIsGone(f"Item {item.id} was taken back.")
    product_of_trustpilot = item.source == "trustpilot" and item.kind == PRODUCT_REVIEW
    if item.kind not in {SERVICE_REVIEW, PRODUCT_REVIEW} or item.source not in ANSWERABLE or product_of_trustpilot:
        raise NotAReview(f"A {item.kind} from {item.source} cannot be answered there.")


async def approve_reply(uow: UnitOfWork, reply_id: UUID) -> Reply:
    """Approve what another person wrote; it is sent at once."""
    found = await reply(uow, reply_id)
    if found.state not in {DRAFTED, FAILED}:
        raise ReplyIsSettled(f"Reply {reply_id} is {found.state}.")
    who = uow.principal.subject if uow.principal else "system"
    if who == found.drafted_by:
        raise OwnDraft(f"{who} wrote it.")
    item = await repository.item(uow, found.item_id)
    _must_be_answerable(item)
    source = await source_of(uow, item)
    if source is None or source.credentials is None:
        raise NoReplyDoor(f"No source of {item.source} holds an API token.")
    changed = {"state": APPROVED, "approved_by": who, "approved_at": uow.now, "failure": None, "version": found.version + 1}
    await uow.execute(update(Reply).where(col(Reply.id) == reply_id).values(**changed))
    await uow.schedule("send_reply", key=str(reply_id), at=uow.now)
    return await reply(uow, reply_id)


async def withdraw_reply(uow: UnitOfWork, reply_id: UUID) -> Reply:
    """Drop a reply that was not sent."""
    found = await reply(uow, reply_id)
    if found.state not in {DRAFTED, FAILED, REOPENED}:
        raise ReplyIsSettled(f"Reply {reply_id} is {found.state}.")
    await uow.execute(update(Reply).where(col(Reply.id) == reply_id).values(state=WITHDRAWN, version=found.version + 1))
    return await reply(uow, reply_id)


async def settle_reply(uow: UnitOfWork, reply_id: UUID, failure: str | None) -> None:
    """Note what became of sending it; a second report changes nothing."""
    found = await reply(uow, reply_id)
    if found.state != APPROVED:
        return
    changed = {"state": SENT if failure is None else FAILED, "sent_at": uow.now if failure is None else None, "failure": failure}
    await uow.execute(update(Reply).where(col(Reply.id) == reply_id).values(**changed, version=found.version + 1))
    if failure is None:
        item = await repository.item(uow, found.item_id)
        uow.emit(
            ReplyPublished(item_id=item.id, reply_id=reply_id, customer_id=item.customer_id, source=item.source, sent_at=uow.now),
        )


async def reopen_replies(uow: UnitOfWork, item_id: UUID, why: str) -> None:
    """The review was edited or deleted: what was written about it before is looked at again by a person; what was on its way is stopped."""
    replies = await uow.all(select(Reply).where(col(Reply.item_id) == item_id, col(Reply.state).in_((DRAFTED, APPROVED, SENT, FAILED))), Reply)
    for one in replies:
        await uow.execute(update(Reply).where(col(Reply.id) == one.id).values(state=REOPENED, reopened_by=why, version=one.version + 1))
        if one.state == APPROVED:
            await uow.cancel("send_reply", key=str(one.id))


async def reply(tx: Tx, reply_id: UUID) -> Reply:
    """Return the reply; raises NotFound."""
    found = await tx.first(select(Reply).where(col(Reply.id) == reply_id), Reply)
    if found is None:
        raise NotFound(f"There is no reply {reply_id}.")
    return found


async def replies(tx: Tx, item_id: UUID | None, state: str | None, before: UUID | None, limit: int) -> list[Reply]:
    """Return replies, newest first."""
    statement = select(Reply)
    for column, value in ((Reply.item_id, item_id), (Reply.state, state)):
        if value is not None:
            statement = statement.where(col(column) == value)
    if before is not None:
        statement = statement.where(col(Reply.id) < before)
    return await tx.all(statement.order_by(col(Reply.id).desc()).limit(limit), Reply)


async def source_of(tx: Tx, item: Item) -> WebhookSource | None:
    """Return the source that holds the key to the platform of this review: one with a token first."""
    found = await repository.webhook_sources(tx, item.source)
    return next((one for one in found if one.credentials is not None), found[0] if found else None)


async def to_send(tx: Tx, reply_id: UUID) -> tuple[Reply, Item, WebhookSource | None] | None:
    """Return what is sent, to which review, through which source; None when it is not to be sent any more."""
    found = await reply(tx, reply_id)
    item = await repository.item(tx, found.item_id)
    return (found, item, await source_of(tx, item)) if found.state == APPROVED and item.state != REMOVED else None


async def _newest(tx: Tx, item_id: UUID) -> Reply | None:
    return await tx.first(select(Reply).where(col(Reply.item_id) == item_id).order_by(col(Reply.id).desc()).limit(1), Reply)

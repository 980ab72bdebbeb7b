"""What feedback must know of customers: whose an item is, who is who, who is to be forgotten."""

from typing import Any

from sqlalchemy import String, cast, delete, select, update
from sqlmodel import col

from services.customers.contract import CustomerErased, CustomersMerged, CustomersUnmerged, SubjectIdentified
from services.feedback import repository
from services.feedback.contract import SubjectErased
from services.feedback.domain.items import CATEGORISED, RECEIVED, REMOVED
from services.feedback.models import (
    CustomerAlias,
    FollowUp,
    Item,
    ItemAuthor,
    ItemTerm,
    ItemVector,
    Reply,
    ReviewerRequest,
    ThemeMember,
    WebhookEvent,
)
from services.feedback.use_cases.forgetting import erased_among, remember_erased
from services.feedback.use_cases.record_labels import tell_categorised
from services.feedback.use_cases.take_in import wake_categoriser
from services.kit.db import UnitOfWork
from services.kit.subjects import forget_told


async def hear_subject_identified(uow: UnitOfWork, event: SubjectIdentified) -> None:
    """Attach the item to its customer; tell again what it is about if that was told without, and see whether an answer is owed."""
    if event.subject_kind != "feedback_item" or await erased_among(uow, [event.customer_id]):
        return
    unowned = update(Item).where(col(Item.id) == event.subject_id, col(Item.customer_id).is_(None))
    if await uow.execute(unowned.values(customer_id=event.customer_id, categorise_from=uow.now)) == 0:
        return
    await uow.execute(delete(ItemAuthor).where(col(ItemAuthor.item_id) == event.subject_id))
    item = await repository.item(uow, event.subject_id)
    if item.state == RECEIVED:
        await uow.cancel("categorise", key=str(item.id))
        await wake_categoriser(uow, item.id)
    elif item.state == CATEGORISED:
        tell_categorised(uow, item)
        await uow.schedule("consider_follow_up", key=str(item.id), at=uow.now)


async def hear_merged(uow: UnitOfWork, event: CustomersMerged) -> None:
    """Rows keep their own customer; only the alias says that two are one."""
    row = {"merged_id": event.merged_id, "survivor_id": event.survivor_id, "merge_id": event.merge_id}
    await uow.upsert(CustomerAlias, row, key=("merged_id",))


async def hear_unmerged(uow: UnitOfWork, event: CustomersUnmerged) -> None:
    """Take the alias away."""
    await uow.execute(delete(CustomerAlias).where(col(CustomerAlias.merge_id) == event.merge_id))


async def hear_erased(uow: UnitOfWork, event: CustomerErased) -> None:
    """Forget words of this customer; labels and counts stay, so that no figure moves. A removed item takes in nothing any more."""
    chosen = select(col(Item.id)).where(col(Item.customer_id) == event.customer_id)
    items = [str(row["id"]) for row in await uow.rows(chosen)]
    mine = chosen.scalar_subquery()
    await remember_erased(uow, event.customer_id)
    await uow.execute(delete(ItemTerm).where(col(ItemTerm.item_id).in_(mine)))
    await uow.execute(delete(ThemeMember).where(col(ThemeMember.item_id).in_(mine)))
    await uow.execute(delete(ReviewerRequest).where(col(ReviewerRequest.item_id).in_(mine)))
    rows = await uow.execute(update(Reply).where(col(Reply.item_id).in_(mine)).values(text="", state="withdrawn"))
    rows += await uow.execute(update(WebhookEvent).where(col(WebhookEvent.item_id).in_(mine)).values(sealed=None))
    rows += await uow.execute(delete(ItemVector).where(col(ItemVector.item_id).in_(mine)))
    blank: dict[str, Any] = {
        "state": REMOVED,
        "title": None,
        "text": "",
        "sealed": None,
        "customer_keys": [],
        "attributes": None,
        "review_rank": None,
        "aspects": None,
        "text_digest": None,
        "version": col(Item.version) + 1,
    }
    rows += await uow.execute(update(Item).where(col(Item.customer_id) == event.customer_id).values(**blank))
    sent = (col(Item.customer_id) == event.customer_id, col(Item.source) == "rest")  # a platform's own id stays: it is how its next version is known
    await uow.execute(update(Item).where(*sent).values(external_id=cast(col(Item.id), String)))
    rows += await uow.execute(update(FollowUp).where(col(FollowUp.customer_id) == event.customer_id).values(note=None))
    if event.erasure_id is not None:
        rows += await forget_told(uow, [str(event.customer_id)], keys=items)
        uow.emit(SubjectErased(erasure_id=event.erasure_id, customer_id=event.customer_id, rows=rows))

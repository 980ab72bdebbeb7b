"""Reviews of which a platform told only that they exist: each waits in a visible list until its text was fetched or its platform refused."""

from sqlalchemy import ColumnElement, delete, select, update
from sqlmodel import col

from services.feedback import repository
from services.feedback.domain.items import REMOVED, SERVICE_REVIEW, NewItem
from services.feedback.models import ReviewToFetch, WebhookSource
from services.feedback.use_cases.hear_reviews import DELETED, ReviewEvent, fetch_key, hear_reviews
from services.kit.db import Tx, UnitOfWork

MOST_SHOWN = 100


async def to_fetch(tx: Tx, source_key: str, external_id: str) -> tuple[ReviewToFetch, WebhookSource] | None:
    """Return a review that waits and where it is to be fetched from; None when it does not wait any more."""
    waiting = await tx.first(select(ReviewToFetch).where(*_this(source_key, external_id)), ReviewToFetch)
    if waiting is None:
        return None
    sources = {one.key: one for one in await repository.webhook_sources(tx)}
    return (waiting, sources[source_key]) if source_key in sources else None


async def settle_fetched(uow: UnitOfWork, waiting: ReviewToFetch, event: ReviewEvent) -> None:
    """Take in what was fetched; a review that was told of again meanwhile goes on waiting."""
    await hear_reviews(uow, waiting.source_key, [event])
    await _done(uow, waiting)


async def settle_gone(uow: UnitOfWork, waiting: ReviewToFetch, kind: str) -> None:
    """The platform knows the review no more: what we know of it is taken back."""
    item = await repository.item_by_external(uow, kind, waiting.external_id)
    if item is not None and item.state != REMOVED:
        gone = NewItem(kind, waiting.external_id, SERVICE_REVIEW, "", item.said_at)
        await hear_reviews(uow, waiting.source_key, [ReviewEvent("gone", DELETED, {}, gone)])
    await _done(uow, waiting)


async def settle_refused(uow: UnitOfWork, waiting: ReviewToFetch, failure: str) -> None:
    """Show a person why it could not be fetched; a new word of the platform or of a person has it tried again."""
    same = (*_this(waiting.source_key, waiting.external_id), col(ReviewToFetch.told_at) == waiting.told_at)
    await uow.execute(update(ReviewToFetch).where(*same).values(failure=failure))


async def reviews_to_fetch(tx: Tx) -> list[ReviewToFetch]:
    """Return the hundred that were told of last."""
    newest = (col(ReviewToFetch.told_at).desc(), col(ReviewToFetch.source_key), col(ReviewToFetch.external_id))
    return await tx.all(select(ReviewToFetch).order_by(*newest).limit(MOST_SHOWN), ReviewToFetch)


async def fetch_again(uow: UnitOfWork, source_key: str | None = None) -> int:
    """Have everything tried again that could not be fetched, of one source or of all; return how many reviews that are."""
    refused = select(ReviewToFetch).where(col(ReviewToFetch.failure).is_not(None))
    rows = await uow.all(refused if source_key is None else refused.where(col(ReviewToFetch.source_key) == source_key), ReviewToFetch)
    for row in rows:
        await uow.execute(update(ReviewToFetch).where(*_this(row.source_key, row.external_id)).values(failure=None))
        await uow.schedule("fetch_review", key=fetch_key(row.source_key, row.external_id), at=uow.now)
    return len(rows)


async def _done(uow: UnitOfWork, waiting: ReviewToFetch) -> None:
    same = (*_this(waiting.source_key, waiting.external_id), col(ReviewToFetch.told_at) == waiting.told_at)
    await uow.execute(delete(ReviewToFetch).where(*same))


def _this(source_key: str, external_id: str) -> tuple[ColumnElement[bool], ...]:
    return (col(ReviewToFetch.source_key) == source_key, col(ReviewToFetch.external_id) == external_id)

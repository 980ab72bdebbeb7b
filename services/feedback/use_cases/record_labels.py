"""Write down what was read out of items, tell of it, and see whether somebody now owes the customer an answer."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import col

from services.feedback import repository
from services.feedback.contract import FeedbackCategorised, GivenLabel
from services.feedback.domain.categorising import Labels
from services.feedback.domain.heads import PERSON
from services.feedback.domain.items import CATEGORISED, RECEIVED
from services.feedback.domain.office_hours import next_night
from services.feedback.models import Item, ItemTerm, ItemVector
from services.feedback.use_cases.open_follow_up import consider
from services.feedback.use_cases.take_in import wake_categoriser
from services.kit.db import UnitOfWork

_COLUMNS = frozenset({"driver", "product", "sentiment", "severity"})
"""Axes with a column of their own; the others stand in the labels alone."""
LEARN_AFTER = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class ReadItem:
    """One item as it was when it was read, and what was read."""

    item_id: UUID
    version: int
    labels: Labels
    vector: bytes | None
    by_persons: tuple[dict[str, Any], ...] = ()
    """Labels that people put right before the review was edited: a model never overwrites them."""
    terms: tuple[str, ...] = ()
    """The words by which it is found."""
    text_digest: str | None = None


async def record_labels(uow: UnitOfWork, found: Sequence[ReadItem], embedder: str, office_zone: str, *, more: bool) -> None:
    """Store the labels of each item that did not change meanwhile; `more` keeps the categoriser awake."""
    rules = await repository.rules(uow)
    for one in found:
        if not await _store(uow, one):
            continue
        if one.vector is not None:
            row = {"item_id": one.item_id, "embedder": embedder, "vector": one.vector, "language": one.labels.language}
            await uow.upsert(ItemVector, row, key=("item_id",))
            await uow.execute(delete(ItemTerm).where(col(ItemTerm.item_id) == one.item_id))
            await uow.insert(ItemTerm, *({"term": term, "item_id": one.item_id} for term in one.terms))
        item = await repository.item(uow, one.item_id)
        tell_categorised(uow, item)
        await consider(uow, item, rules, office_zone)
    for axis in sorted({label["axis"] for one in found if one.vector is not None for label in one.by_persons} - {"severity"}):
        await uow.schedule("learn", key=axis, at=uow.now + LEARN_AFTER)  # labels that came with an import can be learned from once they are read
    if sum(one.vector is not None and one.labels.tone.rule == "text+score" for one in found):
        hour = uow.now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        await uow.schedule("learn_tone", key=hour.isoformat(), at=hour)
    if found:
        night = next_night(uow.now, office_zone)
        await uow.schedule("find_new", key=night.date().isoformat(), at=night)
    if more and found:
        await wake_categoriser(uow, found[0].item_id)


async def _store(uow: UnitOfWork, one: ReadItem) -> bool:
    labels = one.labels
    statement = (
        update(Item)
        .where(col(Item.id) == one.item_id, col(Item.version) == one.version, col(Item.state) == RECEIVED)
        .values(
            state=CATEGORISED,
            version=one.version + 1,
            language=labels.language,
            sentiment=labels.tone.code,
            severity=labels.severity.grade,
            driver=labels.driver,
            department=labels.department,
            product=labels.product,
            decision=labels.decision,
            labels=[
                {"axis": label.axis, "code": label.code, "confidence": label.confidence, "decision": label.decision, "source": label.source}
                | ({"best": [list(one) for one in label.best]} if label.best else {})
                for label in labels.labels
            ],
            reasons=list(labels.severity.reasons),
            review_rank=labels.review_rank,
            emotion=labels.emotion,
            text_digest=one.text_digest,
            **({} if labels.aspects is None else {"aspects": [asdict(aspect) for aspect in labels.aspects]}),
        )
    )
    if await uow.execute(statement) == 0:
        return False
    for label in one.by_persons:
        await _keep(uow, one.item_id, label)
    return True


async def _keep(uow: UnitOfWork, item_id: UUID, label: dict[str, Any]) -> None:
    """Put a person's label back in the place of the model's."""
    item = await repository.item(uow, item_id)
    axis, code = label["axis"], label["code"]
    changed: dict[str, Any] = {axis: int(code) if axis == "severity" else code} if axis in _COLUMNS else {}
    if axis == "driver":
        place = (await repository.places(uow)).get(code)
        changed |= {"decision": PERSON, "review_rank": None, "department": place.department if place else item.department}
    changed["labels"] = [*(other for other in item.labels if other["axis"] != axis), label]
    await uow.execute(update(Item).where(col(Item.id) == item_id).values(**changed))


def tell_categorised(uow: UnitOfWork, item: Item) -> None:
    """Tell what the item is about now."""
    uow.emit(
        FeedbackCategorised(
            item_id=item.id,
            customer_id=item.customer_id,
            source=item.source,
            kind=item.kind,
            language=item.language,
            sentiment=item.sentiment or "neutral",
            severity=item.severity or 1,
            driver=item.driver,
            department=item.department,
            product=item.product,
            labels=[GivenLabel(**label) for label in item.labels],
            contact_id=item.contact_id,
            case_id=item.case_id,
            score=item.score,
            scale_max=item.scale_max,
            said_at=item.said_at,
        ),
    )

"""A voice was recorded, categorised, or put right by a person, in whatever order that is heard."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlmodel import col

from services.feedback.contract import FeedbackCategorised, FeedbackCorrected, FeedbackReceived
from services.insight import repository
from services.insight.models import ContactFact, Correction, FeedbackFact, RemovedItem
from services.insight.repository.rollups import touch, touch_where
from services.kit.db import Tx, UnitOfWork
from services.kit.events import Envelope

UNKNOWN: dict[str, Any] = {
    "sentiment": None,
    "severity": None,
    "driver": None,
    "department": None,
    "driver_by_person": False,
    "product": None,
    "site": None,
    "vendor": None,
    "categorised_at": None,
    "team": None,
    "segment": None,
    "score": None,
    "scale_max": None,
}
HIGHEST_SEVERITY = 4


def corrected(axis: str, code: str, department: str | None) -> dict[str, Any]:
    """Return the columns that a person's word on one axis sets; nothing for axes that insight does not count."""
    if axis == "driver":
        return {"driver": code, "department": department, "driver_by_person": True}
    if axis in {"product", "sentiment"}:
        return {axis: code}
    if axis == "severity" and code.isdecimal() and 1 <= int(code) <= HIGHEST_SEVERITY:
        return {"severity": int(code)}
    return {}


async def _corrections(tx: Tx, item_ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """Return, by item, the columns that people put right."""
    columns: dict[UUID, dict[str, Any]] = {item_id: {} for item_id in item_ids}
    for word in await tx.all(select(Correction).where(col(Correction.item_id).in_(item_ids)), Correction):
        columns[word.item_id] |= corrected(word.axis, word.code, word.department)
    return columns


async def _known(tx: Tx, item_ids: Sequence[UUID]) -> set[UUID]:
    which = select(col(FeedbackFact.item_id)).where(col(FeedbackFact.item_id).in_(item_ids))
    return {row["item_id"] for row in await tx.rows(which)}


async def _removed(tx: Tx, item_ids: Sequence[UUID]) -> set[UUID]:
    """Return which of the items their authors took back."""
    which = select(col(RemovedItem.item_id)).where(col(RemovedItem.item_id).in_(item_ids))
    return {row["item_id"] for row in await tx.rows(which)}


async def _places(tx: Tx, contact_ids: Iterable[UUID | None]) -> dict[UUID | None, dict[str, Any]]:
    """Return where each contact that is known was; of the others its items learn it when it ends."""
    place = (col(ContactFact.site), col(ContactFact.vendor), col(ContactFact.team))
    which = [contact_id for contact_id in contact_ids if contact_id is not None]
    found = await tx.rows(select(col(ContactFact.contact_id), *place).where(col(ContactFact.contact_id).in_(which))) if which else []
    return {row["contact_id"]: {"site": row["site"], "vendor": row["vendor"], "team": row["team"]} for row in found}


async def record_feedback_received(uow: UnitOfWork, told: Sequence[tuple[FeedbackReceived, Envelope]]) -> None:
    """Count the items, many at a time because reviews come in floods; what is known about an item already stays."""
    events = {event.item_id: event for event, _ in told}
    customers = await repository.customers_for(uow, {item_id: event.customer_id for item_id, event in events.items()})
    here = await _known(uow, list(events))
    gone = await _removed(uow, list(events))
    places = await _places(uow, {event.contact_id for event in events.values()})
    fresh = [
        {
            **UNKNOWN,
            **places.get(event.contact_id, {}),
            "item_id": item_id,
            "customer_id": customers[item_id],
            "contact_id": event.contact_id,
            "source": event.source,
            "kind": event.kind,
            "segment": await repository.segment_of(uow, customers[item_id]),
            "score": event.score,
            "scale_max": event.scale_max,
            "said_at": event.said_at,
        }
        for item_id, event in events.items()
        if item_id not in here | gone
    ]
    await uow.insert(FeedbackFact, *fresh)
    await touch(uow, "feedback", [event.said_at for event in events.values()])
    for item_id in here:
        if customers[item_id] is not None:
            mine = (col(FeedbackFact.item_id) == item_id, col(FeedbackFact.customer_id).is_(None))
            await uow.execute(update(FeedbackFact).where(*mine).values(customer_id=customers[item_id]))


async def record_feedback_categorised(uow: UnitOfWork, told: Sequence[tuple[FeedbackCategorised, Envelope]]) -> None:
    """Keep the newest categorisation of each item, with what people put right on top; many items at a time."""
    ids = list({event.item_id for event, _ in told})
    gone = await _removed(uow, ids)
    here = await _known(uow, ids)
    put_right = await _corrections(uow, ids)
    named = {event.item_id: event.customer_id for event, _ in told if event.customer_id is not None}
    customers = await repository.customers_for(uow, dict.fromkeys(ids) | named)
    for driver, department in dict.fromkeys((event.driver, event.department) for event, _ in told):
        await repository.learn_owner(uow, driver, department)
    for event, envelope in told:
        if event.item_id in gone:
            continue
        labels = {
            "sentiment": event.sentiment,
            "severity": event.severity,
            "driver": event.driver,
            "department": event.department or await repository.department_of(uow, event.driver),
            "product": event.product,
            **put_right[event.item_id],
            "categorised_at": envelope.occurred_at,
        }
        await _keep(uow, event, labels, customers[event.item_id], is_new=event.item_id not in here)
        here.add(event.item_id)
    await touch(uow, "feedback", [event.said_at for event, _ in told])
    for contact_id in dict.fromkeys(event.contact_id for event, _ in told if event.item_id not in gone):
        await repository.settle(uow, contact_id)


async def _keep(uow: UnitOfWork, event: FeedbackCategorised, labels: dict[str, Any], customer_id: UUID | None, *, is_new: bool) -> None:
    """Write one item's labels, unless a newer categorisation is there already."""
    if is_new:
        fixed: dict[str, Any] = {"contact_id": event.contact_id, "source": event.source, "kind": event.kind, "said_at": event.said_at}
        fixed |= {"score": event.score, "scale_max": event.scale_max}
        await uow.insert(FeedbackFact, {**UNKNOWN, **fixed, **labels, "item_id": event.item_id, "customer_id": customer_id})
        return
    older = or_(col(FeedbackFact.categorised_at).is_(None), col(FeedbackFact.categorised_at) <= labels["categorised_at"])
    changed = labels | ({"contact_id": event.contact_id} if event.contact_id else {})
    changed |= {"customer_id": customer_id} if customer_id else {}
    await uow.execute(update(FeedbackFact).where(col(FeedbackFact.item_id) == event.item_id, older).values(changed))


async def record_feedback_corrected(uow: UnitOfWork, event: FeedbackCorrected) -> None:
    """Put the fact right, and everything that was derived from it; a late, older correction changes nothing."""
    told_at = uow.envelope.occurred_at
    key = {"item_id": event.item_id, "axis": event.axis}
    mine = (col(Correction.item_id) == event.item_id, col(Correction.axis) == event.axis)
    newer = await uow.scalar(select(col(Correction.axis)).where(*mine, col(Correction.corrected_at) > told_at))
    owner = event.department or (await repository.department_of(uow, event.now) if event.axis == "driver" else None)
    columns = corrected(event.axis, event.now, owner)
    if newer is not None or not columns:
        return
    word = {"code": event.now, "department": owner, "corrected_at": told_at}
    await uow.upsert(Correction, {**key, **word}, key=("item_id", "axis"))
    await touch_where(uow, FeedbackFact, col(FeedbackFact.item_id) == event.item_id)
    await uow.execute(update(FeedbackFact).where(col(FeedbackFact.item_id) == event.item_id).values(columns))
    if event.axis == "driver":
        await repository.learn_owner(uow, event.now, event.department)
        contact = select(col(FeedbackFact.contact_id)).where(col(FeedbackFact.item_id) == event.item_id)
        await repository.settle(uow, await uow.scalar(contact))

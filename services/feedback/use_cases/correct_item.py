"""A person puts a label right: the item shows it at once, the correction is kept for ever, and the heads learn from it in the background."""

from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col

from services.feedback import repository
from services.feedback.contract import FeedbackCorrected
from services.feedback.domain.heads import PERSON
from services.feedback.domain.items import CATEGORISED
from services.feedback.domain.sentiment import TONES
from services.feedback.models import Correction, Item
from services.feedback.use_cases.open_follow_up import consider
from services.kit.db import UnitOfWork
from services.kit.errors import Conflict, Refused
from services.kit.fields import Code, Command
from services.kit.ids import new_id

LEARN_AFTER = timedelta(seconds=2)
"""Several corrections in a row are learned from together."""
_GRADES = {"1", "2", "3", "4"}


class ItemIsNotReadYet(Conflict):
    """Only a categorised item can be corrected: wait until its state is `categorised`; a removed one has nothing left to correct."""

    code = "feedback_item_not_categorised"


class UnknownCode(Refused):
    """The code is not in the taxonomy of this axis (or is switched off); GET /v1/taxonomy lists what there is."""

    code = "feedback_unknown_code"


class CorrectItem(Command):
    """What the label of one axis should be."""

    axis: Literal["driver", "product", "disposition", "journey_stage", "topic", "sentiment", "severity"]
    code: Code


async def correct_item(uow: UnitOfWork, item_id: UUID, command: CorrectItem, office_zone: str) -> Item:
    """Correct one axis of one item; the same correction again changes nothing."""
    item = await repository.item(uow, item_id)
    if item.state != CATEGORISED:
        raise ItemIsNotReadYet(f"Item {item_id} is {item.state}.")
    changed, department = await _change(uow, item, command)
    former = next((label for label in item.labels if label["axis"] == command.axis), None)
    was = former["code"] if former else None
    if was == command.code and _by_person(item, command.axis):
        return item
    who = uow.principal.subject if uow.principal else "system"
    label = {"axis": command.axis, "code": command.code, "confidence": 1.0, "decision": PERSON, "source": f"person:{who}"}
    changed["labels"] = [*(one for one in item.labels if one["axis"] != command.axis), label]
    changed["version"] = item.version + 1
    changed["review_rank"] = None if command.axis == "driver" else item.review_rank
    await uow.execute(update(Item).where(col(Item.id) == item_id).values(**changed))
    row = {"id": new_id(), "item_id": item_id, "axis": command.axis, "was": was, "now": command.code, "by": who, "at": uow.now}
    said = {"was_source": former["source"], "was_decision": former["decision"], "was_confidence": former["confidence"]} if former else {}
    await uow.insert(Correction, {**row, **said, "by_lot": item.id.int % 4 == 0})
    uow.emit(FeedbackCorrected(item_id=item_id, axis=command.axis, was=was, now=command.code, department=department, by=who))
    if command.axis != "severity":
        await uow.schedule("learn", key=command.axis, at=uow.now + LEARN_AFTER)
    corrected = await repository.item(uow, item_id)
    await consider(uow, corrected, await repository.rules(uow), office_zone)
    return await repository.item(uow, item_id)


def _by_person(item: Item, axis: str) -> bool:
    return any(label["axis"] == axis and label["decision"] == PERSON for label in item.labels)


async def _change(uow: UnitOfWork, item: Item, command: CorrectItem) -> tuple[dict[str, Any], str | None]:
    """Return the columns that the correction sets, and the department of a corrected driver."""
    if command.axis in {"sentiment", "severity"}:
        known = TONES if command.axis == "sentiment" else _GRADES
        if command.code not in known:
            raise UnknownCode(f"{command.code} is not a {command.axis}.", pointer="/code")
        return ({"sentiment": command.code}, None) if command.axis == "sentiment" else ({"severity": int(command.code)}, None)
    found = await repository.taxonomy_code(uow, command.axis, command.code)
    if found is None or not found.active:
        raise UnknownCode(f"{command.code} is not an active {command.axis}.", pointer="/code")
    if command.axis not in {"driver", "product"}:
        return {}, None
    if command.axis == "product":
        return {"product": command.code}, None
    return {"driver": command.code, "department": found.department, "product": found.product or item.product, "decision": PERSON}, found.department

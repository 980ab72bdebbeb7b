"""Items by everything that they can be narrowed to: columns, time, words; newest first."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, String, cast, exists, or_, select
from sqlmodel import col

from services.feedback.domain.finding import asked
from services.feedback.domain.items import REMOVED
from services.feedback.models import Item, ItemAuthor, ItemTerm
from services.kit.db import Tx
from services.kit.errors import InvalidInput, NotFound
from services.kit.fields import Code, Instant, Language

MOST_WORDS = 10
_COLUMNS = (
    "customer_id", "driver", "department", "product", "state", "sentiment", "emotion", "severity", "source", "kind", "language", "decision",
    "follow_up_id", "duplicate_of",
)  # fmt: skip


class ItemFilter(BaseModel):
    """What a list of items may be narrowed to; everything that is set must hold."""

    model_config = ConfigDict(extra="forbid")

    q: Annotated[str | None, Field(min_length=1, max_length=200, description="words that must all occur, in any form of theirs")] = None
    customer_id: UUID | None = None
    driver: Code | None = None
    department: Code | None = None
    product: Code | None = None
    state: Annotated[str | None, Field(pattern="^(imported|received|categorised|removed)$")] = None
    sentiment: Annotated[str | None, Field(pattern="^(negative|neutral|positive)$")] = None
    emotion: Annotated[str | None, Field(pattern="^(anger|sadness|joy|neutral)$")] = None
    severity: Annotated[int | None, Field(ge=1, le=4)] = None
    decision: Annotated[str | None, Field(pattern="^(auto|needs_review|unknown|person)$")] = None
    source: Code | None = None
    kind: Code | None = None
    language: Language | None = None
    follow_up_id: UUID | None = None
    duplicate_of: UUID | None = None
    said_from: Instant | None = None
    said_to: Instant | None = None
    matched: Annotated[Literal["yes", "no", "waiting"] | None, Field(description="no: nobody's; waiting: it names a customer who was not found")] = (
        None
    )


async def found_items(tx: Tx, chosen: ItemFilter, before: UUID | None, limit: int) -> list[Item]:
    """Return the items, newest first. Raises InvalidInput when the question holds no word."""
    statement = select(Item).where(*_conditions(chosen))
    if before is not None:
        statement = statement.where(col(Item.id) < before)
    return await tx.all(statement.order_by(col(Item.id).desc()).limit(limit), Item)


def _conditions(chosen: ItemFilter) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    for name in _COLUMNS:
        value = getattr(chosen, name)
        if value is not None:
            wanted.append(col(getattr(Item, name)) == value)
    wanted += _within(chosen.said_from, chosen.said_to)
    if chosen.matched == "yes":
        wanted.append(col(Item.customer_id).is_not(None))
    elif chosen.matched is not None:
        wanted.append(col(Item.customer_id).is_(None))
        wanted += [names_somebody()] if chosen.matched == "waiting" else []
    return wanted + ([] if chosen.q is None else _words(chosen.q))


async def unmatched_item(tx: Tx, item_id: UUID) -> Item:
    """Return a voice that names somebody and is nobody's yet; raises NotFound."""
    chosen = select(Item).where(col(Item.id) == item_id, *_conditions(ItemFilter(matched="waiting")))
    found = await tx.first(chosen, Item)
    if found is None:
        raise NotFound(f"No item {item_id} waits for its customer.")
    return found


async def authors_of(tx: Tx, items: Sequence[UUID]) -> dict[UUID, ItemAuthor]:
    """Return who wrote these items, where their platform says so and no customer is known."""
    found = await tx.all(select(ItemAuthor).where(col(ItemAuthor.item_id).in_(items)), ItemAuthor)
    return {one.item_id: one for one in found}


def names_somebody() -> ColumnElement[bool]:
    """Say that an item carries a key of a customer or the name of its author, and still has its words."""
    named: ColumnElement[bool] = or_(cast(col(Item.customer_keys), String) != "[]", exists().where(col(ItemAuthor.item_id) == col(Item.id)))
    return named & (col(Item.state) != REMOVED)


def _within(start: datetime | None, end: datetime | None) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if start is not None:
        found.append(col(Item.said_at) >= start)
    if end is not None:
        found.append(col(Item.said_at) < end)
    return found


def _words(question: str) -> list[ColumnElement[bool]]:
    wanted: Sequence[list[str]] = asked(question)
    if not wanted:
        raise InvalidInput("The question holds no word.", pointer="/query/q")
    found: list[Any] = []
    for forms in wanted[:MOST_WORDS]:
        any_form = or_(*(col(ItemTerm.term) == form for form in forms))
        found.append(col(Item.id).in_(select(col(ItemTerm.item_id)).where(any_form)))
    return found

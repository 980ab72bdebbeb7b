"""Voices by REST: taking them in, reading them, putting their labels right."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from pydantic import Field

from services.feedback import repository
from services.feedback.contract import ItemView
from services.feedback.contract.keeping import DisclosureView
from services.feedback.domain.items import NewItem
from services.feedback.models import Item
from services.feedback.queries.item_search import ItemFilter, found_items
from services.feedback.queries.review_queue import queue_page
from services.feedback.use_cases.correct_item import CorrectItem, correct_item
from services.feedback.use_cases.disclose import disclose_item, disclosures
from services.feedback.use_cases.sealing import Vault
from services.feedback.use_cases.take_in import ItemDiffers, take_in
from services.feedback.use_cases.voice import Voice
from services.kit.auth import Principal
from services.kit.db import Context, Tx, UniqueViolation
from services.kit.errors import InvalidInput
from services.kit.fields import Line, Reference, View
from services.kit.http import APIRouter, Cursor, Page, PageSize, Read, RuntimeDep, Write, requires
from services.kit.ids import new_id
from services.kit.paging import decode_cursor, encode_cursor

router = APIRouter(tags=["items"])
PII = "pii:read"
MOST_PLACE = 2**31 - 1
"""The column holds no larger one."""


class RecordItem(Voice):
    """A voice from anywhere; `external_id` makes sending it twice the same as once."""

    author: Annotated[Line | None, Field(description="who wrote it, where no key says so: kept until the customer is known")] = None
    place: Annotated[Reference | None, Field(description="the site or branch that it is about; helps to find its author")] = None


class CorrectionView(View):
    """One correction by a person."""

    id: UUID
    axis: str
    was: str | None
    now: str
    by: str
    at: datetime


@router.post("/v1/items", status_code=201, response_model=ItemView)
async def post_item(
    command: RecordItem, write: Write, read: Read, runtime: RuntimeDep, _: Annotated[Principal, requires("feedback:write")]
) -> Response:
    """Take in a voice. It is read in the background: `state` becomes `categorised` within seconds.

    The same external id with the same content again answers 200 with the item that is there.
    """
    new, item_id = _new_item(command, runtime.clock.now()), new_id()
    vault: Vault = runtime.resources["vault"]
    words = vault.take(item_id, new.title, new.text)
    try:
        return await write(take_in, new, item_id, words, view=ItemView)
    except UniqueViolation:
        known = await read(_same_item, new)
    return Response(ItemView.model_validate(known).model_dump_json(), 200, media_type="application/json")


def _new_item(command: RecordItem, now: datetime) -> NewItem:
    key = command.customer_key
    return NewItem(
        source="rest",
        external_id=command.external_id,
        kind=command.kind,
        text=command.text,
        title=command.title,
        said_at=command.said_at or now,
        language=command.language,
        score=command.score,
        scale_max=command.scale_max,
        customer_id=command.customer_id,
        customer_keys=((key.kind, key.value),) if key else (),
        contact_id=command.contact_id,
        author=command.author,
        place=command.place,
    )


async def _same_item(tx: Tx, new: NewItem) -> Item:
    known = await repository.item_by_external(tx, new.source, new.external_id)
    if known is None or known.digest != new.digest():
        raise ItemDiffers(f"Item {new.external_id} was recorded before with other content.", pointer="/external_id")
    return known


class ItemPage(ItemFilter):
    """A page of the items that fit."""

    cursor: Annotated[str | None, Field(max_length=500)] = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


@router.get("/v1/items", response_model=Page[ItemView])
async def list_items(chosen: Annotated[ItemPage, Query()], read: Read, _: Annotated[Principal, requires("feedback:read")]) -> Page[ItemView]:
    """List items, newest first; texts are masked. `q` finds words in any form of theirs, in every language, also in texts without spaces."""
    before = _uuid(decode_cursor(chosen.cursor, 1)[0]) if chosen.cursor else None
    return _page(await read(found_items, chosen, before, chosen.limit + 1), chosen.limit)


def _page(found: list[Item], limit: int) -> Page[ItemView]:
    shown = [ItemView.model_validate(item) for item in found[:limit]]
    return Page(items=shown, next_cursor=encode_cursor(str(shown[-1].id)) if len(found) > limit else None)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise InvalidInput("The cursor is not one that this list gave out. Start again without it.", pointer="/cursor") from error


@router.get("/v1/items/{item_id}", response_model=ItemView)
async def get_item(item_id: UUID, read: Read, runtime: RuntimeDep, who: Annotated[Principal, requires("feedback:read")]) -> ItemView:
    """Return one item; the original words only with the scope pii:read, and then it is kept who saw them."""
    if PII in who.scopes:
        shown: ItemView = await runtime.db.write(disclose_item, item_id, context=Context(principal=who))
        return shown
    return ItemView.model_validate(await read(repository.item, item_id))


@router.get("/v1/disclosures", response_model=Page[DisclosureView])
async def list_disclosures(
    read: Read, _: Annotated[Principal, requires("feedback:admin")], cursor: Cursor = None, limit: PageSize = 50
) -> Page[DisclosureView]:
    """List who saw clear words, newest first."""
    before = _place(decode_cursor(cursor, 1)[0]) if cursor is not None else None
    found = await read(disclosures, before, limit + 1)
    shown = [DisclosureView.model_validate(one) for one in found[:limit]]
    return Page(items=shown, next_cursor=encode_cursor(str(shown[-1].place)) if len(found) > limit else None)


def _place(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(MOST_PLACE)) and int(text) <= MOST_PLACE):
        raise InvalidInput("The cursor is not one that this list gave out. Start again without it.", pointer="/cursor")
    return int(text)


@router.post("/v1/items/{item_id}/corrections", status_code=201, response_model=ItemView)
async def post_correction(
    item_id: UUID, command: CorrectItem, write: Write, runtime: RuntimeDep, _: Annotated[Principal, requires("feedback:write")]
) -> Response:
    """Put a label right; the item shows it at once, and the model learns from it within seconds."""
    return await write(correct_item, item_id, command, runtime.settings.office_time_zone, view=ItemView)


@router.get("/v1/items/{item_id}/corrections", response_model=list[CorrectionView])
async def list_corrections(item_id: UUID, read: Read, _: Annotated[Principal, requires("feedback:read")]) -> list[CorrectionView]:
    """List the corrections of one item, oldest first."""
    return [CorrectionView.model_validate(one) for one in await read(repository.corrections, item_id)]


@router.get("/v1/review-queue", response_model=Page[ItemView])
async def review_queue(read: Read, _: Annotated[Principal, requires("feedback:read")], cursor: Cursor = None, limit: PageSize = 50) -> Page[ItemView]:
    """List what a person should look at: small margin times severity first; every fourth is drawn by lot, so that the figures stay honest."""
    return await read(queue_page, cursor, limit)

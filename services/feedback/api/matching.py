"""Voices of nobody, and the same voice twice."""

from typing import Annotated
from uuid import UUID

from fastapi import Response

from services.feedback.contract import ItemView
from services.feedback.contract.found import DuplicateView, KeyHint, ReviewerRequestView, UnmatchedView
from services.feedback.models import Item, ItemAuthor, ReviewerRequest
from services.feedback.queries.item_search import ItemFilter, authors_of, found_items, unmatched_item
from services.feedback.use_cases.ask_reviewer import AskReviewer, ask_reviewer, requests_of
from services.feedback.use_cases.match_items import MatchItem, MergeItem, match_item, merge_item, suggested_duplicates, unmerge_item
from services.feedback.use_cases.read_items import Reader
from services.kit.auth import Principal
from services.kit.errors import InvalidInput
from services.kit.http import APIRouter, Cursor, Page, PageSize, Read, RuntimeDep, Write, requires
from services.kit.paging import decode_cursor, encode_cursor

router = APIRouter(tags=["matching"])
CanWrite = Annotated[Principal, requires("feedback:write")]
SHOWN = 3
"""Signs of a key that are shown, so that a person recognises it and nobody else learns it."""


@router.get("/v1/unmatched-items", response_model=Page[UnmatchedView])
async def list_unmatched(
    read: Read, _: Annotated[Principal, requires("feedback:read")], cursor: Cursor = None, limit: PageSize = 50
) -> Page[UnmatchedView]:
    """List voices that name a customer whom nobody found, newest first."""
    before = _uuid(decode_cursor(cursor, 1)[0]) if cursor is not None else None
    found = await read(found_items, ItemFilter(matched="waiting"), before, limit + 1)
    authors = await read(authors_of, [one.id for one in found[:limit]])
    asked = await read(requests_of, [one.id for one in found[:limit]])
    shown = [_unmatched(one, authors.get(one.id), asked.get(one.id)) for one in found[:limit]]
    return Page(items=shown, next_cursor=encode_cursor(str(shown[-1].item.id)) if len(found) > limit else None)


@router.get("/v1/unmatched-items/{item_id}", response_model=UnmatchedView)
async def get_unmatched(item_id: UUID, read: Read, _: Annotated[Principal, requires("feedback:read")]) -> UnmatchedView:
    """Return a voice that names a customer whom nobody found; 404 when it has one, or names nobody."""
    item = await read(unmatched_item, item_id)
    return _unmatched(item, (await read(authors_of, [item_id])).get(item_id), (await read(requests_of, [item_id])).get(item_id))


@router.put("/v1/unmatched-items/{item_id}/reviewer-request", response_model=ReviewerRequestView)
async def put_reviewer_request(item_id: UUID, command: AskReviewer, write: Write, _: CanWrite) -> Response:
    """Ask the author of a Trustpilot review who they are, through Trustpilot, once. Their reference comes with a later version of the review."""
    return await write(ask_reviewer, item_id, command, view=ReviewerRequestView)


def _unmatched(item: Item, author: ItemAuthor | None, asked: ReviewerRequest | None) -> UnmatchedView:
    keys = [KeyHint(kind=key["kind"], ends_with=key["value"][-SHOWN:] if len(key["value"]) > 2 * SHOWN else "") for key in item.customer_keys]
    name, place = (author.name, author.place) if author else (None, None)
    return UnmatchedView(
        item=ItemView.model_validate(item),
        keys=keys,
        author=name,
        place=place,
        reviewer_request=ReviewerRequestView.model_validate(asked) if asked else None,
        waiting_since=item.received_at,
    )


@router.post("/v1/items/{item_id}/match", response_model=ItemView)
async def post_match(item_id: UUID, command: MatchItem, write: Write, runtime: RuntimeDep, _: CanWrite) -> Response:
    """Say whose voice this is, where no key did; a follow-up may open by it."""
    return await write(match_item, item_id, command, runtime.settings.office_time_zone, view=ItemView)


@router.get("/v1/items/{item_id}/duplicates", response_model=list[DuplicateView])
async def list_duplicates(item_id: UUID, read: Read, runtime: RuntimeDep, _: Annotated[Principal, requires("feedback:read")]) -> list[DuplicateView]:
    """Suggest items that likely repeat this one: the same words within 30 days, or nearly the same meaning from the same customer."""
    reader: Reader = runtime.resources["reader"]
    found = await read(suggested_duplicates, item_id, reader.embedder.name)
    return [DuplicateView(item=one.item, reason=one.reason, likeness=one.likeness) for one in found]


@router.post("/v1/items/{item_id}/merge", response_model=ItemView)
async def post_merge(item_id: UUID, command: MergeItem, write: Write, _: CanWrite) -> Response:
    """Say that this item repeats another: it is kept as it is, and not counted any more."""
    return await write(merge_item, item_id, command, view=ItemView)


@router.post("/v1/items/{item_id}/unmerge", response_model=ItemView)
async def post_unmerge(item_id: UUID, write: Write, _: CanWrite) -> Response:
    """Count it again as a voice of its own."""
    return await write(unmerge_item, item_id, view=ItemView)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise InvalidInput("The cursor is not one that this list gave out. Start again without it.", pointer="/cursor") from error

"""Public replies to reviews: written by one, approved by another."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.feedback.contract.found import ReplyView
from services.feedback.use_cases.reply_to_review import DraftReply, approve_reply, draft_reply, replies, reply, withdraw_reply
from services.kit.auth import Principal
from services.kit.errors import InvalidInput
from services.kit.http import APIRouter, Cursor, Page, PageSize, Read, Write, requires
from services.kit.paging import decode_cursor, encode_cursor

router = APIRouter(tags=["replies"])
CanWrite = Annotated[Principal, requires("feedback:write")]


@router.put("/v1/items/{item_id}/reply", response_model=ReplyView)
async def put_reply(item_id: UUID, command: DraftReply, write: Write, _: CanWrite) -> Response:
    """Write a public reply to a review, or write a draft anew. Nobody sees it before another person approves it."""
    return await write(draft_reply, item_id, command, view=ReplyView)


@router.post("/v1/replies/{reply_id}/approve", response_model=ReplyView)
async def post_approve(reply_id: UUID, write: Write, _: Annotated[Principal, requires("feedback:admin")]) -> Response:
    """Approve what another person wrote; it is sent at once, `state` becomes sent or failed."""
    return await write(approve_reply, reply_id, view=ReplyView)


@router.post("/v1/replies/{reply_id}/withdraw", response_model=ReplyView)
async def post_withdraw(reply_id: UUID, write: Write, _: CanWrite) -> Response:
    """Drop a reply that is not on its way."""
    return await write(withdraw_reply, reply_id, view=ReplyView)


@router.get("/v1/replies/{reply_id}", response_model=ReplyView)
async def get_reply(reply_id: UUID, read: Read, _: Annotated[Principal, requires("feedback:read")]) -> ReplyView:
    """Return one reply."""
    return ReplyView.model_validate(await read(reply, reply_id))


@router.get("/v1/replies", response_model=Page[ReplyView])
async def list_replies(
    read: Read,
    _: Annotated[Principal, requires("feedback:read")],
    item_id: UUID | None = None,
    state: Annotated[str | None, Query(pattern="^(drafted|approved|sent|failed|withdrawn|reopened)$")] = None,
    cursor: Cursor = None,
    limit: PageSize = 50,
) -> Page[ReplyView]:
    """List replies, newest first."""
    before = _uuid(decode_cursor(cursor, 1)[0]) if cursor is not None else None
    found = await read(replies, item_id, state, before, limit + 1)
    shown = [ReplyView.model_validate(one) for one in found[:limit]]
    return Page(items=shown, next_cursor=encode_cursor(str(shown[-1].id)) if len(found) > limit else None)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise InvalidInput("The cursor is not one that this list gave out. Start again without it.", pointer="/cursor") from error

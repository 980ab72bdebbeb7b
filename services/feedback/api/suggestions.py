"""The employees' suggestion box: a secret address to write to without any account, a mailbox that opens with a code, and the organisation's side."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query, Response
from pydantic import BaseModel

from services.feedback.contract.suggestions import (
    AdminBoxView,
    BoxView,
    GroupCount,
    GroupCounts,
    MessageView,
    NewBoxView,
    SuggestionView,
)
from services.feedback.use_cases.suggest import (
    LEAST_GROUP,
    AnswerSuggestion,
    Group,
    OpenMailbox,
    PutBox,
    Suggest,
    Thread,
    answer_suggestion,
    box_of,
    boxes,
    group_counts,
    mailbox,
    put_box,
    suggest,
    threads,
)
from services.kit.auth import Principal
from services.kit.db import Tx, UnitOfWork
from services.kit.errors import InvalidInput
from services.kit.fields import Code
from services.kit.http import APIRouter, Cursor, Page, PageSize, Read, RuntimeDep, Write, public, requires
from services.kit.paging import decode_cursor, encode_cursor

router = APIRouter(tags=["suggestions"])
CanRead = Annotated[Principal, requires("feedback:admin")]
Nobody = Annotated[None, public("the writer must not be known; the address or the code is the secret")]
Secret = Annotated[str, Path(max_length=100)]


class MailboxCode(BaseModel):
    """Keep it: it alone opens the mailbox, and nobody can give it out again."""

    code: str


class MailboxView(BaseModel):
    """A mailbox as its writer sees it."""

    state: str
    messages: list[MessageView]


@router.put("/v1/suggestion-boxes/{key}", response_model=NewBoxView)
async def put_suggestion_box(key: Code, command: PutBox, write: Write, _: Annotated[Principal, requires("feedback:admin")]) -> Response:
    """Create or change a box; its address is `/feedback/v1/suggestion-box/{secret}`: print it where everybody passes."""
    return await write(put_box, key, command, view=NewBoxView)


@router.get("/v1/suggestion-boxes", response_model=list[AdminBoxView])
async def list_boxes(read: Read, _: CanRead) -> list[AdminBoxView]:
    """List the boxes."""
    return [AdminBoxView.model_validate(one) for one in await read(boxes)]


@router.get("/v1/suggestion-box/{secret}", response_model=BoxView)
async def get_box(secret: Secret, read: Read, _: Nobody) -> BoxView:
    """Show which groups may be named; none must be."""
    return BoxView.model_validate(await read(box_of, secret))


@router.post("/v1/suggestion-box/{secret}", status_code=201, response_model=MailboxCode)
async def post_suggestion(secret: Secret, command: Suggest, runtime: RuntimeDep, _: Nobody) -> MailboxCode:
    """Put a suggestion in, without an account. The answer holds the code of its mailbox.

    An Idempotency-Key is not heeded: it would have to be kept with the moment and the code. What is posted twice is two suggestions.
    """
    return MailboxCode(code=await runtime.write(suggest, secret, command))


@router.post("/v1/suggestion-mailbox", response_model=MailboxView)
async def post_mailbox(command: OpenMailbox, runtime: RuntimeDep, _: Nobody) -> MailboxView:
    """Open a mailbox with its code, and put a message in if there is a text. The code travels in the body, so that no log of addresses holds it."""
    found: Thread = await runtime.write(mailbox, command)
    return MailboxView(state=found.suggestion.state, messages=[MessageView.model_validate(one) for one in found.messages])


@router.get("/v1/suggestions", response_model=Page[SuggestionView])
async def list_suggestions(
    read: Read,
    _: CanRead,
    box: Code | None = None,
    state: Annotated[str | None, Query(pattern="^(new|answered|adopted|declined)$")] = None,
    cursor: Cursor = None,
    limit: PageSize = 50,
) -> Page[SuggestionView]:
    """List suggestions. Their order is drawn by lot: in which order they were written is kept from everybody."""
    before = _uuid(decode_cursor(cursor, 1)[0]) if cursor is not None else None
    found = await read(threads, box, state, before, limit + 1)
    items = [_shown(one) for one in found[:limit]]
    return Page(items=items, next_cursor=encode_cursor(str(items[-1].id)) if len(found) > limit else None)


@router.post("/v1/suggestions/{suggestion_id}/answers", status_code=201, response_model=SuggestionView)
async def post_answer(suggestion_id: UUID, command: AnswerSuggestion, write: Write, _: CanRead) -> Response:
    """Answer into the mailbox, and say what became of it."""
    return await write(_answered, suggestion_id, command, view=SuggestionView)


async def _answered(uow: UnitOfWork, suggestion_id: UUID, command: AnswerSuggestion) -> SuggestionView:
    return _shown(await answer_suggestion(uow, suggestion_id, command))


@router.get("/v1/suggestion-boxes/{key}/groups/{group}", response_model=GroupCounts)
async def get_group_counts(key: Code, group: Group, read: Read, _: CanRead, days: Annotated[int, Query(ge=1, le=366)] = 90) -> GroupCounts:
    """Count suggestions by team, shift, site or tenure band; small groups are hidden."""
    return await read(_counts, key, group, days)


async def _counts(tx: Tx, key: str, group: Group, days: int) -> GroupCounts:
    counts = [GroupCount(value=value, suggestions=n) for value, n in await group_counts(tx, key, group, days)]
    return GroupCounts(group=group, least=LEAST_GROUP, counts=counts)


def _shown(one: Thread) -> SuggestionView:
    messages = [MessageView.model_validate(message) for message in one.messages]
    found = one.suggestion
    return SuggestionView(id=found.id, box=found.box, state=found.state, version=found.version, day=found.day, messages=messages)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise InvalidInput("The cursor is not one that this list gave out. Start again without it.", pointer="/cursor") from error

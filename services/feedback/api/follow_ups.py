"""Follow-ups, and the view of a customer that the gateway composes."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response
from pydantic import Field

from services.feedback import repository
from services.feedback.contract import CustomerViews, FollowUpView, ItemView, SectionView
from services.feedback.models import FollowUp, Item
from services.feedback.use_cases.close_follow_up import AcknowledgeFollowUp, CloseFollowUp, acknowledge, close_without_answer
from services.kit.auth import Principal
from services.kit.db import Tx
from services.kit.errors import InvalidInput
from services.kit.fields import Code, Command, FieldPaths
from services.kit.http import APIRouter, Cursor, Page, PageSize, Read, Write, requires
from services.kit.narrowing import narrowed
from services.kit.paging import decode_cursor, encode_cursor

router = APIRouter(tags=["follow-ups"])
EACH = 20
State = Annotated[str | None, Query(pattern="^(open|acknowledged|closed)$")]


class AskViews(Command):
    """Which sections of which customers, null asks for all; and which fields of them (none: all)."""

    customer_ids: Annotated[list[UUID], Field(max_length=100)]
    sections: Annotated[list[Code], Field(max_length=20)] | None = None
    fields: FieldPaths


@router.get("/v1/follow-ups", response_model=Page[FollowUpView])
async def list_follow_ups(
    read: Read,
    _: Annotated[Principal, requires("feedback:read")],
    state: State = None,
    customer_id: UUID | None = None,
    cursor: Cursor = None,
    limit: PageSize = 50,
) -> Page[FollowUpView]:
    """List follow-ups, newest first."""
    before = None
    if cursor is not None:
        try:
            before = UUID(decode_cursor(cursor, 1)[0])
        except ValueError as error:
            raise InvalidInput("The cursor is not one that this list gave out. Start again without it.", pointer="/cursor") from error
    found = await read(repository.follow_ups, state, customer_id, before, limit + 1)
    shown = [FollowUpView.model_validate(one) for one in found[:limit]]
    return Page(items=shown, next_cursor=encode_cursor(str(shown[-1].id)) if len(found) > limit else None)


@router.get("/v1/follow-ups/{follow_up_id}", response_model=FollowUpView)
async def get_follow_up(follow_up_id: UUID, read: Read, _: Annotated[Principal, requires("feedback:read")]) -> FollowUpView:
    """Return one follow-up."""
    return FollowUpView.model_validate(await read(repository.follow_up, follow_up_id))


@router.post("/v1/follow-ups/{follow_up_id}/acknowledge", response_model=FollowUpView)
async def post_acknowledge(
    follow_up_id: UUID, command: AcknowledgeFollowUp, write: Write, _: Annotated[Principal, requires("feedback:write")]
) -> Response:
    """Take it, or hand it over."""
    return await write(acknowledge, follow_up_id, command, view=FollowUpView)


@router.post("/v1/follow-ups/{follow_up_id}/close", response_model=FollowUpView)
async def post_close(follow_up_id: UUID, command: CloseFollowUp, write: Write, _: Annotated[Principal, requires("feedback:write")]) -> Response:
    """Close as documented no-answer; only the customer's own word closes it as confirmed."""
    return await write(close_without_answer, follow_up_id, command, view=FollowUpView)


@router.post("/internal/v1/customers/views", response_model=CustomerViews)
async def post_views(command: AskViews, read: Read, _: Annotated[Principal, requires("internal")]) -> Any:
    """Return what feedback adds to the unified customer view: the newest items and follow-ups of each customer."""
    return narrowed(await read(_views, command), command.fields)


async def _views(tx: Tx, command: AskViews) -> CustomerViews:
    wanted = {"feedback", "follow_ups"} if command.sections is None else {"feedback", "follow_ups"}.intersection(command.sections)
    ids = set(command.customer_ids)
    items: list[Item] = await repository.newest_per_customer(tx, Item, ids, EACH) if "feedback" in wanted and ids else []
    follow_ups: list[FollowUp] = await repository.newest_per_customer(tx, FollowUp, ids, EACH) if "follow_ups" in wanted and ids else []
    views: dict[UUID, dict[str, SectionView]] = {one: {} for one in command.customer_ids}
    for customer_id, sections in views.items():
        mine = [item for item in items if item.customer_id == customer_id]
        duties = [one for one in follow_ups if one.customer_id == customer_id]
        if "feedback" in wanted:
            shown = [ItemView.model_validate(item) for item in mine]
            sections["feedback"] = SectionView(version=sum(item.version for item in mine), as_of=tx.now, data=shown)
        if "follow_ups" in wanted:
            listed = [FollowUpView.model_validate(one) for one in duties]
            sections["follow_ups"] = SectionView(version=sum(one.version for one in duties), as_of=tx.now, data=listed)
    return CustomerViews(views=views)

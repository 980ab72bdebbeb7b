"""Queues and how they stand."""

from typing import Annotated

from fastapi import Response
from pydantic import JsonValue

from services.kit.auth import Principal
from services.kit.fields import Code, View
from services.kit.http import APIRouter, Cursor, Page, PageSize, Read, requires
from services.routing.api.settled import Settled
from services.routing.contract import QueueStateView, StaffingView
from services.routing.queries.queue_state import queue_state
from services.routing.queries.staffing import staffing
from services.routing.repository import queues
from services.routing.use_cases.put_queue import PutQueue, put_queue

router = APIRouter(tags=["queues"])


class QueueView(View):
    """A queue. `requires` are [skill, level]; `relax` are [after_s, skill, level], level 0 drops the skill."""

    key: str
    version: int
    name: str
    channels: list[str]
    sla_seconds: int
    sla_share: float
    wrap_up_seconds: int
    weight: float
    expected_handle_seconds: int
    starvation_seconds: float
    offer_seconds: int
    cool_down_seconds: int
    misses_allowed: int
    department: str | None
    hours: dict[str, JsonValue] | None
    requires: list[tuple[str, int]]
    relax: list[tuple[int, str, int]]
    prefer: list[tuple[str, int]]
    policy: str | None
    sticky_seconds: int
    shift_end_allowance_seconds: int | None
    service_level: float


@router.put("/v1/queues/{key}", response_model=QueueView)
async def write_queue(key: Code, command: PutQueue, write: Settled, _: Annotated[Principal, requires("routing:admin")]) -> Response:
    """Create or replace a queue; contacts that wait keep the policy under which they came."""
    return await write(put_queue, key, command, view=QueueView)


@router.get("/v1/queues")
async def list_queues(read: Read, _: Annotated[Principal, requires("routing:read")], cursor: Cursor = None, limit: PageSize = 50) -> Page[QueueView]:
    """List queues by key."""
    page = await read(queues.queues_page, cursor, limit)
    return Page(items=[QueueView.model_validate(each) for each in page.items], next_cursor=page.next_cursor)


@router.get("/v1/queues/{key}")
async def get_queue(key: Code, read: Read, _: Annotated[Principal, requires("routing:read")]) -> QueueView:
    """Return a queue."""
    return QueueView.model_validate(await read(queues.queue, key))


@router.get("/v1/queues/{key}/staffing")
async def get_staffing(key: Code, read: Read, _: Annotated[Principal, requires("routing:read")]) -> StaffingView:
    """Say how many agents the queue needs now, and what those on shift will come to (Erlang-A)."""
    hint: StaffingView = await read(staffing, key)
    return hint


@router.get("/v1/queues/{key}/state")
async def get_queue_state(key: Code, read: Read, _: Annotated[Principal, requires("routing:read")]) -> QueueStateView:
    """Say who waits, for how long, and who could serve, now."""
    state: QueueStateView = await read(queue_state, key)
    return state

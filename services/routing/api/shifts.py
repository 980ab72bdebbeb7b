"""Planned shifts, and whether they were kept."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import Query, Response

from services.kit.auth import Principal
from services.kit.fields import Code, Instant, Reference, View
from services.kit.http import APIRouter, Cursor, Page, PageSize, Read, requires
from services.routing.api.settled import Settled
from services.routing.contract import AdherenceView, ShiftView, StaffingPlanView
from services.routing.queries.adherence import adherence_of
from services.routing.queries.staffing_plan import staffing_plan
from services.routing.repository import agents, shifts
from services.routing.use_cases.put_shift import PutShift, PutShifts, put_shift, put_shifts, remove_shift

router = APIRouter(tags=["shifts"])
Reader = Annotated[Principal, requires("routing:read")]
Admin = Annotated[Principal, requires("routing:admin")]
From = Annotated[Instant, Query(alias="from", description="first moment")]
Until = Annotated[Instant, Query(description="first moment behind it")]


class StoredShifts(View):
    """How many shifts were stored, of how many agents."""

    stored: int
    agents: int


def shown(row: Any) -> ShiftView:
    """Return a shift as it goes out."""
    told = {name: row["document"][name] for name in ("weekly", "dated", "time_zone")}
    return ShiftView(agent=row["agent"], key=row["key"], version=row["version"], changed_at=row["changed_at"], **told)


@router.put("/v1/agents/{external_id}/shifts/{key}", response_model=ShiftView)
async def write_shift(external_id: Reference, key: Code, command: PutShift, write: Settled, _: Admin) -> Response:
    """Create or replace a planned shift; it counts at once."""

    async def put(uow: Any) -> ShiftView:
        return shown(await put_shift(uow, external_id, key, command))

    return await write(put, view=ShiftView)


@router.get("/v1/agents/{external_id}/shifts/{key}")
async def get_shift(external_id: Reference, key: Code, read: Read, _: Reader) -> ShiftView:
    """Return a planned shift."""

    async def one(tx: Any) -> ShiftView:
        agent = await agents.agent_called(tx, external_id)
        return shown(await shifts.shift(tx, agent.id, key))

    return await read(one)


@router.delete("/v1/agents/{external_id}/shifts/{key}", status_code=204)
async def delete_shift(external_id: Reference, key: Code, write: Settled, _: Admin) -> Response:
    """Forget a planned shift; an agent without any is asked whenever available."""
    return await write(remove_shift, external_id, key)


@router.post("/v1/shifts", response_model=StoredShifts)
async def write_shifts(command: PutShifts, write: Settled, _: Admin) -> Response:
    """Create or replace many shifts: all, or none with the place in the list of what is wrong."""
    return await write(put_shifts, command, view=StoredShifts)


@router.get("/v1/shifts")
async def list_shifts(
    read: Read, _: Reader, agent: Annotated[Reference | None, Query()] = None, cursor: Cursor = None, limit: PageSize = 50
) -> Page[ShiftView]:
    """List planned shifts by agent and key."""
    page = await read(shifts.shifts_page, agent, cursor, limit)
    return Page(items=[shown(each) for each in page.items], next_cursor=page.next_cursor)


@router.get("/v1/agents/{external_id}/adherence")
async def get_adherence(
    external_id: Reference,
    read: Read,
    _: Admin,
    begin: From,
    until: Annotated[Instant | None, Query(description="first moment behind it; now")] = None,
) -> AdherenceView:
    """Compare what was planned with what the agent did: for those who make the plan, not for everybody at the desk."""
    found: AdherenceView = await read(adherence_of, external_id, begin, until)
    return found


@router.get("/v1/queues/{key}/staffing-plan")
async def get_staffing_plan(
    key: Code,
    read: Read,
    _: Reader,
    begin: From,
    until: Until,
    interval_minutes: Annotated[int, Query(ge=5, le=1_440, description="length of an interval")] = 30,
) -> StaffingPlanView:
    """Say how many agents are planned and how many are needed (Erlang-A), interval by interval."""
    plan: StaffingPlanView = await read(staffing_plan, key, begin, until, timedelta(minutes=interval_minutes))
    return plan

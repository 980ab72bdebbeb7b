"""Escalations, and to whom they go."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response

from services.kit.auth import Principal
from services.kit.errors import NotFound
from services.kit.fields import Code, Name, View
from services.kit.http import APIRouter, Cursor, Page, PageSize, Read, Write, requires
from services.routing.contract import EscalationView
from services.routing.domain.escalation import Cause, EscalationState
from services.routing.models import Queue
from services.routing.repository import escalations, queues
from services.routing.use_cases.answer_escalation import (
    AcknowledgeEscalation,
    RaiseEscalation,
    ResolveEscalation,
    acknowledge_escalation,
    raise_escalation,
    resolve_escalation,
)
from services.routing.use_cases.escalate import Escalate, escalate
from services.routing.use_cases.put_escalation_levels import PutEscalationLevels, put_escalation_levels

router = APIRouter(tags=["escalations"])
Reader = Annotated[Principal, requires("routing:read")]
Writer = Annotated[Principal, requires("routing:write")]


class NoEscalationLevels(NotFound):
    """Contacts of this queue are not escalated: nobody said to whom."""

    code = "no_escalation_levels"


class EscalationLevelView(View):
    """One level: who is to look, and after how many seconds without an acknowledgement it goes higher."""

    to_whom: str
    acknowledge_seconds: int | None


class EscalationLevelsView(View):
    """The levels of a queue, lowest first, and its rules."""

    queue: str
    levels: list[EscalationLevelView]
    waited_seconds: int | None
    unhappy_times: int | None


def _shown(queue: Queue) -> EscalationLevelsView:
    if queue.escalation is None:
        raise NoEscalationLevels(f"Queue {queue.key} has no levels.")
    return EscalationLevelsView.model_validate({"queue": queue.key} | queue.escalation)


@router.put("/v1/queues/{key}/escalation-levels", response_model=EscalationLevelsView)
async def write_levels(key: Code, command: PutEscalationLevels, write: Write, _: Annotated[Principal, requires("routing:admin")]) -> Response:
    """Say to whom contacts of a queue are escalated, level by level, and when that happens by itself."""

    async def put(uow: Any) -> EscalationLevelsView:
        return _shown(await put_escalation_levels(uow, key, command))

    return await write(put, view=EscalationLevelsView)


@router.get("/v1/queues/{key}/escalation-levels")
async def get_levels(key: Code, read: Read, _: Reader) -> EscalationLevelsView:
    """Return the levels of a queue."""
    return _shown(await read(queues.queue, key))


@router.post("/v1/escalations", status_code=201, response_model=EscalationView)
async def post_escalation(command: Escalate, write: Write, _: Writer) -> Response:
    """Escalate a contact, a case or a follow-up."""
    return await write(escalate, command, view=EscalationView)


@router.get("/v1/escalations")
async def list_escalations(
    read: Read,
    _: Reader,
    state: Annotated[EscalationState | None, Query()] = None,
    queue: Annotated[Code | None, Query()] = None,
    level: Annotated[int | None, Query(ge=1, le=9)] = None,
    cause: Annotated[Cause | None, Query(description="of the level that it is at")] = None,
    to_whom: Annotated[Name | None, Query()] = None,
    contact_id: Annotated[UUID | None, Query()] = None,
    case_id: Annotated[UUID | None, Query()] = None,
    follow_up_id: Annotated[UUID | None, Query()] = None,
    customer_id: Annotated[UUID | None, Query()] = None,
    cursor: Cursor = None,
    limit: PageSize = 50,
) -> Page[EscalationView]:
    """List escalations, newest first; whose key is limited sees those of its sites and vendors."""
    filters = {"state": state, "queue": queue, "level": level, "cause": cause, "to_whom": to_whom, "customer_id": customer_id}
    filters |= {"contact_id": contact_id, "case_id": case_id, "follow_up_id": follow_up_id}
    page = await read(escalations.escalations_page, filters, cursor, limit)
    return Page(items=[EscalationView.model_validate(each) for each in page.items], next_cursor=page.next_cursor)


@router.get("/v1/escalations/{escalation_id}")
async def get_escalation(escalation_id: UUID, read: Read, _: Reader) -> EscalationView:
    """Return an escalation."""
    return EscalationView.model_validate(await read(escalations.escalation, escalation_id))


@router.post("/v1/escalations/{escalation_id}/acknowledge", response_model=EscalationView)
async def post_acknowledge(escalation_id: UUID, command: AcknowledgeEscalation, write: Write, _: Writer) -> Response:
    """Say who looks after it; it does not climb by itself any more."""
    return await write(acknowledge_escalation, escalation_id, command, view=EscalationView)


@router.post("/v1/escalations/{escalation_id}/raise", response_model=EscalationView)
async def post_raise(escalation_id: UUID, command: RaiseEscalation, write: Write, _: Writer) -> Response:
    """Take it one level higher."""
    return await write(raise_escalation, escalation_id, command, view=EscalationView)


@router.post("/v1/escalations/{escalation_id}/resolve", response_model=EscalationView)
async def post_resolve(escalation_id: UUID, command: ResolveEscalation, write: Write, _: Writer) -> Response:
    """Say what it came to."""
    return await write(resolve_escalation, escalation_id, command, view=EscalationView)

"""Audits and estimates: is the sample honest, and what does it say."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Body, Query, Response
from pydantic import BaseModel

from services.kit.auth import Principal
from services.kit.fields import Code, Instant
from services.kit.http import APIRouter, Read, RuntimeDep, Write, requires
from services.survey.contract.sampling import EstimateView, LotAuditView, SkippingAgentView, WishView
from services.survey.domain.cells import CellAttribute
from services.survey.queries.audit_sample import audit_lot, audit_skips
from services.survey.queries.estimate import BY, estimate
from services.survey.repository import asking
from services.survey.use_cases.say_wish import SayWish, say_wish

router = APIRouter(tags=["audits"])
Reader = Annotated[Principal, requires("survey:read")]
USUAL = timedelta(days=90)
_AGENT = "01a1d4f0-5a3e-7c11-9d0a-2f6b8c4e7a10"
WISHES = {
    "skip": {"summary": "nobody should ask this customer now", "value": {"agent_id": _AGENT, "wish": "skip", "reason": "bereavement"}},
    "force": {"summary": "the customer asked for the survey", "value": {"agent_id": _AGENT, "wish": "force", "reason": "asked_for_it"}},
}


class Period(BaseModel):
    """From `since` (included) to `until` (excluded); without them the last 90 days."""

    since: Instant | None = None
    until: Instant | None = None


InPeriod = Annotated[Period, Query()]


@router.get("/v1/programmes/{key}/lot-audit")
async def get_lot_audit(key: Code, period: InPeriod, read: Read, runtime: RuntimeDep, _: Reader) -> LotAuditView:
    """Compare what the lot drew with the recorded inclusion probabilities, over all and agent by agent."""
    until = period.until or runtime.clock.now()
    return await read(audit_lot, key, period.since or until - USUAL, until)


@router.get("/v1/skip-audit")
async def get_skip_audit(period: InPeriod, read: Read, runtime: RuntimeDep, _: Reader) -> list[SkippingAgentView]:
    """Return the agents that asked to skip surveys, the most striking first (at most 100)."""
    until = period.until or runtime.clock.now()
    return await read(audit_skips, period.since or until - USUAL, until)


@router.get("/v1/programmes/{key}/estimate")
async def get_estimate(
    key: Code,
    period: InPeriod,
    read: Read,
    runtime: RuntimeDep,
    _: Reader,
    by: Annotated[list[CellAttribute] | None, Query(max_length=4, description="the cells; none for those of the programme")] = None,
) -> EstimateView:
    """Return the satisfied share, raw and weighted by cells, with 95 % intervals."""
    programme = await read(asking.programme, key)
    plan = programme.rules.get("cells")
    cells = tuple(by) if by else tuple(CellAttribute(name) for name in plan["by"]) if plan else BY
    until = period.until or runtime.clock.now()
    return await read(estimate, key, cells, period.since or until - USUAL, until)


@router.put("/v1/contacts/{contact_id}/survey-wish", response_model=WishView)
async def put_wish(
    contact_id: UUID, command: Annotated[SayWish, Body(openapi_examples=WISHES)], write: Write, _: Annotated[Principal, requires("survey:write")]
) -> Response:
    """Skip or force the survey after a contact, with a reason code; the first wish stands."""
    return await write(say_wish, contact_id, command, view=WishView)

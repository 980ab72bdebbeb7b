"""Who pays, what is disputed, what a change is worth."""

from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Path, Query, Response

from services.insight.api.asked import ListAsked, PartsAsked, SlicesAsked
from services.insight.contract import (
    AvoidedView,
    BudgetView,
    BusinessCaseView,
    ChargeBackView,
    DisputeDetailView,
    DisputeSummaryView,
    DisputeView,
    SavingsView,
)
from services.insight.domain.charge import MAX_PER_HOUR, amount
from services.insight.domain.statistics.savings import avoided
from services.insight.models import Budget
from services.insight.queries.charges import charge_back, make_case
from services.insight.queries.disputes import dispute_detail, dispute_summary, disputes
from services.insight.queries.savings import avoided_view, savings
from services.insight.use_cases.dispute_contact import DecideDispute, RaiseDispute, decide_dispute, raise_dispute
from services.insight.use_cases.set_budget import SetBudget, set_budget
from services.kit.auth import Principal
from services.kit.db import UnitOfWork
from services.kit.errors import InvalidInput
from services.kit.fields import Code
from services.kit.http import APIRouter, Cursor, Page, PageSize, Read, RuntimeDep, Write, requires

router = APIRouter(tags=["charges"])
Reader = Annotated[Principal, requires("insight:read")]
Writer = Annotated[Principal, requires("insight:write")]
Admin = Annotated[Principal, requires("insight:admin")]
Key = Annotated[Code, Path()]
Share = Annotated[float, Query(ge=0, le=1)]
Volume = Annotated[float, Query(ge=0, le=1e12)]


@router.get("/v1/charge-back", response_model=ChargeBackView)
async def get_charge_back(asked: SlicesAsked, read: Read, _: Reader) -> ChargeBackView:
    """What every department is charged for the contacts that it caused, and what share of its budget that would be."""
    return await read(charge_back, asked)


async def _set_budget(uow: UnitOfWork, key: str, command: SetBudget) -> BudgetView:
    kept: Budget = await set_budget(uow, key, command)
    return BudgetView(department=kept.department, per_year=amount(kept.cents_a_year))


@router.put("/v1/departments/{key}/budget", response_model=BudgetView)
async def put_budget(key: Key, command: SetBudget, write: Write, _: Admin) -> Response:
    """Say what a department has for its own work in a year."""
    return await write(_set_budget, key, command, view=BudgetView)


@router.post("/v1/departments/{key}/disputes", status_code=201, response_model=DisputeView)
async def post_dispute(key: Key, command: RaiseDispute, write: Write, _: Writer) -> Response:
    """Dispute a contact on the department's statement."""
    return await write(raise_dispute, key, command, view=DisputeView)


@router.get("/v1/disputes", response_model=Page[DisputeView])
async def list_disputes(
    asked: ListAsked,
    read: Read,
    _: Reader,
    department: Annotated[Code | None, Query()] = None,
    state: Annotated[Literal["open", "upheld", "accepted"] | None, Query()] = None,
    cursor: Cursor = None,
    limit: PageSize = 50,
) -> Page[DisputeView]:
    """Disputes by when they were raised, newest first, about contacts that the reader may see."""
    items, next_cursor = await read(disputes, department, state, asked, (cursor, limit))
    return Page(items=items, next_cursor=next_cursor)


@router.get("/v1/dispute-summary", response_model=DisputeSummaryView)
async def get_dispute_summary(
    asked: PartsAsked, read: Read, runtime: RuntimeDep, _: Reader, department: Annotated[Code | None, Query()] = None
) -> DisputeSummaryView:
    """How many charges were disputed in a period, how many of the decided ones were accepted, and what they cost."""
    return await read(dispute_summary, department, asked, runtime.settings.minimum_answers)


@router.get("/v1/disputes/{dispute_id}", response_model=DisputeDetailView)
async def get_dispute(dispute_id: UUID, read: Read, _: Reader) -> DisputeDetailView:
    """One dispute with its history."""
    return await read(dispute_detail, dispute_id)


@router.post("/v1/disputes/{dispute_id}/decision", response_model=DisputeView)
async def post_decision(dispute_id: UUID, command: DecideDispute, write: Write, _: Admin) -> Response:
    """Decide a dispute: accepted, the contact is charged elsewhere; otherwise it stays."""
    return await write(decide_dispute, dispute_id, command, view=DisputeView)


@router.get("/v1/business-case", response_model=BusinessCaseView)
async def get_business_case(
    minutes_saved: Annotated[float, Query(gt=0, le=10_000)],
    asked: SlicesAsked,
    read: Read,
    _: Reader,
    contacts_a_year: Volume | None = None,
    per_hour: Annotated[Decimal | None, Query(gt=0, le=MAX_PER_HOUR)] = None,
    driver: Annotated[Code | None, Query()] = None,
) -> BusinessCaseView:
    """Minutes x volume x hourly cost; volume and cost are measured when a driver is named instead."""
    return await read(make_case, minutes_saved, contacts_a_year, per_hour, driver, asked)


@router.get("/v1/contacts-avoided", response_model=AvoidedView)
async def get_contacts_avoided(
    resolution_before: Share, resolution_after: Share, call_back: Share, contacts: Volume, per_contact: Volume, _: Reader
) -> AvoidedView:
    """What a gain in resolution does to a year's contacts: an issue costs 1 / (1 - c(1 - r)) contacts."""
    try:
        found = avoided(resolution_before, resolution_after, call_back=call_back, contacts=contacts, per_contact=per_contact)
    except ValueError as wrong:
        raise InvalidInput("With nothing resolved and everybody calling back an issue never ends.", pointer="/resolution_before") from wrong
    return avoided_view(found, (resolution_before, resolution_after), call_back, None)


@router.get("/v1/initiatives/{initiative_id}/savings", response_model=SavingsView)
async def get_savings(initiative_id: UUID, read: Read, _: Reader, call_back: Share = 0.7) -> SavingsView:
    """What an initiative should have saved by its gain in resolution, beside what happened to the driver's contacts."""
    return await read(savings, initiative_id, call_back)

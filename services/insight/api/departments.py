"""Departments and cost rates."""

from typing import Annotated

from fastapi import Path, Response

from services.insight import repository
from services.insight.contract import CostRateView, DepartmentView
from services.insight.domain.charge import rate_text
from services.insight.models import CostRate
from services.insight.use_cases.name_department import NameDepartment, name_department
from services.insight.use_cases.set_cost_rate import SetCostRate, set_cost_rate
from services.kit.auth import Principal
from services.kit.db import UnitOfWork
from services.kit.fields import Code
from services.kit.http import APIRouter, Page, Read, Write, requires

router = APIRouter(tags=["departments"])
Reader = Annotated[Principal, requires("insight:read")]
Admin = Annotated[Principal, requires("insight:admin")]
Key = Annotated[Code, Path()]


def _rate_view(rate: CostRate) -> CostRateView:
    return CostRateView(
        role=rate.role,
        department=rate.department or None,
        per_hour=rate_text(rate.per_hour_micros),
        currency=rate.currency,
        valid_from=rate.valid_from,
    )


@router.put("/v1/departments/{key}", response_model=DepartmentView)
async def put_department(key: Key, command: NameDepartment, write: Write, _: Admin) -> Response:
    """Name a department."""
    return await write(name_department, key, command, view=DepartmentView)


@router.get("/v1/departments", response_model=Page[DepartmentView])
async def list_departments(read: Read, _: Reader) -> Page[DepartmentView]:
    """All departments by key."""
    found = await read(repository.departments)
    return Page(items=[DepartmentView.model_validate(one) for one in found], next_cursor=None)


async def _set_rate(uow: UnitOfWork, role: str, command: SetCostRate) -> CostRateView:
    return _rate_view(await set_cost_rate(uow, role, command))


@router.put("/v1/cost-rates/{role}", response_model=CostRateView)
async def put_cost_rate(role: Key, command: SetCostRate, write: Write, _: Admin) -> Response:
    """Set what an hour costs: role `agent`, or `agent.` and a channel. What was charged before keeps its price."""
    return await write(_set_rate, role, command, view=CostRateView)


@router.get("/v1/cost-rates", response_model=Page[CostRateView])
async def list_cost_rates(read: Read, _: Reader) -> Page[CostRateView]:
    """All rates, the newest of each role and department first."""
    return Page(items=[_rate_view(rate) for rate in await read(repository.rates)], next_cursor=None)

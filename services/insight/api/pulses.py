"""Employees' pulses: sheets come in by fives and more, results go out frozen and only where nobody is exposed."""

from typing import Annotated

from fastapi import Path, Query, Response

from services.insight.contract import PulseReportView, PulseView
from services.insight.queries.pulse_report import has_sheets, pulses, report
from services.insight.use_cases.keep_pulse import GiveSheets, SetPulse, Week, give_sheets, release, set_pulse
from services.kit.auth import Principal
from services.kit.errors import NotFound
from services.kit.fields import Code
from services.kit.http import APIRouter, Page, Read, RuntimeDep, Write, requires

router = APIRouter(tags=["pulses"])
Reader = Annotated[Principal, requires("insight:read")]
Writer = Annotated[Principal, requires("insight:write", "internal")]
Admin = Annotated[Principal, requires("insight:admin")]
Key = Annotated[Code, Path()]


@router.put("/v1/pulses/{key}", response_model=PulseView)
async def put_pulse(key: Key, command: SetPulse, write: Write, _: Admin) -> Response:
    """Declare a pulse: its questions, and the fixed bands by which it may be split."""
    return await write(set_pulse, key, command, view=PulseView)


@router.get("/v1/pulses", response_model=Page[PulseView])
async def list_pulses(read: Read, _: Reader) -> Page[PulseView]:
    """All pulses."""
    return Page(items=[PulseView.model_validate(one) for one in await read(pulses)], next_cursor=None)


@router.post("/v1/pulses/{key}/sheets", status_code=204, response_class=Response)
async def post_sheets(key: Key, command: GiveSheets, write: Write, _: Writer) -> Response:
    """Hand in at least five sheets without names; nothing says which came first, or from whom."""
    return await write(give_sheets, key, command)


@router.get("/v1/pulses/{key}/report", response_model=PulseReportView)
async def get_report(
    key: Key,
    week: Annotated[Week, Query()],
    read: Read,
    runtime: RuntimeDep,
    _: Reader,
    compare_week: Annotated[Week | None, Query(description="a week to compare with; without it, the last released one before")] = None,
) -> PulseReportView:
    """A week that is over: every group that exposes nobody, chosen together once, the same for every reader ever after."""
    for one in (week, compare_week):
        if one is None:
            continue
        if not await read(has_sheets, key, one):
            raise NotFound(f"Nobody answered this pulse in the week {one}.")
        await runtime.write(release, key, one)
    return await read(report, key, week, compare_week)

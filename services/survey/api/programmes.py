"""Programmes: when and whom to ask; drafts, checks, versions and their differences."""

from typing import Annotated

from fastapi import Body, Path, Query, Response

from services.kit.auth import Principal
from services.kit.db import Tx
from services.kit.fields import Code
from services.kit.http import APIRouter, Cursor, Page, PageSize, Read, Write, requires
from services.kit.paging import decode_cursor, encode_cursor
from services.survey.api.showing import number_of
from services.survey.contract.programmes import AttributeView, DifferenceView, FindingView, ProgrammeView, ShippedProgrammeView
from services.survey.domain.differences import Difference, differences
from services.survey.domain.programme import Rules
from services.survey.domain.shipped import SHIPPED
from services.survey.models import ProgrammeVersion
from services.survey.repository import asking
from services.survey.use_cases.check_programme import Finding, check_programme
from services.survey.use_cases.conditions import VOCABULARY
from services.survey.use_cases.set_programme import (
    SaveDraft,
    activate_version,
    archive_programme,
    pause_programme,
    resume_programme,
    save_draft,
    set_programme,
)

router = APIRouter(tags=["programmes"])
Number = Annotated[int, Path(ge=1, le=2**31 - 1, description="the number of the version")]
Side = Annotated[int, Query(ge=1, le=2**31 - 1, description="the number of a version")]
Admin = Annotated[Principal, requires("survey:admin")]
Reader = Annotated[Principal, requires("survey:read")]
LAST = 2**31 - 1
AFTER_DELIVERY = {
    "summary": "Ask a day after the delivery, on weekdays and no holidays, until each site is precise",
    "value": {
        "survey": "order",
        "trigger": "contact_ended",
        "where": {"disposition": ["order placed"]},
        "condition": "contact.direction == 'inbound' && customer.tier != 'internal'",
        "exclude": [{"code": "internal", "when": "customer.email.endsWith('@example.com')"}],
        "wait_for": "order_delivered",
        "give_up_days": 30,
        "delay_seconds": 86400,
        "window": {"start": "10:00", "end": "19:00", "weekdays": [1, 2, 3, 4, 5]},
        "skip_holidays": True,
        "country": "DE",
        "share": 0.5,
        "cells": {"by": ["site"], "half_width": 0.05},
        "caps": [{"limit": 1, "days": 7}],
        "channels": ["email"],
        "reminders": [{"after_days": 3}],
        "expiry_days": 30,
    },
}
EXAMPLES = {"after_delivery": AFTER_DELIVERY}
DRAFTS = {"after_delivery": {"summary": AFTER_DELIVERY["summary"], "value": {"rules": AFTER_DELIVERY["value"], "note": "half of them is enough"}}}
RulesBody = Annotated[Rules, Body(openapi_examples=EXAMPLES)]


@router.put("/v1/programmes/{key}", response_model=ProgrammeView)
async def put_programme(key: Code, rules: RulesBody, write: Write, _: Admin) -> Response:
    """Check a programme and put it in force at once; open decisions are judged by the version that is in force when they fall due."""
    return await write(set_programme, key, rules, view=ProgrammeView)


@router.get("/v1/programmes/{key}")
async def get_programme(key: Code, read: Read, _: Reader) -> ProgrammeView:
    """Return the version that is in force."""
    return ProgrammeView.model_validate(await read(asking.programme, key))


@router.get("/v1/programmes")
async def list_programmes(read: Read, _: Reader, cursor: Cursor = None, limit: PageSize = 50) -> Page[ProgrammeView]:
    """Return the versions in force of all programmes, by key."""
    after = decode_cursor(cursor, 1)[0] if cursor else ""
    found = await read(asking.programmes, after, limit + 1)
    items = [ProgrammeView.model_validate(programme) for programme in found[:limit]]
    return Page(items=items, next_cursor=encode_cursor(items[-1].key) if len(found) > limit else None)


@router.post("/v1/programmes/{key}/drafts", status_code=201, response_model=ProgrammeView)
async def post_draft(
    key: Code,
    command: Annotated[SaveDraft, Body(openapi_examples=DRAFTS)],
    write: Write,
    _: Admin,
) -> Response:
    """Keep a draft beside the version in force. It is checked as strictly, and refused with the place and the reason."""
    return await write(save_draft, key, command, view=ProgrammeView)


@router.post("/v1/programme-checks")
async def post_check(
    rules: RulesBody, read: Read, _: Admin, key: Annotated[Code | None, Query(description="of the programme, if it exists")] = None
) -> list[FindingView]:
    """Check rules without keeping them: what is wrong (`error`) or strange (`warning`), where and why."""
    found: list[Finding] = await read(check_programme, key, rules)
    return [FindingView.model_validate(finding) for finding in found]


@router.get("/v1/programmes/{key}/versions")
async def list_versions(key: Code, read: Read, _: Reader, cursor: Cursor = None, limit: PageSize = 50) -> Page[ProgrammeView]:
    """Return all versions of a programme, drafts too, newest first."""
    before = number_of(cursor) if cursor else LAST
    found = await read(asking.programme_versions, key, before, limit + 1)
    items = [ProgrammeView.model_validate(version) for version in found[:limit]]
    return Page(items=items, next_cursor=encode_cursor(str(items[-1].version)) if len(found) > limit else None)


@router.get("/v1/programmes/{key}/versions/{number}")
async def get_version(key: Code, number: Number, read: Read, _: Reader) -> ProgrammeView:
    """Return one version."""
    return ProgrammeView.model_validate(await read(asking.programme_version, key, number))


@router.post("/v1/programmes/{key}/versions/{number}/activate", response_model=ProgrammeView)
async def post_activate(key: Code, number: Number, write: Write, _: Admin) -> Response:
    """Put a draft, or an older version again, in force; it is checked again against what is live now."""
    return await write(activate_version, key, number, view=ProgrammeView)


@router.post("/v1/programmes/{key}/pause", response_model=ProgrammeView)
async def post_pause(key: Code, write: Write, _: Admin) -> Response:
    """Plan nothing new; what is open ends with `programme_off` when it falls due."""
    return await write(pause_programme, key, view=ProgrammeView)


@router.post("/v1/programmes/{key}/resume", response_model=ProgrammeView)
async def post_resume(key: Code, write: Write, _: Admin) -> Response:
    """Go on after a pause."""
    return await write(resume_programme, key, view=ProgrammeView)


@router.post("/v1/programmes/{key}/archive", response_model=ProgrammeView)
async def post_archive(key: Code, write: Write, _: Admin) -> Response:
    """End a programme for good; its history stays."""
    return await write(archive_programme, key, view=ProgrammeView)


@router.get("/v1/programmes/{key}/differences")
async def get_differences(key: Code, before: Side, after: Side, read: Read, _: Reader) -> list[DifferenceView]:
    """Return what changed from version `before` to version `after`, place by place."""
    return [DifferenceView.model_validate(each) for each in await read(_compare, key, before, after)]


@router.get("/v1/programme-attributes")
async def list_attributes(_: Reader) -> list[AttributeView]:
    """Return the names that conditions and exclusions may read, with their kind and meaning."""
    return [AttributeView(name=each.name, kind=each.kind.value, meaning=each.meaning) for each in VOCABULARY.attributes.values()]


@router.get("/v1/shipped-programmes")
async def list_shipped(_: Reader) -> list[ShippedProgrammeView]:
    """Return rule sets to begin with, each with the practice that it follows; put one under a key of your own."""
    return [ShippedProgrammeView(key=key, source=source, rules=rules.model_dump(mode="json")) for key, (source, rules) in SHIPPED.items()]


async def _compare(tx: Tx, key: str, before: int, after: int) -> list[Difference]:
    old: ProgrammeVersion = await asking.programme_version(tx, key, before)
    new: ProgrammeVersion = await asking.programme_version(tx, key, after)
    return differences(old.rules, new.rules)

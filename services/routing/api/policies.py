"""Policies: who may serve, in the house's language for rules."""

from datetime import datetime
from typing import Annotated

from fastapi import Response
from pydantic import JsonValue

from services.kit.auth import Principal
from services.kit.fields import Code, View
from services.kit.http import APIRouter, Cursor, Page, PageSize, Read, requires
from services.routing.api.settled import Settled
from services.routing.repository import policies
from services.routing.use_cases.put_policy import PutPolicy, put_policy

router = APIRouter(tags=["policies"])


class PolicyView(View):
    """One version of a policy; a version never changes."""

    key: str
    version: int
    name: str
    document: dict[str, JsonValue]
    created_at: datetime


@router.put("/v1/policies/{key}", response_model=PolicyView)
async def write_policy(key: Code, command: PutPolicy, write: Settled, _: Annotated[Principal, requires("routing:admin")]) -> Response:
    """Store the next version; the same again stays the same version. Contacts that wait keep the version under which they came."""
    return await write(put_policy, key, command, view=PolicyView)


@router.get("/v1/policies/{key}/versions")
async def list_policy_versions(
    key: Code, read: Read, _: Annotated[Principal, requires("routing:read")], cursor: Cursor = None, limit: PageSize = 50
) -> Page[PolicyView]:
    """List the versions of a policy, newest first."""
    page = await read(policies.versions, key, cursor, limit)
    return Page(items=[PolicyView.model_validate(each) for each in page.items], next_cursor=page.next_cursor)

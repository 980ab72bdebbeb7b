"""Invitations: who was asked, and what became of it."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel

from services.kit.auth import Principal
from services.kit.db import Tx
from services.kit.fields import Code
from services.kit.http import APIRouter, Cursor, Page, PageSize, Read, RuntimeDep, requires
from services.survey.api.showing import cursor_of, invitation_view, read_cursor
from services.survey.contract import InvitationView
from services.survey.contract.asking import SendAttemptView
from services.survey.models.asked import SendAttempt
from services.survey.repository import asking, sending

router = APIRouter(tags=["invitations"])
MAY_SEE_LINKS = frozenset({"survey:admin", "pii:read"})


class InvitationFilter(BaseModel):
    """Which invitations to list; all conditions must hold."""

    customer_id: UUID | None = None
    contact_id: UUID | None = None
    programme: Code | None = None
    decision_id: UUID | None = None


@router.get("/v1/invitations")
async def list_invitations(
    wanted: Annotated[InvitationFilter, Query()],
    read: Read,
    runtime: RuntimeDep,
    principal: Annotated[Principal, requires("survey:read", "survey:admin")],
    cursor: Cursor = None,
    limit: PageSize = 50,
) -> Page[InvitationView]:
    """Return invitations, newest first; the link only to who configures survey or may see personal data."""
    found = await read(asking.invitations, wanted.model_dump(exclude_none=True), read_cursor(cursor), limit + 1)
    base = runtime.settings.public_url.rstrip("/") if principal.scopes & MAY_SEE_LINKS else None
    items = [invitation_view(row, runtime.clock.now(), base, runtime.resources["keys"].link) for row in found[:limit]]
    return Page(items=items, next_cursor=cursor_of(items[-1].invited_at, items[-1].id) if len(found) > limit else None)


@router.get("/v1/invitations/{invitation_id}/attempts")
async def list_attempts(invitation_id: UUID, read: Read, _: Annotated[Principal, requires("survey:read")]) -> list[SendAttemptView]:
    """Return every message of an invitation, by which channel it went and why not by another, oldest first; at most 100."""
    return [SendAttemptView.model_validate(row) for row in await read(_attempts, invitation_id)]


async def _attempts(tx: Tx, invitation_id: UUID) -> list[SendAttempt]:
    await asking.invitation(tx, invitation_id)
    return await sending.attempts(tx, invitation_id)

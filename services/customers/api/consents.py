"""Consents, with their history and proof."""

from typing import Annotated
from uuid import UUID

from fastapi import Response

from services.customers.contract import ConsentView
from services.customers.domain.consents import Channel, Purpose
from services.customers.queries.views import consents
from services.customers.use_cases.record_consent import RecordConsent, record_consent
from services.kit.auth import Principal
from services.kit.http import APIRouter, Page, Read, Write, requires

router = APIRouter(tags=["consents"])


@router.put("/v1/customers/{customer_id}/consents/{purpose}/{channel}", response_model=ConsentView)
async def put_consent(
    customer_id: UUID,
    purpose: Purpose,
    channel: Channel,
    command: RecordConsent,
    write: Write,
    _: Annotated[Principal, requires("customers:write")],
) -> Response:
    """Record what the customer said; the words before it stay in the history."""
    return await write(record_consent, customer_id, purpose, channel, command, view=ConsentView)


@router.get("/v1/customers/{customer_id}/consents", response_model=Page[ConsentView])
async def list_consents(customer_id: UUID, read: Read, _: Annotated[Principal, requires("customers:read")]) -> Page[ConsentView]:
    """Return every word of the customer, newest first; `counts` marks those that no newer word replaced."""
    return Page(items=await read(consents, customer_id), next_cursor=None)

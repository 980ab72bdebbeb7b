"""The copy of a person's data by REST, for those who hand it out: one JSON document over all services."""

import time
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Response

from gateway.clients.all import Clients
from gateway.clients.export import SCOPE, copy_of
from gateway.clients.failures import Problem, ServiceFailed
from gateway.clients.service import Caller
from services.kit.auth import Principal
from services.kit.errors import NotFound, Unavailable
from services.kit.fields import View
from services.kit.http import APIRouter, RuntimeDep, requires
from services.kit.ids import new_id_text
from services.kit.log import correlation_id

router = APIRouter(tags=["privacy"])
SECONDS = 30.0
"""Longest time for a copy; a service that needs more is named as missing."""


class ExportPartView(View):
    """What one service keeps. `sha256` is of its tables as canonical JSON (sorted keys, no spaces): the receipt."""

    service: str
    rows: int
    sha256: str
    tables: dict[str, list[dict[str, Any]]]


class ExportView(View):
    """Everything that is kept of a person. `missing` names services that did not answer: ask again until it is empty."""

    customer_ids: list[UUID]
    parts: list[ExportPartView]
    missing: list[str]


@router.get("/v1/customers/{customer_id}/export", response_model=ExportView)
async def get_export(customer_id: UUID, runtime: RuntimeDep, officer: Annotated[Principal, requires(SCOPE)]) -> Response:
    """Return a copy of everything that every service keeps of this person, under any of their ids."""
    clients: Clients | None = runtime.resources.get("clients")
    if clients is None:
        raise NotFound("This gateway stands before no services, so nobody is known here.", pointer="/customer_id")
    caller = Caller(officer, correlation_id.get() or new_id_text(), time.monotonic() + SECONDS)
    try:
        found = await copy_of(clients, caller, str(customer_id))
    except Problem as problem:
        raise NotFound(problem.detail, pointer="/customer_id") from None
    except ServiceFailed as failed:
        raise Unavailable(f"{failed}. Try again.", retry_after_s=2) from None
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="customer-{customer_id}.json"'}
    return Response(orjson.dumps(found), 200, headers, media_type="application/json")

"""The view contract that every service answers: sections of a customer, each with its version and age."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from gateway.clients.service import Caller, Service
from services.kit.fields import View

INTERNAL = "internal"
"""The scope of the view contract; no role has it, the gateway alone adds it."""
PATH = "/internal/v1/customers/views"


class SectionAnswer(View):
    """One section of one customer; `version` grows whenever it changes."""

    version: int
    as_of: datetime
    data: Any


class ViewsAnswer(View):
    """Sections by name by the id that was asked for."""

    views: dict[UUID, dict[str, SectionAnswer]]


def trusted(caller: Caller) -> Caller:
    """Return the caller with the scope of the view contract. Only after the gateway has judged what this principal may see."""
    principal = caller.principal
    return replace(caller, principal=replace(principal, scopes=principal.scopes | {INTERNAL}))


async def sections(service: Service, caller: Caller, customer_ids: Sequence[UUID], names: Sequence[str]) -> dict[UUID, dict[str, SectionAnswer]]:
    """Return the sections of up to 100 ids in one call; raises Problem or ServiceFailed."""
    body = {"customer_ids": [str(one) for one in customer_ids], "sections": list(names)}
    return service.believe(ViewsAnswer, await service.ask(trusted(caller), PATH, body)).views

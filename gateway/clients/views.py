"""The view contract that every service answers: sections of a customer, each with its version and age."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import msgspec
import orjson

from gateway.clients.failures import ServiceFailed
from gateway.clients.service import Caller, Service
from services.kit.auth import Principal

INTERNAL = "internal"
"""The scope of the view contract; no role has it, the gateway alone adds it."""
PATH = "/internal/v1/customers/views"
REMEMBERED = 1_000


class SectionAnswer(msgspec.Struct, frozen=True, gc=False):
    """One section of one customer; `version` grows whenever it changes. `data` stays JSON until somebody knows what it should be."""

    version: int
    as_of: datetime
    data: msgspec.Raw


class ViewsAnswer(msgspec.Struct, frozen=True):
    """Sections by name by the id that was asked for."""

    views: dict[UUID, dict[str, SectionAnswer]]


_DECODER = msgspec.json.Decoder(ViewsAnswer)
_TRUSTED: dict[Principal, Principal] = {}


def trusted(caller: Caller) -> Caller:
    """Return the caller with the scope of the view contract. Only after the gateway has judged what this principal may see."""
    principal = caller.principal
    known = _TRUSTED.get(principal)
    if known is None:
        if len(_TRUSTED) >= REMEMBERED:
            _TRUSTED.clear()
        known = _TRUSTED[principal] = replace(principal, scopes=principal.scopes | {INTERNAL})
    return replace(caller, principal=known)


async def sections(
    service: Service, caller: Caller, customer_ids: Sequence[UUID], names: Sequence[str], sizes: Mapping[str, int] | None = None
) -> dict[UUID, dict[str, SectionAnswer]]:
    """Return the sections of up to 100 ids in one call, asked by a `trusted` caller; raises Problem or ServiceFailed."""
    body = {"customer_ids": customer_ids, "sections": names, "sizes": sizes} if sizes else {"customer_ids": customer_ids, "sections": names}
    raw = await service.ask(caller, PATH, orjson.dumps(body))
    try:
        return _DECODER.decode(raw).views
    except (msgspec.MsgspecError, RecursionError):
        raise ServiceFailed(service.name, "SERVICE_UNAVAILABLE", retryable=False) from None

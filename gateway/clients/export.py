"""A copy of everything that the house keeps of one person: every service asked at once, one that does not answer named."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from gateway.clients.all import OWN, Clients
from gateway.clients.failures import Problem, ServiceFailed
from gateway.clients.service import Caller, Service
from gateway.clients.views import trusted

PATH = "/internal/v1/customers/export"
SCOPE = "privacy:erase"


@dataclass(frozen=True, slots=True)
class Part:
    """What one service keeps."""

    service: str
    rows: int
    sha256: str
    """Of the tables as canonical JSON (sorted keys): the receipt."""
    tables: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Copy:
    """The copy, as far as the services answered."""

    customer_ids: list[UUID]
    """All records of the person."""
    parts: list[Part]
    missing: list[str]
    """The services that did not answer: ask again."""


async def copy_of(clients: Clients, caller: Caller, customer_id: str) -> Copy:
    """Ask for all records of the person; raises Problem (not_found), or ServiceFailed when customers is silent. Judge the scope before."""
    person = await clients.customers.by_id(caller, customer_id)
    services = {name: one for name, one in clients.services.items() if name != OWN}
    parts = await asyncio.gather(*(_part(caller, one, person.member_ids) for one in services.values()))
    missing = [name for name, part in zip(services, parts, strict=True) if part is None]
    return Copy(list(person.member_ids), [part for part in parts if part is not None], missing)


async def _part(caller: Caller, service: Service, members: Sequence[UUID]) -> Part | None:
    try:
        raw = await service.ask(trusted(caller), PATH, orjson.dumps({"customer_ids": [str(one) for one in members]}))
        tables: Any = orjson.loads(raw)["tables"]
    except (ServiceFailed, Problem, KeyError, orjson.JSONDecodeError):
        return None
    digest = hashlib.sha256(orjson.dumps(tables, option=orjson.OPT_SORT_KEYS)).hexdigest()
    return Part(service.name, sum(len(rows) for rows in tables.values()), digest, tables)

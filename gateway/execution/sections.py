"""The parts of one customer that other services own: all asked for at once, each allowed to fail alone."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import strawberry

from gateway.clients import views
from gateway.clients.failures import Problem, ServiceFailed
from gateway.clients.service import Caller, Service
from gateway.clients.views import SectionAnswer
from gateway.execution.stale import LastGood
from services.kit.errors import Forbidden


@strawberry.enum(
    description="How far a section can be trusted. FRESH: asked for just now. STALE: the service is silent, this is its last good answer,"
    " some seconds old. UNAVAILABLE: not there, see reason."
)
class SectionState(StrEnum):
    """State of a section."""

    FRESH = "FRESH"
    """Asked for just now."""
    STALE = "STALE"
    """The service is silent; this is its last good answer, some seconds old."""
    UNAVAILABLE = "UNAVAILABLE"
    """Not there; see reason."""


@dataclass(frozen=True, slots=True)
class Part:
    """Sections of one service, of every record of the person, and what is to be said about them."""

    state: SectionState
    sections: Mapping[UUID, Mapping[str, SectionAnswer]]
    reason: str | None = None
    failure: Exception | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """What one section says about itself."""

    name: str
    state: SectionState
    as_of: datetime | None
    reason: str | None


class CustomerSections:
    """One call per service, started together when the customer is known; fields wait for their own service only."""

    def __init__(
        self,
        *,
        services: Mapping[str, Service],
        caller: Caller,
        member_ids: Sequence[UUID],
        wanted: Mapping[str, Sequence[str]],
        last_good: LastGood,
    ) -> None:
        self._caller = caller
        self._members = tuple(member_ids)
        self._wanted = wanted
        self._last_good = last_good
        self._told: set[str] = set()
        self._parts = {name: asyncio.create_task(self._ask(services[name], names)) for name, names in wanted.items()}

    async def data(self, service: str, section: str) -> list[Any] | None:
        """Return the section's data of every record, the survivor's first. A failed service raises once, then its sections are null."""
        part = await self._part(service)
        if part.failure is not None:
            self.tell_once(service, part.failure)
            return None
        found = (part.sections.get(member, {}).get(section) for member in self._members)
        return [answer.data for answer in found if answer is not None]

    def tell_once(self, service: str, failure: Exception) -> None:
        """Raise the failure unless this service's failure is told already: one error per service, not per field."""
        if service not in self._told:
            self._told.add(service)
            raise failure

    async def statuses(self) -> list[Status]:
        """Return the state of every section that was asked for."""
        found = []
        for service, names in self._wanted.items():
            part = await self._part(service)
            for name in names:
                ages = [member[name].as_of for member in part.sections.values() if name in member]
                found.append(Status(name, part.state, min(ages) if ages else None, part.reason))
        return found

    async def _part(self, service: str) -> Part:
        return await asyncio.shield(self._parts[service])

    async def _ask(self, service: Service, names: Sequence[str]) -> Part:
        if f"{service.name}:read" not in self._caller.principal.scopes:
            refused = Forbidden(f"This needs the scope {service.name}:read.")
            return Part(SectionState.UNAVAILABLE, {}, "FORBIDDEN", refused)
        # customers itself answers for the whole person under any of its ids; the others know each record alone
        members = self._members[:1] if service.name == "customers" else self._members
        key = (service.name, self._caller.principal, members, tuple(names))
        try:
            sections = await views.sections(service, self._caller, members, names)
        except ServiceFailed as failed:
            kept = self._last_good.find(key)
            if kept is not None:
                return Part(SectionState.STALE, kept, failed.code)
            return Part(SectionState.UNAVAILABLE, {}, failed.code, failed)
        except Problem as refused:
            return Part(SectionState.UNAVAILABLE, {}, "REFUSED", refused)
        self._last_good.keep(key, sections)
        return Part(SectionState.FRESH, sections)

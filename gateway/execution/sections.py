"""The parts of one customer that the services own: all asked for at once, each allowed to fail alone."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

import msgspec
import strawberry
from msgspec import Raw, ValidationError

from gateway.clients import views
from gateway.clients.failures import Problem, ServiceFailed
from gateway.clients.service import Caller, Service
from gateway.clients.views import Found, SectionAnswer, SectionTypes, View, told_of
from gateway.clients.wire import Unbelievable, read
from gateway.execution.scopes import reading
from gateway.execution.stale import LastGood
from gateway.metrics import STALE
from services.customers.contract import CustomerView
from services.kit.errors import Forbidden

V = TypeVar("V")
CUSTOMERS, PROFILE, TIMELINE = "customers", "profile", "timeline"


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


class Part(msgspec.Struct, frozen=True):
    """Sections of one service, of every record of the person, and what is to be said about them."""

    state: SectionState
    views: Found
    reason: str | None = None
    failure: Exception | None = None


NOBODY: Found = {}


class Status(msgspec.Struct, frozen=True):
    """What is said about one section."""

    name: str
    state: SectionState
    reason: str | None
    views: Found

    @property
    def as_of(self) -> datetime | None:
        """When the oldest share of it was written; looked up when somebody asks."""
        found = [view.section(self.name) for view in self.views.values()]
        return min((one.as_of for one in found if one is not None), default=None)


class CustomerSections:
    """One call per service, all started before anything is known about the customer but an id; fields wait for their own service only."""

    def __init__(
        self,
        *,
        services: Mapping[str, Service],
        caller: Caller,
        asked: UUID | CustomerView,
        wanted: Mapping[str, tuple[str, ...]],
        last_good: LastGood,
        types: SectionTypes,
        timeline: int | None = None,
        granted: bool = False,
    ) -> None:
        """Ask. `asked` is an id, or the person when a key was looked up already; `wanted` names sections by service.

        `timeline` is how many entries to bring along, None for none. `granted`: the caller is known to hold the scopes
        of all these services, so nobody is asked for them again.
        """
        self._services = services
        self._caller = caller
        self._granted = granted
        self._inside = views.trusted(caller)
        self._known = None if isinstance(asked, UUID) else asked
        self._id = asked if isinstance(asked, UUID) else asked.id
        self._text = str(self._id)
        self._members: tuple[UUID, ...] = last_good.people.of(asked) if isinstance(asked, UUID) else tuple(asked.member_ids)
        self._wanted = wanted
        self._people = last_good.people
        self._kept = last_good.of(caller.principal, self._id)
        self._types = types
        self._told: set[str] = set()
        self.timeline_size = timeline
        own = (*(() if self._known else (PROFILE,)), *wanted.get(CUSTOMERS, ()), *((TIMELINE,) if timeline else ()))
        self._sizes = {TIMELINE: timeline} if timeline else None
        self._sections = {**wanted, CUSTOMERS: own} if own else wanted
        self._asked = {name: self._start(name, names) for name, names in wanted.items() if name != CUSTOMERS}
        self._parts: dict[str, Part] = {}
        self.plain: dict[str, Any] = {}
        """Data of the sections that need nothing done before they are shown, None where there are none; see `_all`."""

    async def profile(self) -> CustomerView | None:
        """Return who it is, once every part is there; None when nobody has the id. Raises when customers does not answer."""
        own = self._sections.get(CUSTOMERS)
        if own:  # asked by who waits for it anyway; the others have tasks
            self._parts[CUSTOMERS] = await self._ask(self._services[CUSTOMERS], own)
        if self._known is not None:
            await self._all()
            return self._known
        part = self._parts[CUSTOMERS]
        if part.failure is not None:
            self.stop()
            raise part.failure
        told = told_of(part.views, self._text)
        found = told.section(PROFILE) if told is not None else None
        if found is None:
            self.stop()
            return None
        view = self._believed(CUSTOMERS, CustomerView, PROFILE, found)
        self._meet(view.member_ids)
        await self._all()
        return view

    def stop(self) -> None:
        """Give up what nobody will look at."""
        for task in self._asked.values():
            task.cancel()

    def read(self, service: str, section: str, view: type[V]) -> list[V] | None:
        """Return the section of every record, the survivor's first: values of the section's type, or of the view where that refused one.

        A failed service raises once, then its sections are null.
        """
        part = self._parts[service]
        if part.failure is not None:
            self.tell_once(service, part.failure)
            return None
        told = [record.section(section) for member in self._members if (record := told_of(part.views, str(member))) is not None]
        return [self._believed(service, view, section, answer) for answer in told if answer is not None]

    def tell_once(self, service: str, failure: Exception) -> None:
        """Raise the failure unless this service's failure is told already: one error per service, not per field."""
        if service not in self._told:
            self._told.add(service)
            raise failure

    def statuses(self) -> list[Status]:
        """Return the state of every section that was asked for, the profile's first."""
        part = Part(SectionState.FRESH, NOBODY) if self._known else self._parts[CUSTOMERS]
        found = [Status(PROFILE, part.state, part.reason, part.views)]
        for service, names in self._wanted.items():
            part = self._parts[service]
            found += [Status(name, part.state, part.reason, part.views) for name in names]
        return found

    def _meet(self, members: Sequence[UUID]) -> None:
        """The person has other records than was known: services that know each record alone are asked again. Rare, and the only second hop."""
        told = tuple(members) if self._id in members else (self._id, *members)
        if told == self._members:
            return
        self._members = told
        self._people.learn(self._id, self._members)
        for service, names in self._wanted.items():
            if service != CUSTOMERS:
                self._asked[service].cancel()
                self._asked[service] = self._start(service, names)

    def _believed(self, service: str, view: type[V], section: str, answer: SectionAnswer) -> V:
        """Return the section's data; what its type refused, by the contract's view, which knows a few more spellings."""
        data: Any = answer.data
        if data.__class__ is not Raw:
            value: V = data
            return value
        try:
            value = self._types.read_again(section, data)
        except ValidationError:
            pass
        else:
            return value
        try:
            return read(view, data)
        except Unbelievable:
            raise ServiceFailed(service, "SERVICE_UNAVAILABLE", retryable=False) from None

    async def _all(self) -> None:
        """Wait for every part: the answer needs them all, and fields that find theirs there need no task of their own."""
        for name, task in self._asked.items():
            self._parts[name] = await task
        if self._members == (self._id,):  # of a person with several records each section has to be put together first
            for service, names in self._sections.items():
                part = self._parts[service]
                if part.failure is None:
                    self._lay_out(told_of(part.views, self._text), names)

    def _lay_out(self, view: View | None, names: tuple[str, ...]) -> None:
        plain = self.plain
        for name in names:
            answer = None if view is None else view.section(name)
            if answer is None:
                plain[name] = None
            elif answer.data.__class__ is not Raw:
                plain[name] = answer.data

    def _start(self, name: str, sections: tuple[str, ...]) -> "asyncio.Task[Part]":
        return asyncio.get_running_loop().create_task(self._ask(self._services[name], sections))

    async def _ask(self, service: Service, names: tuple[str, ...]) -> Part:
        if not self._granted and reading(service.name) not in self._caller.principal.scopes:
            refused = Forbidden(f"This needs the scope {reading(service.name)}.")
            return Part(SectionState.UNAVAILABLE, {}, "FORBIDDEN", refused)
        # customers itself answers for the whole person under any of its ids; the others know each record alone
        members = (self._id,) if service.name == CUSTOMERS else self._members
        sizes = self._sizes if service.name == CUSTOMERS else None
        key = (service.name, members if len(members) > 1 else (), names, self.timeline_size)
        wanted = fields = self._types.fields(names)
        try:
            raw = await views.ask(service, self._inside, members, names, sizes, fields)
            sections = views.read_answer(service.name, names, raw, self._types)
            if fields is not None and views.was_refused(sections):  # what is spelled oddly can only be read of the whole
                fields, raw = None, await views.ask(service, self._inside, members, names, sizes)
                sections = views.read_answer(service.name, names, raw, self._types)
        except ServiceFailed as failed:
            kept = self._kept.find(key, wanted)
            if kept is not None:
                STALE.labels(service=service.name).inc()
                return Part(SectionState.STALE, views.read_answer(service.name, names, kept, self._types), failed.code)
            return Part(SectionState.UNAVAILABLE, {}, failed.code, failed)
        except Problem as refused:
            return Part(SectionState.UNAVAILABLE, {}, "REFUSED", refused)
        self._kept.keep(key, fields, raw)
        return Part(SectionState.FRESH, sections)

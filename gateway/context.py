"""What one operation has at hand: who asks, the clients, and what was already asked."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

import msgspec
import strawberry
from strawberry.dataloader import DataLoader

from gateway.clients import views
from gateway.clients.all import Clients
from gateway.clients.failures import ServiceFailed
from gateway.clients.service import Caller
from gateway.clients.views import SectionAnswer
from gateway.clients.wire import Unbelievable, read
from gateway.execution.stale import LastGood
from services.customers.contract import CustomerView
from services.kit.errors import Forbidden

BATCH = 100


@dataclass
class GatewayContext:
    """Made for each operation."""

    caller: Caller
    clients: Clients
    last_good: LastGood
    poll_seconds: float
    _people: DataLoader[UUID, CustomerView | None] | None = field(default=None, init=False)

    @property
    def people(self) -> DataLoader[UUID, CustomerView | None]:
        """Customers by id, many of them in one call.

        The loader must not know the context: both would wait for the collector, with everything that the operation had read.
        """
        if self._people is None:
            self._people = DataLoader(load_fn=partial(_load_people, self.clients, self.caller), max_batch_size=BATCH)
        return self._people

    async def person(self, customer_id: UUID) -> CustomerView | None:
        """Return a customer; None when nobody has the id.

        Shielded: a null that rises ends what waits beside it, and must not end what other fields wait for with it.
        """
        return await asyncio.shield(self.people.load(customer_id))

    def need(self, scope: str) -> None:
        """Raise Forbidden unless the principal has the scope; services check again."""
        _need(self.caller, scope)

    def with_time(self, seconds: float) -> Caller:
        """Return the caller with a deadline of its own: one step of a stream has its own time."""
        return msgspec.structs.replace(self.caller, deadline=time.monotonic() + seconds)


async def _load_people(clients: Clients, caller: Caller, ids: list[UUID]) -> Sequence[CustomerView | BaseException | None]:
    service = clients.customers.service
    try:
        _need(caller, "customers:read")
        raw = await views.ask(service, views.trusted(caller), ids, ["profile"])
        found = views.read_answer(service.name, ["profile"], raw)
    except (ServiceFailed, Forbidden) as failure:
        return [failure] * len(ids)
    profiles = [None if (view := views.told_of(found, str(one))) is None else view.section("profile") for one in ids]
    return [None if one is None else _believed(service.name, one) for one in profiles]


def _need(caller: Caller, scope: str) -> None:
    if scope not in caller.principal.scopes:
        raise Forbidden(f"This needs the scope {scope}.")


def _believed(service: str, answer: SectionAnswer) -> CustomerView | BaseException:
    try:
        return read(CustomerView, answer.data)
    except Unbelievable:
        return ServiceFailed(service, "SERVICE_UNAVAILABLE", retryable=False)


Info = strawberry.Info[GatewayContext, None]


def at(info: Any) -> GatewayContext:
    """Return the context of the running operation."""
    context: GatewayContext = info.context
    return context

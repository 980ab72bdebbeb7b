"""Customers that several fields of one operation ask for."""

import asyncio
import time

import pytest

from gateway.clients.all import NAMES, OWN, make_clients
from gateway.clients.service import Caller, Patience
from gateway.context import GatewayContext
from gateway.execution.stale import LastGood
from services.kit.auth import Principal
from tests.support.gateway_upstream import CUSTOMER, FixedTransport

AGENT = Principal(subject="ada", roles=frozenset(), scopes=frozenset({"customers:read"}), sites=None, vendors=None)


async def test_a_field_that_is_given_up_takes_the_customer_from_no_other_field() -> None:
    clients = make_clients({name: FixedTransport(name) for name in (*NAMES, OWN)}, lambda _principal, _service: "token", Patience())
    context = GatewayContext(Caller(AGENT, "people", time.monotonic() + 60), clients, LastGood(30), 0.2)
    given_up, kept = (asyncio.create_task(context.person(CUSTOMER)) for _ in range(2))
    await asyncio.sleep(0)

    given_up.cancel()

    with pytest.raises(asyncio.CancelledError):
        await given_up
    found = await kept
    assert found is not None
    assert found.id == CUSTOMER

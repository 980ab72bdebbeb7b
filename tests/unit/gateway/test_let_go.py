"""What an operation had in its hands is free the moment that it is answered, and does not wait for the collector."""

import asyncio
import gc
import time
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.clients.all import NAMES, OWN, make_clients
from gateway.clients.service import Caller, Patience
from gateway.context import GatewayContext
from gateway.execution.documents import Documents
from gateway.execution.run import GraphQLRequest, Runner
from gateway.execution.stale import LastGood
from gateway.schema.build import core_schema
from services.kit.auth import Principal
from tests.support.gateway_upstream import CUSTOMER, FixedTransport

VIEW = (Path(__file__).parents[2] / "support" / "gateway_view.graphql").read_text(encoding="utf-8")
AGENT = Principal(
    subject="ada", roles=frozenset({"agent"}), scopes=frozenset({f"{name}:read" for name in NAMES} | {"pii:read"}), sites=None, vendors=None
)


@pytest.fixture
def no_collector() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_collector")
async def test_a_customer_that_was_shown_is_not_kept() -> None:
    clients = make_clients({name: FixedTransport(name) for name in (*NAMES, OWN)}, lambda _principal, _service: "token", Patience())
    runner = Runner(Documents(core_schema(), suggestions=False), False, 2.0, 5.0)
    ready = runner.ready(GraphQLRequest(VIEW, None, {"id": str(CUSTOMER), "contacts": 20}), AGENT)
    context = GatewayContext(Caller(AGENT, "let-go", time.monotonic() + 60), clients, LastGood(30), 0.2)
    assert context.people is context.people  # looking people up must not tie the context to itself
    kept = weakref.ref(context)

    answered = await runner.run(ready, context)
    del context
    await asyncio.sleep(0)

    assert answered.errors == []
    assert kept() is None

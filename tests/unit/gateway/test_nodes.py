"""Whatever implements Node is found again by `node(id:)`, as far as the principal's scopes reach."""

import time
from typing import Any, TypeVar

import pytest
from graphql import GraphQLInterfaceType, GraphQLSchema
from pydantic import BaseModel

from gateway.clients.all import NAMES, OWN, make_clients
from gateway.clients.failures import Problem
from gateway.clients.service import Caller, Patience, Query, Service
from gateway.context import GatewayContext
from gateway.execution.documents import Documents
from gateway.execution.run import GraphQLRequest, Runner
from gateway.execution.stale import LastGood
from gateway.schema.build import core_schema
from gateway.schema.relay import global_id
from services.kit.auth import Principal
from tests.support.gateway_upstream import CUSTOMER, FixedTransport, example

V = TypeVar("V", bound=BaseModel)
SCHEMA: GraphQLSchema = core_schema()
IDS = {"CustomerContact": "Contact"}
"""Types whose things are other types' things, seen from elsewhere: they have the id, and are found as the other."""


def node_types() -> list[str]:
    interface = SCHEMA.type_map["Node"]
    assert isinstance(interface, GraphQLInterfaceType)
    return sorted(one.name for one in SCHEMA.get_implementations(interface).objects)


class Keeper(Service):
    """A service that has whatever it is asked for, from whoever may read there."""

    async def read(self, caller: Caller, path: str, query: Query | None = None) -> Any:  # noqa: ARG002  whatever is asked
        if ("keys:manage" if self.name == OWN else f"{self.name}:read") not in caller.principal.scopes:
            raise Problem(self.name, 403, "not_allowed", "This is not yours to read.")
        return {}

    def believe(self, model: type[V], data: Any) -> V:  # noqa: ARG002  it is always the same
        return super().believe(model, example(model, 0))


async def find(kind: str, scopes: frozenset[str]) -> tuple[Any, list[str]]:
    clients = make_clients({name: FixedTransport(name) for name in (*NAMES, OWN)}, lambda _principal, _service: "token", Patience())
    for client in (clients.customers, clients.routing, clients.survey, clients.feedback, clients.knowledge, clients.insight, clients.keys):
        client.service = Keeper(client.service.name, client.service.transport, lambda _principal, _service: "token")
    asker = Principal(subject="ada", roles=frozenset(), scopes=scopes)
    context = GatewayContext(Caller(asker, "nodes", time.monotonic() + 60), clients, LastGood(30), 0.2)
    runner = Runner(Documents(SCHEMA, suggestions=False), False, 60.0, 60.0)
    request = GraphQLRequest("query($id: ID!) { node(id: $id) { __typename id } }", None, {"id": global_id(kind, CUSTOMER)})
    answered = await runner.run(runner.ready(request, asker), context)
    return answered.data["node"], [error["extensions"]["code"] for error in answered.errors]


@pytest.mark.parametrize("name", node_types())
async def test_everything_with_a_global_id_is_found_by_it_and_only_by_who_may_read_it(name: str) -> None:
    kind = IDS.get(name, name)

    found = await find(kind, frozenset({f"{service}:read" for service in NAMES} | {"keys:manage"}))
    refused = await find(kind, frozenset())

    assert found == ({"__typename": kind, "id": global_id(kind, CUSTOMER)}, [])
    assert refused == (None, ["FORBIDDEN"])


def test_keys_are_among_what_is_found() -> None:
    assert "AccessKey" in node_types()

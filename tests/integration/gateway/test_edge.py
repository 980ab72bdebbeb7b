"""The door: what it lets through, in which form, and that nothing hostile makes it fall."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn
from httpx import ASGITransport, AsyncClient

from gateway.app import create_gateway
from gateway.clients.all import NAMES
from gateway.clients.http_transport import HttpTransport
from gateway.clients.transport import Message, Unreachable
from gateway.settings import GatewaySettings
from services.kit.ids import new_id
from services.kit.service import House
from tests.integration.gateway.house import Running

pytestmark = pytest.mark.asyncio(loop_scope="module")
ME = "{ __typename }"
GRAPHQL_RESPONSE = "application/graphql-response+json"
HOSTILE_BODIES = [
    b"",
    b'"x"',
    b"null",
    b"[]",
    b"[{}]",
    b"7",
    b"{",
    b"\xff\xfe{\x00}\x00",
    b'{"query": NaN}',
    b'{"query": 1e999}',
    b'{"query": "\\ud800"}',
    b'{"query": "{ a }\\u0000"}',
    b'{"query": 7}',
    b'{"query": ""}',
    b'{"query": "{ __typename }", "variables": []}',
    b'{"query": "{ __typename }", "variables": "x"}',
    b'{"query": "{ __typename }", "operationName": {}}',
    b'{"query": "{ __typename }", "variables": ' + b"[" * 400 + b"]" * 400 + b"}",
    b'{"query": null}',
]


async def agent(house: Running) -> str:
    return await house.key("agent", holder=f"agent {new_id()}")


@pytest.mark.parametrize("body", HOSTILE_BODIES)
async def test_a_malformed_graphql_request_is_400_never_500(house: Running, body: bytes) -> None:
    answer = await house.rest(await agent(house), "POST", "/graphql", content=body, headers={"Content-Type": "application/json"})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert "data" not in answer.json()


async def test_other_kinds_of_body_and_method_are_refused(house: Running) -> None:
    key = await agent(house)

    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
        assert (await house.rest(key, "POST", "/graphql", content=b"{}", headers={"Content-Type": kind})).status_code == 415
    assert (await house.rest(key, "GET", "/graphql", params={"query": ME})).status_code == 400
    assert (await house.rest(key, "PUT", "/graphql", json={"query": ME})).status_code == 405


async def test_a_body_over_256_kib_is_refused_by_what_really_arrives(house: Running) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(30):
            yield b"x" * 10_000

    answer = await house.rest(await agent(house), "POST", "/graphql", content=chunks(), headers={"Content-Type": "application/json"})

    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nod }", "GRAPHQL_VALIDATION_FAILED"),
        ("query($x: Int!) { __typename }", "GRAPHQL_VALIDATION_FAILED"),
        ('{ customer(id: "x") { timeline(first: 101) { pageInfo { endCursor } } } }', "BAD_USER_INPUT"),
        ("query A { __typename } query B { __typename }", "BAD_USER_INPUT"),
        ('subscription { customerTimeline(customerId: "x") { title } }', "BAD_USER_INPUT"),
        ("{ " + " ".join(f"a{n}: contacts(first: 100) {{ edges {{ node {{ uid }} }} }}" for n in range(11)) + " }", "MAX_COST_EXCEEDED"),
    ],
)
async def test_the_status_tells_an_invalid_document_only_where_the_client_asked_for_it(house: Running, query: str, code: str) -> None:
    key = await agent(house)

    new = await house.post(key, {"query": query}, Accept=GRAPHQL_RESPONSE)
    old = await house.post(key, {"query": query}, Accept="application/json")

    assert (new.status_code, old.status_code) == (400, 200)
    assert new.headers["content-type"].startswith(GRAPHQL_RESPONSE)
    assert old.headers["content-type"].startswith("application/json")
    for answer in (new, old):
        assert answer.json()["errors"][0]["extensions"]["code"] == code
        assert "data" not in answer.json()


async def test_a_variable_of_the_wrong_type_is_the_clients_error(house: Running) -> None:
    query = "query($id: ID!) { customer(id: $id) { uid } }"
    answer = await house.post(await agent(house), {"query": query, "variables": {"id": {"a": 1}}}, Accept=GRAPHQL_RESPONSE)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_503_only_when_nothing_at_all_could_be_answered(house: Running) -> None:
    key = await agent(house)
    house.ways["customers"].broken = Unreachable()
    house.ways["routing"].broken = Unreachable()
    both = '{ customer(key: {kind: "account", value: "x"}) { uid } contacts(first: 1) { pageInfo { endCursor } } %s }'

    dark = await house.post(key, {"query": both % ""}, Accept=GRAPHQL_RESPONSE)
    dim = await house.post(key, {"query": both % "__typename"}, Accept=GRAPHQL_RESPONSE)

    assert (dark.status_code, dim.status_code) == (503, 200)


async def test_the_schema_is_read_with_the_right_and_in_development(house: Running) -> None:
    answer = await house.ask(await agent(house), '{ __type(name: "Customer") { name } }')

    assert answer["data"]["__type"] == {"name": "Customer"}


async def test_rest_goes_through_with_an_internal_token_and_no_other_header(house: Running) -> None:
    key = await agent(house)

    answer = await house.rest(
        key,
        "PUT",
        "/customers/v1/customers/by-key/account/E-1",
        json={"display_name": "Edge"},
        headers={"X-Request-Id": "trace-me", "Cookie": "a=b", "X-Forwarded-For": "6.6.6.6"},
    )

    assert answer.status_code in {200, 201}
    assert answer.headers["x-request-id"] == "trace-me"
    assert answer.json()["display_name"] == "Edge"


@pytest.mark.parametrize(
    "path",
    [
        "/customers/internal/v1/customers/views",
        "/customers/internal/../internal/v1/resolve",
        "/customers/./internal/v1/resolve",
        "/customers/metrics",
        "/nowhere/v1/x",
        "/customers",
        "/customers/%2e%2e/feedback/internal/v1",
        "//internal/v1",
    ],
)
async def test_the_inside_of_the_house_is_not_reached_from_outside(house: Running, path: str) -> None:
    key = await house.key("administrator", holder=f"admin {new_id()}")

    answer = await house.rest(key, "POST", path, json={"ids": []})

    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


async def test_public_doors_need_no_key_and_others_do(house: Running) -> None:
    assert (await house.rest(None, "GET", "/insight/v1/board")).status_code == 200
    assert (await house.rest(None, "GET", "/s/forged")).status_code in {404, 410}
    assert (await house.rest(None, "GET", "/customers/v1/customers/by-key/account/E-1")).status_code == 401


async def test_a_dead_service_is_a_503_problem_without_an_address(house: Running) -> None:
    house.ways["survey"].broken = Unreachable("127.0.0.1:9101")

    answer = await house.rest(await agent(house), "GET", "/survey/v1/surveys")

    assert answer.status_code == 503
    assert answer.json()["code"] == "unavailable"
    assert "9101" not in answer.text


async def test_pages_are_served_from_this_host_alone(house: Running) -> None:
    for path in ("/", "/problems", "/problems/too_many_live_keys", "/graphiql"):
        answer = await house.rest(None, "GET", path)
        assert answer.status_code == 200, path
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "https://" not in answer.text
    assert "two live keys" in (await house.rest(None, "GET", "/problems/too_many_live_keys")).text
    assert (await house.rest(None, "GET", "/problems/nothing-like-it")).status_code == 404
    for name in ("page.css", "icon.svg"):
        assert (await house.rest(None, "GET", f"/console/static/{name}")).status_code == 200
    assert (await house.rest(None, "GET", "/console/static/..%2fpages.py")).status_code == 404


async def test_health_and_readiness(house: Running) -> None:
    assert (await house.rest(None, "GET", "/healthz")).json() == {"service": "gateway", "status": "alive"}
    ready = await house.rest(None, "GET", "/readyz")
    assert ready.status_code == 200, ready.text
    house.ways["insight"].broken = Unreachable()
    unready = await house.rest(None, "GET", "/readyz")
    assert unready.status_code == 503
    assert unready.json()["services"]["insight"] == "unavailable"


@asynccontextmanager
async def stream(house: Running, key: str, query: str, variables: dict[str, Any]) -> AsyncIterator["asyncio.Queue[str]"]:
    """Open a stream of server-sent events on the app itself."""
    events: asyncio.Queue[str] = asyncio.Queue()
    body = [{"type": "http.request", "body": json.dumps({"query": query, "variables": variables}).encode(), "more_body": False}]
    gone = asyncio.Event()

    async def receive() -> Message:
        if body:
            return body.pop()
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        events.put_nowait(message.get("body", b"").decode() if message["type"] == "http.response.body" else str(message["status"]))

    headers = [(b"content-type", b"application/json"), (b"accept", b"text/event-stream"), (b"authorization", f"Bearer {key}".encode())]
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/graphql",
    }
    scope |= {"raw_path": b"/graphql", "query_string": b"", "root_path": "", "headers": headers, "client": None, "server": None}
    task = asyncio.create_task(house.app(scope, receive, send))
    try:
        yield events
    finally:
        gone.set()
        await asyncio.wait_for(task, 5)


LIVE = "subscription($id: ID!) { customerTimeline(customerId: $id) { title kind } }"


async def test_a_new_fact_arrives_live_by_server_sent_events(house: Running) -> None:
    key = await agent(house)
    person = (await house.rest(key, "PUT", "/customers/v1/customers/by-key/account/L-1", json={"display_name": "Live"})).json()
    await house.settle()

    async with stream(house, key, LIVE, {"id": person["id"]}) as events:
        assert await asyncio.wait_for(events.get(), 5) == "200"
        await asyncio.sleep(0.5)
        assert events.empty()
        case = {"customer_id": person["id"], "title": "Live issue", "description": "d", "language": "en"}
        await house.rest(key, "POST", "/customers/v1/cases", json=case)
        await house.settle()
        event = await asyncio.wait_for(events.get(), 5)

    assert event.startswith("event: next\ndata: ")
    assert json.loads(event.split("data: ")[1])["data"]["customerTimeline"]["kind"] == "case_opened"


async def test_a_stream_ends_when_its_key_is_revoked(house: Running) -> None:
    keeper = await house.key("administrator", holder=f"admin {new_id()}")
    made = (await house.rest(keeper, "POST", "/gateway/v1/keys", json={"holder": f"h {new_id()}", "roles": ["agent"]})).json()
    person = (await house.rest(made["key"], "PUT", "/customers/v1/customers/by-key/account/L-2", json={"display_name": "Live"})).json()
    object.__setattr__(house.app.state.door, "settings", house.app.state.door.settings.model_copy(update={"credential_seconds": 0.1}))

    async with stream(house, made["key"], LIVE, {"id": person["id"]}) as events:
        assert await asyncio.wait_for(events.get(), 5) == "200"
        await house.rest(keeper, "DELETE", f"/gateway/v1/keys/{made['id']}")
        assert await asyncio.wait_for(events.get(), 5) == "event: complete\ndata:\n\n"


@asynccontextmanager
async def socket(house: Running, protocol: str = "graphql-transport-ws") -> AsyncIterator[tuple[Any, Any]]:
    """Open a websocket on the app itself: (send, receive) of JSON messages; closes are {"close": code}."""
    incoming: asyncio.Queue[Message] = asyncio.Queue()
    outgoing: asyncio.Queue[Any] = asyncio.Queue()
    incoming.put_nowait({"type": "websocket.connect"})

    async def send(message: Message) -> None:
        if message["type"] == "websocket.send":
            outgoing.put_nowait(json.loads(message["text"]))
        elif message["type"] == "websocket.close":
            outgoing.put_nowait({"close": message["code"]})

    scope: dict[str, Any] = {
        "type": "websocket",
        "asgi": {"version": "3.0"},
        "scheme": "ws",
        "path": "/graphql",
        "raw_path": b"/graphql",
        "query_string": b"",
    }
    scope |= {"root_path": "", "headers": [], "subprotocols": [protocol], "client": None, "server": None}
    task = asyncio.create_task(house.app(scope, incoming.get, send))
    try:
        yield (
            lambda message: incoming.put_nowait({"type": "websocket.receive", "text": json.dumps(message) if isinstance(message, dict) else message}),
            lambda: asyncio.wait_for(outgoing.get(), 5),
        )
    finally:
        incoming.put_nowait({"type": "websocket.disconnect", "code": 1000})
        await asyncio.wait_for(task, 5)


async def test_a_websocket_runs_queries_and_streams_side_by_side(house: Running) -> None:
    key = await agent(house)
    person = (await house.rest(key, "PUT", "/customers/v1/customers/by-key/account/L-3", json={"display_name": "Live"})).json()
    await house.settle()

    async with socket(house) as (say, hear):
        say({"type": "connection_init", "payload": {"Authorization": f"Bearer {key}"}})
        assert await hear() == {"type": "connection_ack"}
        say({"type": "ping"})
        assert await hear() == {"type": "pong"}
        say({"type": "subscribe", "id": "live", "payload": {"query": LIVE, "variables": {"id": person["id"]}}})
        say({"type": "subscribe", "id": "one", "payload": {"query": ME}})
        assert (await hear())["payload"]["data"] == {"__typename": "Query"}
        assert await hear() == {"type": "complete", "id": "one"}
        say({"type": "subscribe", "id": "bad", "payload": {"query": "{ nod }"}})
        assert (await hear())["type"] == "error"
        await asyncio.sleep(0.5)
        await house.rest(key, "POST", "/customers/v1/cases", json={"customer_id": person["id"], "title": "x", "description": "d", "language": "en"})
        await house.settle()
        assert (await hear())["payload"]["data"]["customerTimeline"]["kind"] == "case_opened"
        say({"type": "complete", "id": "live"})


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        ([{"type": "subscribe", "id": "1", "payload": {"query": ME}}], 4401),
        ([{"type": "connection_init", "payload": {"Authorization": "Bearer nonsense"}}], 4403),
        ([{"type": "connection_init"}], 4403),
        (["not json"], 4400),
        (["[]"], 4400),
        ([{"type": "launch"}], 4400),
    ],
)
async def test_a_websocket_that_misbehaves_is_closed_with_its_code(house: Running, messages: list[Any], code: int) -> None:
    async with socket(house) as (say, hear):
        for message in messages:
            say(message)
        assert await hear() == {"close": code}


async def test_the_old_websocket_protocol_is_refused(house: Running) -> None:
    async with socket(house, "graphql-ws") as (_, hear):
        assert await hear() == {"close": 4406}


async def test_the_same_door_stands_before_services_in_other_processes(house: Running) -> None:
    """The real services behind a real socket: one server that has all of them, as far as HTTP can tell six of them."""
    ways = house.ways

    async def services(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        name = {"s": "survey", "u": "survey"}.get(scope["path"].split("/")[1], scope["path"].split("/")[1])
        await ways[name].inner._app(scope, receive, send)  # type: ignore[attr-defined]

    server = uvicorn.Server(uvicorn.Config(services, host="127.0.0.1", port=0, log_level="error", lifespan="off"))
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  uvicorn offers no event
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    settings = GatewaySettings(data_dir=house.app.state.door.settings.data_dir, call_seconds=20, operation_seconds=30)
    gateway = create_gateway(
        {name: HttpTransport(f"http://127.0.0.1:{port}") for name in NAMES}, settings, House(clock=house.clock, background=False)
    )
    try:
        async with gateway.router.lifespan_context(gateway):
            split = Running(gateway, house.clock, {}, [], house._http)
            async with AsyncClient(transport=ASGITransport(app=gateway), base_url="http://split.test") as http:
                split._http = http
                key = await agent(house)
                put = await split.rest(key, "PUT", "/customers/v1/customers/by-key/account/H-1", json={"display_name": "Over HTTP"})
                found = await split.ask(key, '{ customer(key: {kind: "account", value: "H-1"}) { displayName sections { state } } }')
                hidden = await split.rest(key, "POST", "/customers/internal/v1/resolve", json={})
                page = await split.rest(None, "GET", "/s/forged")
            assert put.json()["display_name"] == "Over HTTP"
            assert found["data"]["customer"]["displayName"] == "Over HTTP"
            assert hidden.status_code == 404
            assert page.status_code in {404, 410}
            assert page.headers["content-type"].startswith("text/html")
    finally:
        server.should_exit = True
        await running

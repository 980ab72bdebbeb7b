"""The door for REST and pages: what goes through to the services, and what of the house is never reached from outside."""

import asyncio
from typing import Any

import pytest
import uvicorn
from httpx import ASGITransport, AsyncClient

from gateway.app import create_gateway
from gateway.clients.all import NAMES
from gateway.clients.http_transport import HttpTransport
from gateway.clients.transport import Unreachable
from gateway.settings import GatewaySettings
from services.kit.ids import new_id
from services.kit.service import House
from tests.integration.gateway.doors import agent
from tests.integration.gateway.house import Running

pytestmark = pytest.mark.asyncio(loop_scope="module")


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


async def test_the_same_door_stands_before_services_in_other_processes(house: Running) -> None:
    """The real services behind a real socket: one server that has all of them, as far as HTTP can tell six of them."""
    ways = house.ways

    async def services(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        name = {"s": "survey", "u": "survey"}.get(scope["path"].split("/")[1], scope["path"].split("/")[1])
        await ways[name].inner._app(scope, receive, send)  # type: ignore[attr-defined]  # the way inside of the counted one

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

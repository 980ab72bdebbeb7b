"""Ways in that several tests use: a key, a stream of server-sent events, a websocket."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from gateway.clients.transport import Message
from services.kit.ids import new_id
from tests.integration.gateway.house import Running

ME = "{ __typename }"
LIVE = "subscription($id: ID!) { customerTimeline(customerId: $id) { title kind } }"


async def agent(house: Running) -> str:
    return await house.key("agent", holder=f"agent {new_id()}")


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

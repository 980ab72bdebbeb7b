"""GraphQL over HTTP: POST for queries and mutations, server-sent events for streams."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from graphql import OperationType

from gateway.clients.transport import Message, Receive, Scope, Send
from gateway.context import GatewayContext
from gateway.edge.door import Door, header_map
from gateway.edge.watch import credential_ended
from gateway.execution.incoming import BODY_BYTES, JSON_TYPE, RESPONSE_TYPE, STREAM_TYPE, accepted, read_address, read_body
from gateway.execution.problems import STATUS, RequestRefused
from gateway.execution.run import Answered, Ready, refused
from gateway.limits.bucket import Left
from gateway.metrics import THROTTLED
from services.kit.errors import Unauthenticated, Unavailable

HEARTBEAT_S = 10.0
OUTAGE = 503


async def serve_graphql(door: Door, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request at /graphql."""
    headers = header_map(scope["headers"])
    kind = accepted(headers.get("accept", ""))
    shown = JSON_TYPE if kind == STREAM_TYPE else kind
    if scope["method"] not in {"POST", "GET"}:
        refusal = RequestRefused("BAD_USER_INPUT", message="Send GraphQL by POST.")
        await _send(send, 405, shown, refused(refusal), [(b"allow", b"POST, GET")])
        return
    by_get = scope["method"] == "GET"
    try:
        proved = await door.prove(headers)
        if by_get:
            request = read_address(scope["query_string"], headers, door.trusted)
        else:
            request = read_body(await _body(receive), headers.get("content-type", ""), door.trusted)
    except Unauthenticated as error:
        refusal = RequestRefused("UNAUTHENTICATED", message=error.detail)
        await _send(send, 401, shown, refused(refusal), [(b"www-authenticate", b"Bearer")])
        return
    except Unavailable as error:
        await _send(send, OUTAGE, shown, refused(RequestRefused("SERVICE_UNAVAILABLE", message=error.detail)))
        return
    except RequestRefused as refusal:
        await _send(send, STATUS.get(refusal.code, 400), shown, refused(refusal))
        return
    try:
        ready = door.runner.ready(request, proved.principal)
        _refuse_wrong_way(ready, kind, by_get=by_get)
    except RequestRefused as refusal:
        await _send(send, STATUS.get(refusal.code, 400) if kind == RESPONSE_TYPE else 200, shown, refused(refusal))
        return
    left = door.costs.take(proved.principal.subject, max(1, ready.cost))
    limits = list(door.costs.fields("cost", left))
    if not left.granted:
        await _send(send, STATUS["THROTTLED"], shown, refused(throttled(left)), limits)
        return
    context = door.context(proved, headers, door.runner.seconds(ready.kind))
    if kind == STREAM_TYPE:
        ended = credential_ended(door, headers, proved)
        await _stream(answers(door, ready, context), ended, receive, send)
        return
    answered = await door.runner.run(ready, context)
    await _send(send, _status(answered, kind), shown, answered, [(b"x-request-id", context.caller.request_id.encode()), *limits])


def throttled(left: Left) -> RequestRefused:
    """Return the refusal of a principal whose bucket is empty."""
    THROTTLED.labels(door="graphql").inc()
    return RequestRefused("THROTTLED", message=f"Your allowance of cost is used up. Ask again in {left.wait_s} s.")


def _refuse_wrong_way(ready: Ready, kind: str, *, by_get: bool) -> None:
    if by_get and ready.kind != OperationType.QUERY:
        raise RequestRefused("BAD_USER_INPUT", message="A GET only asks; send changes and streams by POST.")
    if ready.kind == OperationType.SUBSCRIPTION and kind != STREAM_TYPE:
        raise RequestRefused("BAD_USER_INPUT", message=f"A subscription needs Accept: {STREAM_TYPE}, or a websocket.")


def _status(answered: Answered, kind: str) -> int:
    if kind != RESPONSE_TYPE:
        return 200
    if answered.outage:
        return OUTAGE
    return 200 if answered.executed else 400


async def answers(door: Door, ready: Ready, context: GatewayContext) -> AsyncIterator[Answered]:
    """Run any operation as a stream: a query or mutation is a stream of one."""
    if ready.kind == OperationType.SUBSCRIPTION:
        async for answered in door.runner.follow(ready, context):
            yield answered
    else:
        yield await door.runner.run(ready, context)


async def _body(receive: Receive) -> bytes:
    chunks, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise RequestRefused("BAD_USER_INPUT", message="The request broke off.")
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > BODY_BYTES:
            raise RequestRefused("BODY_TOO_LARGE", message=f"The body is larger than {BODY_BYTES} bytes.")
        chunks.append(chunk)
        more = message.get("more_body", False)
    return b"".join(chunks)


async def _send(send: Send, status: int, kind: str, answered: Answered, more: list[tuple[bytes, bytes]] | None = None) -> None:
    body = answered.json()
    headers = [
        (b"content-type", f"{kind}; charset=utf-8".encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        *(more or []),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _stream(found: AsyncIterator[Answered], ended: Any, receive: Receive, send: Send) -> None:
    """Send each answer as an event `next`, then `complete`; stop when the client goes or the credential ends."""
    headers = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-store"), (b"x-accel-buffering", b"no")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    writer = asyncio.create_task(_write(found, send))
    stops = {asyncio.create_task(_gone(receive)): False, asyncio.create_task(ended): True}
    beat = asyncio.create_task(_beat(send))
    done, _ = await asyncio.wait({writer, *stops}, return_when=asyncio.FIRST_COMPLETED)
    tasks = [writer, beat, *stops]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    left = any(task in done and not still_there for task, still_there in stops.items())
    if not left:
        await send({"type": "http.response.body", "body": b"event: complete\ndata:\n\n", "more_body": False})


async def _write(found: AsyncIterator[Answered], send: Send) -> None:
    async for answered in found:
        data = answered.json()
        await send({"type": "http.response.body", "body": b"event: next\ndata: " + data + b"\n\n", "more_body": True})


async def _beat(send: Send) -> None:
    while True:
        await asyncio.sleep(HEARTBEAT_S)
        await send({"type": "http.response.body", "body": b":\n\n", "more_body": True})


async def _gone(receive: Receive) -> None:
    message: Message = {}
    while message.get("type") != "http.disconnect":
        message = await receive()

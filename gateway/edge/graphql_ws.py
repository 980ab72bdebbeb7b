"""GraphQL over WebSocket: the protocol graphql-transport-ws.

https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.access.authenticate import Proved
from gateway.clients.transport import Message, Receive, Scope, Send
from gateway.edge.door import Door, header_map
from gateway.edge.graphql_http import answers, throttled
from gateway.edge.watch import credential_ended
from gateway.execution.incoming import BODY_BYTES, read_request
from gateway.execution.problems import RequestRefused
from gateway.execution.run import Ready, refused
from gateway.execution.written import written
from services.kit.errors import AntiphonError, MalformedBody
from services.kit.strict import parse_json

PROTOCOL = "graphql-transport-ws"
INIT_S = 10.0
STREAMS = 100
LONGEST_ID = 100
BAD_MESSAGE, UNAUTHORIZED, FORBIDDEN, WRONG_PROTOCOL, INIT_TIMEOUT, TAKEN, TWICE = 4400, 4401, 4403, 4406, 4408, 4409, 4429


class Closing(Exception):
    """The connection must end, with this code and reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass
class Socket:
    """One connection."""

    door: Door
    headers: dict[str, str]
    receive: Receive
    send: Send
    proved: Proved | None = None
    watch: "asyncio.Task[None] | None" = None
    streams: dict[str, "asyncio.Task[None]"] = field(default_factory=dict)

    async def say(self, kind: str, **parts: Any) -> None:
        """Send one message."""
        await self.send({"type": "websocket.send", "text": written({"type": kind, **parts}).decode()})

    async def serve(self) -> None:
        """Take messages until the client goes or the connection must end."""
        init_until = asyncio.get_running_loop().time() + INIT_S
        waiting: asyncio.Task[Message] | None = None
        try:
            while True:
                waiting = waiting or asyncio.ensure_future(self.receive())
                left = None if self.proved else max(0.0, init_until - asyncio.get_running_loop().time())
                done, _ = await asyncio.wait({waiting, *([self.watch] if self.watch else [])}, timeout=left, return_when=asyncio.FIRST_COMPLETED)
                if not done:
                    raise Closing(INIT_TIMEOUT, "Connection initialisation timeout")
                if self.watch in done:
                    raise Closing(UNAUTHORIZED, "The credential has ended")
                message, waiting = waiting.result(), None
                if message["type"] == "websocket.disconnect":
                    return
                await self._take(_read(message))
        finally:
            tasks = [*self.streams.values(), *([self.watch] if self.watch else []), *([waiting] if waiting else [])]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _take(self, message: Mapping[str, Any]) -> None:
        kind = message.get("type")
        if kind == "connection_init":
            await self._init(message.get("payload"))
        elif kind == "ping":
            await self.say("pong")
        elif kind == "subscribe":
            await self._subscribe(message)
        elif kind == "complete":
            task = self.streams.pop(str(message.get("id")), None)
            if task is not None:
                task.cancel()
        elif kind != "pong":
            raise Closing(BAD_MESSAGE, "Unknown message")

    async def _init(self, payload: object) -> None:
        if self.proved is not None:
            raise Closing(TWICE, "Too many initialisation requests")
        given = payload if isinstance(payload, dict) else {}
        for name, value in given.items():
            if isinstance(value, str) and name.lower() in {"authorization", "x-api-key"}:
                self.headers[name.lower()] = value
        try:
            self.proved = await self.door.prove(self.headers)
        except AntiphonError as error:
            raise Closing(FORBIDDEN, error.detail[:100]) from None
        self.watch = asyncio.create_task(credential_ended(self.door, self.headers, self.proved))
        await self.say("connection_ack")

    async def _subscribe(self, message: Mapping[str, Any]) -> None:
        name, payload = message.get("id"), message.get("payload")
        if self.proved is None:
            raise Closing(UNAUTHORIZED, "Unauthorized")
        if not isinstance(name, str) or not 0 < len(name) <= LONGEST_ID or not isinstance(payload, dict):
            raise Closing(BAD_MESSAGE, "A subscribe message needs id and payload")
        if name in self.streams:
            raise Closing(TAKEN, f"Subscriber for {name[:50]} already exists")
        try:
            ready = self._ready(payload, self.proved)
        except RequestRefused as refusal:
            await self.say("error", id=name, payload=refused(refusal).errors)
            return
        self.streams[name] = asyncio.create_task(self._run(name, ready, self.proved))

    def _ready(self, payload: Mapping[str, Any], proved: Proved) -> Ready:
        if len(self.streams) >= STREAMS:
            raise RequestRefused("THROTTLED", message=f"At most {STREAMS} operations run on one connection.")
        ready = self.door.runner.ready(read_request(payload, self.door.trusted), proved.principal)
        left = self.door.costs.take(proved.principal.subject, max(1, ready.cost))
        if not left.granted:
            raise throttled(left)
        return ready

    async def _run(self, name: str, ready: Ready, proved: Proved) -> None:
        context = self.door.context(proved, self.headers, self.door.runner.seconds(ready.kind))
        async for answered in answers(self.door, ready, context):
            if not answered.executed:
                await self.say("error", id=name, payload=answered.errors)
                break
            await self.say("next", id=name, payload=answered.body())
        else:
            await self.say("complete", id=name)
        self.streams.pop(name, None)


async def serve_websocket(door: Door, scope: Scope, receive: Receive, send: Send) -> None:
    """Serve one connection at /graphql."""
    await receive()  # websocket.connect
    if PROTOCOL not in scope.get("subprotocols", []):
        await send({"type": "websocket.close", "code": WRONG_PROTOCOL, "reason": "Subprotocol not acceptable"})
        return
    await send({"type": "websocket.accept", "subprotocol": PROTOCOL})
    socket = Socket(door, header_map(scope["headers"]), receive, send)
    try:
        await socket.serve()
    except Closing as closing:
        await send({"type": "websocket.close", "code": closing.code, "reason": closing.reason})


def _read(message: Message) -> Mapping[str, Any]:
    text = message.get("text")
    if not isinstance(text, str) or len(text) > BODY_BYTES:
        raise Closing(BAD_MESSAGE, "Messages are JSON text of at most 256 KiB")
    try:
        found = parse_json(text.encode("utf-8", "surrogatepass"))
    except MalformedBody:
        raise Closing(BAD_MESSAGE, "Messages are JSON text of at most 256 KiB") from None
    if not isinstance(found, dict):
        raise Closing(BAD_MESSAGE, "A message is a JSON object")
    return found

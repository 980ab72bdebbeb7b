"""Hands a client's REST request on to its service, with an internal token in place of the client's own credential."""

from collections.abc import Mapping

from gateway.access.errors import TooManyRequests
from gateway.clients.transport import Headers, Message, Receive, Scope, Send, Transport, Unreachable
from gateway.edge.door import Door, credential, header_map, request_id
from gateway.metrics import THROTTLED
from services.kit.errors import AntiphonError, NotFound, Unavailable
from services.kit.log import correlation_id
from services.kit.problems import problem

Fields = tuple[tuple[bytes, bytes], ...]
PASSED_ON = (
    "content-type",
    "content-length",
    "accept",
    "accept-language",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "traceparent",
    "user-agent",
)
"""Headers that a service may hear from a client. Nothing else gets through: no cookie, no credential, no forged forwarding header."""
ROOTS = {"s": "survey", "u": "survey"}
"""Short addresses for customers, and whose they are."""
HIDDEN = frozenset({"internal", "metrics"})
"""First steps behind a service's name that are meant for the inside of the house."""


async def forward(door: Door, scope: Scope, receive: Receive, send: Send) -> None:
    """Prove who asks, if anybody claims to be somebody, and let the service answer; it judges what a stranger may see."""
    headers = header_map(scope["headers"])
    asked = request_id(headers)
    mark = correlation_id.set(asked)
    try:
        service, transport = _way(door, scope["path"])
        passed, limits = await _headers(door, service, headers, asked, bodyless=scope["method"] in {"GET", "HEAD"})
        await _send_on(transport, scope, receive, _with(send, limits), passed)
    except AntiphonError as error:
        answer = problem(error)
        answer.headers["x-request-id"] = asked
        await answer(scope, receive, send)
    finally:
        correlation_id.reset(mark)


async def _send_on(transport: Transport, scope: Scope, receive: Receive, send: Send, passed: Headers) -> None:
    started = False

    async def noting(message: Message) -> None:
        nonlocal started
        started = True
        await send(message)

    try:
        await transport.forward(scope, receive, noting, passed)
    except Unreachable:
        if started:
            raise  # half an answer is out: the connection must break, not pretend to be whole
        raise Unavailable("This service does not answer at the moment. Try again.", retry_after_s=2) from None


def _way(door: Door, path: str) -> tuple[str, Transport]:
    steps = path.split("/", 3)
    first = steps[1] if len(steps) > 1 else ""
    service = ROOTS.get(first, first)
    hidden = first not in ROOTS and (len(steps) < 3 or steps[2] in HIDDEN or any(step in {".", ".."} for step in path.split("/")))  # noqa: PLR2004  service and something behind it
    if service not in door.transports or hidden:
        raise NotFound("There is nothing at this address.")
    return service, door.transports[service]


async def _headers(door: Door, service: str, headers: Mapping[str, str], asked: str, *, bodyless: bool) -> tuple[Headers, Fields]:
    """Return what the service hears, and what the client is told about its allowance; raises TooManyRequests."""
    passed = [(name, headers[name]) for name in PASSED_ON if name in headers and not (bodyless and name == "content-length")]
    passed.append(("x-request-id", asked))
    if credential(headers) is not None:
        proved = await door.prove(headers)
        passed.append(("authorization", f"Bearer {door.internal_tokens.token(proved.principal, service)}"))
        left = door.requests.take(proved.principal.subject, 1)
        limits = door.requests.fields("requests", left)
        if not left.granted:
            THROTTLED.labels(door="rest").inc()
            raise TooManyRequests(f"Your allowance of requests is used up. Ask again in {left.wait_s} s.", retry_after_s=left.wait_s)
        return tuple(passed), limits
    return tuple(passed), ()


def _with(send: Send, fields: Fields) -> Send:
    """Return a send that adds these fields to the answer's head."""
    if not fields:
        return send

    async def adding(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), *fields]}
        await send(message)

    return adding

"""The outermost layers of a service: correlation, measuring, and the straight way to the plainest doors.

A door with one fixed address and a short handler (see `fast`) is found in a dictionary and answered here; everything else goes through FastAPI's
layers and its list of patterns. What a caller sees is the same either way: the hostile corpus and the access matrix run over both.
"""

import time
from collections.abc import Iterable
from functools import lru_cache, partial
from typing import Any

from fastapi import FastAPI
from prometheus_client import Histogram
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.kit.errors import BodyTooLarge
from services.kit.ids import new_id_text
from services.kit.log import correlation_id
from services.kit.metrics import REQUESTS
from services.kit.problems import describe_refusals, rendered
from services.kit.strict import MAX_BODY, StrictRequest, StrictRoute

_MAX_CORRELATION = 100
Doors = dict[tuple[str, str], StrictRoute]


class StraightApp(FastAPI):
    """FastAPI, with the straight doors in front of all its layers: each of them costs every request a little."""

    def __init__(self, *, room: str, doors: Doors, larger: dict[str, int], **options: Any) -> None:
        self._doors = doors
        self._before = partial(Front, room=room, doors=doors, larger=larger)
        super().__init__(middleware=[Middleware(Front, room=room, doors=doors, larger=larger)], **options)

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document, made once, with the refusals as they are."""
        if not self.openapi_schema:
            describe_refusals(super().openapi())
        return super().openapi()

    def build_middleware_stack(self) -> ASGIApp:
        """Return FastAPI's layers, behind the doors that do not need them."""
        whole = super().build_middleware_stack()
        straight, doors = self._before(whole), self._doors

        async def first(scope: Scope, receive: Receive, send: Send) -> None:
            to = straight if scope["type"] == "http" and (scope["method"], scope["path"]) in doors else whole
            await to(scope, receive, send)

        return first


class Front:
    """Gives each request its correlation id, measures it, bounds its body, and turns whatever is raised into a problem."""

    def __init__(self, app: ASGIApp, room: str, doors: Doors, larger: dict[str, int]) -> None:
        self._app = app
        self._room = room
        self._doors = doors
        self._larger = larger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = _correlation(scope)
        token = correlation_id.set(given)
        started, status = time.perf_counter(), 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", []), (b"x-request-id", given.encode())]
            await send(message)

        try:
            await self._answered(scope, receive, answer)
        except Exception as error:
            if status:
                raise
            await (await rendered(error))(scope, receive, answer)
        finally:
            route = getattr(scope.get("route"), "path", "none")
            _measured(self._room, scope["method"], route, status or 500).observe(time.perf_counter() - started)
            correlation_id.reset(token)

    async def _answered(self, scope: Scope, receive: Receive, send: Send) -> None:
        limit = self._larger.get(scope["path"], MAX_BODY)
        door = self._doors.get((scope["method"], scope["path"]))
        if door is None:
            await self._app(scope, _counted(receive, limit), send)
            return
        scope["route"] = door
        request = StrictRequest(scope, receive)
        request.limit = limit
        await (await door.strictly(request))(scope, receive, send)


def straight_doors(routes: Iterable[StrictRoute]) -> Doors:
    """Return the doors with a short handler by method and whole address; of two with one address the first counts, as everywhere."""
    first: Doors = {}
    for route in routes:
        for method in route.methods or ():
            first.setdefault((method, route.path), route)
    return {place: route for place, route in first.items() if route.short}


def _counted(receive: Receive, limit: int) -> Receive:
    """Count the bytes that really arrive: a Content-Length alone is evaded by a chunked body."""
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise BodyTooLarge(f"The body is larger than {limit} bytes.")
        return message

    return counted


def _correlation(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            found: str = value.decode("latin-1")
            if 0 < len(found) <= _MAX_CORRELATION and found.isascii() and found.isprintable():
                return found
            break
    return new_id_text()


@lru_cache(maxsize=4096)
def _measured(room: str, method: str, route: str, status: int) -> Histogram:
    return REQUESTS.labels(room, method, route, str(status))

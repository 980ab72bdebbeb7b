"""The strict door: what is not well-formed, bounded JSON is refused before anybody looks at it, and never echoed.

The stock stack answers 500 to NaN, lone surrogates and deep nesting, and repeats a wrong field of 2 MB to its sender; these rules do not.
"""

import re
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import parse_qsl

import orjson
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.kit.errors import BodyTooLarge, InvalidInput, MalformedBody, UnsupportedMediaType
from services.kit.fast import fast_handler

MAX_BODY = 1_048_576
MAX_DEPTH = 32
MAX_FORM = 65_536
MAX_FORM_FIELDS = 100
# A whole string, or one bracket; strings first, so that brackets inside them do not count. Linear: each byte is looked at once.
_STRUCTURE = re.compile(rb'"(?:[^"\\]|\\.)*"?|[\[\]{}]', re.DOTALL)
_BODIES = frozenset({"POST", "PUT", "PATCH"})


def parse_json(raw: bytes) -> Any:
    """Return the value of a JSON text; raises MalformedBody on what would hurt further in: NaN, lone surrogates, NUL, over 32 levels."""
    _check_depth(raw)
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise MalformedBody("The body is not valid JSON: numbers must be finite, text whole UTF-8.") from error
    if b"\\u0000" in raw:
        _refuse_nul(value)
    return value


def _check_depth(raw: bytes) -> None:
    """Refuse deep nesting by counting brackets outside strings: one cheap pass, no recursion. Shallow bodies are recognised by their count alone."""
    if raw.count(b"[") + raw.count(b"{") <= MAX_DEPTH:
        return
    depth = 0
    for mark in _STRUCTURE.finditer(raw):
        found = mark[0]
        if found in (b"[", b"{"):
            depth += 1
            if depth > MAX_DEPTH:
                raise MalformedBody(f"The body is nested deeper than {MAX_DEPTH} levels.")
        elif found in (b"]", b"}"):
            depth -= 1


def _refuse_nul(value: Any) -> None:
    if isinstance(value, str):
        if "\x00" in value:
            raise MalformedBody("Text must not contain the NUL character (U+0000).")
    elif isinstance(value, list):
        for item in value:
            _refuse_nul(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            _refuse_nul(key)
            _refuse_nul(item)


OWN: set[Any] = set()
"""The kit's dependencies that need nothing but the request; `services.kit.http` names them."""


def is_own(call: Any) -> bool:
    """Tell a dependency of the kit from any other."""
    return call in OWN or getattr(call, "is_own", False) is True


class StrictRequest(Request):
    """A request whose JSON is parsed strictly."""

    async def json(self) -> Any:
        """Return the body's value."""
        return parse_json(await self.body())


class StrictRoute(APIRoute):
    """A route that takes strict JSON alone; forms are read by `StrictForm`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler with the checks in front."""
        handler = fast_handler(self, parse_json, is_own) or super().get_route_handler()
        takes_json = self.body_field is not None

        async def strict(request: Request) -> Response:
            if takes_json and request.method in _BODIES:
                kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
                if kind != "application/json" and not kind.endswith("+json") and int(request.headers.get("content-length") or 1):
                    raise UnsupportedMediaType("Send the body as application/json.")
            if "%00" in request.scope.get("raw_path", b"").decode("latin-1") or "%00" in request.scope["query_string"].decode("latin-1"):
                raise InvalidInput("The address must not contain the NUL character.", pointer="/query")
            return await handler(StrictRequest(request.scope, request.receive))

        return strict


async def read_form(request: Request) -> dict[str, list[str]]:
    """Return the fields of an HTML form, at most 64 KiB and 100 fields, in UTF-8; raises BodyTooLarge or MalformedBody."""
    raw = await request.body()
    if len(raw) > MAX_FORM:
        raise BodyTooLarge("The form is larger than 64 KiB.")
    try:
        pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, max_num_fields=MAX_FORM_FIELDS, errors="strict")
    except (ValueError, UnicodeError) as error:
        raise MalformedBody("The form could not be read.") from error
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        if "\x00" in name or "\x00" in value:
            raise MalformedBody("Text must not contain the NUL character (U+0000).")
        fields.setdefault(name, []).append(value)
    return fields


class BodyLimit:
    """Counts the bytes that really arrive: a Content-Length alone is evaded by a chunked body."""

    def __init__(self, app: ASGIApp, limit: int = MAX_BODY, larger: dict[str, int] | None = None) -> None:
        self._app = app
        self._limit = limit
        self._larger = larger or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on with a counting `receive`."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._larger.get(scope["path"], self._limit)
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                raise BodyTooLarge(f"The body is larger than {limit} bytes.")
            return message

        await self._app(scope, counted, send)

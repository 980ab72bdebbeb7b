"""The strict door: what is not well-formed, bounded JSON is refused before anybody looks at it, and never echoed.

The stock stack answers 500 to NaN, lone surrogates and deep nesting, and repeats a wrong field of 2 MB to its sender; these rules do not.
"""

import re
from collections.abc import Callable, Coroutine
from copy import copy
from typing import Any, Self
from urllib.parse import parse_qsl

import orjson
from fastapi.routing import APIRoute
from fastapi.utils import generate_unique_id
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import compile_path

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
    """A request whose body is bounded and whose JSON is parsed strictly."""

    limit: int | None = None
    """Bytes; None when a layer in front counts them."""
    _whole: bytes | None = None

    async def body(self) -> bytes:
        """Return the whole body; raises BodyTooLarge, and ClientDisconnect when the sender went away."""
        if self.limit is None:
            return await super().body()
        if self._whole is None:
            parts, size, more = [], 0, True
            while more:
                message = await self.receive()
                if message["type"] == "http.disconnect":
                    raise ClientDisconnect
                part = message.get("body", b"")
                size += len(part)
                if size > self.limit:
                    raise BodyTooLarge(f"The body is larger than {self.limit} bytes.")
                parts.append(part)
                more = message.get("more_body", False)
            self._whole = parts[0] if len(parts) == 1 else b"".join(parts)
        return self._whole

    async def json(self) -> Any:
        """Return the body's value."""
        return parse_json(await self.body())


class StrictRoute(APIRoute):
    """A route that takes strict JSON alone; forms are read by `StrictForm`."""

    short = False
    """Whether the handler is ours, and needs nothing that FastAPI's layers prepare."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler with the checks in front."""
        short = fast_handler(self, parse_json, is_own)
        self.short = short is not None
        self._handle = short or super().get_route_handler()

        async def strict(request: Request) -> Response:
            return await self.strictly(StrictRequest(request.scope, request.receive))

        return strict

    def below(self, prefix: str) -> Self:
        """Return this route at `prefix` + its path; what was built for it, its handler and its models, is shared."""
        placed = copy(self)
        placed.path = prefix + self.path
        placed.path_regex, placed.path_format, placed.param_convertors = compile_path(placed.path)
        placed.unique_id = self.operation_id or generate_unique_id(placed)
        return placed

    async def strictly(self, request: StrictRequest) -> Response:
        """Check what every door checks, then answer."""
        if self.body_field is not None and request.method in _BODIES:
            must_be_json(request)
        if b"%00" in request.scope.get("raw_path", b"") or b"%00" in request.scope["query_string"]:
            raise InvalidInput("The address must not contain the NUL character.", pointer="/query")
        return await self._handle(request)


def header(request: Request, name: bytes) -> str | None:
    """Return a header field by its lower-case name, the first when it came twice: Starlette's mapping costs five times as much."""
    for known, value in request.scope["headers"]:
        if known == name:
            found: str = value.decode("latin-1")
            return found
    return None


def must_be_json(request: Request) -> None:
    """Raise UnsupportedMediaType when the body, if there is one, does not call itself JSON."""
    kind = header(request, b"content-type") or ""
    if kind != "application/json" and not _is_json(kind) and int(header(request, b"content-length") or 1):
        raise UnsupportedMediaType("Send the body as application/json.")


def _is_json(content_type: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    return kind == "application/json" or kind.endswith("+json")


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

"""What a router needs: who asks, reading, writing with idempotency, versions. Nobody below an endpoint commits."""

import hashlib
import re
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import fastapi
import orjson
from fastapi import Depends, Header, Query, Request, Response
from pydantic import BaseModel, TypeAdapter

from services.kit.auth import Principal
from services.kit.database import UseCase
from services.kit.db import Context, Tx, UnitOfWork
from services.kit.errors import (
    AntiphonError,
    Forbidden,
    IdempotencyKeyInvalid,
    IdempotencyKeyReused,
    InvalidInput,
    Unauthenticated,
    VersionRequired,
)
from services.kit.log import correlation_id
from services.kit.paging import Page
from services.kit.pending import InsertInto
from services.kit.strict import OWN, StrictRoute, header, read_form
from services.kit.tables import to_micros

if TYPE_CHECKING:
    from services.kit.service import Runtime

__all__ = [
    "APIRouter", "Cursor", "IfMatch", "Page", "PageSize", "Read", "RuntimeDep", "StrictForm", "Write", "etag", "public", "requires",
]  # fmt: skip

R = TypeVar("R")
_KEY = re.compile(r'^"?([\x21\x23-\x7e]{1,255})"?$')
_KEYS = InsertInto(
    "INSERT INTO idempotency_key (principal, route, key, fingerprint, status, headers, body, stored_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    (), (), place=sys.maxsize,
)  # fmt: skip
_ETAG = re.compile(r'^(?:W/)?"?v?([0-9]{1,9})"?$')


class APIRouter(fastapi.APIRouter):
    """A router whose routes read bodies strictly."""

    def __init__(self, **options: Any) -> None:
        super().__init__(route_class=StrictRoute, **options)


def _runtime(request: Request) -> "Runtime":
    runtime: Runtime = request.app.state.runtime
    return runtime


async def _running(request: Request) -> "Runtime":
    return _runtime(request)


# Every dependency is a coroutine function: FastAPI runs the others in a thread, which costs more than all that they do.
RuntimeDep = Annotated[Any, Depends(_running)]
"""The running service: `.db .clock .settings .resources .log .read() .write()`; annotate as `runtime: RuntimeDep`."""


def authenticate(request: Request) -> Principal:
    """Return who asks, from the bearer token; raises Unauthenticated."""
    scheme, _, token = (header(request, b"authorization") or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("Send a token: `Authorization: Bearer …`.")
    runtime = _runtime(request)
    principal: Principal = runtime.verifier.verify(token.strip(), runtime.clock.now())
    request.scope["principal"] = principal
    return principal


class _Requires:
    """A dependency that lets in who has any of the scopes; its scopes are read by the access-matrix test."""

    is_own = True

    def __init__(self, scopes: tuple[str, ...]) -> None:
        self.scopes = scopes

    async def __call__(self, request: Request) -> Principal:
        principal = authenticate(request)
        if not principal.scopes.intersection(self.scopes):
            raise Forbidden(f"This needs the scope {' or '.join(self.scopes)}.")
        return principal


class _Public:
    """Marks a route that takes no principal, and says why."""

    is_own = True

    def __init__(self, why: str) -> None:
        self.why = why

    async def __call__(self, request: Request) -> None:
        """Let everybody in."""


def requires(*scopes: str) -> Any:
    """Let in principals that have at least one of `scopes`: `_: Annotated[Principal, requires("room:read")]`."""
    return Depends(_Requires(scopes))


def public(why: str) -> Any:
    """Let in everybody, because `why`: `_: Annotated[None, public("inbound webhook, own secret")]`."""
    return Depends(_Public(why))


class _Read:
    def __init__(self, request: Request) -> None:
        self._request = request

    async def __call__(self, query: UseCase[R], *args: Any) -> R:
        """Run `query(tx, *args)` in a read-only transaction."""
        principal: Principal | None = self._request.scope.get("principal")
        context = Context(principal=principal, correlation_id=correlation_id.get())
        return await _runtime(self._request).db.read(query, *args, context=context)


class _Write:
    def __init__(self, request: Request) -> None:
        self._request = request
        self._runtime = _runtime(request)

    async def __call__(
        self,
        use_case: UseCase[Any],
        *args: Any,
        view: Any = None,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Run `use_case(uow, *args)`, commit, then answer with `view` (a model or type) of the result, 204 without one.

        With an Idempotency-Key the answer is stored in the same transaction as the effect, so a repetition gets the first answer again.
        """
        scope = self._request.scope
        principal: Principal | None = scope.get("principal")
        context = Context(principal=principal, correlation_id=correlation_id.get())
        answer = _answer(use_case, args, view, status or self._usual_status(view), headers or {})
        key = _idempotency_key(self._request)
        if key is None:
            code, head, body = await self._runtime.db.write(answer, context=context)
            return _response(code, head, body)
        who = principal.subject if principal else "public"
        route = f"{scope['method']} {scope['path']}"
        fingerprint = hashlib.sha256(await self._request.body() + b"\n" + scope["query_string"]).hexdigest()
        try:
            code, head, body = await self._runtime.db.write(_once, answer, who, route, key, fingerprint, context=context)
        except AntiphonError:
            # The key may be taken: then this was a repetition, whatever it ran into, and it is undone.
            stored = await self._runtime.db.read(_stored, who, route, key)
            if stored is None:
                raise
            if stored[0] != fingerprint:
                pointer = "/headers/Idempotency-Key"
                raise IdempotencyKeyReused("This Idempotency-Key came with another request before. Use a new key.", pointer=pointer) from None
            code, head, body = stored[1], {**stored[2], "Idempotent-Replayed": "true"}, stored[3]
        return _response(code, head, body)

    def _usual_status(self, view: Any) -> int:
        declared = getattr(self._request.scope.get("route"), "status_code", None)
        return declared or (204 if view is None else 200)


_Answer = tuple[int, dict[str, str], bytes]


def _answer(
    use_case: UseCase[Any], args: tuple[Any, ...], view: Any, status: int, headers: Mapping[str, str]
) -> Callable[[UnitOfWork], Awaitable[_Answer]]:
    async def run(uow: UnitOfWork) -> _Answer:
        result = await use_case(uow, *args)
        if view is None:
            return status, dict(headers), b""
        shown, body = _serialise(view, result)
        version = getattr(shown, "version", None)
        return status, {**headers, **({"ETag": etag(version)} if isinstance(version, int) else {})}, body

    return run


def _serialise(view: Any, result: Any) -> tuple[Any, bytes]:
    if isinstance(view, type) and issubclass(view, BaseModel):
        shown = result if isinstance(result, view) else view.model_validate(result, from_attributes=True)
        return shown, shown.model_dump_json().encode()
    adapter: TypeAdapter[Any] = TypeAdapter(view)
    shown = adapter.validate_python(result, from_attributes=True)
    return shown, adapter.dump_json(shown)


async def _once(uow: UnitOfWork, answer: Callable[[UnitOfWork], Awaitable[_Answer]], who: str, route: str, key: str, fingerprint: str) -> _Answer:
    """Have the effect, then store the key with the answer, all in one transaction.

    A use case touches nothing outside its transaction, so a repetition may run and be undone: that costs the rare repetition more and every
    first request less than asking beforehand. Two at once: the second waits at the key for the first one's commit, then finds it taken.
    """
    status, head, content = await answer(uow)
    uow.write_later(_KEYS, (who, route, key, fingerprint, status, orjson.dumps(head).decode(), content.decode(), to_micros(uow.now)))
    return status, head, content


async def _stored(tx: Tx, who: str, route: str, key: str) -> tuple[str, int, dict[str, str], bytes] | None:
    rows = await tx.raw(
        "SELECT fingerprint, status, headers, body FROM idempotency_key WHERE principal = $1 AND route = $2 AND key = $3", who, route, key
    )
    return (rows[0][0], rows[0][1], orjson.loads(rows[0][2]), rows[0][3].encode()) if rows else None


def _idempotency_key(request: Request) -> str | None:
    found = header(request, b"idempotency-key")
    if found is None:
        return None
    match = _KEY.match(found)
    if match is None:
        raise IdempotencyKeyInvalid("Send 1 to 255 visible ASCII characters.", pointer="/headers/Idempotency-Key")
    return match[1]


def _response(status: int, headers: Mapping[str, str], body: bytes) -> Response:
    """Return the answer; its header fields are put together here, since Starlette's own way costs more than the rest of it."""
    answer = Response()
    answer.status_code, answer.body = status, body
    answer.raw_headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    if body:
        answer.raw_headers += [(b"content-length", str(len(body)).encode()), (b"content-type", b"application/json")]
    return answer


def etag(version: int) -> str:
    """Return the strong ETag of a version."""
    return f'"v{version}"'


async def _if_match(if_match: Annotated[str | None, Header(max_length=100)] = None) -> int:
    if if_match is None:
        raise VersionRequired("Send If-Match with the ETag you read.", pointer="/headers/If-Match")
    match = _ETAG.match(if_match.strip())
    if match is None:
        raise InvalidInput('If-Match must be an ETag of ours, e.g. "v3".', pointer="/headers/If-Match")
    return int(match[1])


async def _form(request: Request) -> dict[str, list[str]]:
    return await read_form(request)


async def _reading(request: Request) -> _Read:
    return _Read(request)


async def _writing(request: Request) -> _Write:
    return _Write(request)


OWN.update({_running, _reading, _writing})
Read = Annotated[_Read, Depends(_reading)]
Write = Annotated[_Write, Depends(_writing)]
IfMatch = Annotated[int, Depends(_if_match)]
StrictForm = Annotated[dict[str, list[str]], Depends(_form)]
Cursor = Annotated[str | None, Query(max_length=500, description="next_cursor of the page before; none for the first page")]
PageSize = Annotated[int, Query(ge=1, le=100, description="items per page")]

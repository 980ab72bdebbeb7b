"""One service as the gateway sees it: calls with a deadline, a retry where that is safe, and answers checked before they are believed."""

import asyncio
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

import msgspec
import orjson
from pydantic import BaseModel, ValidationError

from gateway.clients.deadline import Deadline
from gateway.clients.failures import FieldProblem, Problem, ServiceFailed
from gateway.clients.resilience import Breaker, Bulkhead, CircuitOpen, Crowded, RetryBudget
from gateway.clients.transport import Answer, AnswerTooLarge, Call, Headers, Transport, Unreachable
from gateway.metrics import BREAKER_OPEN, CALLS, CALLS_RUNNING, RETRIES, SHARED
from services.kit.auth import Principal

V = TypeVar("V", bound=BaseModel)
Query = Mapping[str, str | int | float | Sequence[str] | None]
Mint = Callable[[Principal, str], str]
PAUSE_S = (0.010, 0.050)
RETRIED = frozenset({502, 503, 504})
LEAST_S = 0.005
OUTCOMES = ("answered", "failed", "timeout", "unreachable", "crowded", "circuit_open", "deadline")
"""What becomes of a call; `deadline`: it was not made, since the operation's time was used up."""
TIMEOUT, UNAVAILABLE, OPEN = "SERVICE_TIMEOUT", "SERVICE_UNAVAILABLE", "CIRCUIT_OPEN"


_Key = tuple[str, str, bytes, Principal]


class _FirstLeft(Exception):
    """Who made a shared call was cancelled."""


class Caller(msgspec.Struct, frozen=True):
    """On whose behalf a call is made, and until when it is worth anything."""

    principal: Principal
    request_id: str
    deadline: float
    """On the clock of `time.monotonic`."""
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class Patience:
    """Longest waits in seconds."""

    read: float = 0.8
    change: float = 5.0


class Service:
    """A resilient way to one service; the typed clients speak through it."""

    def __init__(self, name: str, transport: Transport, mint: Mint, patience: Patience | None = None) -> None:
        self.name = name
        self.transport = transport
        self._mint = mint
        self._patience = patience or Patience()
        self._breaker = Breaker()
        self._bulkhead = Bulkhead()
        self._budget = RetryBudget()
        self._was_open = False
        self._calls = {outcome: CALLS.labels(service=name, outcome=outcome) for outcome in OUTCOMES}
        CALLS_RUNNING.labels(service=name).set_function(lambda: self._bulkhead.taken)
        self._under_way: dict[_Key, list[asyncio.Future[Answer]]] = {}

    async def read(self, caller: Caller, path: str, query: Query | None = None) -> Any:
        """GET; returns the JSON. Raises Problem or ServiceFailed."""
        call = Call("GET", self._target(path, query), self._headers(caller), seconds=self._seconds(caller, self._patience.read))
        return _json(self.name, await self._shared(call, caller.principal))

    async def ask(self, caller: Caller, path: str, body: bytes) -> bytes:
        """POST that changes nothing (the view contract): retried and shared like a read. Returns the JSON as it came."""
        headers = (*self._headers(caller), ("content-type", "application/json"))
        call = Call("POST", self._target(path, None), headers, body, self._seconds(caller, self._patience.read))
        answer = await self._shared(call, caller.principal)
        if answer.status >= 300:  # noqa: PLR2004  HTTP's own number
            _json(self.name, answer)
        return answer.body

    async def change(self, caller: Caller, method: str, path: str, body: Any, *, key: str | None = None, version: int | None = None) -> Any:
        """Send a change, once; `key` makes a repetition by the client safe, `version` is what it believes to change."""
        headers = [*self._headers(caller), ("content-type", "application/json")]
        if key is not None:
            headers.append(("idempotency-key", key))
        if version is not None:
            headers.append(("if-match", f'"{version}"'))
        raw = b"" if body is None else orjson.dumps(body)
        self._under_way.clear()  # a read that comes after this change must not join one that began before it
        call = Call(method, self._target(path, None), tuple(headers), raw, self._seconds(caller, self._patience.change))
        try:
            return _json(self.name, await self._once(call))
        finally:
            self._under_way.clear()

    def believe(self, model: type[V], data: Any) -> V:
        """Return the answer as its view; a service that breaks its contract counts as unavailable."""
        try:
            return model.model_validate(data)
        except ValidationError as broken:
            raise ServiceFailed(self.name, UNAVAILABLE, retryable=False) from broken

    async def healthy(self, seconds: float) -> bool:
        """Tell whether the service says that it is ready."""
        try:
            answer = await self.transport.call(Call("GET", f"/{self.name}/readyz", seconds=seconds))
        except (Unreachable, TimeoutError, AnswerTooLarge):
            return False
        return answer.status == 200  # noqa: PLR2004  HTTP's own number

    def _target(self, path: str, query: Query | None) -> str:
        pairs = {name: value for name, value in (query or {}).items() if value is not None}
        text = f"/{self.name}{path}"
        return f"{text}?{urlencode(pairs, doseq=True)}" if pairs else text

    def _headers(self, caller: Caller) -> Headers:
        found = [
            ("authorization", f"Bearer {self._mint(caller.principal, self.name)}"),
            ("accept", "application/json"),
            ("x-request-id", caller.request_id),
        ]
        found.append(("x-request-deadline-ms", str(max(0, int((caller.deadline - time.monotonic()) * 1_000)))))
        if caller.traceparent is not None:
            found.append(("traceparent", caller.traceparent))
        return tuple(found)

    def _seconds(self, caller: Caller, longest: float) -> float:
        left = caller.deadline - time.monotonic()
        if left < LEAST_S:
            self._calls["deadline"].inc()
            raise ServiceFailed(self.name, TIMEOUT)
        return min(longest, left)

    async def _shared(self, call: Call, principal: Principal) -> Answer:
        """Let equal reads of one principal that are under way at the same time share one call: the first one makes it, the others wait."""
        key = (call.method, call.target, call.body, principal)
        while (waiting := self._under_way.get(key)) is not None:
            answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
            waiting.append(answered)
            SHARED.labels(service=self.name).inc()
            try:
                return await answered
            except _FirstLeft:
                continue  # whoever made the call went away before its end; the next one makes it anew
        waiting = self._under_way[key] = []
        try:
            answer = await self._twice(call)
        except BaseException as error:
            self._hand_on(key, waiting, None, error if isinstance(error, ServiceFailed) else _FirstLeft())
            raise
        self._hand_on(key, waiting, answer, None)
        return answer

    def _hand_on(self, key: _Key, waiting: "list[asyncio.Future[Answer]]", answer: Answer | None, error: Exception | None) -> None:
        if self._under_way.get(key) is waiting:
            del self._under_way[key]
        for one in waiting:
            if one.done():
                continue
            if answer is not None:
                one.set_result(answer)
            elif error is not None:
                one.set_exception(error)

    async def _twice(self, call: Call) -> Answer:
        """Try again once on a connection that failed or 502, 503, 504, if time and budget allow."""
        until = time.monotonic() + call.seconds
        self._budget.earn()
        try:
            return await self._once(call, retried=RETRIED)
        except ServiceFailed as failed:
            pause = random.uniform(*PAUSE_S)  # noqa: S311  jitter, no secret
            left = until - time.monotonic() - pause
            if failed.code != UNAVAILABLE or not failed.retryable or left < LEAST_S or not self._budget.spend():
                raise
        RETRIES.labels(service=self.name).inc()
        await asyncio.sleep(pause)
        return await self._once(replace(call, seconds=left))

    def _left(self, outcome: str, *, good: bool) -> None:
        """Note how a call ended, and whether the service is left alone from now on."""
        self._breaker.leave(time.monotonic(), good=good)
        self._calls[outcome].inc()
        if not good or self._was_open:
            self._was_open = self._breaker.open_until is not None
            BREAKER_OPEN.labels(service=self.name).set(self._was_open)

    async def _once(self, call: Call, retried: frozenset[int] = frozenset()) -> Answer:
        try:
            self._breaker.enter(time.monotonic())
        except CircuitOpen:
            self._calls["circuit_open"].inc()
            raise ServiceFailed(self.name, OPEN) from None
        try:
            async with self._bulkhead:
                with Deadline(call.seconds):
                    answer = await self.transport.call(call)
        except Crowded:
            self._breaker.abandon()
            self._calls["crowded"].inc()
            raise ServiceFailed(self.name, UNAVAILABLE, retryable=False) from None
        except TimeoutError:
            self._left("timeout", good=False)
            raise ServiceFailed(self.name, TIMEOUT) from None
        except (Unreachable, AnswerTooLarge):
            self._left("unreachable", good=False)
            raise ServiceFailed(self.name, UNAVAILABLE) from None
        except asyncio.CancelledError:
            self._breaker.abandon()
            raise
        failed = answer.status >= 500  # noqa: PLR2004  HTTP's own number
        self._left("failed" if failed else "answered", good=not failed)
        if failed:
            raise ServiceFailed(self.name, UNAVAILABLE, retryable=answer.status in (retried or RETRIED))
        return answer


def segment(value: object) -> str:
    """Return a value as one path segment: a slash or a dot in a customer's number must never choose another door."""
    text = quote(str(value), safe="")
    return {".": "%2E", "..": "%2E%2E"}.get(text, text)


def _json(service: str, answer: Answer) -> Any:
    try:
        data = orjson.loads(answer.body) if answer.body else None
    except orjson.JSONDecodeError:
        raise ServiceFailed(service, UNAVAILABLE, retryable=False) from None
    if answer.status < 300:  # noqa: PLR2004  HTTP's own number
        return data
    found = data if isinstance(data, dict) else {}
    listed = found.get("errors")
    errors = tuple(_field(error) for error in listed if isinstance(error, dict)) if isinstance(listed, list) else ()
    code, detail = found.get("code"), found.get("detail") or found.get("title")
    raise Problem(service, answer.status, str(code or "refused"), str(detail or "The service refused."), errors)


def _field(error: Mapping[str, Any]) -> FieldProblem:
    return FieldProblem(str(error.get("pointer", "")), str(error.get("code", "invalid")), str(error.get("message", "")))

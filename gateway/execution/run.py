"""Runs one operation: measured, bounded in time, its errors masked, one line of log."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import msgspec
from graphql import (
    ExecutionResult,
    GraphQLError,
    OperationType,
    execute,
    subscribe,
)
from prometheus_client import Counter, Histogram

from gateway.clients.deadline import Deadline
from gateway.clients.failures import ServiceFailed
from gateway.context import GatewayContext
from gateway.execution.documents import Documents, Operation, Prepared
from gateway.execution.play import Play
from gateway.execution.problems import OUTAGES, RequestRefused, seen_by_client
from gateway.execution.scopes import NONE
from gateway.execution.written import written
from gateway.metrics import OPERATION_SECONDS, OPERATIONS
from services.kit.auth import Principal
from services.kit.log import get_logger

READS_SCHEMA = "schema:read"
LOG = get_logger("gateway")
LONGEST_NAME = 100


class GraphQLRequest(msgspec.Struct, frozen=True):
    """What a client wants run; shapes are checked, contents are not yet."""

    query: str
    operation_name: str | None
    variables: Mapping[str, Any]
    document_id: str | None = None
    """The hash it was asked by; None when the text was sent."""


class Ready(msgspec.Struct, frozen=True):
    """An operation that may run."""

    request: GraphQLRequest
    prepared: Prepared
    operation: Operation
    cost: int

    @property
    def kind(self) -> OperationType:
        """Query, mutation or subscription."""
        return self.operation.node.operation


class Answered(msgspec.Struct, frozen=True):
    """What a client gets."""

    data: Any
    errors: list[dict[str, Any]]
    cost: int | None
    executed: bool
    """False when it was refused before it ran; data is then left out."""
    outage: bool
    """Whether every error is an outage and nothing at all could be answered."""
    causes: tuple[tuple[str, BaseException | None], ...] = ()
    """Id and cause of what the client was not told; for the log."""

    def json(self) -> bytes:
        """Return the response map as JSON."""
        return written(self.body())

    def body(self) -> dict[str, Any]:
        """Return the response map of the GraphQL specification."""
        found: dict[str, Any] = {}
        if self.executed:
            found["data"] = self.data
        if self.errors:
            found["errors"] = self.errors
        if self.cost is not None:
            found["extensions"] = {"cost": self.cost}
        return found


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs operations against one schema."""

    documents: Documents
    open_schema: bool
    query_seconds: float
    change_seconds: float
    compiled: bool = True
    """False: graphql-core runs everything."""

    def ready(self, request: GraphQLRequest, principal: Principal) -> Ready:
        """Judge the request; raises RequestRefused, after its line of log."""
        try:
            return self._judged(request, principal)
        except RequestRefused as refusal:
            LOG.info("graphql.refused", code=refusal.code, document_id=request.document_id)
            raise

    def _judged(self, request: GraphQLRequest, principal: Principal) -> Ready:
        reads_schema = self.open_schema or READS_SCHEMA in principal.scopes
        prepared = self.documents.prepare(request.query, reads_schema=reads_schema)
        operation = prepared.operation(request.operation_name)
        return Ready(request, prepared, operation, operation.cost(request.variables))

    def seconds(self, kind: OperationType) -> float:
        """Return how long an operation of this kind may take."""
        return self.change_seconds if kind == OperationType.MUTATION else self.query_seconds

    async def run(self, ready: Ready, context: GatewayContext) -> Answered:
        """Run a query or mutation to its end, or to its deadline."""
        started = time.perf_counter()
        missing = ready.operation.scopes - context.caller.principal.scopes  # judged once: who lacks nothing is not judged field by field
        try:
            with Deadline(self.seconds(ready.kind) + 0.25):  # every call below ends by itself before; this holds the rest
                result = await self._execute(ready, context, missing)
        except TimeoutError:
            error = GraphQLError("The operation took too long.", extensions={"code": "SERVICE_TIMEOUT", "retryable": True})
            result = ExecutionResult(None, [error])
        answered = _answered(result, ready.cost)
        _log(ready, answered, started, missing)
        return answered

    async def follow(self, ready: Ready, context: GatewayContext) -> AsyncIterator[Answered]:
        """Run a subscription; every item is an answer of its own."""
        started = time.perf_counter()
        stream: Any = subscribe(
            self.documents.schema,
            ready.prepared.document,
            context_value=context,
            variable_values=dict(ready.request.variables),
            operation_name=ready.request.operation_name,
            hide_suggestions=True,
        )
        if asyncio.iscoroutine(stream) or isinstance(stream, asyncio.Future):
            stream = await stream
        if isinstance(stream, ExecutionResult):
            answered = _answered(stream, ready.cost)
            _log(ready, answered, started)
            yield answered
            return
        last = Answered(None, [], ready.cost, executed=True, outage=False)
        try:
            async for result in stream:
                last = _answered(result, None)
                yield last
        except Exception as error:  # noqa: BLE001  the stream's own end, told as its last item
            last = _answered(ExecutionResult(None, [GraphQLError(str(error), original_error=error)]), None)
            yield last
        finally:
            await stream.aclose()
            _log(ready, last, started)

    async def _execute(self, ready: Ready, context: GatewayContext, missing: frozenset[str]) -> ExecutionResult:
        variables = ready.operation.reader.read(ready.request.variables) if self.compiled else None
        plan = ready.operation.plan(variables, granted=not missing) if variables is not None else None
        if plan is not None and variables is not None:
            name = ready.request.operation_name
            return await Play(plan, self.documents.schema, ready.prepared.document, name, context, variables).run()
        return await self._by_core(ready, context)

    async def _by_core(self, ready: Ready, context: GatewayContext) -> ExecutionResult:
        result: Any = execute(
            self.documents.schema,
            ready.prepared.document,
            context_value=context,
            variable_values=dict(ready.request.variables),
            operation_name=ready.request.operation_name,
            hide_suggestions=True,
        )
        found: ExecutionResult = await result if hasattr(result, "__await__") else result
        return found


def refused(error: RequestRefused) -> Answered:
    """Return the answer of a request that is not run."""
    return Answered(None, [one.formatted for one in error.errors], None, executed=False, outage=False)  # type: ignore[misc]  # a TypedDict is a dict


def _answered(result: ExecutionResult, cost: int | None) -> Answered:
    if not result.errors:
        return Answered(result.data, [], cost, executed=True, outage=False)
    errors: list[dict[str, Any]] = []
    codes = []
    causes: list[tuple[str, BaseException | None]] = []
    for error in result.errors:
        seen, error_id = seen_by_client(error)
        if error_id is not None:
            causes.append((error_id, error.original_error))
        errors.append(dict(seen.formatted))
        codes.append((seen.extensions or {}).get("code"))
    uncoerced = result.data is None and all(error.path is None for error in result.errors)
    nothing = result.data is None or (isinstance(result.data, dict) and all(value is None for value in result.data.values()))
    outage = nothing and all(code in OUTAGES for code in codes)
    return Answered(result.data, errors, cost, executed=outage or not uncoerced, outage=outage, causes=tuple(causes))


def _log(ready: Ready, answered: Answered, started: float, missing: frozenset[str] = NONE) -> None:
    """One line per operation: never variables, never the document. What went wrong here is found by the id that the client was told."""
    name, kind = ready.operation.name, ready.operation.kind
    seconds = time.perf_counter() - started
    codes = sorted({str(error.get("extensions", {}).get("code")) for error in answered.errors}) if answered.errors else []
    more: dict[str, Any] = {"missing": ",".join(sorted(missing))} if missing else {}
    if answered.causes:
        more |= {"error_id": ",".join(error_id for error_id, _ in answered.causes[:10]), "exc": answered.causes[0][1]}
    ours = answered.causes and any(not isinstance(cause, ServiceFailed) for _, cause in answered.causes)
    write = LOG.error if ours else LOG.info
    write(
        "graphql.operation",
        operation=name and name[:LONGEST_NAME],
        document_id=ready.request.document_id,
        kind=kind,
        cost=ready.cost,
        duration_ms=round(seconds * 1000, 1),
        code=",".join(codes) or None,
        **more,
    )
    _ran(kind, _outcome(answered)).inc()
    _took(kind).observe(seconds)


@cache
def _ran(kind: str, outcome: str) -> Counter:
    return OPERATIONS.labels(kind=kind, outcome=outcome)


@cache
def _took(kind: str) -> Histogram:
    return OPERATION_SECONDS.labels(kind=kind)


def _outcome(answered: Answered) -> str:
    if not answered.errors:
        return "whole"
    return "partial" if answered.executed and answered.data is not None and not answered.outage else "failed"

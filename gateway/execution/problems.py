"""Errors as a GraphQL client sees them: a code, a sentence, an id to look up in our log; never an address or a stack."""

import re
from collections.abc import Mapping
from typing import Any

from graphql import GraphQLError

from gateway.clients.failures import Problem, ServiceFailed
from services.kit.errors import AntiphonError
from services.kit.ids import new_id

STATUS = {
    "GRAPHQL_PARSE_FAILED": 400,
    "GRAPHQL_VALIDATION_FAILED": 400,
    "BAD_USER_INPUT": 400,
    "MAX_COST_EXCEEDED": 400,
    "DOCUMENT_TOO_LARGE": 400,
    "DOCUMENT_NOT_FOUND": 404,
    "THROTTLED": 429,
    "UNAUTHENTICATED": 401,
    "FORBIDDEN": 403,
    "BODY_TOO_LARGE": 413,
    "UNSUPPORTED_MEDIA_TYPE": 415,
}
"""HTTP status of a request that was refused before it ran, under application/graphql-response+json."""
BY_STATUS = {
    400: "BAD_USER_INPUT",
    401: "UNAUTHENTICATED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    409: "CONFLICT",
    412: "CONFLICT",
    422: "BAD_USER_INPUT",
}
OUTAGES = frozenset({"SERVICE_UNAVAILABLE", "SERVICE_TIMEOUT", "CIRCUIT_OPEN"})


class RequestRefused(Exception):
    """The request is not run at all."""

    def __init__(self, code: str, *errors: GraphQLError, message: str = "") -> None:
        super().__init__(code)
        self.code = code
        found = errors or (GraphQLError(message),)
        self.errors = [with_code(error, code) for error in found]


_VALUE = re.compile(r"""(found:? |value: |got invalid value ).*?(?=;|$)|"[^"]*"(?=;|$)|(String|Int|Float|BlockString|Name) (['"]).*?\3""", re.DOTALL)


def without_values(message: str) -> str:
    """Return graphql-core's message without the values that the client sent: what was refused is never sent back."""
    return _VALUE.sub(lambda found: (found[1] or found[2] or "").strip() + (" …" if found[1] or found[2] else "…"), message)[:300]


def with_code(error: GraphQLError, code: str, **more: Any) -> GraphQLError:
    """Return the error with its code in the extensions."""
    return GraphQLError(
        without_values(error.message),
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions={"code": code, **more},
    )


def seen_by_client(error: GraphQLError) -> tuple[GraphQLError, str | None]:
    """Return the error as the client may see it, and the id under which its cause must be logged (None: nothing to log)."""
    cause: BaseException | None = error.original_error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    if cause is None and (error.path is None or "code" in (error.extensions or {})):
        return with_code(error, str((error.extensions or {}).get("code", "BAD_USER_INPUT"))), None
    if isinstance(cause, ServiceFailed):
        return _at(error, str(cause), _failure(cause)), cause.error_id
    if isinstance(cause, Problem):
        code = BY_STATUS.get(cause.status, "BAD_USER_INPUT")
        return _at(error, cause.detail, {"code": code, "service": cause.service, "problem": cause.code, "retryable": False}), None
    if isinstance(cause, AntiphonError):
        code = BY_STATUS.get(cause.status, "INTERNAL")
        return _at(error, cause.detail, {"code": code, "problem": cause.code, "retryable": cause.retryable}), None
    error_id = str(new_id())
    return _at(error, "Something went wrong here.", {"code": "INTERNAL", "errorId": error_id, "retryable": False}), error_id


def _failure(cause: ServiceFailed) -> Mapping[str, Any]:
    return {"code": cause.code, "service": cause.service, "retryable": cause.retryable, "errorId": cause.error_id}


def _at(error: GraphQLError, message: str, extensions: Mapping[str, Any]) -> GraphQLError:
    return GraphQLError(message, nodes=error.nodes, path=error.path, extensions=dict(extensions))

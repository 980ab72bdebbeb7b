"""Refusals on the wire: RFC 9457 problem+json with our registered codes. The input that was refused is never sent back."""

from typing import Any

import orjson
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from services.kit.errors import REGISTRY, AntiphonError, InvalidInput, MalformedBody, MethodNotAllowed, NotFound
from services.kit.ids import new_id
from services.kit.log import correlation_id, get_logger

MEDIA_TYPE = "application/problem+json"
_MAX_ERRORS = 10
_MAX_POINTER = 100


class ProblemReason(BaseModel):
    """One thing that is wrong with a request: where (a JSON pointer, RFC 6901; empty for the whole), what (a code), and what to do about it."""

    pointer: str
    code: str
    message: str


class Problem(BaseModel):
    """Why a request was refused (RFC 9457). `/problems/{code}` explains the code; `retryable` says whether the same request may succeed later."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[ProblemReason]
    request_id: str | None
    retryable: bool


def describe_refusals(document: dict[str, Any]) -> None:
    """Say in an OpenAPI document that every refusal is a problem: FastAPI promises a form of its own, which nobody ever sees."""
    refused = {"description": "Refused", "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    for doors in document["paths"].values():
        for door in doors.values():
            door["responses"].pop("422", None)
            door["responses"]["4XX"] = refused
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas.update(models_json_schema([(Problem, "serialization")], ref_template="#/components/schemas/{model}")[1]["$defs"])
    for unseen in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unseen, None)


def title_of(kind: type[AntiphonError]) -> str:
    """Return the first sentence of the error's docstring."""
    return (kind.__doc__ or kind.code).strip().splitlines()[0]


def problem(error: AntiphonError, errors: list[dict[str, str]] | None = None) -> Response:
    """Return the answer for a refusal."""
    found = errors or ([{"pointer": error.pointer, "code": error.code, "message": error.detail}] if error.pointer else [])
    body: dict[str, Any] = {
        "type": f"/problems/{error.code}",
        "title": title_of(type(error)),
        "status": error.status,
        "detail": error.detail,
        "code": error.code,
        "errors": found,
        "request_id": correlation_id.get(),
        "retryable": error.retryable,
    }
    headers = {}
    if error.retry_after_s is not None:
        headers["Retry-After"] = str(error.retry_after_s)
    if error.status == 401:  # noqa: PLR2004  HTTP's own number
        headers["WWW-Authenticate"] = "Bearer"
    return Response(orjson.dumps(body), error.status, headers, MEDIA_TYPE)


def _pointer(location: tuple[Any, ...]) -> str:
    parts = [str(part).encode("utf-8", "replace").decode().replace("~", "~0").replace("/", "~1") for part in location]
    if parts and parts[0] == "body":
        parts = parts[1:]
    return ("/" + "/".join(parts))[:_MAX_POINTER] if parts else ""


def field_errors(errors: list[Any]) -> list[dict[str, str]]:
    """Return pointer, code and sentence of each wrong field, without the input."""
    return [{"pointer": _pointer(tuple(one["loc"])), "code": str(one["type"]), "message": _plain(str(one["msg"]))} for one in errors[:_MAX_ERRORS]]


def _plain(message: str) -> str:
    return message.removeprefix("Value error, ")[:300]


async def _refused(_: Request, error: Exception) -> Response:
    return await rendered(error)


def _invalid(error: RequestValidationError) -> Response:
    found = field_errors(list(error.errors()))
    where = ", ".join(one["pointer"] or "the body" for one in found[:3])
    return problem(InvalidInput(f"Not valid: {where}. See errors."), found)


async def _http(request: Request, error: Exception) -> Response:
    if isinstance(error.__cause__, AntiphonError):  # raised while FastAPI was reading the body
        return problem(error.__cause__)
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 404:  # noqa: PLR2004
        return problem(NotFound("There is nothing at this address."))
    if status == 405:  # noqa: PLR2004
        answer = problem(MethodNotAllowed(f"This address does not take {request.method}."))
        if isinstance(error, HTTPException) and error.headers:
            answer.headers.update(error.headers)
        return answer
    return problem(MalformedBody("The body could not be read."))


def _broken(error: Exception) -> Response:
    error_id = str(new_id())
    get_logger("http").error("request.broken", error_id=error_id, exc=error)
    return problem(AntiphonError(f"Something broke on our side; nothing was changed. Quote {error_id} when you ask about it."))


def install_problems(app: FastAPI) -> None:
    """Render every refusal and every accident of `app` as problem+json."""
    app.add_exception_handler(AntiphonError, _refused)
    app.add_exception_handler(RequestValidationError, _refused)
    app.add_exception_handler(HTTPException, _http)


async def rendered(error: Exception) -> Response:
    """Return the answer for anything that was raised: a refusal becomes its problem, an accident a 500 with an id, logged without its message."""
    if isinstance(error, RequestValidationError):
        return _invalid(error)
    return problem(error) if isinstance(error, AntiphonError) else _broken(error)


def problem_page(code: str) -> str | None:
    """Return the text that explains a code, or None when there is no such code."""
    kind = REGISTRY.get(code)
    return None if kind is None else (kind.__doc__ or "").strip()

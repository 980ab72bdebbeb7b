"""A short way to the plainest doors: one JSON body, our own dependencies, an answer that is made already.

FastAPI solves dependencies anew for every request, which costs more than all that such a door does (measured: half of its time). The route stays
an ordinary FastAPI route, documented and matched as all others; only its handler is ours, and it asks who is there before it reads the body.
"""

import inspect
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from services.kit.fields import Command

Handler = Callable[[Request], Awaitable[Response]]
Parser = Callable[[bytes], Any]
C = TypeVar("C", bound=Command)


def fast_handler(route: APIRoute, parse: Parser, own: Callable[[Any], bool]) -> Handler | None:
    """Return the short handler, or None when the door needs more than this: path or query values, forms, foreign dependencies.

    `parse` turns the body into a value; `own(call)` tells the dependencies that take the request alone.
    """
    top = route.dependant
    command = _command(top)
    if command is None or not _plain(top, own) or inspect.signature(route.endpoint).return_annotation is not Response:
        return None
    name, model = command
    dependencies = [(one.name, one.call) for one in top.dependencies]
    endpoint, request_name = route.endpoint, top.request_param_name

    async def handle(request: Request) -> Response:
        values: dict[str, Any] = {}
        for parameter, call in dependencies:
            found = await call(request)  # type: ignore[misc]  # _plain has seen that there is one
            if parameter is not None:
                values[parameter] = found
        if request_name is not None:
            values[request_name] = request
        values[name] = validated(model, await request.body(), parse)
        answer: Response = await endpoint(**values)
        return answer

    return handle


def validated(model: type[C], raw: bytes, parse: Parser) -> C:
    """Return the command in a body; raises MalformedBody or RequestValidationError, as FastAPI does."""
    if not raw:
        raise RequestValidationError([{"type": "missing", "loc": ("body",), "msg": "Field required"}])
    try:
        return model.model_validate(parse(raw))
    except ValidationError as refused:
        found = refused.errors(include_url=False, include_context=False, include_input=False)
        raise RequestValidationError([{**one, "loc": ("body", *one["loc"])} for one in found]) from None


def _command(top: Dependant) -> tuple[str, type[Command]] | None:
    if len(top.body_params) != 1:
        return None
    only = top.body_params[0]
    model = only.field_info.annotation
    return (only.name, model) if inspect.isclass(model) and issubclass(model, Command) else None


def _plain(top: Dependant, own: Callable[[Any], bool]) -> bool:
    asks_more = top.path_params or top.query_params or top.header_params or top.cookie_params or top.response_param_name
    further = top.background_tasks_param_name or top.http_connection_param_name or top.security_scopes_param_name
    return not asks_more and not further and all(one.call is not None and own(one.call) for one in top.dependencies)

"""A short way to the plainest doors: one JSON body or plain query values, our own dependencies, an answer that is made already.

FastAPI solves dependencies anew for every request, which costs more than all that such a door does (measured: half of its time). The route stays
an ordinary FastAPI route, documented and matched as all others; only its handler is ours, and it asks who is there before it reads the body.
"""

import inspect
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import request_params_to_args
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from services.kit.fields import Command

Handler = Callable[[Request], Awaitable[Response]]
Parser = Callable[[bytes], Any]
Sent = Callable[[Request], Awaitable[dict[str, Any]]]
C = TypeVar("C", bound=Command)


def fast_handler(route: APIRoute, parse: Parser, own: Callable[[Any], bool]) -> Handler | None:
    """Return the short handler, or None when the door needs more than this: path values, body and query at once, forms, foreign dependencies.

    `parse` turns the body into a value; `own(call)` tells the dependencies that take the request alone.
    """
    top = route.dependant
    sent = _asked(top) if top.query_params else _commanded(top, parse)
    if sent is None or not _plain(top, own) or inspect.signature(route.endpoint).return_annotation is not Response:
        return None
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
        answer: Response = await endpoint(**values, **await sent(request))
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


def _commanded(top: Dependant, parse: Parser) -> Sent | None:
    """Return what reads the command of a door whose body is one."""
    if len(top.body_params) != 1:
        return None
    name, model = top.body_params[0].name, top.body_params[0].field_info.annotation
    if not inspect.isclass(model) or not issubclass(model, Command):
        return None

    async def command(request: Request) -> dict[str, Any]:
        return {name: validated(model, await request.body(), parse)}

    return command


def _asked(top: Dependant) -> Sent | None:
    """Return what reads the query of a door without a body; what is not sent is not looked at, and as the door says."""
    usual = {one.name: one.default for one in top.query_params if not one.field_info.is_required()}
    if top.body_params or not all(value is None or isinstance(value, str | int) for value in usual.values()):
        return None

    async def query(request: Request) -> dict[str, Any]:
        sent = request.query_params
        values, refused = request_params_to_args([one for one in top.query_params if one.alias in sent or one.name not in usual], sent)
        if refused:
            raise RequestValidationError(refused)
        return usual | values

    return query


def _plain(top: Dependant, own: Callable[[Any], bool]) -> bool:
    asks_more = top.path_params or top.header_params or top.cookie_params or top.response_param_name
    further = top.background_tasks_param_name or top.http_connection_param_name or top.security_scopes_param_name
    return not asks_more and not further and all(one.call is not None and own(one.call) for one in top.dependencies)

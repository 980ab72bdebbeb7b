"""What every mutation answers: the thing that was changed, or why it was not."""

from collections.abc import Awaitable, Callable
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

import strawberry

from gateway.clients.failures import Problem
from services.kit.errors import InvalidInput

T = TypeVar("T")
V = TypeVar("V")
SHOWN_AS_ERRORS = frozenset({401, 403})
IdempotencyKey = Annotated[
    str | None,
    strawberry.argument(description="1 to 255 visible characters, new for each intent: the same request with the same key happens once."),
]


@strawberry.type(description="Why a change was refused.")
class UserError:
    """One reason."""

    field: str | None = strawberry.field(description="The input field, dots between levels; null when it is about no single one.")
    code: str = strawberry.field(description="The reason's code; /problems/{code} explains it.")
    message: str = strawberry.field(description="The reason for a person to read.")


@strawberry.type(description="The answer of a mutation.")
class Payload(Generic[T]):
    """What was changed, or why nothing was."""

    entity: T | None = strawberry.field(description="The thing as it is now; null when nothing was changed.")
    user_errors: list[UserError] = strawberry.field(description="Why nothing was changed; empty when it was.")


async def performed(change: Callable[[], Awaitable[V]], make: Callable[[V], T]) -> Payload[T]:
    """Return what the change made; a refusal by rule becomes user errors, a missing right or a silent service an error of the field."""
    try:
        return Payload(entity=make(await change()), user_errors=[])
    except Problem as problem:
        if problem.status in SHOWN_AS_ERRORS:
            raise
        return Payload(entity=None, user_errors=errors_of(problem))
    except InvalidInput as wrong:
        return Payload(entity=None, user_errors=[UserError(field=field_of(wrong.pointer or ""), code=wrong.code, message=wrong.detail)])


def errors_of(problem: Problem) -> list[UserError]:
    """Return the reasons of a problem: one for each field, or one for the whole."""
    listed = [UserError(field=field_of(one.pointer), code=one.code or problem.code, message=one.message) for one in problem.errors]
    return listed or [UserError(field=None, code=problem.code, message=problem.detail)]


def field_of(pointer: str) -> str | None:
    """Return a JSON pointer as a path of GraphQL names: /customer_key/value is customerKey.value."""
    parts = [part.replace("~1", "/").replace("~0", "~") for part in pointer.strip("/").split("/") if part]
    return ".".join(_camel(part) for part in parts) or None


def body_of(given: Any) -> dict[str, Any]:
    """Return an input as the JSON that the service takes: snake case, without what was not said."""
    return {part.name: _plain(getattr(given, part.name)) for part in fields(given) if getattr(given, part.name) is not None}


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return body_of(value)
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    return str(value) if isinstance(value, UUID) else value


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)

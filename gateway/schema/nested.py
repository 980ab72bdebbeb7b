"""Build a GraphQL type from a view that holds views: what the type's own annotations name is built likewise, everything else is taken over."""

from dataclasses import fields
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from gateway.schema.relay import mapped

R = TypeVar("R")


def nested(cls: type[R], view: BaseModel, **more: Any) -> R:
    """Return the type with everything below it; `more` gives fields that differ from the view's."""
    made = {name: _built(kind, getattr(view, name)) for name, kind in _inner_of(cls) if name not in more}
    return mapped(cls, view, **made, **more)


def _built(kind: type[Any], value: Any) -> Any:
    if isinstance(value, list):
        return [_built(kind, one) for one in value]
    return value if value is None else nested(kind, value)


_INNER: dict[type[Any], list[tuple[str, type[Any]]]] = {}


def _inner_of(cls: type[Any]) -> list[tuple[str, type[Any]]]:
    """Return the fields that hold another type of ours, alone, as a list, or perhaps absent; looked at once a type."""
    if cls not in _INNER:
        _INNER[cls] = _inner(cls)
    return _INNER[cls]


def _inner(cls: type[Any]) -> list[tuple[str, type[Any]]]:
    hints = get_type_hints(cls)
    found = {part.name: _bare(hints[part.name]) for part in fields(cls)}
    return [(name, kind) for name, kind in found.items() if hasattr(kind, "__strawberry_definition__")]


def _bare(hint: Any) -> Any:
    if get_origin(hint) is list:
        return _bare(get_args(hint)[0])
    if get_origin(hint) in {Union, UnionType}:
        known = [one for one in get_args(hint) if one is not type(None)]
        return _bare(known[0]) if len(known) == 1 else None
    return hint

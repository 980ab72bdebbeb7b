"""Answers of services, read as fast as they can be checked: a struct with the fields and types of a contract's view, decoded in C.

What the struct refuses is read again by the view itself, which knows a few more spellings; what that refuses, too, is not believed.
"""

import types
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin
from uuid import UUID

import msgspec
from pydantic import BaseModel, TypeAdapter, ValidationError

V = TypeVar("V")
PLAIN = frozenset({str, int, float, bool, type(None), UUID, datetime, date, Decimal})


class Unbelievable(ValueError):
    """The answer is not what the contract says."""


def read(kind: type[V], raw: bytes | msgspec.Raw) -> V:
    """Return the JSON as a value with the attributes of `kind` (a view, or a list of one); raises Unbelievable."""
    asked: Any = kind
    try:
        found: V = _decoder(asked).decode(raw)
    except msgspec.ValidationError:
        return _read_slowly(kind, bytes(raw))
    except (msgspec.DecodeError, RecursionError) as broken:
        raise Unbelievable from broken
    return found


def _read_slowly(kind: type[V], raw: bytes) -> V:
    asked: Any = kind
    try:
        found: V = _adapter(asked).validate_json(raw)
    except ValidationError as broken:
        raise Unbelievable from broken
    return found


@cache
def _decoder(kind: Any) -> Any:
    return msgspec.json.Decoder(wire_type(kind))


@cache
def _adapter(kind: Any) -> Any:
    return TypeAdapter(kind)


@cache
def wire_type(kind: Any) -> Any:
    """Return the type that msgspec decodes for an annotation of a view; Any where it has none."""
    if kind in PLAIN:
        return kind
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        hints: dict[str, Any] = {name: field.annotation for name, field in kind.model_fields.items()}
        parts = [(name, wire_type(hints[name])) for name, field in kind.model_fields.items() if field.is_required()]
        rest = [
            (name, wire_type(hints[name]), field.get_default(call_default_factory=True))
            for name, field in kind.model_fields.items()
            if not field.is_required()
        ]
        if any(isinstance(default, list | dict | set | BaseModel) and default for *_, default in rest):
            return Any
        return msgspec.defstruct(kind.__name__, [*parts, *rest], frozen=True, gc=False, kw_only=True)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    origin, parts_of = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return wire_type(parts_of[0])
    if origin in {Union, types.UnionType}:
        return _union(parts_of)
    if origin in {list, tuple, dict, set, frozenset}:
        return origin[tuple(part if part is ... else wire_type(part) for part in parts_of)]
    return kind if origin is Literal else Any


def _union(parts: tuple[Any, ...]) -> Any:
    inner = [wire_type(part) for part in parts if part is not type(None)]
    if len(inner) != 1:
        return Any
    return inner[0] | None if inner[0] is not Any else Any


def as_json(value: Any) -> Any:
    """Return a view, or what was read for one, as the JSON that it came from."""
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else msgspec.to_builtins(value)

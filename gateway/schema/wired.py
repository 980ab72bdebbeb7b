"""Structs that a service's JSON is decoded into and that graphql reads as if they were the types of the schema: nothing is copied in between.

A struct has the fields of the GraphQL type, checked by their types while they are decoded. Where `of` builds a field from another
one, the struct has a property. What a struct refuses is read by the contract's view and built by `of`; a test holds both equal.
"""

import typing
from binascii import b2a_base64
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Annotated, Any, TypeVar
from uuid import UUID

import msgspec
import strawberry
from strawberry.scalars import JSON

from gateway.clients.wire import wire_type
from gateway.execution.shape import PROVED
from gateway.schema.relay import Connection

T = TypeVar("T")
TEXT_OF_UUID = Annotated[str, msgspec.Meta(min_length=36, max_length=36)]
"""The id of a thing is only shown and put into cursors: it stays the text that it is in JSON."""
PROVED_BY_TYPE = frozenset([kind for one in (str, bool, float, datetime, UUID, TEXT_OF_UUID) for kind in (one, one | None)])
"""Types whose values need no look after they were decoded; a whole number does, since GraphQL's is shorter."""
STRUCTS: dict[type[Any], type[Any]] = {}
"""Struct by GraphQL type."""


def wired(
    kind: type[Any],
    *,
    node: str | None = None,
    converted: Mapping[str, tuple[Any, Callable[[Any], Any]]] | None = None,
    later: frozenset[str] = frozenset(),
    derived: Mapping[str, Callable[[Any], Any]] | None = None,
) -> type[Any]:
    """Make the struct of a GraphQL type and let the schema take it for one.

    `node` is the kind of its global id. `later` names what is not in the JSON and set afterwards. `converted` gives, for a field whose
    JSON is of another type, that type and what makes the field of it; `derived` what makes a field of the others.
    """
    other = converted or {}
    hints = typing.get_type_hints(kind)
    parts: list[Any] = []
    rename: dict[str, str] = {}
    properties: dict[str, Any] = {name: property(make) for name, make in (derived or {}).items()}
    for field in kind.__strawberry_definition__.fields:
        name = field.python_name
        if not field.is_basic_field or (name == "id" and node is not None):
            continue
        if name in (derived or {}):
            continue
        if name in other:
            source, make = other[name]
            parts.append((f"{name}_", source))
            rename[f"{name}_"] = name
            properties[name] = property(_converting(f"{name}_", make))
        else:
            parts.append((name, Any, None) if name in later else (name, TEXT_OF_UUID if name == "uid" else _type_of(hints[name])))
    if any(part[0] == "uid" for part in parts):
        rename["uid"] = "id"
    if node is not None:
        properties["id"] = property(_id_of(node))
    made = msgspec.defstruct(kind.__name__, parts, namespace=properties, rename=rename, gc=False, kw_only=True)
    STRUCTS[kind] = made
    proved = {name for name, part in ((part[0], part[1]) for part in parts) if part in PROVED_BY_TYPE}
    PROVED[kind] = (made, frozenset(proved | ({"id"} if node is not None else set())))
    if node is not None:  # only what implements an interface is asked for its type
        kind.__strawberry_definition__.is_type_of = OneOf((kind, made))
    return made


def list_of(kind: type[Any]) -> Any:
    """Return the type of a JSON list of this GraphQL type."""
    struct: Any = STRUCTS[kind]
    return list[struct]


def _converting(stored: str, make: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda self: make(getattr(self, stored))


def _id_of(node: str) -> Callable[[Any], str]:
    """Return what makes a global id; letters, digits, colon and dash never need base64's two odd characters."""
    head = f"{node}:".encode()

    def id_of(self: Any) -> str:
        return b2a_base64(head + self.uid.encode(), newline=False).rstrip(b"=\n").decode()

    return id_of


class OneOf:
    """The predicate of a type that two classes have; the plan reads the classes instead of calling it."""

    def __init__(self, classes: tuple[type[Any], ...]) -> None:
        self.classes = classes

    def __call__(self, value: object, _info: object) -> bool:
        """Tell whether the value is of the type."""
        return isinstance(value, self.classes)


def _type_of(hint: Any) -> Any:
    if hint is JSON:
        return Any
    if hint is strawberry.ID:
        return str
    if isinstance(hint, type) and not issubclass(hint, Enum) and hasattr(hint, "__strawberry_definition__"):
        return STRUCTS.get(hint) or wired(hint)
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin is list:
        return list[_type_of(parts[0])]  # type: ignore[misc]  # made for msgspec
    if type(None) in parts and len(parts) == 2:  # noqa: PLR2004  X | None
        inner = _type_of(parts[0])
        return inner | None if inner is not Any else Any
    return wire_type(hint)


class _Edge(msgspec.Struct, gc=False):
    """An edge whose cursor is made when somebody asks for it."""

    node: Any
    cursor_of: Callable[[Any], str]

    @property
    def cursor(self) -> str:
        return self.cursor_of(self.node)


class _Info(msgspec.Struct, gc=False):
    edges: list[_Edge]
    has_next_page: bool
    has_previous_page: bool

    @property
    def start_cursor(self) -> str | None:
        return self.edges[0].cursor if self.edges else None

    @property
    def end_cursor(self) -> str | None:
        return self.edges[-1].cursor if self.edges else None


class _Page(msgspec.Struct, gc=False):
    edges: list[_Edge]
    page_info: _Info


def wired_page(items: Sequence[Any], cursor_of: Callable[[Any], str], *, more: bool, before: bool) -> Connection[Any]:
    """Return a page of values that are already what the schema shows."""
    edges = [_Edge(item, cursor_of) for item in items]
    page: Any = _Page(edges, _Info(edges, more, before))
    found: Connection[Any] = page
    return found

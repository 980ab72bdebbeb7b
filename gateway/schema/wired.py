"""Structs that a service's JSON is decoded into and that graphql reads as if they were the types of the schema: nothing is copied in between.

A struct has the fields of the GraphQL type, checked by their types while they are decoded. Where `of` builds a field from another
one, the struct has a property. What a struct refuses is read by the contract's view and built by `of`; a test holds both equal.

A plan knows what is selected, so its sections are decoded into `narrow` structs, which have these fields alone: the decoder steps over the rest.
"""

import typing
from binascii import b2a_base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Annotated, Any, TypeVar
from uuid import UUID

import msgspec
import strawberry
from strawberry.scalars import JSON

from gateway.clients.wire import wire_type
from gateway.execution.plan import Needs
from gateway.execution.shape import BUILT, COLUMNS, PROVED, wired_kind
from gateway.schema.relay import Connection

T = TypeVar("T")
LENGTH_OF_UUID = 36
TEXT_OF_UUID = Annotated[str, msgspec.Meta(min_length=LENGTH_OF_UUID, max_length=LENGTH_OF_UUID)]
"""The id of a thing is only shown and put into cursors: it stays the text that it is in JSON."""
WHOLE = Annotated[int, msgspec.Meta(ge=-(2**31), lt=2**31)]
"""GraphQL's whole number is shorter than JSON's."""
PROVED_BY_TYPE = frozenset([kind for one in (str, bool, float, WHOLE, datetime, UUID, TEXT_OF_UUID, list[str]) for kind in (one, one | None)])
"""Types whose values need no look after they were decoded."""
STRUCTS: dict[type[Any], type[Any]] = {}
"""Struct with all fields by GraphQL type."""


@dataclass(frozen=True)
class _Recipe:
    """How the structs of a GraphQL type are made; see `wired`."""

    node: str | None
    converted: Mapping[str, tuple[Any, Callable[[Any], Any]]]
    later: Mapping[str, Any]
    derived: Mapping[str, Callable[[Any], Any]]
    shown: frozenset[str]


_RECIPES: dict[type[Any], _Recipe] = {}


def wired(
    kind: type[Any],
    *,
    node: str | None = None,
    converted: Mapping[str, tuple[Any, Callable[[Any], Any]]] | None = None,
    later: Mapping[str, Any] | None = None,
    derived: Mapping[str, Callable[[Any], Any]] | None = None,
    shown: frozenset[str] = frozenset(),
) -> type[Any]:
    """Make the struct of a GraphQL type and let the schema take it for one.

    `node` is the kind of its global id. `later` names what is not in the JSON and set afterwards, also what the schema does not show, with the
    types that it will have. `converted` gives, for a field whose JSON is of another type, that type and what makes the field of it; `derived`
    what makes one of the others. `shown` are ids that stay text, as `uid` does.
    """
    _RECIPES[kind] = _Recipe(node, converted or {}, later or {}, derived or {}, shown | {"uid"})
    PROVED[kind], BUILT[kind] = set(), set()
    made = STRUCTS[kind] = _struct(kind, None)
    if node is not None:  # only what implements an interface is asked for its type
        kind.__strawberry_definition__.is_type_of = OneOf(kind)
    return made


def narrow(kind: type[Any], needs: Needs | None) -> type[Any]:
    """Return a struct of a wired type with these fields alone (and its `uid`), the same below it; the whole one when they are not known.

    Whoever asks must keep it for as long as it is of use, and no longer: documents are without number.
    """
    if needs is None or not needs.keys().isdisjoint(_RECIPES[kind].derived):  # what a derived field reads is not known here
        return STRUCTS[kind]
    return _struct(kind, needs)


def _struct(kind: type[Any], needs: Needs | None) -> type[Any]:
    """Make a struct with these fields of the GraphQL type; None: with all."""
    recipe = _RECIPES[kind]
    hints = typing.get_type_hints(kind)
    parts: list[Any] = []
    rename: dict[str, str] = {}
    given: dict[str, Any] = {"wired_kind": kind, "alone": needs is not None, **{name: property(make) for name, make in recipe.derived.items()}}
    for field in kind.__strawberry_definition__.fields:
        name = field.python_name
        if not field.is_basic_field or name in recipe.derived or name in recipe.later or (name == "id" and recipe.node is not None):
            continue
        if needs is not None and name not in needs and name != "uid":
            continue
        if name in recipe.converted:
            source, make = recipe.converted[name]
            parts.append((f"{name}_", source))
            rename[f"{name}_"] = name
            given[name] = property(_converting(f"{name}_", make))
        else:
            parts.append((name, TEXT_OF_UUID if name in recipe.shown else _type_of(hints[name], (needs or {}).get(name))))
    parts += [(name, one, None) for name, one in recipe.later.items()]
    if any(part[0] == "uid" for part in parts):
        rename["uid"] = "id"
    if recipe.node is not None:
        given["id"] = property(_id_of(recipe.node))
    if needs is None:
        PROVED[kind] |= {part[0] for part in parts if part[1] in PROVED_BY_TYPE} | ({"id"} if recipe.node is not None else set())
        BUILT[kind] |= {part[0] for part in parts if typing.get_origin(part[1]) is list and hasattr(part[1].__args__[0], "wired_kind")}
        COLUMNS[kind] = {"id": _ids_of(recipe.node)} if recipe.node is not None else {}
    return msgspec.defstruct(kind.__name__, parts, namespace=given, rename=rename, gc=False, kw_only=True)


def _converting(stored: str, make: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda self: make(getattr(self, stored))


def _id_of(node: str) -> Callable[[Any], str]:
    """Return what makes a global id; letters, digits, colon and dash never need base64's two odd characters."""
    head = f"{node}:".encode()

    def id_of(self: Any) -> str:
        return b2a_base64(head + self.uid.encode(), newline=False).rstrip(b"=\n").decode()

    return id_of


def _ids_of(node: str) -> Callable[[Sequence[Any]], Sequence[str]]:
    """Return what makes the global ids of many things.

    All of them become one text of base64, which writes three bytes as four letters: each id is filled up to threes, so that none touches the
    next, and three bytes that no id has stand between them, where the text is split.
    """
    alone = _id_of(node)
    head = f"{node}:"
    filling = -(len(head) + LENGTH_OF_UUID) % 3
    between = "\0" * filling + "\x7f\x7f\x7f"
    mark = b2a_base64((head + "0" * LENGTH_OF_UUID + between).encode(), newline=False).decode()[-4 - filling :]

    def ids_of(things: Sequence[Any]) -> Sequence[str]:
        raw = head + (between + head).join([thing.uid for thing in things])
        found = b2a_base64(raw.encode(), newline=False).rstrip(b"=").decode().split(mark)
        if len(found) == len(things) and raw.isascii():
            return found
        return [alone(thing) for thing in things]  # none at all, or letters that no id has

    return ids_of


class OneOf:
    """The predicate of a type that has structs, too; the plan reads the class instead of calling it."""

    def __init__(self, kind: type[Any]) -> None:
        self.kind = kind

    def __call__(self, value: object, _info: object) -> bool:
        """Tell whether the value is of the type."""
        return isinstance(value, self.kind) or wired_kind(value) is self.kind


def _type_of(hint: Any, needs: Needs | None) -> Any:
    if hint is JSON:
        return Any
    if hint is strawberry.ID:
        return str
    if hint is int:
        return WHOLE
    if isinstance(hint, type) and not issubclass(hint, Enum) and hasattr(hint, "__strawberry_definition__"):
        return narrow(hint, needs) if hint in STRUCTS else wired(hint)
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin is list:
        return list[_type_of(parts[0], needs)]  # type: ignore[misc]  # made for msgspec
    if type(None) in parts and len(parts) == 2:  # noqa: PLR2004  X | None
        inner = _type_of(parts[0], needs)
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

"""Ids, pages and nodes, as the Relay specification wants them."""

from base64 import urlsafe_b64decode
from binascii import b2a_base64
from collections.abc import Callable, Sequence
from dataclasses import MISSING, fields
from operator import attrgetter
from typing import Annotated, Any, Generic, TypeVar, cast
from uuid import UUID

import strawberry
from msgspec import ValidationError, convert

from gateway.execution.scopes import judged, reading
from gateway.execution.shortcut import Place, Short
from services.kit.errors import InvalidInput

T = TypeVar("T")
R = TypeVar("R")
F = TypeVar("F", bound=Callable[..., Any])
FIRST = 100
First = Annotated[int, strawberry.argument(description="How many, from 1 to 100.")]
After = Annotated[str | None, strawberry.argument(description="The cursor to go on behind.")]


def computed(
    description: str, shortcut: Callable[[Place], Short] | None = None, *, scope: str | None = None, section_of: str | None = None
) -> Callable[[F], F]:
    """Make a method the resolver of a described field; strawberry's own decorator would take the method's types from the type checker.

    `shortcut` saves a plan from calling it; see `execution/shortcut.py`. Whoever lacks the `scope` is refused; see `execution/scopes.py`.
    `section_of` names the service whose section it shows: `CustomerSections` judges whoever asks for it.
    """

    def made(resolver: F) -> F:
        if section_of is not None:
            resolver.scope = reading(section_of)  # type: ignore[attr-defined]  # a function takes any
        if shortcut is not None:
            resolver.shortcut = shortcut  # type: ignore[attr-defined]  # a function takes any
        return cast("F", strawberry.field(description=description)(resolver if scope is None else judged(resolver, scope)))

    return made


def changes(description: str) -> Callable[[F], F]:
    """Make a method the resolver of a described mutation."""
    return cast("Callable[[F], F]", strawberry.mutation(description=description))


def follows(description: str) -> Callable[[F], F]:
    """Make a method the source of a described stream."""
    return cast("Callable[[F], F]", strawberry.subscription(description=description))


@strawberry.interface(description="Something with an id of its own that `node(id:)` finds again.")
class Node:
    """A thing with a global id."""

    id: strawberry.ID = strawberry.field(description="Opaque id, unique over all types.")


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    """Relay's page information; only forward paging is offered."""

    has_next_page: bool = strawberry.field(description="Whether there is more behind this page.")
    has_previous_page: bool = strawberry.field(description="Whether this page began behind a cursor.")
    start_cursor: str | None = strawberry.field(description="Cursor of the first item; null on an empty page.")
    end_cursor: str | None = strawberry.field(description="Cursor to go on behind; null on an empty page.")


@strawberry.type(description="An item and its place.")
class Edge(Generic[T]):
    """One item of a page."""

    node: T = strawberry.field(description="The item.")
    cursor: str = strawberry.field(description="The place behind this item.")


@strawberry.type(description="A page of a list.")
class Connection(Generic[T]):
    """One page."""

    edges: list[Edge[T]] = strawberry.field(description="The items of this page.")
    page_info: PageInfo = strawberry.field(description="Where the page lies.")


def global_id(kind: str, value: object) -> strawberry.ID:
    """Return the opaque id of a thing."""
    return strawberry.ID(_base64(f"{kind}:{value}"))


def read_global_id(text: str) -> tuple[str, str]:
    """Return (kind, value); raises InvalidInput when it is not one of ours."""
    try:
        kind, mark, value = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().partition(":")
        UUID(value)  # nothing else names a thing of ours, and nothing else gets into an address
    except ValueError:
        mark = kind = value = ""
    if not mark or not kind or not value:
        raise InvalidInput("This is not an id that the gateway gave out.", pointer="/id")
    return kind, value


def raw_id(text: str, kind: str) -> str:
    """Return the service's own id from a global id of this kind, or from that id itself: REST and GraphQL name the same things."""
    return str(uuid_of(text, kind))


def uuid_of(text: str, kind: str) -> UUID:
    """Return the same as `raw_id`, as a UUID."""
    try:
        return convert(text, UUID)  # three times as fast as UUID's own way, which takes a few more spellings
    except ValidationError:
        pass
    try:
        return UUID(text)
    except ValueError:
        found, value = read_global_id(text)
    if found != kind:
        raise InvalidInput(f"This is the id of a {found}; a {kind} is wanted.", pointer="/id")
    return UUID(value)


def checked_first(first: int) -> int:
    """Return `first` when it is a page size; the cost count refused anything else before, this guards other ways in."""
    if not 1 <= first <= FIRST:
        raise InvalidInput(f"`first` must be a whole number from 1 to {FIRST}.", pointer="/first")
    return first


def page_of(items: Sequence[Any], first: int, after: str | None, make: Callable[[Any], T], key: Callable[[Any], str]) -> Connection[T]:
    """Return a page of a list that is held whole; the cursor is the key of an item, so that new items never shift a page."""
    checked_first(first)
    start = 0
    if after is not None:  # only then every item's cursor is looked at
        places = [index for index, item in enumerate(items) if cursor_of(key(item)) == after]
        if not places:
            raise InvalidInput("The cursor is not one that this list gave out, or its item is gone.", pointer="/after")
        start = places[0] + 1
    chosen = items[start : start + first]
    edges = [Edge(node=make(item), cursor=cursor_of(key(item))) for item in chosen]
    return Connection(edges=edges, page_info=_info(edges, more=start + first < len(items), after=after))


def page_from(
    items: Sequence[Any],
    next_cursor: str | None,
    after: str | None,
    make: Callable[[Any], T],
    cursor_of: Callable[[Any], str] | None = None,
) -> Connection[T]:
    """Return a page as a service gave it. Without `cursor_of` a service's cursors stand behind whole pages, so every edge carries the page's end."""
    end = next_cursor or ""
    edges = [Edge(node=make(item), cursor=cursor_of(item) if cursor_of else end) for item in items]
    return Connection(edges=edges, page_info=_info(edges, more=next_cursor is not None, after=after))


def _info(edges: Sequence[Edge[Any]], *, more: bool, after: str | None) -> PageInfo:
    start, end = (edges[0].cursor, edges[-1].cursor) if edges else (None, None)
    return PageInfo(has_next_page=more, has_previous_page=after is not None, start_cursor=start or None, end_cursor=end or None)


def cursor_of(key: str) -> str:
    """Return the cursor behind the item with this key."""
    return _base64(key)


def _base64(text: str) -> str:
    """Return the text in URL-safe base64 without padding; the standard library's own way there costs twice as much."""
    return b2a_base64(text.encode(), newline=False).decode().rstrip("=").replace("+", "-").replace("/", "_")


def mapped(cls: type[R], view: object, **more: Any) -> R:
    """Build a GraphQL type from a view of a service: fields of the same name are taken over, `more` gives those that differ."""
    key = (cls, view.__class__, *more)
    if key not in _TAKEN:
        _TAKEN[key] = _taken(cls, view, frozenset(more))
    names, take, usual = _TAKEN[key]
    made = object.__new__(cls)  # the type's own __init__ would cost ten times as much
    made.__dict__.update(zip(names, take(view), strict=True))
    made.__dict__.update(more)
    if usual:
        made.__dict__.update(usual)
    return made


Taken = tuple[tuple[str, ...], Callable[[object], tuple[Any, ...]], dict[str, Any]]
_TAKEN: dict[tuple[Any, ...], Taken] = {}


def _taken(cls: type[Any], view: object, more: frozenset[str]) -> Taken:
    """Return the names that are taken over, what takes them, and the defaults of what the view does not have."""
    wanted = [part for part in fields(cls) if part.init]
    unknown = more - {part.name for part in wanted}
    if unknown:
        raise TypeError(f"{cls.__name__} has no {', '.join(sorted(unknown))}")
    left = [part for part in wanted if part.name not in more]
    usual = {part.name: part.default for part in left if part.default is not MISSING and not hasattr(view, part.name)}
    names = tuple(part.name for part in left if part.name not in usual)
    if not names:
        return (), lambda _view: (), usual
    taken = attrgetter(*names)
    return names, taken if len(names) > 1 else lambda found: (taken(found),), usual


def maybe(make: Callable[[Any], T], value: object) -> T | None:
    """Return None for None."""
    return None if value is None else make(value)

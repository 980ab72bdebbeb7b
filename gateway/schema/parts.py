"""The lists of one customer that come as sections of a service: how each is read, ordered, told apart and paged."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Generic, TypeVar

from gateway.execution.sections import CustomerSections
from gateway.execution.shape import NotPlain, wired_kind
from gateway.execution.shortcut import Place, Short
from gateway.schema.relay import Connection, checked_first, cursor_of
from gateway.schema.wired import wired_page
from services.kit.errors import InvalidInput

T = TypeVar("T")


def _as_it_is(section: Sequence[Any]) -> Sequence[Any]:
    return section


@dataclass(frozen=True)
class ListPart(Generic[T]):
    """A section that is a list. The type must be wired; `of` builds it from the contract's view where the struct refuses the JSON."""

    service: str
    section: str
    kind: type[T]
    view: Any
    of: Callable[[Any], T]
    when: str | None
    """The moment to order by, newest first: an attribute; None: the service's own order."""
    key: Callable[[Any], str]
    """What tells two things apart, and what its cursor is made of."""
    reads: frozenset[str] = frozenset({"uid"})
    """Attributes that the key is made of."""
    whole: Any = None
    """The section's view where it is more than a list of `view`."""
    spread: Callable[[Any], Sequence[Any]] = _as_it_is
    """From one record's section to the things in it."""

    def shortcut(self, place: Place) -> Short:
        """Return what shows the first page of a section that is plain, without edges and cursors that nobody reads."""
        page, arguments = place.page(self.kind, self._cursor), place.arguments

        def first_page(customer: Any, variables: Any) -> Any:
            given = arguments(variables)
            if given.get("after") is not None:
                raise NotPlain
            return page(self.collected(customer.loaded.plain[self.section]), checked_first(given["first"]))

        return first_page

    def collected(self, data: Any) -> list[Any]:
        """Return the things of a section that is plain, as `things` does: of one record and decoded, so that only the order is left to make."""
        if data is None:
            return []
        found = self.spread(data)
        return list(found) if self.when is None else sorted(found, key=attrgetter(self.when), reverse=True)

    def page(self, loaded: CustomerSections, first: int, after: str | None) -> Connection[T] | None:
        """Return a page of what all records of the person have a share in, each thing once; None when the service is silent."""
        view: Any = self.whole or list[self.view]  # type: ignore[name-defined]  # made for pydantic
        parts: list[Any] | None = loaded.read(self.service, self.section, view)
        return None if parts is None else self.page_of(self.things(parts), first, after)

    def things(self, parts: Sequence[Any]) -> list[Any]:
        """Return all things of these sections in order. Views (of what the struct refused) are built here."""
        found = [one for part in parts for one in as_shown(self.spread(part), self.kind, self.of)]
        if len(parts) > 1:  # a service may answer for the whole person under each of its ids
            found = list({self.key(one): one for one in found}.values())
        if self.when is not None:
            found.sort(key=attrgetter(self.when), reverse=True)
        return found

    def page_of(self, things: Sequence[Any], first: int, after: str | None) -> Connection[T]:
        """Return a page; the cursor is made of the thing's key, so that new things never shift a page."""
        start = 0 if after is None else self._behind(things, after)
        last = start + checked_first(first)
        return wired_page(things[start:last], self._cursor, more=last < len(things), before=after is not None)

    def _behind(self, things: Sequence[Any], after: str) -> int:
        for place, one in enumerate(things):
            if self._cursor(one) == after:
                return place + 1
        raise InvalidInput("The cursor is not one that this list gave out, or its item is gone.", pointer="/after")

    def _cursor(self, one: Any) -> str:
        return cursor_of(self.key(one))


def as_shown(things: Sequence[Any], kind: type[T], of: Callable[[Any], T]) -> Sequence[T]:
    """Return the things of a section as the schema shows them: a section was read into structs whole, or whole into views."""
    return things if things and wired_kind(things[0]) is kind else [of(one) for one in things]

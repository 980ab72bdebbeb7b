"""Shortcuts: resolvers that only take what was loaded already, as pages or as it is, and so need not be called.

A resolver has a shortcut when its function has an attribute `shortcut` (`computed(..., shortcut=...)` in `schema/relay.py`): a function of the
`Place` where a plan calls it, which returns what gives the field's finished JSON. As a shape does, a shortcut decides nothing: it changes nothing,
and raises for whatever is not plain (a section that is not there, a person with several records, a page behind a cursor). Then the resolver is called.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graphql import GraphQLObjectType, get_named_type
from graphql.execution import Executor

from gateway.execution.arguments import Bound
from gateway.execution.shape import COLUMNS, Details, NotPlain, Shape, Writer, python_field

Short = Callable[[Any, Any], Any]
"""From the source and the variables to the field's JSON; raises when it is not plain."""
PageShape = Callable[[Sequence[Any], int], Any]
"""From all things of a list, in order, and how many to show, to the JSON of its first page."""


class Place:
    """Where a plan calls a resolver, and what is selected of its value."""

    def __init__(self, executor: "Executor[Any]", kind: Any, details: Details, bound: Bound, shape: Shape | None) -> None:
        self._executor = executor
        self._kind = kind
        self._details = details
        self.arguments = bound
        """The resolver's arguments, from the variables."""
        self._shape = shape

    def shape(self) -> Shape:
        """Return the shape of the resolver's value; raises NotPlain when it has none."""
        if self._shape is None:
            raise NotPlain
        return self._shape

    def page(self, thing: type[Any], cursor_of: Callable[[Any], str]) -> PageShape:
        """Return what shows decoded structs of this GraphQL type as a first page; raises NotPlain when there are resolvers below."""
        return _PageWriter(self._executor, thing, cursor_of).page(get_named_type(self._kind), self._details)


class _PageWriter(Writer):
    """Writes a page as Relay has them (`schema/relay.py`) straight from the things: no edges are made only to be read."""

    def __init__(self, executor: "Executor[Any]", thing: type[Any], cursor_of: Callable[[Any], str]) -> None:
        super().__init__(executor)
        self._cursor = self.constant(cursor_of)
        self._columns = {name: (f"x_{name}", self.constant(make)) for name, make in COLUMNS[thing].items()}

    def page(self, owner: GraphQLObjectType, details: Details) -> PageShape:
        """Return the function of a page."""
        written = {"edges": self._edges, "page_info": self._info}
        parts = self._each(owner, details, written)
        body = ["  shown = things[:first]", f"  return {parts}"]
        self.lines += ["def page(things, first):", *body]
        page: Any = self.finished("page")
        found: PageShape = page
        return found

    def _each(self, owner: GraphQLObjectType, details: Details, written: Mapping[str, Callable[[GraphQLObjectType, Details], str]]) -> str:
        """Return the expression of an object whose fields are written by these, by their Python names."""
        parts = []
        for key, below in self.below(owner, details).items():
            name = below[0].node.name.value
            if name == "__typename":
                parts.append(f"{key!r}: {owner.name!r}")
                continue
            write = written[python_field(owner, name).python_name]
            parts.append(f"{key!r}: {write(get_named_type(owner.fields[name].type), below)}")
        return f"{{{', '.join(parts)}}}"

    def _edges(self, owner: GraphQLObjectType, details: Details) -> str:
        columns = {name: local for name, (local, _) in self._columns.items()}
        edge = self._each(
            owner, details, {"node": lambda thing, below: self.struct(thing, below, "x", columns), "cursor": lambda _kind, _below: f"{self._cursor}(x)"}
        )
        used = [(local, make) for local, make in self._columns.values() if local in edge]
        locals_, lists = ", ".join(local for local, _ in used), ", ".join(f"{make}(shown)" for _, make in used)
        return f"[{edge} for x, {locals_} in zip(shown, {lists})]" if used else f"[{edge} for x in shown]"

    def _info(self, owner: GraphQLObjectType, details: Details) -> str:
        ends = {"start_cursor": 0, "end_cursor": -1}
        return self._each(
            owner,
            details,
            {
                "has_next_page": lambda _kind, _below: "len(things) > first",
                "has_previous_page": lambda _kind, _below: "False",
                **{name: lambda _kind, _below, place=place: f"{self._cursor}(shown[{place}]) if shown else None" for name, place in ends.items()},
            },
        )

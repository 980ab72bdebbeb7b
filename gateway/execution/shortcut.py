"""Shortcuts: resolvers that only take what was loaded already, as pages or as it is, and so need not be called.

A resolver has one when its function has an attribute `shortcut` (`computed` in `schema/relay.py` sets it): a function of the `Place` where a plan
would call it, which returns what gives the field's finished JSON. Like a shape, a shortcut decides nothing and changes nothing; it raises for
whatever is not plain (a section that is not there, a person with several records, a page behind a cursor), and then the resolver is called.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
from graphql import GraphQLObjectType, get_named_type
from graphql.execution import Executor

from gateway.execution.arguments import Bound
from gateway.execution.shape import COLUMNS, Details, NotPlain, Shape, Writer, python_field
from gateway.execution.spelling import Speller, Spelling

Short = Callable[[Any, Any], Any]
"""From the source and the variables to the field's JSON; raises when it is not plain."""
PageShape = Callable[[Sequence[Any], int], Any]
"""From all things of a list, in order, and how many to show, to the JSON of its first page."""
_Parts = Mapping[str, str | Callable[[GraphQLObjectType, Details], str]]


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
        shown = self._object(owner, details, {"edges": self._edges, "page_info": self._info})
        self.lines += ["def page(things, first):", "  shown = things[:first]", *self._spelled(owner, details), f"  return {shown}"]
        found: Any = self.finished("page")
        made: PageShape = found
        return made

    def _spelled(self, owner: GraphQLObjectType, details: Details) -> list[str]:
        """Return lines that show the page with its things as they are, when they can be spelled; none when its selection does not let them."""
        taken: list[Spelling] = []

        def node(thing: GraphQLObjectType, below: Details) -> str:
            taken.append(self.spelling(thing, below))
            return "x"

        def edges(edge: GraphQLObjectType, below: Details) -> str:
            written, keys = self._object(edge, below, {"node": node}), list(self.below(edge, below))
            if written == f"{{{keys[0]!r}: x}}":
                return f"list(map({self.constant(_edge(keys[0]))}, shown))"
            return f"[{written} for x in shown]"

        info: list[str] = []

        def page_info(page_info: GraphQLObjectType, below: Details) -> str:
            info.append(self._info(page_info, below))
            return "info"

        try:
            page = self._object(owner, details, {"edges": edges, "page_info": page_info})
        except (NotPlain, KeyError):  # cursors of single things are made of what spelling takes away
            return []
        if len(taken) != 1 or len(info) > 1:
            return []
        spell = self.constant(Speller(taken[0]).of)
        return [f"  spell = {spell}(shown)", "  if spell:", *(f"    info = {one}" for one in info), "    spell(shown)", f"    return {page}"]

    def _edges(self, owner: GraphQLObjectType, details: Details) -> str:
        columns = {name: local for name, (local, _) in self._columns.items()}
        parts: _Parts = {"node": lambda thing, below: self.struct(thing, below, "x", columns), "cursor": f"{self._cursor}(x)"}
        edge = self._object(owner, details, parts)
        used = [(local, make) for local, make in self._columns.values() if local in edge]
        if not used:
            return f"[{edge} for x in shown]"
        return f"[{edge} for x, {', '.join(local for local, _ in used)} in zip(shown, {', '.join(f'{make}(shown)' for _, make in used)})]"

    def _info(self, owner: GraphQLObjectType, details: Details) -> str:
        ends = {name: f"{self._cursor}(shown[{place}]) if shown else None" for name, place in (("start_cursor", 0), ("end_cursor", -1))}
        return self._object(owner, details, {"has_next_page": "len(things) > first", "has_previous_page": "False", **ends})

    def _object(self, owner: GraphQLObjectType, details: Details, written: _Parts) -> str:
        """Return the expression of an object; `written` are the expressions of its fields by their Python names, or what writes them."""
        parts = []
        for key, below in self.below(owner, details).items():
            name = below[0].node.name.value
            if name == "__typename":
                parts.append(f"{key!r}: {owner.name!r}")
                continue
            one = written[python_field(owner, name).python_name]
            parts.append(f"{key!r}: {one if isinstance(one, str) else one(get_named_type(owner.fields[name].type), below)}")
        return f"{{{', '.join(parts)}}}"


def _edge(key: str) -> type[Any]:
    """Return the struct of an edge that shows its node alone: cheaper to make, to write and to let go of than a dict."""
    return msgspec.defstruct("Edge", [("node", Any)], rename={"node": key}, gc=False)

"""Shapes: the part of an answer below a resolver that is only reading attributes, as one generated function.

A shape takes the value of a field and returns its JSON form exactly as graphql-core would. It never decides about errors: whatever is not
plain makes it raise, and the caller lets graphql-core complete that value from the start.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from graphql import (
    GraphQLEnumType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    is_leaf_type,
)
from graphql.execution import Executor
from strawberry.schema.schema_converter import GraphQLCoreConverter

Shape = Callable[[Any], Any]
Details = Sequence[Any]
"""The field nodes that were merged under one answer name, as graphql-core collects them."""
SIMPLE = {
    "String": "{v}.__class__ is str",
    "ID": "{v}.__class__ is str",
    "Boolean": "({v} is True or {v} is False)",
    "Int": "({v}.__class__ is int and -2147483648 <= {v} <= 2147483647)",
    "Float": "({v}.__class__ is float and {v} - {v} == 0.0)",
    "DateTime": "{v}.__class__ is datetime",
    "UUID": "({v}.__class__ is UUID or {v}.__class__ is str)",
}
"""The test that a value is already what JSON needs. Moments and UUIDs stay objects: the encoder writes them as their scalars do."""


PROVED: dict[type[Any], tuple[type[Any], frozenset[str]]] = {}
"""By GraphQL type the struct that its values are decoded into, and those of its fields that were checked by that: nobody checks them again."""


class NotPlain(Exception):
    """The value, or the selection, is not one that a shape can do."""


def python_field(owner: GraphQLObjectType, name: str) -> Any:
    """Return strawberry's definition behind a field; None for a field that is not strawberry's."""
    return owner.fields[name].extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)


def is_plain(owner: GraphQLObjectType, name: str) -> bool:
    """Tell whether the field is only an attribute: no resolver, no extension, no argument."""
    if name == "__typename":
        return True
    found = python_field(owner, name)
    return bool(found is not None and found.is_basic_field and not owner.fields[name].args)


def make_shape(executor: "Executor[Any]", kind: Any, details: Details) -> Shape:
    """Return the shape of values of this type under this selection; raises NotPlain when there are resolvers or abstract types below."""
    writer = _Writer(executor)
    return writer.finished(writer.value(kind, details))


def make_frame(executor: "Executor[Any]", owner: GraphQLObjectType, fields: dict[str, Any], steps: frozenset[str]) -> Shape:
    """Return the shape of an object some of whose fields are steps: those hold None, in their place, until their steps have run."""
    writer = _Writer(executor)
    return writer.finished(writer.object(owner, fields, nullable=False, steps=steps))


class _Writer:
    """Writes one module of Python functions, one for each object and list of the selection."""

    def __init__(self, executor: "Executor[Any]") -> None:
        self._executor = executor
        self._lines: list[str] = []
        self._names: dict[str, Any] = {"datetime": datetime, "UUID": UUID, "bad": _bad}

    def finished(self, name: str) -> Shape:
        """Compile what was written and return the function of this name."""
        exec(compile("\n".join(self._lines), "<shape>", "exec"), self._names)  # noqa: S102  written here from the schema's own names, never from a value
        shape: Shape = self._names[name]
        return shape

    def value(self, kind: Any, details: Details) -> str:
        """Write the function of a value of this type; return its name."""
        nullable = not isinstance(kind, GraphQLNonNull)
        inner = kind if nullable else kind.of_type
        if isinstance(inner, GraphQLList):
            item = self.value(inner.of_type, details)
            return self._function(nullable, "if v.__class__ is not list: bad()", f"return [{item}(x) for x in v]")
        if isinstance(inner, GraphQLObjectType):
            return self.object(inner, self._executor.collect_subfields(inner, list(details)).grouped_field_set, nullable=nullable)
        if is_leaf_type(inner):
            return self._function(nullable, f"return {self._leaf(inner, 'v', nullable=nullable)}")
        raise NotPlain

    def object(self, owner: GraphQLObjectType, fields: dict[str, Any], *, nullable: bool, steps: frozenset[str] = frozenset()) -> str:
        """Write the function of an object; return its name."""
        before: list[str] = []
        if owner.is_type_of is not None:
            known = " and ".join(f"v.__class__ is not {self._constant(kind)}" for kind in _classes(owner))
            before.append(f"if {known}: bad()")
        struct, checked = PROVED.get(
            getattr(owner.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF), "origin", None) or object, (None, frozenset())
        )
        reads, parts = self._parts(owner, fields, steps, frozenset())
        if struct is not None:
            fast, proved = self._parts(owner, fields, steps, checked)
            before += [f"if v.__class__ is {self._constant(struct)}:", *(f"  {line}" for line in fast), f"  return {{{', '.join(proved)}}}"]
        if owner.is_type_of is None and not reads:  # nothing of it is read: nothing else would notice that it is an error
            before.append("if isinstance(v, Exception): bad()")
        return self._function(nullable, *before, *reads, f"return {{{', '.join(parts)}}}")

    def _parts(self, owner: GraphQLObjectType, fields: dict[str, Any], steps: frozenset[str], proved: frozenset[str]) -> tuple[list[str], list[str]]:
        """Return the lines that read what must be looked at, and the entries of the answer; leaves that are `proved` are taken as they are."""
        reads, parts = [], []
        for index, (key, details) in enumerate(fields.items()):
            name = details[0].node.name.value
            if key in steps:
                parts.append(f"{key!r}: None")
            elif name == "__typename":
                parts.append(f"{key!r}: {owner.name!r}")
            elif is_plain(owner, name):
                attribute = python_field(owner, name).python_name
                if attribute in proved:
                    parts.append(f"{key!r}: v.{attribute}")
                    continue
                reads.append(f"a{index} = v.{attribute}")
                parts.append(f"{key!r}: {self._attribute(owner.fields[name].type, details, f'a{index}')}")
            else:
                raise NotPlain
        return reads, parts

    def _attribute(self, kind: Any, details: Details, local: str) -> str:
        nullable = not isinstance(kind, GraphQLNonNull)
        inner = kind if nullable else kind.of_type
        if is_leaf_type(inner):
            return self._leaf(inner, local, nullable=nullable)
        return f"{self.value(kind, details)}({local})"

    def _leaf(self, kind: Any, local: str, *, nullable: bool) -> str:
        if isinstance(kind, GraphQLScalarType) and kind.name in SIMPLE:
            test = SIMPLE[kind.name].format(v=local)
            return f"({local} if {test}{f' or {local} is None' if nullable else ''} else bad())"
        if isinstance(kind, GraphQLEnumType):
            wrapped = getattr(kind.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF), "wrapped_cls", None)
            if wrapped is None:
                raise NotPlain
            names = {member: kind.coerce_output_value(member) for member in wrapped}
            done = f"({self._constant(names)}[{local}] if {local}.__class__ is {self._constant(wrapped)} else bad())"
        else:
            done = f"{self._constant(_leaf_of(kind))}({local})"
        return f"(None if {local} is None else {done})" if nullable else done

    def _function(self, nullable: bool, *body: str) -> str:
        name = f"f{len(self._names)}"
        self._names[name] = None
        guard = "return None" if nullable else "bad()"
        self._lines += [f"def {name}(v):", f"  if v is None: {guard}", *(f"  {line}" for line in body)]
        return name

    def _constant(self, value: Any) -> str:
        name = f"c{len(self._names)}"
        self._names[name] = value
        return name


def _classes(owner: GraphQLObjectType) -> tuple[type[Any], ...]:
    """Return the classes whose values are of this type; raises NotPlain when only its own predicate can tell."""
    definition = owner.extensions[GraphQLCoreConverter.DEFINITION_BACKREF]
    if definition.is_type_of is None:
        return (definition.origin,)
    known: tuple[type[Any], ...] | None = getattr(definition.is_type_of, "classes", None)
    if known is None:
        raise NotPlain
    return known


def _bad() -> None:
    raise NotPlain


def _leaf_of(kind: Any) -> Shape:
    """Return what graphql-core itself does with a value of this scalar."""
    serialize = kind.coerce_output_value

    def leaf(value: Any) -> Any:
        found = None if isinstance(value, Exception) else serialize(value)
        if found is None:
            raise NotPlain
        return found

    return leaf

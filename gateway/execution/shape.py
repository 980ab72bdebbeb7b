"""Shapes: the part of an answer below a resolver that is only reading attributes, as one generated function.

A shape takes the value of a field and returns its JSON form exactly as graphql-core would. It never decides about errors: whatever is not
plain makes it raise, and the caller lets graphql-core complete that value from the start.
"""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from graphql import (
    GraphQLEnumType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    get_named_type,
    is_leaf_type,
)
from graphql.execution import Executor
from strawberry.schema.schema_converter import GraphQLCoreConverter

from gateway.execution.spelling import Spelling

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


PROVED: dict[type[Any], set[str]] = {}
"""By GraphQL type those of its fields that were checked while a struct of it was decoded: nobody checks them again."""
BUILT: dict[type[Any], set[str]] = {}
"""By GraphQL type those of its fields that hold a list of structs when a struct of it was decoded: their items are known to be such."""
COLUMNS: dict[type[Any], dict[str, Callable[[Sequence[Any]], Sequence[Any]]]] = {}
"""By GraphQL type those of its fields that are cheaper made for all things of a list at once."""


class NotPlain(Exception):
    """The value, or the selection, is not one that a shape can do."""


def wired_kind(value: object) -> Any:
    """Return the GraphQL type that the value is a decoded struct of; None for any other value. A type may have many structs (`schema/wired.py`)."""
    return getattr(value.__class__, "wired_kind", None)


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
    writer = Writer(executor)
    return writer.finished(writer.value(kind, details))


def make_frame(executor: "Executor[Any]", owner: GraphQLObjectType, fields: Mapping[str, Any], steps: frozenset[str]) -> Shape:
    """Return the shape of an object some of whose fields are steps: those hold None, in their place, until their steps have run."""
    writer = Writer(executor)
    return writer.finished(writer.object(owner, fields, nullable=False, steps=steps))


class Writer:
    """Writes one module of Python functions, one for each object and list of the selection."""

    def __init__(self, executor: "Executor[Any]") -> None:
        self._executor = executor
        self._depth = 0
        self.lines: list[str] = []
        self._written: dict[tuple[Any, ...], str] = {}
        self._names: dict[str, Any] = {"datetime": datetime, "UUID": UUID, "bad": _bad}

    def finished(self, name: str) -> Shape:
        """Compile what was written and return the function of this name."""
        exec(compile("\n".join(self.lines), "<shape>", "exec"), self._names)  # noqa: S102  written here from the schema's own names, never from a value
        shape: Shape = self._names[name]
        return shape

    def value(self, kind: Any, details: Details) -> str:
        """Write the function of a value of this type, once; return its name."""
        key = (str(kind), *(id(part.node) for part in details))
        if key not in self._written:
            self._written[key] = self._value(kind, details)
        return self._written[key]

    def _value(self, kind: Any, details: Details) -> str:
        nullable = not isinstance(kind, GraphQLNonNull)
        inner = kind if nullable else kind.of_type
        if isinstance(inner, GraphQLList):
            return self._function(nullable, "if v.__class__ is not list: bad()", f"return [{self._item(inner.of_type, details)} for x in v]")
        if isinstance(inner, GraphQLObjectType):
            return self.object(inner, self.below(inner, details), nullable=nullable)
        if is_leaf_type(inner):
            return self._function(nullable, f"return {self._leaf(inner, 'v', nullable=nullable)}")
        raise NotPlain

    def _item(self, kind: Any, details: Details) -> str:
        """Return the expression of one item `x` of a list: its fields in place where nothing has to be looked at, else a call of its function."""
        call = f"{self.value(kind, details)}(x)"
        owner = kind.of_type if isinstance(kind, GraphQLNonNull) else None
        if not isinstance(owner, GraphQLObjectType):
            return call
        proved = PROVED.get(_origin(owner))
        reads, parts = self._parts(owner, self.below(owner, details), frozenset(), proved or frozenset(), "x")
        if reads or not any("x." in part for part in parts):
            return call
        if proved is not None:
            return f"{{{', '.join(parts)}}} if {self._is_wired(owner, 'x')} else {call}"
        return f"{{{', '.join(parts)}}}" if owner.is_type_of is None else call

    def struct(self, owner: GraphQLObjectType, details: Details, local: str, columns: Mapping[str, str] = MappingProxyType({})) -> str:
        """Return the expression of something that is known to be a decoded struct; `columns` are locals that hold fields of it made before."""
        reads, parts = self._parts(owner, self.below(owner, details), frozenset(), PROVED[_origin(owner)], local, columns)
        return f"{self.value(GraphQLNonNull(owner), details)}({local})" if reads else f"{{{', '.join(parts)}}}"

    def _structs(self, kind: Any, details: Details, things: str) -> str:
        self._depth += 1
        local = f"x{self._depth}"
        item = self.struct(get_named_type(kind), details, local)
        self._depth -= 1
        return f"[{item} for {local} in {things}]"

    def spelling(self, owner: GraphQLObjectType, details: Details) -> Spelling:
        """Return how decoded structs are spelled under this selection; raises NotPlain when they must be put into shape."""
        kind = _origin(owner)
        names: dict[str, str] = {}
        below: dict[str, Spelling] = {}
        for key, part in self.below(owner, details).items():
            name = part[0].node.name.value
            if name == "__typename" or not is_plain(owner, name):
                raise NotPlain
            attribute = python_field(owner, name).python_name
            if attribute in names or attribute not in PROVED[kind] | BUILT[kind]:
                raise NotPlain
            names[attribute] = key
            if attribute in BUILT[kind]:
                below[attribute] = self.spelling(get_named_type(owner.fields[name].type), part)
        return Spelling(names, below, COLUMNS[kind].get("id"))

    def object(self, owner: GraphQLObjectType, fields: Mapping[str, Any], *, nullable: bool, steps: frozenset[str] = frozenset()) -> str:
        """Write the function of an object; return its name."""
        before: list[str] = []
        proved = PROVED.get(_origin(owner))
        if proved is not None:
            reads, parts = self._parts(owner, fields, steps, proved)
            before += [f"if {self._is_wired(owner, 'v')}:", *(f"  {line}" for line in reads), f"  return {{{', '.join(parts)}}}"]
        if owner.is_type_of is not None:
            before.append(f"if v.__class__ is not {self.constant(_class_of(owner))}: bad()")
        reads, parts = self._parts(owner, fields, steps, frozenset())
        if owner.is_type_of is None and not reads and not any("v." in part for part in parts):
            before.append("if isinstance(v, Exception): bad()")  # nothing of it is read: nothing else would notice that it is an error
        return self._function(nullable, *before, *reads, f"return {{{', '.join(parts)}}}")

    def below(self, owner: GraphQLObjectType, details: Details) -> dict[str, Any]:
        """Return the fields that are selected of an object, by their names in the answer."""
        found: dict[str, Any] = self._executor.collect_subfields(owner, list(details)).grouped_field_set
        return found

    def _is_wired(self, owner: GraphQLObjectType, local: str) -> str:
        return f"getattr({local}.__class__, 'wired_kind', None) is {self.constant(_origin(owner))}"

    def _parts(
        self,
        owner: GraphQLObjectType,
        fields: Mapping[str, Any],
        steps: frozenset[str],
        proved: AbstractSet[str],
        local: str = "v",
        columns: Mapping[str, str] = MappingProxyType({}),
    ) -> tuple[list[str], list[str]]:
        """Return the lines that read what must be looked at, and the entries of the answer; leaves that are `proved` are taken as they are."""
        reads, parts = [], []
        built = BUILT[_origin(owner)] if proved else frozenset()
        for index, (key, details) in enumerate(fields.items()):
            name = details[0].node.name.value
            if key in steps:
                parts.append(f"{key!r}: None")
            elif name == "__typename":
                parts.append(f"{key!r}: {owner.name!r}")
            elif is_plain(owner, name):
                python_name = python_field(owner, name).python_name
                attribute = columns.get(python_name, f"{local}.{python_name}")
                kind: Any = owner.fields[name].type
                inner = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
                if python_name in proved:
                    parts.append(f"{key!r}: {attribute}")
                elif python_name in built:
                    parts.append(f"{key!r}: {self._structs(inner, details, attribute)}")
                elif is_leaf_type(inner):
                    reads.append(f"a{index} = {attribute}")
                    parts.append(f"{key!r}: {self._leaf(inner, f'a{index}', nullable=inner is kind)}")
                else:
                    parts.append(f"{key!r}: {self.value(kind, details)}({attribute})")
            else:
                raise NotPlain
        return reads, parts

    def _leaf(self, kind: Any, local: str, *, nullable: bool) -> str:
        if isinstance(kind, GraphQLScalarType) and kind.name in SIMPLE:
            test = SIMPLE[kind.name].format(v=local)
            return f"({local} if {test}{f' or {local} is None' if nullable else ''} else bad())"
        if isinstance(kind, GraphQLEnumType):
            wrapped = getattr(kind.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF), "wrapped_cls", None)
            if wrapped is None:
                raise NotPlain
            names = {member: kind.coerce_output_value(member) for member in wrapped}
            done = f"({self.constant(names)}[{local}] if {local}.__class__ is {self.constant(wrapped)} else bad())"
        else:
            done = f"{self.constant(_leaf_of(kind))}({local})"
        return f"(None if {local} is None else {done})" if nullable else done

    def _function(self, nullable: bool, *body: str) -> str:
        name = f"f{len(self._names)}"
        self._names[name] = None
        guard = "return None" if nullable else "bad()"
        self.lines += [f"def {name}(v):", f"  if v is None: {guard}", *(f"  {line}" for line in body)]
        return name

    def constant(self, value: Any) -> str:
        """Return the name of a value that the functions use."""
        name = f"c{len(self._names)}"
        self._names[name] = value
        return name


def _origin(owner: GraphQLObjectType) -> Any:
    """Return the Python class of the type; None where strawberry has none."""
    return getattr(owner.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF), "origin", None)


def _class_of(owner: GraphQLObjectType) -> type[Any]:
    """Return the class whose values are of this type, beside its structs; raises NotPlain when only a predicate of its own can tell."""
    definition = owner.extensions[GraphQLCoreConverter.DEFINITION_BACKREF]
    if definition.is_type_of is not None and getattr(definition.is_type_of, "kind", None) is not definition.origin:
        raise NotPlain
    known: type[Any] = definition.origin
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

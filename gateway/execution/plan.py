"""Plans: an operation, taken apart once into the resolvers to call and the shapes to put their values into."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    get_named_type,
    is_non_null_type,
)
from graphql.execution import Executor
from graphql.execution.collect_fields import collect_fields

from gateway.execution.arguments import Bound, bind
from gateway.execution.scopes import NONE, behind_judge
from gateway.execution.shape import Details, NotPlain, Shape, is_plain, make_frame, make_shape, python_field
from gateway.execution.shortcut import Place, Short

MOST_STEPS = 200
Needs = Mapping[str, "Needs | None"]
"""What is read of an object: its attributes by their Python names, and what is read of each; None where that is not known (or a leaf's)."""

Fields = Mapping[str, Details]
"""The fields that are selected of an object, by their names in the answer, as graphql-core collects them."""


@dataclass(frozen=True, slots=True)
class Step:
    """A field with a resolver, at one place of the selection."""

    key: str
    """Its name in the answer."""
    parent: GraphQLObjectType
    field: GraphQLField
    details: Details
    name: str
    """Its name in the schema."""
    bound: Bound
    """Its arguments, from the variables."""
    resolve: Callable[[Any, Any, Any], Any]
    """From source, info and variables to a value or something to await."""
    below: frozenset[str]
    """Names of the fields selected directly below."""
    needs: Needs | None
    """What is read of its value by its shape; None when resolvers or abstract types below may read more."""
    memo: dict[str, Any]
    """What its resolver worked out about this place, to have it at the next run."""
    informed: bool
    """Whether the resolver wants to be told where it runs."""
    shape: Shape | None
    """How its value becomes the answer; None when there are steps below, or when only graphql-core can do it."""
    frame: "Frame | None"
    short: Short | None
    """What gives its place in the answer without calling the resolver, as long as everything is plain."""


@dataclass(frozen=True, slots=True)
class Frame:
    """An object some of whose fields are steps."""

    shape: Shape
    """Its plain fields, and None in the places of its steps."""
    needs: Needs
    """What is read of the object by its plain fields."""
    steps: tuple[Step, ...]
    alone: Mapping[str, Step]
    """By the names of their fields those steps whose field occurs once."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A query or mutation."""

    serial: bool
    skeleton: Mapping[str, Any]
    """The answer before its steps ran: every key in its place."""
    steps: tuple[Step, ...]
    granted: frozenset[str]
    """Scopes that everybody holds for whom it is played: nobody is asked for them again."""


def make_plan(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Mapping[str, Any],
    granted: frozenset[str] = NONE,
) -> Plan | None:
    """Return the plan for these values of the variables in @skip and @include; None when graphql-core must run the operation itself.

    It must be played only for callers who hold the scopes `granted`.
    """
    if operation.operation == OperationType.SUBSCRIPTION or _has_fragment_variables(document):
        return None
    name = operation.name.value if operation.name else None
    executor = Executor.build(schema, document, raw_variable_values=dict(variables), operation_name=name)
    if isinstance(executor, list):
        return None
    root = schema.get_root_type(operation.operation)
    if root is None:
        return None
    try:
        return _Planner(executor, granted).plan(root, operation)
    except NotPlain:
        return None


def _has_fragment_variables(document: DocumentNode) -> bool:
    return any(isinstance(node, FragmentDefinitionNode) and node.variable_definitions for node in document.definitions)


class _Planner:
    """Builds the steps of one operation."""

    def __init__(self, executor: "Executor[Any]", granted: frozenset[str]) -> None:
        self._executor = executor
        self._granted = granted
        strawberry_schema: Any = executor.schema._strawberry_schema  # type: ignore[attr-defined]  # noqa: SLF001  set by strawberry, no public way
        self._converter = strawberry_schema.schema_converter
        self._count = 0

    def plan(self, root: GraphQLObjectType, operation: OperationDefinitionNode) -> Plan:
        core = self._executor
        fields = collect_fields(core.schema, core.fragments, core.variable_values, root, operation).grouped_field_set
        skeleton = {key: root.name if _name(details) == "__typename" else None for key, details in fields.items()}
        steps = tuple(self.step(root, key, details) for key, details in fields.items() if _name(details) != "__typename")
        return Plan(operation.operation == OperationType.MUTATION, skeleton, steps, self._granted)

    def step(self, owner: GraphQLObjectType, key: str, details: Details) -> Step:
        self._count += 1
        name = _name(details)
        if name not in owner.fields or self._count > MOST_STEPS:  # __schema and __type are graphql-core's own
            raise NotPlain
        field, python = owner.fields[name], python_field(owner, name)
        named = get_named_type(field.type)
        children = self._below(named, details) if isinstance(named, GraphQLObjectType) else {}
        shape, frame = self._shape(field.type, details)
        bound = bind(field, details[0].node, python, self._converter)
        return Step(
            key=key,
            parent=owner,
            field=field,
            details=list(details),
            name=name,
            bound=bound,
            resolve=self._resolver(field, python, bound),
            below=frozenset(_name(child) for child in children.values()),
            needs=needs_of(field.type, details, self._below),
            memo={},
            informed=_is_informed(python),
            shape=shape,
            frame=frame,
            short=self._short(python, Place(self._executor, field.type, details, bound, shape)),
        )

    def _short(self, python: Any, place: Place) -> Short | None:
        resolver = getattr(python, "base_resolver", None)
        make = getattr(resolver.wrapped_func, "shortcut", None) if resolver is not None else None
        try:
            short: Short | None = make(place) if make is not None else None
        except NotPlain:
            return None
        return short

    def _below(self, owner: GraphQLObjectType, details: Details) -> Fields:
        found: Fields = self._executor.collect_subfields(owner, list(details)).grouped_field_set
        return found

    def _shape(self, kind: Any, details: Details) -> tuple[Shape | None, Frame | None]:
        try:
            return make_shape(self._executor, kind, details), None
        except NotPlain:
            inner = kind.of_type if is_non_null_type(kind) else kind
            if not isinstance(inner, GraphQLObjectType):
                return None, None  # a list of objects with steps, or an interface: graphql-core's
        fields = self._below(inner, details)
        steps = {key: part for key, part in fields.items() if not self._is_shaped(inner, part)}
        try:
            shape = make_frame(self._executor, inner, fields, frozenset(steps))
        except NotPlain:
            return None, None
        below = tuple(self.step(inner, key, part) for key, part in steps.items())
        names = [step.name for step in below]
        alone = {step.name: step for step in below if names.count(step.name) == 1}
        return None, Frame(shape, plain_needs(inner, fields, self._below), below, alone)

    def _is_shaped(self, owner: GraphQLObjectType, details: Details) -> bool:
        """Tell whether the field and everything below it is only attributes."""
        name = _name(details)
        if name == "__typename":
            return True
        if not is_plain(owner, name):
            return False
        try:
            make_shape(self._executor, owner.fields[name].type, details)
        except NotPlain:
            return False
        return True

    def _resolver(self, field: GraphQLField, python: Any, bound: Bound) -> Callable[[Any, Any, Any], Any]:
        if python is not None and python.is_basic_field and not field.args:  # an attribute with steps below it
            attribute = python.python_name
            return lambda source, _info, _variables: getattr(source, attribute)
        resolver = getattr(python, "base_resolver", None)
        if resolver is None or python.extensions or resolver.parent_parameter or resolver.root_parameter:
            raise NotPlain
        call = behind_judge(resolver.wrapped_func, self._granted)
        info_name = resolver.info_parameter.name if resolver.info_parameter else None
        takes_source = resolver.self_parameter is not None

        def resolve(source: Any, info: Any, variables: Any) -> Any:
            given = bound(variables)
            if info_name is not None:
                given[info_name] = info
            return call(source, **given) if takes_source else call(**given)

        return resolve


def needs_of(kind: Any, details: Details, below: Callable[[GraphQLObjectType, Details], Fields]) -> Needs | None:
    """Return what is read of a value of this type; `below` gives the fields that are selected of an object, by their names in the answer."""
    owner = get_named_type(kind)
    if not isinstance(owner, GraphQLObjectType):
        return None
    fields = below(owner, details)
    return plain_needs(owner, fields, below) if all(is_plain(owner, _name(part)) for part in fields.values()) else None


def plain_needs(owner: GraphQLObjectType, fields: Fields, below: Callable[[GraphQLObjectType, Details], Fields]) -> Needs:
    """Return what is read of an object of which these fields are selected, by those of them that are plain."""
    found: dict[str, Needs | None] = {}
    for part in fields.values():
        name = _name(part)
        if name == "__typename" or not is_plain(owner, name):
            continue
        python_name, needs = python_field(owner, name).python_name, needs_of(owner.fields[name].type, part, below)
        known = found.get(python_name, {})  # under another name in the answer
        found[python_name] = None if needs is None or known is None else _united(known, needs)
    return found


def _united(one: Needs, other: Needs) -> Needs:
    found = dict(one)
    for name, below in other.items():
        known = found.get(name, {})
        found[name] = None if below is None or known is None else _united(known, below)
    return found


def _is_informed(python: Any) -> bool:
    resolver = getattr(python, "base_resolver", None)
    return resolver is not None and resolver.info_parameter is not None


def _name(details: Details) -> str:
    name: str = details[0].node.name.value
    return name

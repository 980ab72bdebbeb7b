"""A schema with everything that a plan may meet, over data of which every tenth value is damaged."""

import random
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

import strawberry
from graphql import (
    GraphQLEnumType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
)
from strawberry.scalars import JSON
from strawberry.schema.config import StrawberryConfig

from gateway.execution.shape import PROVED
from gateway.execution.written import OWN_SCALARS
from gateway.schema.relay import computed
from gateway.schema.wired import STRUCTS, wired
from services.kit.errors import NotFound

T = TypeVar("T")
DAMAGE: list[Any] = [None, None, None, 7, "text", 2.5, True, [], [None], {}, 2**40, float("nan"), ValueError("inside"), object()]


@dataclass
class Wild:
    """The context: a seed, and how often a value is damaged."""

    seed: int
    damaged: float
    calls: list[str] = field(default_factory=list)

    def thing(self, info: Any, kind: str) -> Any:
        """Return a value for the running field: the same for both executors, since it depends on seed, place and type alone."""
        place = getattr(info, "place", None) or info.path
        dice = random.Random(f"{self.seed} {place.as_list()}")  # noqa: S311  no secret
        if dice.random() < self.damaged:
            raise dice.choice([ValueError("boom"), NotFound("It is not there."), KeyError("k")])
        owner: Any = SCHEMA.type_map[place.typename]
        known = owner.fields[kind]
        return build(known.type, dice, self.damaged, 0)


def build(kind: Any, dice: random.Random, damaged: float, depth: int) -> Any:
    """Return a value of the type, or something else in its place."""
    if dice.random() < damaged:
        return dice.choice(DAMAGE)
    if isinstance(kind, GraphQLNonNull):
        return build(kind.of_type, dice, 0, depth) if damaged == 0 else build(kind.of_type, dice, damaged, depth)
    if isinstance(kind, GraphQLList):
        many = [build(kind.of_type, dice, damaged, depth + 1) for _ in range(dice.randint(0, 3 if depth < 4 else 0))]
        return tuple(many) if dice.random() < damaged else many
    if isinstance(kind, GraphQLEnumType):
        return dice.choice(list(Colour))
    if isinstance(kind, GraphQLInterfaceType):
        return build(dice.choice(list(SCHEMA.get_possible_types(kind))), dice, damaged, depth)
    if isinstance(kind, GraphQLObjectType):
        wired_as = STRUCTS.get(kind.extensions["strawberry-definition"].origin)
        if wired_as is not None and dice.random() < 0.7:
            return _decoded(kind, wired_as, dice, damaged, depth)
        made = object.__new__(kind.extensions["strawberry-definition"].origin)
        for known in kind.fields.values():
            python = known.extensions["strawberry-definition"]
            if python.is_basic_field and (depth < 5 or not isinstance(known.type, GraphQLObjectType)):
                made.__dict__[python.python_name] = build(known.type, dice, damaged, depth + 1)
        return made
    return dice.choice(SCALARS[kind.name])


def _decoded(kind: GraphQLObjectType, made: type[Any], dice: random.Random, damaged: float, depth: int) -> Any:
    """Return the struct of the type, as a decoder gives it: what its types prove is never damaged, the rest may be."""
    proved = PROVED[kind.extensions["strawberry-definition"].origin]
    values = {}
    for known in kind.fields.values():
        name = known.extensions["strawberry-definition"].python_name
        value = build(known.type, dice, 0 if name in proved else damaged, depth + 1)
        values[name] = str(value) if isinstance(value, UUID) else value
    return made(**values)


SCALARS: dict[str, list[Any]] = {
    "String": ["", "pony", "é\u2603"],
    "ID": ["1", "two"],
    "Int": [0, -5, 2**31 - 1],
    "Float": [0.0, 1.5, -1e9],
    "Boolean": [True, False],
    "DateTime": [datetime(2026, 11, 23, 9, tzinfo=UTC), datetime(2026, 11, 23, 9, 0, 0, 123456, tzinfo=UTC)],
    "UUID": [UUID("0192d3a0-0000-7000-8000-000000000001")],
    "JSON": [{"a": [1]}, [], "x", 3],
}


@strawberry.enum
class Colour(StrEnum):
    RED = "red"
    DEEP_BLUE = "deep blue"


@strawberry.interface
class Thing:
    id: strawberry.ID


@strawberry.input
class Size:
    width: int
    unit: str | None = None
    when: datetime | None = None


@strawberry.type
class Leafy(Thing):
    name: str
    maybe_name: str | None
    number: int
    maybe_number: int | None
    share: float
    flag: bool
    at: datetime
    maybe_at: datetime | None
    uid: UUID
    colour: Colour
    maybe_colour: Colour | None
    data: JSON
    tags: list[str]
    maybe_tags: list[str | None] | None
    grid: list[list[int]]


@strawberry.type
class Sealed:
    uid: UUID
    name: str
    maybe_name: str | None
    number: int
    maybe_number: int | None
    share: float
    flag: bool
    maybe_flag: bool | None
    at: datetime
    maybe_at: datetime | None
    colour: Colour
    data: JSON
    tags: list[str]


wired(Sealed)


@strawberry.type
class Nest:
    sealed: Sealed
    maybe_sealed: Sealed | None
    all_sealed: list[Sealed] | None
    leaf: Leafy
    maybe_leaf: Leafy | None
    leaves: list[Leafy]
    maybe_leaves: list[Leafy | None] | None
    nest: "Nest | None"
    any: Thing | None

    @computed("A step in a list of objects.")
    async def late(self, info: strawberry.Info[Wild, None]) -> Leafy | None:
        found: Leafy | None = info.context.thing(info, "late")
        return found


@strawberry.type
class Page(Generic[T]):
    items: list[T]
    more: bool


@strawberry.type
class Person(Thing):
    name: str
    colour: Colour | None
    nest: Nest

    @computed("Sync, may not be null.")
    def sure(self, info: strawberry.Info[Wild, None]) -> Leafy:
        found: Leafy = info.context.thing(info, "sure")
        return found

    @computed("Async, waits.")
    async def page(self, info: strawberry.Info[Wild, None], first: int, tag: str | None = None) -> Page[Leafy] | None:
        info.context.calls.append(f"page {first} {tag}")
        found: Page[Leafy] | None = info.context.thing(info, "page")
        return found

    @computed("Async, a list of objects with steps.")
    async def nests(self, info: strawberry.Info[Wild, None], colour: Colour | None = None, size: Size | None = None) -> list[Nest]:
        info.context.calls.append(f"nests {colour} {size}")
        found: list[Nest] = info.context.thing(info, "nests")
        return found

    @computed("A leaf with a resolver.")
    async def motto(self, info: strawberry.Info[Wild, None], times: int = 2, at: datetime | None = None) -> str:
        info.context.calls.append(f"motto {times} {at}")
        found: str = info.context.thing(info, "motto")
        return found

    @computed("Another person.")
    async def friend(self, info: strawberry.Info[Wild, None]) -> "Person | None":
        found: Person | None = info.context.thing(info, "friend")
        return found


@strawberry.type
class Query:
    @computed("Somebody.")
    async def person(self, info: strawberry.Info[Wild, None], id: strawberry.ID, tags: list[str] | None = None) -> Person | None:  # noqa: A002
        info.context.calls.append(f"person {id} {tags}")
        found: Person | None = info.context.thing(info, "person")
        return found

    @computed("Sync, may not be null.")
    def leaf(self, info: strawberry.Info[Wild, None], big: Annotated[bool, strawberry.argument(name="large")] = False) -> Leafy:
        info.context.calls.append(f"leaf {big}")
        found: Leafy = info.context.thing(info, "leaf")
        return found

    @computed("An interface.")
    async def node(self, info: strawberry.Info[Wild, None], id: strawberry.ID) -> Thing | None:  # noqa: A002, ARG002
        found: Thing | None = info.context.thing(info, "node")
        return found

    @computed("Many.")
    async def leaves(self, info: strawberry.Info[Wild, None], first: int) -> list[Leafy] | None:  # noqa: ARG002
        found: list[Leafy] | None = info.context.thing(info, "leaves")
        return found

    @computed("Without a context.")
    def count(self) -> int:
        return 3


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def ticks(self) -> AsyncGenerator[int, None]:
        yield 1


def _schema() -> GraphQLSchema:
    found: GraphQLSchema = strawberry.Schema(query=Query, subscription=Subscription, config=StrawberryConfig(scalar_map=OWN_SCALARS))._schema
    return found


SCHEMA = _schema()
assert fields(Person)

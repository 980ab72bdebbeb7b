"""Random GraphQL documents that are mostly valid against a schema: aliases, fragments, conditions, variables, merged fields."""

import random
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    Undefined,
    get_named_type,
    is_leaf_type,
)

DEEPEST = 6
LITERALS: dict[str, list[Any]] = {
    "Int": [1, 2, 7, 50],
    "Float": [0.5, 3, 1e3],
    "Boolean": [True, False],
    "String": ["", "a", "pony \\u2603"],
    "ID": ["1", "x"],
    "UUID": ["0192d3a0-0000-7000-8000-000000000001"],
    "DateTime": ["2026-11-23T09:00:00+00:00"],
}


@dataclass
class WildDocument:
    """One document in the making."""

    schema: GraphQLSchema
    dice: random.Random
    deepest: int = DEEPEST
    variables: dict[str, tuple[str, Any]] = field(default_factory=dict)
    fragments: list[str] = field(default_factory=list)
    given: dict[str, str] = field(default_factory=dict)
    """Arguments by field: one answer name must always mean the same question."""

    def text(self) -> str:
        """Return a query."""
        assert self.schema.query_type is not None
        body = self.selection(self.schema.query_type, 0)
        named = ", ".join(f"${name}: {kind}" for name, (kind, _) in self.variables.items())
        return f"query Wild{f'({named})' if named else ''} {body}\n" + "\n".join(self.fragments)

    def values(self) -> dict[str, Any]:
        """Return the variables' values; some are left out where they may be."""
        return {name: value for name, (kind, value) in self.variables.items() if kind.endswith("!") or self.dice.random() < 0.7}

    def selection(self, owner: GraphQLObjectType | GraphQLInterfaceType, depth: int) -> str:
        names = [name for name, known in owner.fields.items() if depth < self.deepest or is_leaf_type(get_named_type(known.type))]
        chosen = self.dice.sample(names, k=min(len(names), self.dice.randint(1, 6))) if names else []
        parts = [self.one(owner, name, depth) for name in chosen]
        if not parts or self.dice.random() < 0.2:
            parts.append("__typename")
        if self.dice.random() < 0.15:
            parts.append(self.one(owner, self.dice.choice(chosen), depth) if chosen else "__typename")
        if isinstance(owner, GraphQLInterfaceType):
            parts += [
                f"... on {kind.name} {self.selection(kind, depth + 1)}" for kind in self.schema.get_possible_types(owner) if self.dice.random() < 0.6
            ]
        elif self.dice.random() < 0.2 and depth < self.deepest:
            parts.append(self.fragment(owner, depth))
        self.dice.shuffle(parts)
        return "{ " + " ".join(parts) + " }"

    def one(self, owner: GraphQLObjectType | GraphQLInterfaceType, name: str, depth: int) -> str:
        known: GraphQLField = owner.fields[name]
        named = get_named_type(known.type)
        alias = f"{name}{self.dice.randint(1, 2)}: " if self.dice.random() < 0.2 else ""
        inner = self.selection(named, depth + 1) if isinstance(named, GraphQLObjectType | GraphQLInterfaceType) else ""
        question = f"{owner.name}.{alias}{name}"
        if question not in self.given:
            self.given[question] = self.arguments(known)
        return f"{alias}{name}{self.given[question]}{self.condition()} {inner}"

    def fragment(self, owner: GraphQLObjectType, depth: int) -> str:
        body = self.selection(owner, depth + 1)
        if self.dice.random() < 0.5:
            return f"... on {owner.name}{self.condition()} {body}"
        name = f"F{len(self.fragments)}"
        self.fragments.append(f"fragment {name} on {owner.name} {body}")
        return f"...{name}{self.condition()}"

    def condition(self) -> str:
        if self.dice.random() > 0.12:
            return ""
        word = self.dice.choice(["skip", "include"])
        if self.dice.random() < 0.5:
            return f" @{word}(if: {self.dice.choice(['true', 'false'])})"
        return f" @{word}(if: ${self.variable('Boolean!', self.dice.choice([True, False]))})"

    def arguments(self, known: GraphQLField) -> str:
        given = []
        for name, argument in known.args.items():
            required = isinstance(argument.type, GraphQLNonNull) and argument.default_value is Undefined
            if not required and self.dice.random() < 0.5:
                continue
            if self.dice.random() < 0.4:
                value: Any = self.value(argument.type)
                given.append(f"{name}: ${self.variable(str(argument.type), value)}")
            else:
                given.append(f"{name}: {self.literal(argument.type)}")
        return f"({', '.join(given)})" if given else ""

    def variable(self, kind: str, value: Any) -> str:
        name = f"v{len(self.variables)}"
        self.variables[name] = (kind, value)
        return name

    def value(self, kind: Any) -> Any:
        """Return a JSON value of the type; sometimes one that coercion must refuse."""
        if isinstance(kind, GraphQLNonNull):
            return self.value(kind.of_type)
        if self.dice.random() < 0.05:
            return self.dice.choice([None, "wrong", -1])
        if isinstance(kind, GraphQLList):
            return [self.value(kind.of_type) for _ in range(self.dice.randint(0, 2))]
        if isinstance(kind, GraphQLEnumType):
            return self.dice.choice(list(kind.values))
        if isinstance(kind, GraphQLInputObjectType):
            return {name: self.value(part.type) for name, part in kind.fields.items()}
        return self.dice.choice(LITERALS.get(kind.name, ["x"]))

    def literal(self, kind: Any) -> str:
        """Return a literal of the type."""
        if isinstance(kind, GraphQLNonNull):
            return self.literal(kind.of_type)
        if isinstance(kind, GraphQLList):
            return "[" + ", ".join(self.literal(kind.of_type) for _ in range(self.dice.randint(0, 2))) + "]"
        if isinstance(kind, GraphQLEnumType):
            return str(self.dice.choice(list(kind.values)))
        if isinstance(kind, GraphQLInputObjectType):
            return "{" + ", ".join(f"{name}: {self.literal(part.type)}" for name, part in kind.fields.items()) + "}"
        value = self.dice.choice(LITERALS.get(kind.name, ["x"]))
        return str(value).lower() if isinstance(value, bool | int | float) else f'"{value}"'

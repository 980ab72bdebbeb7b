"""Requests that are meant to hurt a GraphQL server, and bodies made at random."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import orjson

from gateway.schema.build import core_schema
from tests.support.wild_documents import DEEPEST, WildDocument


@dataclass(frozen=True)
class Attack:
    """A body, and the status under application/graphql-response+json that refuses it."""

    body: bytes
    status: int = 400


def query(text: str, **variables: object) -> bytes:
    """Return the body of an operation."""
    return orjson.dumps({"query": text, "variables": variables})


def nested(times: int) -> str:
    return "{ node(id: 1) { ... on Customer { cases(first: 1) " + "{ edges { node { id } } } " * 0 + "{ " * times + "id " + "} " * times + "} } }"


ATTACKS = {
    "2,000 aliases": Attack(query("{ " + " ".join(f"a{n}: __typename" for n in range(2_000)) + " }")),
    "600 equal fields": Attack(query("{ " + "board(first: 1) { edges { cursor } } " * 600 + "}")),
    "1,000 equal leaves": Attack(query("{ " + "__typename " * 1_000 + "}")),
    "3,000 directives": Attack(query("{ __typename " + "@skip(if: false) " * 3_000 + "}")),
    "5,000 unknown directives": Attack(query("{ __typename " + "@a " * 5_000 + "}")),
    "depth 400": Attack(query("{ a " * 400 + "}" * 400)),
    "depth 40": Attack(query(nested(40))),
    "lists in lists": Attack(
        query("{ customer(id: 1) { contacts(first: 100) { edges { node { id } } } feedback(first: 100) { edges { node { labels { code } } } } } }")
    ),
    "a page of two billion": Attack(query("{ board(first: 2147483647) { edges { cursor } } }")),
    "a page below one": Attack(query("query($n: Int!) { board(first: $n) { edges { cursor } } }", n=-1)),
    "100 root fields": Attack(query("{ " + " ".join(f"a{n}: board(first: 1) {{ edges {{ cursor }} }}" for n in range(100)) + " }")),
    "a circle of fragments": Attack(query("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }")),
    "fragments that multiply": Attack(
        query(
            "{ ...F0 } "
            + " ".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(40))
            + " fragment F40 on Query { __typename }"
        )
    ),
    "a fragment named __schema": Attack(
        query(
            "{ ...__schema } fragment __schema on Query { "
            + "board(first: 100) { edges { node { message } } } " * 3
            + "}"
            + " " * 10
            + "#"
            + "x" * 66_000
        )
    ),
    "a name that does not exist": Attack(query("{ nod }")),
    "a batch": Attack(orjson.dumps([{"query": "{ __typename }"}] * 1_000)),
    "a JSON string": Attack(b'"x"'),
    "a JSON number": Attack(b"1"),
    "not JSON": Attack(b"\xff\xfe{"),
    "a lone surrogate": Attack(b'{"query": "{ __typename }", "variables": {"a": "\\ud800"}}'),
    "NaN in a variable": Attack(b'{"query": "{ __typename }", "variables": {"a": NaN}}'),
    "900 nested lists": Attack(b'{"query": "{ __typename }", "variables": {"a": ' + b"[" * 900 + b"]" * 900 + b"}}"),
    "a string of 250 KB": Attack(query("{ __typename #" + "x" * 250_000 + "}")),
    "a body of 1 MB": Attack(query("{ __typename #" + "x" * 1_000_000 + "}"), 413),
    "the schema, without the right": Attack(query("{ __schema { types { name fields { name } } } }")),
    "a schema of schemas": Attack(query("{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }")),
    "a stream by POST": Attack(query('subscription { customerTimeline(customerId: "x") { title } }')),
    "variables of the wrong kind": Attack(query("query($id: ID!) { customer(id: $id) { id } }", id={"a": ["x"] * 1_000})),
    "a number of 5,000 digits": Attack(query("{ board(first: " + "9" * 5_000 + ") { edges { cursor } } }")),
    "60,000 commas": Attack(query("{ " + "," * 60_000 + "a }")),
    "braces without end": Attack(query("{" * 30_000)),
}


def wild_bodies(seeds: Iterable[int], deepest: int = DEEPEST) -> Iterator[bytes]:
    """Make bodies at random: valid documents of our schema, damaged ones, and JSON that is no request."""
    schema = core_schema()
    for seed in seeds:
        dice = random.Random(seed)  # noqa: S311  no secret
        wild = WildDocument(schema, dice, deepest)
        text = wild.text()
        if seed % 4 == 1:
            place = dice.randrange(len(text))
            text = text[:place] + dice.choice(["{", "}", '"', "...", "@", "$", "\x00", "(first: -1)", "é"]) + text[place + dice.randint(0, 3) :]
        if seed % 4 == 2:
            yield orjson.dumps(
                dice.choice([[], {}, {"query": None}, {"query": text, "variables": []}, {"query": text, "operationName": "Nobody"}, "x", None])
            )
        else:
            yield orjson.dumps({"query": text, "variables": wild.values()})

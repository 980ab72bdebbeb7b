"""Runs one document through the plan and through graphql-core, and says how the two differ."""

import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLError, execute, parse, validate

from gateway.execution.documents import Operation
from gateway.execution.play import Play
from gateway.execution.written import written
from tests.support.wild_documents import WildDocument
from tests.support.wild_schema import SCHEMA, Wild

DAMAGES = (0.0, 0.01, 0.05, 0.2)


@dataclass
class Tally:
    """What was run, and what differed."""

    seen: Counter[str] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)


async def compare(seeds: range) -> Tally:
    """Run a document for every seed; invalid ones are counted and left out."""
    tally = Tally()
    for seed in seeds:
        wild = WildDocument(SCHEMA, random.Random(seed))  # noqa: S311  no secret
        text = wild.text()
        document = parse(text)
        if validate(SCHEMA, document):
            tally.seen["invalid"] += 1
            continue
        tally.seen["valid"] += 1
        await _both(seed, text, document, wild.values(), tally)
    return tally


async def _both(seed: int, text: str, document: Any, values: dict[str, Any], tally: Tally) -> None:
    damaged = DAMAGES[seed % len(DAMAGES)]
    node = document.definitions[0]
    core, mine = Wild(seed, damaged), Wild(seed, damaged)
    found: Any = execute(SCHEMA, document, context_value=core, variable_values=dict(values), hide_suggestions=True)
    expected = shown(await found if hasattr(found, "__await__") else found)
    operation = Operation(SCHEMA, document, node)
    variables = operation.reader.read(values)
    if variables is None:
        tally.seen["variables refused"] += 1
        if "errors" not in expected or expected["data"] is not None:
            tally.differences.append(f"seed {seed}: variables were refused that graphql-core takes\n{text}\n{values}")
        return
    plan = operation.plan(variables)
    if plan is None:
        tally.seen["left to graphql-core"] += 1
        return
    got = shown(await Play(plan, SCHEMA, document, "Wild", mine, variables).run())
    tally.seen["planned"] += 1
    tally.seen["with errors"] += bool(expected["errors"])
    same_calls = sorted(core.calls) == sorted(mine.calls) or bool(expected["errors"])  # after a null that rises, graphql-core lets the others run on
    if got != expected or not same_calls:
        tally.differences.append(f"seed {seed}, {damaged}\n{text}\n{values}\n--- core\n{expected}\n--- plan\n{got}\n{core.calls}\n{mine.calls}")


def shown(result: Any) -> dict[str, Any]:
    """Return the answer as bytes (so that the order of keys counts), and its errors in a fixed order: who fails first is chance."""
    return {"data": None if result.data is None else written(result.data), "errors": sorted(map(_error, result.errors or ()))}


def _error(error: GraphQLError) -> str:
    return repr((error.path, error.message, error.locations))

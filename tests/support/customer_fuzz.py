"""Generated questions about one customer, over answers of services that are spelled oddly or broken, asked with plans and without.

A plan reads of a service's answer what is selected and steps over the rest, so that a broken field costs nothing when nobody asks for it.
Without a plan all of it is read, and what is selected alone once that was refused. Both must answer alike.
"""

import random
import time
from collections import Counter
from dataclasses import replace
from typing import Any

import orjson
from graphql import GraphQLField, GraphQLList, GraphQLNonNull, GraphQLObjectType, get_named_type, is_leaf_type

from gateway.clients.all import NAMES, OWN, Clients, make_clients
from gateway.clients.customers import Customers
from gateway.clients.service import Caller, Patience, Service
from gateway.context import GatewayContext
from gateway.execution.documents import Documents
from gateway.execution.problems import RequestRefused
from gateway.execution.run import GraphQLRequest, Runner
from gateway.execution.stale import LastGood
from gateway.execution.written import written
from gateway.schema.build import core_schema
from gateway.schema.customer_read import PARTS
from services.customers import contract as customers
from services.feedback import contract as feedback
from services.insight import contract as insight
from services.kit.auth import Principal
from services.knowledge import contract as knowledge
from services.routing import contract as routing
from services.survey import contract as survey
from tests.support.gateway_upstream import CUSTOMER, FixedTransport, example, shown, views_of

ASKER = Principal(
    subject="fuzz", roles=frozenset({"agent"}), scopes=frozenset({f"{name}:read" for name in NAMES} | {"pii:read"}), sites=None, vendors=None
)
MORE: dict[str, dict[str, Any]] = {
    "customers": {"orders": customers.OrderView, "consents": customers.ConsentView},
    "routing": {"call_backs": routing.ContactSummary},
    "survey": {"invitations": survey.InvitationView},
    "feedback": {"follow_ups": feedback.FollowUpView},
    "knowledge": {"self_service": knowledge.HelpSessionView},
    "insight": {"contributions": insight.ContributionView},
}
"""Sections that the fixed upstream does not have."""
DOCUMENTS = Documents(core_schema(), suggestions=False)
BROKEN: list[Any] = [{}, [], "no number", 2.5, 2**40, None, True]


class Told(Service):
    """A service that says what it was given."""

    def __init__(self, name: str, answer: bytes) -> None:
        super().__init__(name, FixedTransport(name), lambda _principal, _service: "token")
        self._answer = answer

    async def ask(self, caller: Caller, path: str, body: bytes) -> bytes:  # noqa: ARG002  whoever asks
        return shown(self._answer, body)


class Question:
    """One document, and the answers that the services have for it."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311  no secret
        self.broken = self.dice.random() < 0.5
        owner: Any = DOCUMENTS.schema.type_map["Customer"]
        names = self.dice.sample([*PARTS, "timeline"], self.dice.randint(1, 6))
        parts = [self.part(name, owner.fields[name]) for name in names]
        self.text = (
            f'query Wild($yes: Boolean!) {{ customer(id: "{CUSTOMER}") {{ displayName @include(if: $yes) keys {{ value }} {" ".join(parts)} }} }}'
        )
        self.answers = {service: self.answer(service) for service in NAMES}

    def part(self, name: str, field: GraphQLField) -> str:
        """Return one section, perhaps under two names."""
        if "first" not in field.args:
            return f"{name} {self.things(get_named_type(field.type))}"
        first = self.dice.randint(1, 3)
        page: Any = get_named_type(field.type)
        edge: Any = get_named_type(page.fields["edges"].type)
        node = edge.fields["node"]
        asked = [f"edges {{ {self.dice.choice(['', 'cursor'])} node {self.things(get_named_type(node.type))} }}"]
        if self.dice.random() < 0.4:
            asked.append("pageInfo { hasNextPage endCursor }")
        if self.dice.random() < 0.2:
            asked.append(f"edges {{ node {self.things(get_named_type(node.type))} }}")
        again = f" again: {name}(first: 1) {{ edges {{ node {{ __typename }} }} }}" if self.dice.random() < 0.1 else ""
        return f"{name}(first: {first}) {{ {' '.join(asked)} }}{again}"

    def things(self, owner: Any) -> str:
        """Return a selection of some fields of a type."""
        fields = [name for name, field in owner.fields.items() if not field.args and self.known(field)]
        chosen = fields if self.dice.random() < 0.25 else self.dice.sample(fields, self.dice.randint(1, min(4, len(fields))))
        return f"{{ {' '.join(self.field(name, owner.fields[name]) for name in chosen)} }}"

    def known(self, field: GraphQLField) -> bool:
        """Leave out what leads further than a section."""
        named = get_named_type(field.type)
        return is_leaf_type(named) or (isinstance(named, GraphQLObjectType) and (named.name != "Person" or self.dice.random() < 0.3))

    def field(self, name: str, field: GraphQLField) -> str:
        """Return a field, perhaps renamed, perhaps left out."""
        named = get_named_type(field.type)
        below = "" if is_leaf_type(named) else self.things(named)
        inner: Any = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
        renamed = "" if isinstance(inner, GraphQLList) or self.dice.random() < 0.9 else f"other{name}: "
        condition = self.dice.choice(["@include(if: $yes)", "@skip(if: $yes)"]) if self.dice.random() < 0.1 else ""
        return f"{renamed}{name} {condition} {below}"

    def answer(self, service: str) -> bytes:
        """Return a service's answer, with some of its values spelled otherwise or broken."""
        found = orjson.loads(views_of(service))
        sections = found["views"].setdefault(str(CUSTOMER), {})
        for name, view in MORE.get(service, {}).items():
            sections[name] = {"version": 1, "as_of": "2026-11-23T12:00:00Z", "data": [example(view, place + 1) for place in range(4)]}
        for section in sections.values():
            for _ in range(self.dice.choice([0, 0, 1, 2])):
                self.damage(section["data"])
        return orjson.dumps(found)

    def damage(self, value: Any) -> None:
        """Change one value somewhere below."""
        places: list[Any] = list(value) if isinstance(value, dict) else list(range(len(value)))
        if not places:
            return
        place = self.dice.choice(places)
        if isinstance(value[place], dict | list) and value[place]:
            self.damage(value[place])
        elif self.broken and self.dice.random() < 0.5:
            value[place] = self.dice.choice(BROKEN)
        elif value[place].__class__ is int:
            value[place] = str(value[place])  # the contract's view takes it, the struct does not
        elif isinstance(value[place], str) and value[place].endswith("Z"):
            value[place] = value[place].replace("Z", ".000001+02:00")


async def compare(seeds: range) -> tuple[Counter[str], list[str]]:
    """Ask every question both ways; return what was seen, and what differed."""
    seen: Counter[str] = Counter()
    differences = []
    for seed in seeds:
        question = Question(seed)
        try:
            shown = await ask_both(question.text, {"yes": seed % 2 == 0}, question.answers)
        except RequestRefused:
            seen["refused"] += 1  # some fields that were put together may not be
            continue
        seen["with errors" if b'"code"' in shown[0] else "whole"] += 1
        if shown[0] != shown[1]:
            differences.append(f"seed {seed}\n{question.text}\n--- plan\n{shown[0]!r}\n--- core\n{shown[1]!r}")
    return seen, differences


async def ask_both(text: str, variables: dict[str, Any], answers: dict[str, bytes]) -> list[bytes]:
    """Return data and errors with a plan, and without; raises RequestRefused."""
    bare = make_clients({name: FixedTransport(name) for name in (*NAMES, OWN)}, lambda _principal, _service: "token", Patience())
    services = {name: Told(name, answer) for name, answer in answers.items()}
    clients = replace(bare, services=services, customers=Customers(services["customers"]))
    request = GraphQLRequest(text, None, variables)
    return [await _asked(Runner(DOCUMENTS, False, 60.0, 60.0, compiled), request, clients) for compiled in (True, False)]


async def _asked(runner: Runner, request: GraphQLRequest, clients: Clients) -> bytes:
    context = GatewayContext(Caller(ASKER, "fuzz", time.monotonic() + 120), clients, LastGood(30), 0.2)
    answered = await runner.run(runner.ready(request, ASKER), context)
    for error in answered.errors:
        error.get("extensions", {}).pop("errorId", None)
    return written([answered.data, sorted(answered.errors, key=repr)])

"""A plan that reads of the services' answers only what is selected shows the customer that graphql-core shows over the whole answers."""

import time
from typing import Any

import msgspec
import orjson
import pytest

from gateway.clients.failures import ServiceFailed
from gateway.clients.service import Caller
from gateway.execution.plan import Needs
from gateway.execution.sections import CustomerSections, SectionState
from gateway.execution.stale import LastGood
from gateway.schema import ids
from gateway.schema.customer_read import SECTIONS as SECTION_TYPES
from gateway.schema.customer_read import sections_for
from gateway.schema.relay import global_id
from services.feedback import contract as feedback
from tests.support.customer_fuzz import ASKER, Told, ask_both, compare
from tests.support.gateway_upstream import CUSTOMER, SECTIONS, views_of

TEXTS: Needs = {"edges": {"node": {"text": None}}}
LABELS: Needs = {"edges": {"node": {"labels": {"code": None}}}}


async def test_generated_questions_over_odd_and_broken_answers_are_answered_as_the_reference_does() -> None:
    seen, differences = await compare(range(24))

    assert differences == []
    assert seen["with errors"] > 5
    assert seen["whole"] > 5


def test_of_an_answer_only_what_is_selected_is_read_and_what_orders_and_names_it() -> None:
    def fields(struct: type[msgspec.Struct]) -> list[str]:
        return sorted(field.name for field in msgspec.structs.fields(struct))

    types = sections_for({"feedback": LABELS, "contacts": {"page_info": {"end_cursor": None}}, "mood": None}).types
    item = types["feedback"].__args__[0]
    label = next(field.type.__args__[0] for field in msgspec.structs.fields(item) if field.name == "labels")
    contact = next(field.type.__args__[0] for field in msgspec.structs.fields(types["contacts"]) if field.name == "recent")

    assert fields(item) == ["labels", "said_at", "uid"]
    assert fields(label) == ["code"]
    assert fields(contact) == ["queued_at", "uid"]
    assert types["mood"] is SECTION_TYPES.types["mood"]  # a resolver may be below it: all of it is read


def test_a_broken_field_that_nobody_asks_for_costs_nothing_and_one_that_is_asked_for_does() -> None:
    answer = orjson.loads(views_of("feedback"))
    answer["views"][str(CUSTOMER)]["feedback"]["data"][3]["severity"] = {"not": "a number"}
    raw = orjson.dumps(answer)

    asked_for = sections_for({"feedback": {"edges": {"node": {"severity": None}}}})
    found = sections_for({"feedback": TEXTS}).read(["feedback"], raw)

    assert asked_for.read(["feedback"], raw) is None
    assert found is not None
    section = found[str(CUSTOMER)].section("feedback")
    assert section is not None
    assert len(section.data) == 10


async def test_a_section_survives_a_broken_field_that_nobody_asks_for_with_a_plan_and_without() -> None:
    answers = {name: views_of(name) for name in SECTIONS}
    broken = orjson.loads(answers["feedback"])
    broken["views"][str(CUSTOMER)]["feedback"]["data"][1]["severity"] = "no number"
    answers["feedback"] = orjson.dumps(broken)
    asked = "query Broken($id: ID!) { customer(id: $id) { feedback(first: 2) { edges { node { %s } } } } }"

    unasked = [orjson.loads(one) for one in await ask_both(asked % "kind", {"id": str(CUSTOMER)}, answers)]
    wanted = [orjson.loads(one) for one in await ask_both(asked % "kind severity", {"id": str(CUSTOMER)}, answers)]

    nodes = [{"node": {"kind": "new card never"}}, {"node": {"kind": "card never arrived"}}]
    assert unasked == [[{"customer": {"feedback": {"edges": nodes}}}, []]] * 2
    assert [data for data, _ in wanted] == [{"customer": {"feedback": None}}] * 2
    assert [error["extensions"]["code"] for _, errors in wanted for error in errors] == ["SERVICE_UNAVAILABLE"] * 2


async def test_a_customer_found_as_a_node_has_its_sections_with_a_plan_and_without() -> None:
    answers = {name: views_of(name) for name in SECTIONS}
    page = "(first: 2) { edges { node { kind } } }"
    below = f"mood {{ mood }} cases(first: 2) {{ edges {{ node {{ title }} }} }} feedback{page} timeline{page}"
    given = {"id": global_id(ids.CUSTOMER, CUSTOMER)}

    as_node = await ask_both(f"query Found($id: ID!) {{ node(id: $id) {{ ... on Customer {{ {below} }} }} }}", given, answers)
    as_itself = await ask_both(f"query Found($id: ID!) {{ node: customer(id: $id) {{ {below} }} }}", given, answers)

    assert as_node == [as_itself[0]] * 2
    assert len(orjson.loads(as_itself[0])[0]["node"]["cases"]["edges"]) == 2


@pytest.mark.parametrize(
    ("first", "state"), [(None, SectionState.STALE), (LABELS, SectionState.STALE), (TEXTS, SectionState.UNAVAILABLE)], ids=["whole", "same", "others"]
)
async def test_the_last_good_answer_shows_what_was_asked_for_when_it_came(first: Needs | None, state: SectionState) -> None:
    class Silent(Told):
        async def ask(self, caller: Caller, path: str, body: bytes) -> bytes:  # noqa: ARG002  whatever is asked
            raise ServiceFailed(self.name, "SERVICE_TIMEOUT")

    last_good, caller = LastGood(30), Caller(ASKER, "stale", time.monotonic() + 60)
    answering = {name: Told(name, views_of(name)) for name in ("customers", "feedback")}

    def ask(needs: Needs | None, services: dict[str, Told]) -> CustomerSections:
        types = sections_for({"feedback": needs})
        wanted = {"feedback": ("feedback",)}
        return CustomerSections(services=services, caller=caller, asked=CUSTOMER, wanted=wanted, last_good=last_good, types=types)

    await ask(first, answering).profile()
    later = ask(LABELS, {**answering, "feedback": Silent("feedback", b"")})
    await later.profile()

    assert [status.state for status in later.statuses()] == [SectionState.FRESH, state]
    if state is SectionState.STALE:
        found = later.read("feedback", "feedback", list[feedback.ItemView])
        assert found is not None
        assert [len(one.labels) for one in found[0]] == [2] * 10


@pytest.mark.parametrize(("score", "asked"), [(4, 1), ("4", 2)], ids=["plain", "oddly spelled"])
async def test_a_plan_asks_for_what_it_shows_and_for_the_whole_where_that_was_spelled_oddly(score: object, asked: int) -> None:
    bodies: list[Any] = []

    class Listening(Told):
        async def ask(self, caller: Caller, path: str, body: bytes) -> bytes:
            bodies.append(orjson.loads(body))
            return await super().ask(caller, path, body)

    answer = orjson.loads(views_of("feedback"))
    answer["views"][str(CUSTOMER)]["feedback"]["data"][0]["score"] = score
    services = {"customers": Told("customers", views_of("customers")), "feedback": Listening("feedback", orjson.dumps(answer))}
    types = sections_for({"feedback": {"edges": {"node": {"score": None, "labels": {"code": None}}}}})
    caller = Caller(ASKER, "fields", time.monotonic() + 60)
    sections = CustomerSections(
        services=services, caller=caller, asked=CUSTOMER, wanted={"feedback": ("feedback",)}, last_good=LastGood(30), types=types
    )

    await sections.profile()
    found: Any = sections.read("feedback", "feedback", list[feedback.ItemView])

    whole = {"customer_ids": [str(CUSTOMER)], "sections": ["feedback"]}
    assert bodies == [{**whole, "fields": {"feedback": ["*.id", "*.score", "*.labels.*.code", "*.said_at"]}}, whole][:asked]
    assert found[0][0].score == 4.0

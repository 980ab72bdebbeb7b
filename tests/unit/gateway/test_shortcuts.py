"""What a plan takes of a customer without calling resolvers, when it calls them all the same, and ids that are made for a whole page at once."""

from pathlib import Path
from typing import Any

import msgspec
import orjson
import pytest

from gateway.execution.sections import CustomerSections
from gateway.execution.shape import COLUMNS
from gateway.schema import customers, routing
from gateway.schema.feedback import FeedbackItem
from gateway.schema.wired import STRUCTS
from tests.support.customer_fuzz import ask_both
from tests.support.gateway_upstream import CUSTOMER, SECTIONS, views_of

VIEW = (Path(__file__).parents[2] / "support" / "gateway_view.graphql").read_text(encoding="utf-8")
UID = "0192d3a0-0000-7000-8000-0000000000{:02x}"


async def test_the_unified_view_is_shown_without_its_resolvers_and_as_they_show_it(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    real = CustomerSections.read

    def told(self: CustomerSections, service: str, section: str, view: Any) -> Any:
        read.append(section)
        return real(self, service, section, view)

    monkeypatch.setattr(CustomerSections, "read", told)
    shown = await ask_both(VIEW, {"id": str(CUSTOMER), "contacts": 20}, {name: views_of(name) for name in SECTIONS})

    assert shown[0] == shown[1]
    assert sorted(read) == ["cases", "contacts", "feedback", "mood", "offer", "responses", "suggested_articles", "timeline"]  # graphql-core's alone


async def test_a_page_behind_a_cursor_and_a_person_with_two_records_are_the_resolvers_business() -> None:
    answers = {name: views_of(name) for name in SECTIONS}
    behind = "query Q($id: ID!, $after: String) { customer(id: $id) { cases(first: 2, after: $after) { edges { cursor node { id } } } } }"
    first = orjson.loads((await ask_both(behind, {"id": str(CUSTOMER)}, answers))[0])
    cursor = first[0]["customer"]["cases"]["edges"][1]["cursor"]

    second = await ask_both(behind, {"id": str(CUSTOMER), "after": cursor}, answers)
    merged = orjson.loads(answers["customers"])
    merged["views"][str(CUSTOMER)]["profile"]["data"]["member_ids"] = [str(CUSTOMER), UID.format(7)]
    both = await ask_both(behind, {"id": str(CUSTOMER)}, {**answers, "customers": orjson.dumps(merged)})

    assert second[0] == second[1]
    assert [edge["node"]["id"] for edge in orjson.loads(second[0])[0]["customer"]["cases"]["edges"]] != [
        edge["node"]["id"] for edge in first[0]["customer"]["cases"]["edges"]
    ]
    assert both[0] == both[1]
    assert orjson.loads(both[0]) == first


@pytest.mark.parametrize("kind", [customers.Case, routing.CustomerContact, FeedbackItem], ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("odd", ["", "é" * 36, "\x7f" * 36, "\x00\x7f\x7f\x7f" * 9])
def test_ids_of_a_page_are_the_ids_of_its_things(kind: Any, odd: str) -> None:
    struct: Any = msgspec.defstruct("Thing", [("uid", str)], bases=(), namespace={"id": STRUCTS[kind].id})
    things = [struct(uid=UID.format(number)) for number in range(5)] + ([struct(uid=odd)] if odd else [])

    assert COLUMNS[kind]["id"](things) == [thing.id for thing in things]
    assert COLUMNS[kind]["id"]([]) == []

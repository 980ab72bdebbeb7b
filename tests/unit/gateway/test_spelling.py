"""Things of a page that go into the answer as the structs they were decoded into, and when they are put into shape instead."""

from typing import Any

import orjson
import pytest

from gateway.execution.spelling import Speller, Spelling
from gateway.execution.written import written
from gateway.schema.customer_read import SECTIONS as SECTION_TYPES
from gateway.schema.feedback import FeedbackItem
from gateway.schema.wired import narrow
from tests.support.customer_fuzz import ask_both
from tests.support.gateway_upstream import CUSTOMER, SECTIONS, views_of

ANSWERS = {name: views_of(name) for name in SECTIONS}


async def both(selection: str) -> tuple[Any, bytes]:
    """Return the customer as a plan shows it; graphql-core's answer must be the same bytes."""
    plan, core = await ask_both(f"query Spelled($id: ID!) {{ customer(id: $id) {{ {selection} }} }}", {"id": str(CUSTOMER)}, ANSWERS)
    assert plan == core
    return orjson.loads(plan)[0]["customer"], plan


@pytest.fixture
def spelled(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Return what was decided about each page: True where its things were spelled."""
    found: list[bool] = []
    real = Speller.of

    def watched(self: Speller, things: Any) -> Any:
        spell = real(self, things)
        found.append(spell is not None)
        return spell

    monkeypatch.setattr(Speller, "of", watched)
    return found


async def test_a_page_is_spelled_in_the_order_and_under_the_names_of_its_selection(spelled: list[bool]) -> None:
    page = "{ edges { node { saidAt labels { confidence what: code } id } } pageInfo { hasNextPage endCursor } }"

    customer, raw = await both(f"feedback(first: 2) {page}")

    assert spelled == [True]
    nodes = [edge["node"] for edge in customer["feedback"]["edges"]]
    assert [list(node) for node in nodes] == [["saidAt", "labels", "id"]] * 2
    assert [list(label) for node in nodes for label in node["labels"]] == [["confidence", "what"]] * 4
    assert nodes[0]["saidAt"] == "2026-11-23T11:46:00Z"
    assert list(customer["feedback"]) == ["edges", "pageInfo"]
    assert b"uid" not in raw


async def test_a_thing_shows_nothing_that_was_only_read_to_order_it_or_to_tell_it_apart(spelled: list[bool]) -> None:
    customer, _ = await both("timeline(first: 1) { edges { node { title } } } suggestedArticles(first: 1) { edges { node { caseTitle } } }")

    assert spelled == [True, True]
    assert customer["timeline"]["edges"] == [{"node": {"title": "new card never"}}]
    assert [list(edge["node"]) for edge in customer["suggestedArticles"]["edges"]] == [["caseTitle"]]


async def test_an_edge_has_the_name_that_the_selection_gives_to_its_node(spelled: list[bool]) -> None:
    customer, _ = await both("timeline(first: 1) { edges { entry: node { title } } }")

    assert spelled == [True]
    assert customer["timeline"] == {"edges": [{"entry": {"title": "new card never"}}]}


@pytest.mark.parametrize(
    "selection",
    [
        "feedback(first: 2) { edges { cursor node { kind } } }",
        "feedback(first: 2) { edges { node { kind } } other: edges { node { text } } }",
        "feedback(first: 2) { edges { node { kind __typename } } }",
        "feedback(first: 2) { edges { node { kind again: kind } } }",
        "feedback(first: 2) { edges { node { id uid } } }",
        "cases(first: 2) { edges { node { title status } } }",
        "feedback(first: 2) { edges { node { kind } } } again: feedback(first: 3) { edges { node { kind id } } }",
    ],
)
async def test_what_cannot_be_spelled_is_put_into_shape(selection: str, spelled: list[bool]) -> None:
    customer, _ = await both(selection)

    assert True not in spelled
    assert all(page["edges"] for page in customer.values())


def test_structs_that_others_may_read_are_left_as_they_are() -> None:
    speller = Speller(Spelling({"kind": "kind"}, {}))
    found = SECTION_TYPES.read(["feedback"], ANSWERS["feedback"])
    assert found is not None
    section = found[str(CUSTOMER)].section("feedback")
    assert section is not None

    assert speller.of(section.data) is None
    assert speller.of([]) is None


def test_things_have_the_names_of_the_answer_from_then_on() -> None:
    kind: Any = narrow(FeedbackItem, {"said_at": None, "kind": None})
    things = [kind(uid=f"{number:036}", kind="call", said_at=None) for number in range(2)]

    spell = Speller(Spelling({"said_at": "at", "kind": "kind"}, {})).of(things)
    assert spell is not None
    spell(things)

    assert written(things) == b'[{"at":null,"kind":"call"},{"at":null,"kind":"call"}]'

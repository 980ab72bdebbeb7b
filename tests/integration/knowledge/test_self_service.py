"""Customers help themselves, and what they tried is not lost."""

import math
from typing import Any
from uuid import UUID

import pytest

from services.customers.contract import CustomerErased, IdentityKey, SubjectIdentified
from services.kit.ids import new_id
from services.knowledge.app import service
from services.knowledge.contract import SelfServiceFailed
from tests.conftest import OpenRoom
from tests.integration.knowledge.told import CUSTOMER, titles, write
from tests.support.room import Room

SESSION = UUID("01940000-0000-7000-8000-00000000aa01")
VIEWS = {"customer_ids": [str(CUSTOMER)], "sections": ["self_service"]}


async def ask(room: Room, q: str, session: UUID = SESSION, language: str = "en") -> dict[str, Any]:
    """Search as a customer."""
    answer = await room.anonymous().get("/knowledge/v1/help/search", params={"q": q, "session": str(session), "language": language})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_customers_find_and_read_only_what_is_validated_for_them(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api, customer = room.client("knowledge:read", "knowledge:write"), room.anonymous()
        draft = await write(api, "Router secret menu", "Hold reset.")
        public = await write(api, "Router red light", "Hold *reset*.", published=True)
        found = (await customer.get("/knowledge/v1/help/search", params={"q": "router"})).json()
        assert titles(found) == ["Router red light"]
        assert UUID(found["session_id"]).version == 7
        page = await customer.get(f"/knowledge/v1/help/articles/{public['id']}", params={"session": found["session_id"]})
        assert (page.json()["title"], page.json()["html"]) == ("Router red light", {"resolution": "<p>Hold <em>reset</em>.</p>"})
        for address in (f"/knowledge/v1/help/articles/{draft['id']}", f"/knowledge/v1/help/articles/{new_id()}"):
            assert (await customer.get(address)).json()["code"] == "article_not_found"
        refused = await customer.post(f"/knowledge/v1/articles/{draft['id']}/vote", json={"helpful": True})
        assert refused.status_code == 404


async def test_a_failure_tells_everything_that_was_tried_once(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api, customer = room.client("knowledge:read", "knowledge:write"), room.anonymous()
        article = await write(api, "Router red light", "Reset.", published=True)
        await ask(room, "router red light")
        await customer.get(f"/knowledge/v1/help/articles/{article['id']}", params={"session": str(SESSION)})
        await ask(room, "my mail is anna@example.org")
        failure = {
            "session_id": str(SESSION),
            "queries": ["router red light", "forum: red light"],
            "language": "en",
            "wants_contact": False,
            "customer_key": {"kind": "account", "value": "A-77"},
            "channel": "chat",
        }
        tried = ["router red light", "my mail is \u2039e-mail\u203a", "forum: red light"]
        answer = await customer.post("/knowledge/v1/help/failures", json=failure)
        assert (answer.status_code, answer.json()["queries"], answer.json()["articles"]) == (201, tried, [article["id"]])
        await customer.post("/knowledge/v1/help/failures", json=failure)
        await customer.post("/knowledge/v1/help/failures", json=failure | {"wants_contact": True})
        await customer.post("/knowledge/v1/help/failures", json=failure | {"wants_contact": True})
        await room.settle()
        told = room.said(SelfServiceFailed)
        assert [(e.session_id, e.queries, e.wants_contact, e.channel, e.customer_id) for e in told] == [
            (SESSION, tried, False, "chat", None),
            (SESSION, tried, True, "chat", None),
        ]
        assert told[0].customer_keys == [IdentityKey(kind="account", value="A-77")]
        assert told[0].articles == [UUID(article["id"])]


async def test_a_session_is_shown_to_the_agent_when_the_customer_is_known_and_blanked_on_erasure(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        gateway, customer = room.client("internal"), room.anonymous()
        await ask(room, "red light")
        await customer.post("/knowledge/v1/help/failures", json={"session_id": str(SESSION), "language": "en", "wants_contact": True})
        await room.hear(SubjectIdentified(subject_kind="self_service", subject_id=SESSION, customer_id=CUSTOMER))
        await room.hear(SubjectIdentified(subject_kind="contact", subject_id=SESSION, customer_id=new_id()))
        views = (await gateway.post("/knowledge/internal/v1/customers/views", json=VIEWS)).json()["views"]
        [seen] = views[str(CUSTOMER)]["self_service"]["data"]
        assert (seen["session_id"], seen["queries"], seen["articles"], seen["failed"], seen["wants_contact"]) == (
            str(SESSION),
            ["red light"],
            [],
            True,
            True,
        )
        fields = {"self_service": ["*.queries", "*.failed"]}
        few = (await gateway.post("/knowledge/internal/v1/customers/views", json={**VIEWS, "fields": fields})).json()["views"]
        assert few[str(CUSTOMER)]["self_service"]["data"] == [{"queries": ["red light"], "failed": True}]
        await room.hear(CustomerErased(customer_id=CUSTOMER))
        views = (await gateway.post("/knowledge/internal/v1/customers/views", json=VIEWS)).json()["views"]
        assert views[str(CUSTOMER)]["self_service"]["data"] == []
        gaps = (await room.client("knowledge:read").get("/knowledge/v1/gaps")).json()["items"]
        assert gaps == []


async def test_a_question_whose_words_tell_of_something_else_is_not_answered_by_what_shares_one_of_them(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("knowledge:read", "knowledge:write")
        for title in ("Red light on the router", "Change the password", "Read the invoice"):
            await write(api, title, "Open the settings.", published=True)
        told = {q: await ask(room, q) for q in ("router light", "breed axolotls in the router", "axolotls", "the axolotls")}
        # one of three articles has `router`: idf ln(1 + 2.5 / 1.5); all have `the`: ln(1 + .5 / 3.5); none has the others: ln 8 each
        router, the, unknown = math.log(1 + 2.5 / 1.5), math.log(1 + 0.5 / 3.5), math.log(8)
        assert {q: (one["answered"], len(one["results"]), [found["told"] for found in one["results"][:1]]) for q, one in told.items()} == {
            "router light": (True, 1, [1.0]),
            "breed axolotls in the router": (False, 3, [pytest.approx((router + the) / (router + the + 3 * unknown), abs=1e-6)]),
            "axolotls": (False, 0, []),
            "the axolotls": (False, 3, [pytest.approx(the / (the + unknown), abs=1e-6)]),
        }
        gaps = (await api.get("/knowledge/v1/gaps")).json()["items"]
        assert {one["query"]: one["without_result"] for one in gaps} == {"breed axolotls in the router": 1, "axolotls": 1, "the axolotls": 1}


async def test_gaps_are_ranked_by_the_contacts_they_cause_and_rewordings_count_as_one(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("knowledge:read", "knowledge:write")
        await write(api, "Router red light", "Reset.", published=True)
        for q in ("cancel my contract", "contract: cancel my!"):
            await ask(room, q, new_id())
        await ask(room, "电子发票", language="zh")
        await ask(room, "电子发票", language="zh")
        await ask(room, "router red light", SESSION)
        unhappy = new_id()
        await ask(room, "router red light", unhappy)
        failure = {"session_id": str(unhappy), "language": "en", "wants_contact": True}
        await room.anonymous().post("/knowledge/v1/help/failures", json=failure)
        gaps = (await api.get("/knowledge/v1/gaps")).json()["items"]
        assert [(one["query"], one["sessions"], one["searches"], one["without_result"], one["wanted_contact"]) for one in gaps] == [
            ("router red light", 1, 1, 0, 1),
            ("cancel my contract", 2, 2, 2, 0),
            ("电子发票", 1, 2, 2, 0),
        ]
        await room.pass_time(minutes=31)
        gaps = (await api.get("/knowledge/v1/gaps")).json()["items"]
        assert next((one["query"], one["sessions"], one["without_click"]) for one in gaps) == ("router red light", 2, 2)
        await room.pass_time(days=31)
        assert (await api.get("/knowledge/v1/gaps")).json()["items"] == []

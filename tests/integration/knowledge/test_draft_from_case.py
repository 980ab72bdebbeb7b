"""A case that an agent wrote up is knowledge at once."""

from uuid import UUID

from sqlmodel import select

from services.customers.contract import CaseResolved, CustomerErased
from services.kit.db import Tx
from services.kit.ids import new_id
from services.knowledge.app import service
from services.knowledge.contract import ArticleChanged, ArticleLinked
from services.knowledge.models import Word
from tests.conftest import OpenRoom
from tests.integration.knowledge.told import CASE, CUSTOMER, opened, search, titles, write, written_up
from tests.support.room import START

OTHER_CASE = UUID("01940000-0000-7000-8000-00000000ca02")


async def learnt_words(tx: Tx) -> set[str]:
    """Every word that a correction may name."""
    return {row["term"] for row in await tx.rows(select(Word))}


async def test_a_written_up_case_is_found_by_the_next_search(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("knowledge:read", "knowledge:write")
        await room.hear(written_up())
        found = await search(api, "red blinking router")
        assert titles(found) == ["My new router keeps blinking red after the delivery"]
        article = (await api.get(f"/knowledge/v1/articles/{found['results'][0]['article_id']}")).json()
        assert article["problem"] == "The customer (\u2039e-mail\u203a, \u2039phone\u203a) sees a red light and has no internet."
        assert article["cause"] == "The line was not activated at the exchange."
        assert article["html"]["resolution"] == "<p>Activate the line in <strong>NetDesk</strong>, then hold <em>reset</em> for ten seconds.</p>"
        assert (article["state"], article["audience"], article["version"], article["similar_to"]) == ("work_in_progress", "internal", 1, None)
        assert (article["case_id"], article["author"], article["driver"]) == (str(CASE), "agent-7", "line_activation")
        await room.settle()
        assert [(e.version, e.state, e.customer_id, e.case_id) for e in room.said(ArticleChanged)] == [(1, "work_in_progress", CUSTOMER, CASE)]


async def test_the_same_case_again_is_the_next_version_of_its_draft(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("knowledge:read")
        await room.hear(written_up())
        await room.hear(written_up(title="Fiberbox without internet", resolution="Swap the splitter."))
        assert titles(await search(api, "NetDesk reset")) == []
        found = await search(api, "splitter")
        assert titles(found) == ["Fiberbox without internet"]
        history = (await api.get(f"/knowledge/v1/articles/{found['results'][0]['article_id']}/versions")).json()["items"]
        assert [(one["version"], one["title"], one["reason"]) for one in history] == [
            (2, "Fiberbox without internet", "case_written_up"),
            (1, "My new router keeps blinking red after the delivery", "case_written_up"),
        ]


async def test_a_write_up_never_overwrites_what_people_have_validated(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("knowledge:read", "knowledge:write")
        await room.hear(written_up())
        article_id = (await search(api, "router"))["results"][0]["article_id"]
        await api.post(f"/knowledge/v1/articles/{article_id}/state", json={"state": "validated"})
        await room.hear(written_up(resolution="Ask bob@example.org."))
        article = (await api.get(f"/knowledge/v1/articles/{article_id}")).json()
        assert (article["version"], article["state"]) == (2, "validated")
        assert "NetDesk" in article["resolution"]
        [flag] = (await api.get(f"/knowledge/v1/articles/{article_id}/flags")).json()
        assert (flag["reason"], flag["settled_at"]) == ("case_written_up_again", None)
        assert flag["note"].endswith("\nAsk \u2039e-mail\u203a.")


async def test_a_very_similar_article_is_offered_and_reused_instead_of_a_duplicate(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("knowledge:read", "knowledge:write", subject="agent-9")
        await room.hear(written_up())
        await room.hear(written_up(case_id=OTHER_CASE, title="The new router blinks red after delivery", author="agent-9"))
        items = (await api.get("/knowledge/v1/articles")).json()["items"]
        draft, first = items
        assert (draft["similar_to"], first["similar_to"]) == (first["id"], None)
        assert draft["similarity"] > 0.8
        answer = await api.post(f"/knowledge/v1/articles/{draft['id']}/reuse-instead", json={"article_id": first["id"]})
        assert (answer.status_code, answer.json()["id"]) == (200, first["id"])
        assert titles(await search(api, "router")) == [first["title"]]
        await room.settle()
        assert [(e.article_id, e.case_id, e.customer_id, e.by) for e in room.said(ArticleLinked)] == [
            (UUID(first["id"]), OTHER_CASE, CUSTOMER, "agent-9"),
        ]
        again = await api.post(f"/knowledge/v1/articles/{draft['id']}/reuse-instead", json={"article_id": first["id"]})
        assert (again.status_code, again.json()["code"]) == (409, "not_a_draft")


async def test_a_different_issue_in_the_same_words_is_not_a_duplicate(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("knowledge:read")
        await room.hear(written_up())
        await room.hear(
            written_up(
                case_id=OTHER_CASE,
                title="I cannot pay my bill with a foreign card",
                problem="The customer sees an error page after the bank's confirmation.",
                environment=None,
                cause="Cards from abroad need a second confirmation.",
                resolution="Send the payment link again and stay on the line.",
            ),
        )
        items = (await api.get("/knowledge/v1/articles")).json()["items"]
        assert [one["similar_to"] for one in items] == [None, None]


async def test_an_open_case_gets_suggestions_until_it_is_resolved(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api, gateway = room.client("knowledge:read", "knowledge:write"), room.client("internal")
        article = await write(api, "Router light is red", "Restart it.")
        await write(api, "Opening hours", "Nine to five.")
        await room.hear(opened())
        suggested = (await api.get("/knowledge/v1/suggestions", params={"case_id": str(CASE)})).json()
        assert titles(suggested) == ["Router light is red"]
        by_text = (await api.get("/knowledge/v1/suggestions", params={"text": "what are your opening hours"})).json()
        assert titles(by_text)[0] == "Opening hours"
        other = new_id()
        asked = {"customer_ids": [str(CUSTOMER), str(other)], "sections": ["suggested_articles", "orders"]}
        views = (await gateway.post("/knowledge/internal/v1/customers/views", json=asked)).json()["views"]
        [case] = views[str(CUSTOMER)]["suggested_articles"]["data"]
        assert (case["case_id"], case["case_title"], [one["article_id"] for one in case["articles"]]) == (
            str(CASE),
            "Red light on the router",
            [article["id"]],
        )
        assert views[str(other)] == {"suggested_articles": {**views[str(CUSTOMER)]["suggested_articles"], "data": []}}
        await room.hear(CaseResolved(case_id=CASE, customer_id=CUSTOMER, driver=None, resolved_at=START))
        answer = await api.get("/knowledge/v1/suggestions", params={"case_id": str(CASE)})
        assert (answer.status_code, answer.json()["code"]) == (404, "case_not_open")
        views = (await gateway.post("/knowledge/internal/v1/customers/views", json=asked)).json()["views"]
        assert views[str(CUSTOMER)]["suggested_articles"]["data"] == []


async def test_an_erased_customer_leaves_no_words_behind_but_checked_articles_stay(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("knowledge:read", "knowledge:write")
        await room.hear(written_up(), written_up(case_id=OTHER_CASE, title="Bill is too high", problem="High bill", resolution="Refund it."))
        checked = (await search(api, "refund bill"))["results"][0]["article_id"]
        draft = (await search(api, "NetDesk"))["results"][0]["article_id"]
        await api.post(f"/knowledge/v1/articles/{checked}/state", json={"state": "validated"})
        await room.hear(CustomerErased(customer_id=CUSTOMER))
        assert titles(await search(api, "NetDesk router red")) == []
        assert await room.runtime.read(learnt_words) & {"router", "blink", "splitter", "refund", "bill", "high"} == {"refund", "bill", "high"}
        gone = (await api.get(f"/knowledge/v1/articles/{draft}")).json()
        assert (gone["title"], gone["problem"], gone["resolution"], gone["html"], gone["case_id"], gone["state"]) == (
            "",
            None,
            None,
            {},
            None,
            "archived",
        )
        history = (await api.get(f"/knowledge/v1/articles/{draft}/versions")).json()["items"]
        assert [(one["title"], one["resolution"]) for one in history] == [("", None), ("", None)]
        kept = (await api.get(f"/knowledge/v1/articles/{checked}")).json()
        assert (kept["title"], kept["case_id"], kept["state"]) == ("Bill is too high", None, "validated")
        history = (await api.get(f"/knowledge/v1/articles/{checked}/versions")).json()["items"]
        assert [one["title"] for one in history] == ["Bill is too high", "Bill is too high", ""]
        await room.settle()
        assert [e.customer_id for e in room.said(ArticleChanged)[-2:]] == [None, None]

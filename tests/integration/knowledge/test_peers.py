"""Customers tell customers: looked at first, shown as theirs, judged by whom it helped, and not for abuse."""

from typing import Any

import httpx

from services.customers.contract import CustomerErased, SubjectIdentified
from services.kit.ids import new_id
from services.knowledge.app import service
from tests.conftest import OpenRoom
from tests.integration.knowledge.told import CUSTOMER, titles, write

ANSWERS = "/knowledge/v1/help/peer-answers"


def told(**changes: Any) -> dict[str, Any]:
    return {
        "session_id": str(new_id()),
        "title": "Red light after a thunderstorm",
        "text": "Pull the **white** plug for a minute before you press reset. Worked for me three times.",
        "language": "en",
        "display_name": "Ben",
    } | changes


async def publish(api: httpx.AsyncClient, answer: dict[str, Any]) -> None:
    moderated = await api.post(f"/knowledge/v1/peer-answers/{answer['id']}/moderation", json={"state": "published"})
    assert moderated.status_code == 200, moderated.text


async def searched(visitor: httpx.AsyncClient) -> str:
    """Return the session of somebody who has looked for something."""
    return str((await visitor.get("/knowledge/v1/help/search", params={"q": "red light"})).json()["session_id"])


async def test_an_answer_is_shown_only_after_somebody_looked_at_it_and_says_whose_it_is(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api, visitor = room.client("knowledge:read", "knowledge:write"), room.anonymous()
        answer = (await visitor.post(ANSWERS, json=told())).json()
        assert (answer["state"], answer["from_customer"], answer["checked_at"]) == ("waiting", True, None)
        assert (await visitor.get(f"{ANSWERS}/{answer['id']}")).json()["code"] == "peer_answer_not_found"
        assert titles((await visitor.get("/knowledge/v1/help/search", params={"q": "thunderstorm"})).json()) == []
        await publish(api, answer)
        shown = (await visitor.get(f"{ANSWERS}/{answer['id']}")).json()
        assert (shown["html"][:51], shown["checked_at"][:10]) == ("<p>Pull the <strong>white</strong> plug for a minut", "2026-11-23")
        [found] = (await visitor.get("/knowledge/v1/help/search", params={"q": "thunderstorm"})).json()["results"]
        assert (found["kind"], found["title"]) == ("peer_answer", "Red light after a thunderstorm")
        await api.post(f"/knowledge/v1/peer-answers/{answer['id']}/moderation", json={"state": "withdrawn", "reason": "Wrong plug."})
        assert titles((await visitor.get("/knowledge/v1/help/search", params={"q": "thunderstorm"})).json()) == []


async def test_what_looks_wrong_is_said_to_the_moderator_and_personal_data_is_masked(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api, visitor = room.client("knowledge:read", "knowledge:write"), room.anonymous()
        await visitor.post(ANSWERS, json=told(text="Write to anna@example.org or see https://cheap.example for the solution of it."))
        [waiting] = (await api.get("/knowledge/v1/peer-answers")).json()["items"]
        assert (waiting["suspicions"], "anna@example.org" in waiting["text"]) == (["link", "personal_data"], False)
        assert (await visitor.post(ANSWERS, json=told(text="<script>alert(1)</script> please do this and that now"))).status_code == 201
        assert "<script" not in (await api.get("/knowledge/v1/peer-answers")).json()["items"][0]["html"]


async def test_one_visitor_writes_three_a_day_and_nobody_the_same_twice(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        visitor, session = room.anonymous(), str(new_id())
        for number in range(3):
            text = f"Number {number}: pull the plug for a minute and wait."
            assert (await visitor.post(ANSWERS, json=told(session_id=session, text=text))).status_code == 201
        refused = await visitor.post(ANSWERS, json=told(session_id=session, text="A fourth way is to call the neighbour and ask."))
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_peer_answers")
        repeated = await visitor.post(ANSWERS, json=told(text="Number 1: pull the plug for a minute and wait."))
        assert repeated.json()["code"] == "peer_answer_repeated"
        await room.pass_time(hours=25)
        assert (await visitor.post(ANSWERS, json=told(session_id=session, text="A fourth way is to call the neighbour."))).status_code == 201


async def test_answers_stand_in_the_order_of_what_solved_and_those_that_help_nobody_go_back(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api, visitor = room.client("knowledge:read", "knowledge:write"), room.anonymous()
        article = await write(api, "Red light", "Reset.", published=True)
        ids = []
        for number in range(3):
            answer = (await visitor.post(ANSWERS, json=told(text=f"Way {number}: pull the plug and wait a minute.", article_id=article["id"]))).json()
            await publish(api, answer)
            ids.append(answer["id"])
        for solved, which in ((True, 1), (True, 1), (True, 2), (False, 2), *[(False, 0)] * 9):
            vote = {"session_id": await searched(visitor), "solved": solved}
            voted = await visitor.post(f"{ANSWERS}/{ids[which]}/votes", json=vote)
            assert voted.status_code in {204, 404}
        listed = (await visitor.get(f"/knowledge/v1/help/articles/{article['id']}/peer-answers")).json()
        assert [(one["id"], one["solved"], one["not_solved"]) for one in listed] == [(ids[1], 2, 0), (ids[2], 1, 1)]
        [doubted] = (await api.get("/knowledge/v1/peer-answers")).json()["items"]
        assert (doubted["id"], doubted["suspicions"]) == (ids[0], ["helps_few"])


async def test_votes_are_neither_ones_own_nor_of_invented_visitors_nor_without_end(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api, visitor = room.client("knowledge:read", "knowledge:write"), room.anonymous()
        author, voter, ids = await searched(visitor), await searched(visitor), []
        for number in range(31):
            session = author if number < 3 else await searched(visitor)
            answer = (await visitor.post(ANSWERS, json=told(session_id=session, text=f"Way {number}: pull the plug and wait a minute."))).json()
            await publish(api, answer)
            ids.append(answer["id"])

        async def vote(number: int, session: str) -> tuple[int, str | None]:
            answer = await visitor.post(f"{ANSWERS}/{ids[number]}/votes", json={"session_id": session, "solved": True})
            return answer.status_code, answer.json()["code"] if answer.content else None

        assert await vote(0, author) == (422, "peer_answer_own")
        assert await vote(0, str(new_id())) == (422, "help_session_unknown")
        assert {await vote(number, voter) for number in range(30)} == {(204, None)}
        assert await vote(30, voter) == (429, "too_many_peer_votes")
        assert (await visitor.get(f"{ANSWERS}/{ids[0]}")).json()["solved"] == 1
        assert (await visitor.get(f"{ANSWERS}/{ids[30]}")).json()["solved"] == 0
        await room.pass_time(hours=25)
        assert await vote(30, voter) == (204, None)


async def test_a_forgotten_customers_answer_is_gone_from_everywhere(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api, visitor, session = room.client("knowledge:read", "knowledge:write"), room.anonymous(), new_id()
        await visitor.get("/knowledge/v1/help/search", params={"q": "red light", "session": str(session)})
        answer = (await visitor.post(ANSWERS, json=told(session_id=str(session)))).json()
        await publish(api, answer)
        await room.hear(SubjectIdentified(subject_kind="self_service", subject_id=session, customer_id=CUSTOMER))
        await room.hear(CustomerErased(customer_id=CUSTOMER))
        assert (await visitor.get(f"{ANSWERS}/{answer['id']}")).status_code == 404
        assert titles((await visitor.get("/knowledge/v1/help/search", params={"q": "thunderstorm"})).json()) == []
        [withdrawn] = (await api.get("/knowledge/v1/peer-answers", params={"state": "withdrawn"})).json()["items"]
        assert (withdrawn["text"], withdrawn["title"], withdrawn["display_name"]) == ("", "", None)

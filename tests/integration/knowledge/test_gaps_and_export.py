"""What is missing, of all kinds in one list by the contacts it causes; and a copy of what we keep of a person."""

from datetime import timedelta
from typing import Any

from services.customers.contract import SubjectIdentified
from services.kit.ids import new_id
from services.knowledge.app import service
from tests.conftest import OpenRoom
from tests.integration.knowledge.test_guides import published
from tests.integration.knowledge.test_measures import ended, visit
from tests.integration.knowledge.told import CUSTOMER, write, written_up
from tests.support.room import START, Room

EXPORT = "/knowledge/internal/v1/customers/export"


async def walk_in_vain(room: Room, guide: str, session: Any) -> None:
    """A visitor walks the router's guide until a person has to take over."""
    visitor = room.anonymous()
    run = (await visitor.post(f"/knowledge/v1/help/guides/{guide}/runs", json={"session_id": str(session)})).json()
    ended_at = await visitor.post(f"/knowledge/v1/help/runs/{run['id']}/answers", json={"page": 1, "key": "no"})
    assert ended_at.json()["state"] == "handed_over"


async def test_failed_guides_stand_among_searches_and_drivers_by_the_contacts_they_cause(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api, caller = room.client("knowledge:read", "knowledge:write"), new_id()
        guide = await published(api)
        for session, asks in ((new_id(), True), (new_id(), True), (new_id(), False)):
            await walk_in_vain(room, guide, session)
            if asks:
                body = {"session_id": str(session), "language": "en", "wants_contact": True}
                await room.anonymous().post("/knowledge/v1/help/failures", json=body)
        solved = (await room.anonymous().post(f"/knowledge/v1/help/guides/{guide}/runs", json={})).json()
        for answer in ({"page": 1, "key": "yes"}, {"page": 2}, {"page": 3, "key": "yes"}):
            await room.anonymous().post(f"/knowledge/v1/help/runs/{solved['id']}/answers", json=answer)
        searcher = new_id()
        await room.anonymous().get("/knowledge/v1/help/search", params={"q": "electronic invoice", "session": str(searcher), "language": "en"})
        await room.hear(SubjectIdentified(subject_kind="self_service", subject_id=searcher, customer_id=caller))
        called = START + timedelta(days=1)
        await room.hear(ended(customer_id=caller, driver="invoice", started_at=called, ended_at=called + timedelta(minutes=9)))
        await room.hear(*(ended(driver="roaming") for _ in range(4)))
        await room.pass_time(days=2)
        ranked = (await api.get("/knowledge/v1/gaps/ranked")).json()
        assert [(one["kind"], one["what"], one["contacts"], one["people"]) for one in ranked] == [
            ("driver", "roaming", 4, 4),
            ("guide", "Router shows a red light", 2, 3),
            ("driver", "invoice", 1, 1),
            ("search", "electronic invoice", 1, 1),
        ]
        assert (ranked[1]["guide_id"], ranked[1]["driver"]) == (guide, "line_activation")
        assert len((await api.get("/knowledge/v1/gaps/ranked", params={"limit": 1})).json()) == 1


async def test_the_export_has_every_row_of_a_person_and_of_nobody_else(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api, internal = room.client("knowledge:read", "knowledge:write"), room.client("internal")
        article = await write(api, "Red light", "Reset.", published=True)
        await room.hear(written_up(), ended(customer_id=CUSTOMER, driver="line_activation"), ended(customer_id=new_id()))
        session, guide = await visit(room, CUSTOMER), await published(api)
        await visit(room, new_id())
        await walk_in_vain(room, guide, session)
        visitor = room.anonymous()
        await visitor.get(f"/knowledge/v1/help/articles/{article['id']}", params={"session": str(session)})
        await visitor.post(f"/knowledge/v1/articles/{article['id']}/vote", json={"helpful": True, "session_id": str(session)})
        peer = {"session_id": str(session), "title": "What helped", "text": "I pulled the plug and waited for a minute.", "language": "en"}
        await visitor.post("/knowledge/v1/help/peer-answers", json=peer)
        told = (await internal.post(EXPORT, json={"customer_ids": [str(CUSTOMER)]})).json()
        assert (told["service"], {name: len(rows) for name, rows in told["tables"].items()}) == (
            "knowledge",
            {
                "article": 1,
                "article_version": 1,
                "article_vote": 1,
                "guide_run": 1,
                "guide_step": 1,
                "heard_contact": 1,
                "help_opening": 1,
                "help_query": 1,
                "help_session": 1,
                "open_case": 1,
                "peer_answer": 1,
            },
        )
        assert told["tables"]["guide_step"][0]["shown"] == {"text": "Does it blink?", "answer": "It is steady"}
        assert told["tables"]["help_query"][0]["query"] == "red light"
        nobody = (await internal.post(EXPORT, json={"customer_ids": [str(new_id())]})).json()
        assert nobody["tables"] == {}
        assert (await api.post(EXPORT, json={"customer_ids": [str(CUSTOMER)]})).status_code == 403

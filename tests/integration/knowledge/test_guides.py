"""Guides: refused when somebody could get stuck, walked and resumed, handed over with everything tried."""

from typing import Any

import httpx

from services.kit.ids import new_id
from services.knowledge.app import service
from services.knowledge.contract import GuideEnded, SelfServiceFailed
from tests.conftest import OpenRoom
from tests.integration.knowledge.told import search, titles


def router_guide(**changes: Any) -> dict[str, Any]:
    """A guide about a red light."""
    return {
        "title": "Router shows a red light",
        "language": "en",
        "driver": "line_activation",
        "start": "light",
        "nodes": [
            {
                "id": "light",
                "kind": "question",
                "text": "Does it **blink**?",
                "ways": [{"key": "yes", "label": "It blinks", "to": "reset"}, {"key": "no", "label": "It is steady", "to": "person"}],
            },
            {"id": "reset", "kind": "instruction", "text": "Hold reset for ten seconds.", "ways": [{"key": "next", "label": "Done", "to": "helped"}]},
            {
                "id": "helped",
                "kind": "check",
                "text": "Is the light green?",
                "ways": [{"key": "yes", "label": "Yes", "to": "done"}, {"key": "no", "label": "No", "to": "person"}],
            },
            {"id": "done", "kind": "end", "text": "Good.", "solved": True},
            {"id": "person", "kind": "handover", "text": "We take over."},
        ],
    } | changes


async def published(api: httpx.AsyncClient) -> str:
    guide = (await api.post("/knowledge/v1/guides", json=router_guide())).json()
    state = {"state": "published", "audience": "customer"}
    assert (await api.post(f"/knowledge/v1/guides/{guide['id']}/state", json=state)).status_code == 200
    return str(guide["id"])


async def test_a_guide_with_a_dead_end_is_refused_with_every_fault(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("knowledge:read", "knowledge:write")
        nodes = router_guide()["nodes"]
        nodes[1]["ways"][0]["to"] = "nowhere"
        refused = await api.post("/knowledge/v1/guides", json=router_guide(nodes=nodes))
        assert (refused.status_code, refused.json()["code"]) == (422, "guide_broken")
        assert refused.json()["detail"] == "reset leads to nowhere, which is no node of this guide."
        assert (await api.get("/knowledge/v1/guides")).json()["items"] == []


async def test_a_visitor_walks_a_guide_goes_back_and_resumes_it(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api, visitor = room.client("knowledge:read", "knowledge:write"), room.anonymous()
        guide = await published(api)
        run = (await visitor.post(f"/knowledge/v1/help/guides/{guide}/runs", json={})).json()
        path = f"/knowledge/v1/help/runs/{run['id']}"
        assert (run["page"]["node"], run["page"]["html"], run["version"], run["about"]) == ("light", "<p>Does it <strong>blink</strong>?</p>", 1, 2)
        assert run["page"]["options"] == [{"key": "yes", "label": "It blinks"}, {"key": "no", "label": "It is steady"}]
        assert (await visitor.post(f"{path}/answers", json={"page": 1, "key": "maybe"})).json()["code"] == "guide_no_such_option"
        run = (await visitor.post(f"{path}/answers", json={"page": 1, "key": "yes"})).json()
        assert (run["page"]["node"], run["steps"]) == ("reset", ["Does it blink? It blinks"])
        assert (await visitor.post(f"{path}/answers", json={"page": 1, "key": "yes"})).status_code == 412
        run = (await visitor.post(f"{path}/back")).json()
        assert (run["page"]["node"], run["steps"], run["version"]) == ("light", [], 3)
        await visitor.post(f"{path}/answers", json={"page": 3, "key": "yes"})
        assert (await visitor.get(path)).json()["page"]["node"] == "reset"
        await visitor.post(f"{path}/answers", json={"page": 4})
        run = (await visitor.post(f"{path}/answers", json={"page": 5, "key": "yes"})).json()
        assert (run["state"], run["page"]["solved"]) == ("solved", True)
        assert (await visitor.post(f"{path}/answers", json={"page": 6})).json()["code"] == "guide_walk_ended"
        await room.settle()
        assert [(told.outcome, told.driver) for told in room.said(GuideEnded)] == [("solved", "line_activation")]


async def test_what_a_guide_could_not_solve_is_handed_over_with_every_step(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api, visitor = room.client("knowledge:read", "knowledge:write"), room.anonymous()
        guide, session = await published(api), str(new_id())
        run = (await visitor.post(f"/knowledge/v1/help/guides/{guide}/runs", json={"session_id": session})).json()
        await visitor.post(f"/knowledge/v1/help/runs/{run['id']}/answers", json={"page": 1, "key": "no"})
        await room.settle()
        [told] = room.said(SelfServiceFailed)
        assert (str(told.session_id), told.steps, told.wants_contact) == (session, ("Does it blink? It is steady",), False)
        figures = (await api.get(f"/knowledge/v1/guides/{guide}/statistics")).json()
        assert (figures["walks"], figures["handed_over"], figures["solved"]["share"]) == (1, 1, 0.0)
        light = figures["nodes"][0]
        assert (light["node"], light["came"], light["unsolved"]["share"]) == ("light", 1, 1.0)


async def test_a_page_where_people_leave_shows_in_the_figures(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api, visitor = room.client("knowledge:read", "knowledge:write"), room.anonymous()
        guide = await published(api)
        for _ in range(2):
            run = (await visitor.post(f"/knowledge/v1/help/guides/{guide}/runs", json={})).json()
            await visitor.post(f"/knowledge/v1/help/runs/{run['id']}/answers", json={"page": 1, "key": "yes"})
        figures = (await api.get(f"/knowledge/v1/guides/{guide}/statistics")).json()
        assert [(node["node"], node["came"], node["left"]["part"]) for node in figures["nodes"][:2]] == [("light", 2, 0), ("reset", 2, 0)]
        await room.pass_time(minutes=31)
        figures = (await api.get(f"/knowledge/v1/guides/{guide}/statistics")).json()
        assert [(node["node"], node["came"], node["left"]["part"]) for node in figures["nodes"][:2]] == [("light", 2, 0), ("reset", 2, 2)]
        assert figures["left"] == 2


async def test_the_picture_shows_where_people_leave(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api, visitor = room.client("knowledge:read", "knowledge:write"), room.anonymous()
        guide = await published(api)
        for key in ("yes", "yes", None):
            run = (await visitor.post(f"/knowledge/v1/help/guides/{guide}/runs", json={})).json()
            if key:
                await visitor.post(f"/knowledge/v1/help/runs/{run['id']}/answers", json={"page": 1, "key": key})
        await room.pass_time(minutes=31)
        picture = (await api.get(f"/knowledge/v1/guides/{guide}/picture.mmd", params={"statistics": True})).text
        assert "Does it blink?<br>3 came, left 33%, unsolved -" in picture
        assert "2 came, left 100%, unsolved -" in picture
        assert "    class n1 hot" in picture
        drawn = (await api.get(f"/knowledge/v1/guides/{guide}/picture.svg", params={"statistics": True})).text
        assert "2 came, 2 left here, more than on any other page; 0 of 0 who passed and came to an end were not helped" in drawn
        assert 'class="hot"' not in (await api.get(f"/knowledge/v1/guides/{guide}/picture.svg")).text


async def test_a_walk_keeps_the_version_it_began_with_and_customers_see_only_what_is_published(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api, visitor = room.client("knowledge:read", "knowledge:write"), room.anonymous()
        draft = (await api.post("/knowledge/v1/guides", json=router_guide(title="Secret steps"))).json()
        assert (await visitor.post(f"/knowledge/v1/help/guides/{draft['id']}/runs", json={})).json()["code"] == "guide_not_found"
        guide = await published(api)
        assert titles((await visitor.get("/knowledge/v1/help/search", params={"q": "red light"})).json()) == ["Router shows a red light"]
        assert [one["kind"] for one in (await search(api, "secret steps"))["results"]][:1] == ["guide"]
        run = (await visitor.post(f"/knowledge/v1/help/guides/{guide}/runs", json={})).json()
        changed = router_guide(nodes=[{"id": "light", "kind": "end", "text": "Gone.", "solved": False}])
        assert (await api.put(f"/knowledge/v1/guides/{guide}", json=changed, headers={"If-Match": '"v1"'})).json()["version"] == 2
        run = (await visitor.post(f"/knowledge/v1/help/runs/{run['id']}/answers", json={"page": 1, "key": "yes"})).json()
        assert run["page"]["node"] == "reset"
        picture = await api.get(f"/knowledge/v1/guides/{guide}/picture.mmd")
        assert picture.text.startswith('flowchart TD\n    n0["Does it blink?<br>question"]')
        assert (await api.get(f"/knowledge/v1/guides/{guide}/picture.svg")).text.startswith("<svg ")

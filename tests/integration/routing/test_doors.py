"""What the doors show, and to whom: limits by site and vendor, live state, pages, the part in the unified customer view."""

from services.kit.ids import new_id
from services.routing.app import service
from tests.conftest import OpenRoom
from tests.integration.routing.desk import Desk

CALL = {"channel": "voice", "direction": "inbound", "started_at": "2026-11-23T08:00:00Z", "ended_at": "2026-11-23T08:01:00Z"}


async def test_who_is_limited_to_a_site_or_vendor_sees_and_touches_only_that(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.queue("sales", offer_seconds=600)
        await desk.agent("anna", site="leipzig")
        await room.pass_time(seconds=1)
        await desk.agent("bert", site="porto", vendor="acme")
        hers, his, waiting = [await desk.contact("sales") for _ in range(3)]
        porto = room.client("routing:admin", "routing:write", "routing:read", sites=["porto"])
        acme = room.client("routing:read", vendors=["acme"])
        for limited in (porto, acme):
            assert [each["external_id"] for each in (await limited.get("/routing/v1/agents")).json()["items"]] == ["bert"]
            assert [each["id"] for each in (await limited.get("/routing/v1/contacts")).json()["items"]] == [his["id"]]
        codes = [(await porto.get(f"/routing/v1/contacts/{each['id']}")).status_code for each in (hers, his, waiting)]
        assert codes == [404, 200, 404]
        assert (await porto.get(f"/routing/v1/contacts/{hers['id']}/explanation")).status_code == 404
        assert (await porto.get("/routing/v1/agents/anna/offers")).status_code == 404
        assert (await porto.post(f"/routing/v1/reservations/{await desk.reservation_of('anna')}/accept")).status_code == 404
        assert (await porto.post("/routing/v1/agents/anna/activity", json={"activity": "offline"})).status_code == 404
        assert (await porto.get("/routing/v1/queues/sales/state")).json()["agents"] == {"available": 1}
        body = {"name": "Cleo", "time_zone": "UTC", "languages": {}, "skills": {}, "capacity": {}, "activity": "offline"}
        refused = await porto.put("/routing/v1/agents/cleo", json=body | {"site": "leipzig"})
        assert (refused.status_code, refused.json()["code"]) == (403, "outside_your_limits")
        taken_over = await porto.put("/routing/v1/agents/anna", json=body | {"site": "porto"})
        assert taken_over.status_code == 403
        assert (await porto.put("/routing/v1/agents/cleo", json=body | {"site": "porto"})).status_code == 200


async def test_every_door_wants_its_scope(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        reader = room.client("routing:read")
        assert (await room.anonymous().get("/routing/v1/agents")).status_code == 401
        assert (await reader.post("/routing/v1/contacts", json={"channel": "voice", "queue": "sales"})).status_code == 403
        assert (await reader.put("/routing/v1/skills/billing", json={"name": "Billing", "category": "product"})).status_code == 403
        assert (await reader.post("/routing/internal/v1/customers/views", json={"customer_ids": []})).status_code == 403


async def test_a_queue_says_how_it_stands_now(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.skill("billing")
        await desk.queue("billing", requires=[{"skill": "billing", "level": 2}], sla_seconds=20)
        await desk.agent("anna", skills={"billing": 3})
        await desk.agent("bert", skills={"billing": 3}, activity="break")
        await desk.agent("cleo", skills={"billing": 1})
        first = await desk.contact("billing")
        await desk.accept(await desk.reservation_of("anna"))
        await desk.contact("billing")
        await room.pass_time(seconds=45)
        state = (await desk.api.get("/routing/v1/queues/billing/state")).json()
        assert state == {
            "queue": "billing",
            "as_of": "2026-11-23T09:00:45Z",
            "waiting": 1,
            "offered": 0,
            "connected": 1,
            "longest_wait_seconds": 45.0,
            "service_level": 0.804,
            "sla_share": 0.8,
            "sla_seconds": 20,
            "agents": {"available": 1, "break": 1},
            "agents_free": 0,
        }
        await desk.end(first)
        await desk.accept(await desk.reservation_of("anna"))
        state = (await desk.api.get("/routing/v1/queues/billing/state")).json()
        assert round(state["service_level"], 6) == round(0.804 * 0.98, 6)
        assert (await desk.api.get("/routing/v1/queues/none/state")).status_code == 404


async def test_lists_come_in_pages_without_gap_or_repeat(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.queue("sales")
        made = []
        for number in range(5):
            made.append((await desk.contact("sales"))["id"])
            if number % 2:
                await room.pass_time(seconds=1)
        for path, key, wanted in (("contacts", "id", made[::-1]), ("queues", "key", ["sales"])):
            seen, cursor = [], None
            while True:
                page = (await desk.api.get(f"/routing/v1/{path}", params={"limit": 2} | ({"cursor": cursor} if cursor else {}))).json()
                seen += [each[key] for each in page["items"]]
                cursor = page["next_cursor"]
                if cursor is None:
                    break
            assert seen == wanted
        for cursor in ("nonsense", "WyIyMDI2LTEzLTAxIiwieCJd"):
            refused = await desk.api.get("/routing/v1/contacts", params={"cursor": cursor})
            assert (refused.status_code, refused.json()["code"]) == (422, "invalid_input")


async def test_the_customer_view_shows_everything_open_and_the_last_twenty(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        customer, stranger = str(new_id()), str(new_id())
        await desk.queue("sales")
        for number in range(22):
            body = CALL | {"external_id": f"pbx-{number}", "customer_id": customer, "started_at": f"2026-11-23T07:{number:02}:00Z"}
            assert (await desk.api.post("/routing/v1/ended-contacts", json=body)).status_code == 201
        waiting = await desk.contact("sales", customer_id=customer)
        inside = room.client("internal")
        answer = await inside.post("/routing/internal/v1/customers/views", json={"customer_ids": [customer, stranger], "sections": None})
        views = answer.json()["views"]
        assert [each["id"] for each in views[customer]["contacts"]["data"]["open"]] == [waiting["id"]]
        recent = views[customer]["contacts"]["data"]["recent"]
        assert (len(recent), recent[0]["queued_at"], recent[-1]["queued_at"]) == (20, "2026-11-23T07:21:00Z", "2026-11-23T07:02:00Z")
        assert views[customer]["contacts"]["version"] == int(room.clock.now().timestamp() * 1000)
        assert views[customer]["call_backs"]["data"] == []
        assert views[stranger]["contacts"] == {"version": 0, "as_of": "2026-11-23T09:00:00Z", "data": {"open": [], "recent": []}}
        only = await inside.post("/routing/internal/v1/customers/views", json={"customer_ids": [stranger], "sections": ["call_backs"]})
        assert list(only.json()["views"][stranger]) == ["call_backs"]
        fields = {"contacts": ["open.*.id", "open.*.channel", "recent.*.queued_at"]}
        few = (await inside.post("/routing/internal/v1/customers/views", json={"customer_ids": [customer], "fields": fields})).json()["views"]
        assert few[customer]["contacts"]["data"] == {
            "open": [{"id": waiting["id"], "channel": waiting["channel"]}],
            "recent": [{"queued_at": f"2026-11-23T07:{number:02}:00Z"} for number in range(21, 1, -1)],
        }
        assert few[customer]["call_backs"] == views[customer]["call_backs"]


async def test_a_relax_step_that_loosens_nothing_is_refused(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.skill("billing")
        body = {"name": "Billing", "channels": ["voice"], "sla_seconds": 20, "sla_share": 0.8, "requires": [{"skill": "billing", "level": 2}]}
        for step in ({"after_s": 10, "drop": "other"}, {"after_s": 10, "skill": "billing", "level": 2}):
            refused = await desk.api.put("/routing/v1/queues/billing", json=body | {"relax": [step]})
            assert (refused.status_code, refused.json()["code"]) == (422, "relaxes_nothing")
        both = await desk.api.put(
            "/routing/v1/queues/billing", json=body | {"relax": [{"after_s": 10, "drop": "billing", "skill": "billing", "level": 1}]}
        )
        assert (both.status_code, both.json()["code"]) == (422, "invalid_input")

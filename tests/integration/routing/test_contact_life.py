"""What becomes of a contact: served, wrapped up, transferred, or routed by another system; and what the others hear of it."""

from uuid import UUID

from services.customers.contract import CustomerErased, IdentityKey, SubjectIdentified
from services.kit.ids import new_id
from services.routing.app import service
from services.routing.contract import ContactEnded, ContactQueued, ContactTransferred, SubjectErased
from tests.conftest import OpenRoom
from tests.integration.routing.desk import Desk, Json

ORDER_CALL: Json = {
    "external_id": "pbx-4711",
    "channel": "voice",
    "direction": "inbound",
    "agent_external_id": "anna",
    "customer_key": {"kind": "account", "value": "A-100"},
    "started_at": "2026-11-23T08:00:00Z",
    "ended_at": "2026-11-23T08:04:10Z",
    "wrap_up_seconds": 30,
    "disposition": "order placed",
    "driver": "delivery",
    "resolved": "yes",
    "order_reference": "O-9",
    "language": "de",
    "notes": "wants it by Friday",
}


async def test_an_order_call_of_a_telephony_system_is_recorded_once_with_its_attribution_frozen(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        agent = await desk.agent("anna", team="red")
        first = await desk.api.post("/routing/v1/ended-contacts", json=ORDER_CALL)
        await desk.agent("anna", team="green", site="porto")
        second = await desk.api.post("/routing/v1/ended-contacts", json=ORDER_CALL | {"disposition": "something else"})
        assert (first.status_code, second.status_code) == (201, 201)
        assert first.json() == second.json()
        await room.settle()
        (ended,) = room.said(ContactEnded)
        assert ended == ContactEnded(
            contact_id=UUID(first.json()["id"]),
            external_id="pbx-4711",
            customer_id=None,
            customer_keys=[IdentityKey(kind="account", value="A-100")],
            channel="voice",
            direction="inbound",
            queue=None,
            topic=None,
            language="de",
            agent_id=UUID(agent["id"]),
            agent_name="Anna",
            team="red",
            site="leipzig",
            vendor="inhouse",
            disposition="order placed",
            driver="delivery",
            department=None,
            resolved="yes",
            order_reference="O-9",
            case_id=None,
            follow_up_id=None,
            notes="wants it by Friday",
            transfers=0,
            articles=[],
            started_at=ended.started_at,
            ended_at=ended.ended_at,
            handle_seconds=280.0,
        )
        assert (ended.ended_at - ended.started_at).total_seconds() == 250


async def test_an_ended_contact_with_an_unknown_agent_or_a_backward_clock_is_refused_and_leaves_nothing(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        unknown = await desk.api.post("/routing/v1/ended-contacts", json=ORDER_CALL)
        backward = await desk.api.post("/routing/v1/ended-contacts", json=ORDER_CALL | {"ended_at": "2026-11-23T07:00:00Z"})
        assert [(each.status_code, each.json()["code"]) for each in (unknown, backward)] == [(422, "unknown_agent"), (422, "ends_before_start")]
        assert (await desk.api.get("/routing/v1/contacts")).json() == {"items": [], "next_cursor": None}
        await desk.queue("sales")
        await desk.contact("sales", external_id="pbx-4711")
        await desk.agent("anna", activity="offline")
        still_open = await desk.api.post("/routing/v1/ended-contacts", json=ORDER_CALL)
        assert (still_open.status_code, still_open.json()["code"]) == (409, "contact_still_open")


async def test_ending_a_contact_gives_wrap_up_time_and_then_the_next_contact(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        article = str(new_id())
        await desk.queue("sales", wrap_up_seconds=40, department="sales_dept")
        await desk.agent("anna")
        first, second = await desk.contact("sales"), await desk.contact("sales")
        reservation = await desk.reservation_of("anna")
        early = await desk.end(first)
        assert (early.status_code, early.json()["code"]) == (409, "contact_not_connected")
        await desk.accept(reservation)
        await room.pass_time(seconds=100)
        ended = await desk.end(first, driver="billing", resolved="partly", notes="will write", order_reference="O-1", articles=[article])
        assert (ended.json()["state"], ended.json()["department"], ended.json()["articles"]) == ("ended", "sales_dept", [article])
        await room.pass_time(seconds=39)
        assert await desk.offered("anna") == []
        await room.pass_time(seconds=1)
        assert await desk.offered("anna") == [second["id"]]
        (told,) = room.said(ContactEnded)
        assert (told.handle_seconds, told.agent_name, told.resolved, told.driver, told.queue) == (140.0, "Anna", "partly", "billing", "sales")
        again = await desk.end(first)
        assert again.status_code == 409


async def test_an_agent_who_is_done_early_completes_the_wrap_up(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.queue("sales", wrap_up_seconds=300)
        await desk.agent("anna")
        first, second = await desk.contact("sales"), await desk.contact("sales")
        reservation = await desk.reservation_of("anna")
        complete = f"/routing/v1/reservations/{reservation}/complete"
        refused = await desk.api.post(complete)
        assert (refused.status_code, refused.json()["code"]) == (409, "reservation_not_wrapping")
        await desk.accept(reservation)
        await desk.end(first)
        assert [(await desk.api.post(complete)).json()["status"] for _ in range(2)] == ["completed", "completed"]
        assert await desk.offered("anna") == [second["id"]]


async def test_a_transferred_contact_keeps_its_age_and_does_not_return_to_who_gave_it_away(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.queue("sales")
        await desk.queue("service")
        anna = await desk.agent("anna")
        contact = await desk.contact("sales", context={"tried": ["restart"]})
        await desk.accept(await desk.reservation_of("anna"))
        await room.pass_time(seconds=60)
        moved = await desk.transfer(contact, queue="service")
        assert (moved.json()["state"], moved.json()["queue"], moved.json()["transfers"]) == ("waiting", "service", 1)
        assert (moved.json()["waits_from"], moved.json()["context"]) == (contact["queued_at"], {"tried": ["restart"]})
        assert await desk.offered("anna") == []
        await desk.agent("bert")
        await desk.accept(await desk.reservation_of("bert"))
        await room.pass_time(seconds=30)
        await desk.end(contact)
        await room.settle()
        (told,) = room.said(ContactTransferred)
        assert (told.from_queue, told.to_queue, str(told.from_agent_id), told.reason) == ("sales", "service", anna["id"], "wrong line")
        (ended,) = room.said(ContactEnded)
        assert (ended.transfers, ended.agent_name, ended.handle_seconds) == (1, "Bert", 90.0)
        over = await desk.transfer(contact)
        assert (over.status_code, over.json()["code"]) == (409, "contact_over")


async def test_a_contact_is_queued_once_per_external_id_and_only_in_a_line_that_takes_it(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.queue("sales")
        first, second = await desk.contact("sales", external_id="c-1"), await desk.contact("sales", external_id="c-1")
        assert first == second
        bodies: list[Json] = [
            {"channel": "email", "queue": "sales"},
            {"channel": "voice", "queue": "nowhere"},
            {"channel": "voice", "queue": "sales", "requires": [{"skill": "magic", "level": 1}]},
            {"channel": "voice", "queue": "sales", "colour": "red"},
        ]
        answers = [await desk.api.post("/routing/v1/contacts", json=body) for body in bodies]
        assert [(each.status_code, each.json()["code"]) for each in answers] == [
            (422, "channel_not_served"),
            (422, "unknown_queue"),
            (422, "unknown_skill"),
            (422, "invalid_input"),
        ]
        await room.settle()
        assert len(room.said(ContactQueued)) == 1


async def test_a_contact_without_a_customer_gets_one_when_customers_knows_and_loses_every_text_on_erasure(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        customer = new_id()
        await desk.agent("anna")
        ended = (await desk.api.post("/routing/v1/ended-contacts", json=ORDER_CALL)).json()
        await room.hear(SubjectIdentified(subject_kind="contact", subject_id=UUID(ended["id"]), customer_id=customer))
        assert (await desk.seen(ended))["customer_id"] == str(customer)
        erasure = new_id()
        await room.hear(CustomerErased(customer_id=customer, erasure_id=erasure))
        await room.settle()
        (receipt,) = room.said(SubjectErased)
        assert (receipt.erasure_id, receipt.customer_id, receipt.rows > 0) == (erasure, customer, True)
        seen = await desk.seen(ended)
        assert (seen["notes"], seen["order_reference"], seen["context"], seen["disposition"]) == (None, None, {}, "order placed")
        rows = await room.runtime.read(_customer_keys)
        assert rows == [[]]


async def _customer_keys(tx: object) -> list[object]:
    from sqlmodel import select

    from services.kit.db import Tx
    from services.routing.models import Contact

    assert isinstance(tx, Tx)
    return [row["customer_keys"] for row in await tx.rows(select(Contact.customer_keys))]


async def test_an_agent_is_known_by_primary_languages_and_saying_the_same_activity_twice_is_saying_it_once(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        agent = await desk.agent("anna", languages={"de": 4, "zh-Hans": 2}, activity="break")
        assert (agent["skills"], agent["activity"], agent["version"]) == ({"lang:de": 4, "lang:zh": 2}, "break", 1)
        first, second = await desk.activity("anna", "available"), await desk.activity("anna", "available")
        assert (first["activity"], first["version"], second) == ("available", 2, first)

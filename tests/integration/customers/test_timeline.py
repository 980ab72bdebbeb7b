"""One ordered timeline over everything, whoever told it and whenever it arrived."""

from datetime import timedelta
from uuid import UUID

from services.customers.app import service
from services.customers.contract import SubjectIdentified
from services.kit.ids import new_id
from services.knowledge.contract import ArticleChanged, ArticleLinked, SelfServiceFailed
from tests.conftest import OpenRoom
from tests.integration.customers.builders import (
    MONDAY,
    answered,
    categorised,
    contact_ended,
    contact_escalated,
    contact_offered,
    contact_queued,
    escalation_acknowledged,
    escalation_resolved,
    follow_up_closed,
    follow_up_escalated,
    follow_up_opened,
    key,
    put,
    received,
    timeline,
)

WRITE = ("customers:read", "customers:write", "customers:admin", "internal")


async def test_entries_are_ordered_by_when_it_happened_and_the_cursor_survives_late_arrivals(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*WRITE)
        customer = UUID((await put(api, "K-1"))["id"])
        ids = [new_id() for _ in range(6)]
        for place in (3, 0, 4, 1):
            event = contact_queued(new_id(), customer, queued_at=MONDAY + timedelta(hours=place))
            await room.hear(event, event_id=ids[place])
        address = f"/customers/v1/customers/{customer}/timeline"
        first = (await api.get(address, params={"limit": 2})).json()
        assert [entry["id"] for entry in first["items"]] == [str(ids[4]), str(ids[3])]
        await room.hear(contact_queued(new_id(), customer, queued_at=MONDAY + timedelta(hours=5)), event_id=ids[5])
        await room.hear(contact_queued(new_id(), customer, queued_at=MONDAY + timedelta(hours=2)), event_id=ids[2])
        second = (await api.get(address, params={"limit": 10, "cursor": first["next_cursor"]})).json()
        assert [entry["id"] for entry in second["items"]] == [str(ids[place]) for place in (2, 1, 0)]
        assert second["next_cursor"] is None
        assert (await api.get(address, params={"cursor": "nonsense"})).status_code == 422


async def test_entries_of_the_same_moment_are_ordered_by_id(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*WRITE)
        customer = UUID((await put(api, "K-1"))["id"])
        ids = sorted(new_id() for _ in range(5))
        for entry in (ids[2], ids[0], ids[4], ids[1], ids[3]):
            await room.hear(contact_queued(new_id(), customer), event_id=entry)
        found: list[str] = []
        cursor = None
        while True:
            page = (
                await api.get(f"/customers/v1/customers/{customer}/timeline", params={"limit": 2, "cursor": cursor or ""} if cursor else {"limit": 2})
            ).json()
            found += [entry["id"] for entry in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert found == [str(one) for one in reversed(ids)]


async def test_the_same_event_twice_is_one_entry(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*WRITE)
        customer = UUID((await put(api, "K-1"))["id"])
        event, event_id = contact_queued(new_id(), customer), new_id()
        await room.hear(event, event_id=event_id)
        await room.hear(event, event_id=event_id)
        assert [entry["id"] for entry in await timeline(api, customer)] == [str(event_id)]


async def test_a_live_reader_gets_what_is_new_in_the_order_of_arrival(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*WRITE)
        customer = UUID((await put(api, "K-1"))["id"])
        late, early = new_id(), new_id()
        await room.hear(contact_queued(late, customer, queued_at=MONDAY + timedelta(hours=3)))
        await room.hear(contact_queued(early, customer))
        both = await timeline(api, customer, since_seq=0)
        assert [entry["data"]["contact_id"] for entry in both] == [str(late), str(early)]
        assert both[0]["seq"] < both[1]["seq"]
        assert await timeline(api, customer, since_seq=both[0]["seq"]) == both[1:]
        assert await timeline(api, customer, since_seq=both[1]["seq"]) == []


async def test_a_contact_with_keys_only_finds_its_customer_and_what_waited_joins_the_timeline(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*WRITE)
        customer = (await put(api, "K-1"))["id"]
        contact = new_id()
        await room.hear(contact_offered(contact))
        seen = await timeline(api, customer, since_seq=0)
        assert seen == []
        await room.hear(contact_ended(contact, keys=[key("account", "K-1"), key("email", "new@b.de")]))
        await room.hear(contact_queued(new_id(), UUID(customer)))
        kinds = [entry["kind"] for entry in await timeline(api, customer, since_seq=0)]
        assert kinds == ["contact_offered", "contact_ended", "contact_queued"]
        await room.settle()
        assert room.said(SubjectIdentified) == [SubjectIdentified(subject_kind="contact", subject_id=contact, customer_id=UUID(customer))]
        assert (await api.get("/customers/v1/customers/by-key/email/new@b.de")).status_code == 404


async def test_an_escalation_stands_in_the_timeline_of_whom_its_contact_concerns(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*WRITE)
        customer, contact = (await put(api, "K-1"))["id"], new_id()
        raised = contact_escalated(contact)
        await room.hear(raised)
        await room.hear(contact_ended(contact, keys=[key("account", "K-1")]))
        await room.hear(escalation_acknowledged(raised))
        await room.hear(escalation_resolved(raised, outcome="refunded"))
        found = [one for one in await timeline(api, customer, since_seq=0) if "escalat" in one["kind"]]
        assert [(one["kind"], one["title"]) for one in found] == [
            ("contact_escalated", "Escalated to level 2, duty manager"),
            ("escalation_acknowledged", "Escalation looked after by a-boss"),
            ("escalation_resolved", "Escalation resolved: refunded"),
        ]
        assert (found[0]["data"]["reason"], found[0]["data"]["cause"]) == ("asks for the third time", "person")
        assert [one["data"]["escalation_id"] for one in found] == [str(raised.escalation_id)] * 3


async def test_an_answer_that_we_owe_and_do_not_give_stands_in_the_timeline_with_whoever_it_went_to(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*WRITE)
        customer, owed, item = (await put(api, "K-1"))["id"], new_id(), new_id()
        await room.hear(follow_up_opened(owed, item, UUID(customer)))
        await room.hear(follow_up_escalated(owed, UUID(customer), 1), follow_up_escalated(owed, UUID(customer), 2))
        late = [one for one in await timeline(api, customer, since_seq=0) if one["kind"] == "follow_up_escalated"]
        assert [one["title"] for one in late] == [
            "Our answer is due: its owner was reminded, logistics lead",
            "Our answer is late: escalated to level 2, logistics lead",
        ]
        assert [(one["data"]["follow_up_id"], one["data"]["level"]) for one in late] == [(str(owed), 1), (str(owed), 2)]


async def test_unknown_keys_make_one_customer_however_many_things_arrive_with_them(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*WRITE)
        contact, item, session = new_id(), new_id(), new_id()
        keys = [key("email", "New@B.de"), key("platform", "tp:1")]
        failed = SelfServiceFailed(
            session_id=session,
            customer_id=None,
            customer_keys=[key("platform", "tp:1")],
            language="de",
            queries=["where is my lamp"],
            articles=[],
            wants_contact=True,
            channel="voice",
            failed_at=MONDAY,
        )
        await room.hear(contact_queued(contact, keys=keys), contact_ended(contact, keys=keys), received(item, keys=keys), failed)
        await room.settle()
        made = (await api.get("/customers/v1/customers/by-key/email/new@b.de")).json()
        assert len(made["keys"]) == 2
        told = [(one.subject_kind, one.subject_id, str(one.customer_id)) for one in room.said(SubjectIdentified)]
        assert told == [("contact", contact, made["id"]), ("feedback_item", item, made["id"]), ("self_service", session, made["id"])]
        assert sorted(entry["kind"] for entry in await timeline(api, made["id"])) == [
            "contact_ended",
            "contact_queued",
            "feedback_received",
            "self_service_failed",
        ]


async def test_without_usable_keys_nobody_is_made_up(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await room.hear(contact_queued(new_id()), received(new_id(), keys=[key("phone", "12"), key("shoe", "44")]))
        await room.settle()
        assert room.bus.envelopes == []


async def test_every_service_is_heard_and_no_words_of_the_customer_are_copied(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*WRITE)
        customer = UUID((await put(api, "K-1"))["id"])
        item, follow_up, contact, article = new_id(), new_id(), new_id(), new_id()
        case = (
            await api.post(
                "/customers/v1/cases", json={"customer_id": str(customer), "title": "Lamp", "description": "my secret words", "language": "en"}
            )
        ).json()
        await room.settle()
        await room.hear(
            contact_ended(contact, customer, notes="my secret words"),
            answered(customer, 2),
            received(item, customer),
            categorised(item, customer, "negative", score=1.0, scale_max=5.0),
            follow_up_opened(follow_up, item, customer),
            follow_up_closed(follow_up, customer, "confirmed", MONDAY + timedelta(hours=1)),
            ArticleChanged(
                article_id=article,
                version=1,
                title="Lamps",
                state="work_in_progress",
                audience="internal",
                language="en",
                driver=None,
                case_id=UUID(case["id"]),
                customer_id=None,
                changed_at=MONDAY,
            ),
            ArticleLinked(article_id=article, title="Lamps", case_id=None, contact_id=contact, customer_id=customer, by="kim", linked_at=MONDAY),
        )
        await room.settle()
        found = await timeline(api, customer, limit=100)
        assert sorted((entry["source"], entry["kind"]) for entry in found) == [
            ("customers", "case_opened"),
            ("customers", "mood_changed"),
            ("customers", "mood_changed"),
            ("feedback", "feedback_categorised"),
            ("feedback", "feedback_received"),
            ("feedback", "follow_up_closed"),
            ("feedback", "follow_up_opened"),
            ("knowledge", "article_linked"),
            ("knowledge", "article_written"),
            ("routing", "contact_ended"),
            ("survey", "survey_answered"),
        ]
        titles = {entry["kind"]: entry["title"] for entry in found}
        assert titles["survey_answered"] == "Answered survey csat: 2 of 5"
        assert titles["contact_ended"] == "Contact ended (voice, inbound): order_placed"
        assert titles["feedback_categorised"] == "Feedback understood: negative, severity 3, about late_delivery"
        assert "secret" not in str(found)
        only = await timeline(api, customer, kinds=["survey_answered", "contact_ended"])
        assert {entry["kind"] for entry in only} == {"survey_answered", "contact_ended"}

"""Who may have written a review that is signed with a name alone: suggested with what speaks for it and against, never linked."""

from datetime import timedelta

from services.customers.app import service
from services.customers.contract import SubjectIdentified
from services.feedback.contract import FeedbackMatched
from services.kit.ids import new_id
from tests.conftest import OpenRoom
from tests.integration.customers.builders import MONDAY, contact_ended, put, received, timeline

READ = ("customers:read", "customers:write", "customers:admin")
DOOR = "/customers/v1/likely-authors"


async def test_of_two_with_the_name_the_one_who_called_lately_from_that_branch_is_the_likelier_author(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*READ)
        called = await put(api, "K-1", display_name="Maria Keller")
        long_ago = await put(api, "K-2", display_name="KELLER, María")
        other = await put(api, "K-3", display_name="Mario Kunz")
        for number in range(20):
            await put(api, f"S-{number}", display_name=f"Stranger Number{number}")
        await room.hear(contact_ended(new_id(), called["id"], ended_at=MONDAY, site="Berlin"))
        await room.hear(contact_ended(new_id(), other["id"], ended_at=MONDAY, site="Wien"))
        await room.hear(contact_ended(new_id(), long_ago["id"], ended_at=MONDAY - timedelta(days=100), site="Berlin"))
        written = (MONDAY + timedelta(days=2)).isoformat()

        full = (await api.get(DOOR, params={"name": "keller maria", "written_at": written, "place": "berlin"})).json()
        short = (await api.get(DOOR, params={"name": "Maria K.", "written_at": written})).json()
        turned = (await api.get(DOOR, params={"name": "Keller M", "written_at": written})).json()

        assert [one["customer_id"] for one in full] == [called["id"], long_ago["id"]]
        assert [(one["kind"], one["holds"]) for one in full[0]["evidence"]] == [("name", True), ("met", True), ("place", True)]
        # 2 of 23 have the name, 2 of the 23 drawn had a contact (3 of 25 by the rule of succession), 1 of these 2 in Berlin (2 of 4)
        assert [(one["bits"], one["share"]) for one in full[0]["evidence"]] == [(3.37, 0.087), (2.91, 0.12), (0.68, 0.5)]
        assert full[0]["probability"] == 0.8495
        assert [(one["kind"], one["holds"], one["bits"]) for one in full[1]["evidence"]] == [("name", True, 3.37), ("met", False, -3.14)]
        assert full[1]["evidence"][1]["sentence"] == "They had no contact and no order in the 60 days before (12.0% of all customers had)."
        assert full[1]["probability"] < full[0]["probability"] / 10
        assert [one["customer_id"] for one in short] == [one["customer_id"] for one in turned] == [called["id"], long_ago["id"]]
        assert {one["evidence"][0]["kind"] for one in short} == {"short_name"}


async def test_nobody_is_suggested_for_a_single_word_a_stranger_or_somebody_who_was_erased(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*READ)
        ann = await put(api, "K-1", display_name="Ann Dürer")
        asked = {"written_at": MONDAY.isoformat()}
        assert [one["customer_id"] for one in (await api.get(DOOR, params={**asked, "name": "Durer A."})).json()] == [ann["id"]]
        for name in ("Ann", "Customer", "Bob Dürer", "A. D."):
            assert (name, (await api.get(DOOR, params={**asked, "name": name})).json()) == (name, [])
        await put(api, "K-1", display_name="Ann Dorn")
        assert (await api.get(DOOR, params={**asked, "name": "Ann Durer"})).json() == []
        assert (await api.get(DOOR, params={**asked, "name": "Durer A."})).json() == []
        assert len((await api.get(DOOR, params={**asked, "name": "Ann D."})).json()) == 1
        await api.post(f"/customers/v1/customers/{ann['id']}/erase")
        assert (await api.get(DOOR, params={**asked, "name": "Ann D."})).json() == []
        wrong = await api.get(DOOR, params={"name": "Ann D.", "written_at": "yesterday"})
        assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/query/written_at")


async def test_a_merged_person_is_suggested_once_with_what_all_records_had_to_do_with_us(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*READ)
        first, second = await put(api, "K-1", display_name="Maria Keller"), await put(api, "K-2", display_name="Maria Keller")
        await room.hear(contact_ended(new_id(), second["id"], ended_at=MONDAY))
        await api.post("/customers/v1/merges", json={"survivor_id": first["id"], "merged_id": second["id"], "reason": "same passport"})
        found = (await api.get(DOOR, params={"name": "Maria Keller", "written_at": (MONDAY + timedelta(days=1)).isoformat()})).json()
        assert [one["customer_id"] for one in found] == [first["id"]]
        assert {one["kind"]: one["holds"] for one in found[0]["evidence"]} == {"name": True, "met": True}


async def test_a_review_that_a_person_gave_to_a_customer_stands_in_their_timeline(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*READ)
        ann, boris, item = await put(api, "K-1"), await put(api, "K-2"), new_id()
        await room.hear(received(item))
        await room.hear(FeedbackMatched(item_id=item, customer_id=ann["id"], by="olga"))
        await room.hear(FeedbackMatched(item_id=item, customer_id=boris["id"], by="olga"))
        await room.hear(FeedbackMatched(item_id=new_id(), customer_id=new_id(), by="olga"))
        await room.settle()
        assert [one["kind"] for one in await timeline(api, ann["id"])] == ["feedback_received"]
        assert await timeline(api, boris["id"]) == []
        assert [(one.subject_id, str(one.customer_id)) for one in room.said(SubjectIdentified)] == [(item, ann["id"])]

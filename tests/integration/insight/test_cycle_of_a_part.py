"""The cycle of a part of the house: where it breaks, and for readers who may see that part alone."""

from datetime import timedelta
from typing import Any

from services.customers.contract import CustomerChanged
from services.feedback.contract import ContributorTold
from services.insight.app import service
from services.kit.ids import new_id
from services.survey.contract import SurveyOptedOut
from tests.conftest import OpenRoom
from tests.integration.insight.said import NOW, YESTERDAY, a_contact, a_follow_up, a_label, a_scored, an_answer, an_invitation, an_item
from tests.support.room import Room

DOOR = "/insight/v1/cycle-health"
NORTH = {"site": "north", "vendor": "ours", "team": "blue"}
SOUTH = {"site": "south", "vendor": "theirs", "team": "red"}
PLAN = {
    "title": "Second delivery van", "driver": "late-delivery", "responsible": "Ben", "accountable": "Ann", "messages": {"en": "We bought a van."},
    "target": {"metric": "csat", "value": 0.75}, "baseline_from": (NOW - timedelta(days=30)).isoformat(), "baseline_to": NOW.isoformat(),
    "due": (NOW + timedelta(days=30)).isoformat(),
}  # fmt: skip


async def _begun(api: Any, **more: Any) -> str:
    initiative_id: str = (await api.post("/insight/v1/initiatives", json={**PLAN, **more})).json()["id"]
    await api.post(f"/insight/v1/initiatives/{initiative_id}/start")
    return initiative_id


async def _two_sites(room: Room) -> None:
    """Five contacts of each site; the north answers, is told and looks nothing up, the south is silent about what nobody understands."""
    api = room.client("insight:read", "insight:write")
    north = [a_contact(**NORTH, customer_id=new_id(), department="logistics") for _ in range(5)]
    south = [a_contact(**SOUTH, customer_id=new_id(), articles=[new_id()]) for _ in range(5)]
    asks = [an_invitation(contact_id=one.contact_id, customer_id=one.customer_id) for one in (*north, *south)]
    heard = [an_answer(a_scored("csat5", 1), invitation_id=ask.invitation_id, about=NORTH) for ask in asks[:3]]
    scanner = an_answer(a_scored("csat5", 1), invitation_id=asks[3].invitation_id, about=NORTH, flagged=True)
    spoken = [a_label(contact_id=one.contact_id, customer_id=one.customer_id, product="parcel") for one in north]
    dumb = [an_item(contact_id=one.contact_id, external_id=str(one.contact_id)) for one in south]
    late = a_follow_up(item_id=spoken[0].item_id, due_at=NOW + timedelta(hours=1))
    soon = a_follow_up(item_id=dumb[0].item_id, department="finance")
    await room.hear(*north, *south, *asks, an_invitation(), *heard, scanner, *spoken, *dumb, late, soon)
    await room.hear(SurveyOptedOut(customer_id=asks[9].customer_id or new_id(), channel="any"))
    van = await _begun(api)
    await api.post(f"/insight/v1/initiatives/{van}/publish")
    await room.hear(ContributorTold(customer_id=north[0].customer_id or new_id(), initiative_id=van, channel="email", language="en"))
    await room.pass_time(hours=2)


def _counts(found: dict[str, Any]) -> dict[str, tuple[int, int]]:
    return {stage["stage"]: (stage["numerator"], stage["n"]) for stage in found["stages"]}


IN_THE_NORTH = {"collect": (3, 5), "categorise": (5, 5), "own": (0, 1), "act": (1, 1), "practise": (0, 5), "tell": (1, 5)}
IN_THE_SOUTH = {"collect": (0, 5), "categorise": (0, 5), "own": (1, 1), "act": (0, 0), "practise": (5, 5), "tell": (0, 0)}


async def test_each_site_has_a_cycle_of_its_own(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await _two_sites(room)
        api = room.client("insight:read")
        whole = (await api.get(DOOR)).json()
        parts = [
            (await api.get(DOOR, params=asked)).json()
            for asked in ({"site": "north"}, {"vendor": "ours"}, {"team": "blue"}, {"product": "parcel"}, {"department": "logistics"})
        ]
        south = (await api.get(DOOR, params={"site": "south"})).json()
        drawn = (await api.get("/insight/v1/charts/cycle-health", params={"site": "south"})).json()

        assert _counts(whole) == {"collect": (3, 11), "categorise": (5, 10), "own": (1, 2), "act": (1, 1), "practise": (5, 10), "tell": (1, 5)}
        assert (whole["filters"], whole["flagged_answers"], whole["opted_out"]) == ({}, 1, 1)
        assert [_counts(part) for part in parts] == [IN_THE_NORTH] * 5
        assert parts[0]["broken"] == ["own", "practise", "tell"]
        assert (parts[0]["filters"], parts[0]["flagged_answers"], parts[0]["opted_out"]) == ({"site": "north"}, 1, 0)
        assert _counts(south) == IN_THE_SOUTH
        assert (south["flagged_answers"], south["opted_out"], south["complete"]) == (0, 1, True)
        assert south["sentence"] == "The cycle is broken at: collect, categorise. In the period 1 asked not to be asked again."
        assert (drawn["filters"], drawn["table"]["rows"][0][1:3]) == ({"site": "south"}, [0, 5])


async def test_a_reader_of_one_site_sees_the_cycle_of_that_site(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await _two_sites(room)
        here = (await room.client("insight:read", sites=["north"]).get(DOOR)).json()
        there = (await room.client("insight:read", vendors=["theirs"]).get(DOOR)).json()
        elsewhere = (await room.client("insight:read", sites=["north"]).get(DOOR, params={"site": "south"})).json()

        assert (_counts(here), here["complete"], here["filters"]) == (IN_THE_NORTH, False, {})
        assert (_counts(there), there["flagged_answers"]) == (IN_THE_SOUTH, 0)
        assert set(_counts(elsewhere).values()) == {(0, 0)}


async def _long_broken(room: Room) -> None:
    """Forty days ago the north answered; yesterday the house hardly did, and nobody looked anything up."""
    for answered, at in ((8, NOW - timedelta(days=40)), (2, YESTERDAY)):
        contacts = [a_contact(**NORTH, ended_at=at) for _ in range(10)]
        asks = [an_invitation(contact_id=one.contact_id, invited_at=at) for one in contacts]
        answers = [an_answer(a_scored("csat5", 5), invitation_id=ask.invitation_id, answered_at=at) for ask in asks[:answered]]
        await room.hear(*contacts, *asks, *answers, *(an_invitation(invited_at=at) for _ in range(30)))
    await room.pass_time(days=2)


async def test_a_part_is_compared_with_itself(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await _long_broken(room)
        api = room.client("insight:read")
        whole = (await api.get(DOOR)).json()["stages"]
        north = (await api.get(DOOR, params={"site": "north"})).json()["stages"]

        assert (north[0]["value"], north[0]["change"]["before"], north[0]["state"], north[0]["since"]) == (0.2, 0.8, "healthy", None)
        assert (whole[0]["state"], whole[0]["since"], whole[4]["since"]) == ("broken", "2026-11-24T09:00:00Z", "2026-11-24T09:00:00Z")


async def test_each_site_vendor_and_team_says_since_when_it_is_broken_and_no_other_part_borrows_it(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await _long_broken(room)
        api = room.client("insight:read")
        site, vendor = [(await api.get(DOOR, params=asked)).json() for asked in ({"site": "north"}, {"vendor": "ours"})]
        team = (await api.get(DOOR, params={"team": "blue"})).json()
        both = (await api.get(DOOR, params={"site": "north", "vendor": "ours"})).json()
        reader = (await room.client("insight:read", sites=["north"]).get(DOOR)).json()
        assert [found["stages"][4]["since"] for found in (site, vendor, reader, team, both)] == ["2026-11-24T09:00:00Z"] * 4 + [None]
        dated = "The cycle is broken at: practise (for 1 day, since 2026-11-24)."
        assert (site["sentence"], reader["sentence"], team["sentence"]) == (dated,) * 3
        assert both["sentence"] == "The cycle is broken at: practise."

        used = [a_contact(**NORTH, ended_at=room.clock.now(), articles=[new_id()]) for _ in range(50)]
        await room.hear(*used)
        await room.pass_time(days=1)
        assert (await api.get(DOOR, params={"site": "north"})).json()["stages"][4]["state"] == "healthy"
        await room.hear(*(a_contact(**NORTH, ended_at=room.clock.now()) for _ in range(400)))
        await room.pass_time(days=1)
        again = (await api.get(DOOR, params={"site": "north"})).json()["stages"][4]
        assert (again["state"], again["since"]) == ("broken", "2026-11-27T09:00:00Z")


async def test_an_initiative_acts_where_it_is_made(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read", "insight:write")
        contacts = [a_contact(**place) for place in (NORTH, SOUTH) for _ in range(5)]
        await room.hear(*contacts, *(a_label(contact_id=one.contact_id) for one in contacts))
        await _begun(api, control={"where": {"site": "north"}, "against": {"site": "south"}})
        await room.pass_time(hours=1)
        asked: list[dict[str, str]] = [{}, {"site": "north"}, {"site": "south"}, {"team": "red"}]
        found = [_counts((await api.get(DOOR, params=one)).json())["act"] for one in asked]
        limited = _counts((await room.client("insight:read", sites=["south", "west"]).get(DOOR)).json())["act"]

        assert found == [(1, 1), (1, 1), (0, 1), (1, 1)]
        assert limited == (0, 1)


async def test_an_ask_without_a_contact_is_in_the_segment_of_its_customer(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read")
        gold, silver = new_id(), new_id()
        for customer, tier in ((gold, "gold"), (silver, "silver")):
            await room.hear(_of_tier(customer, tier))
        await room.hear(*(an_invitation(customer_id=customer) for customer in (gold, gold, silver)))
        found = (await api.get(DOOR, params={"segment": "gold"})).json()
        bias = (await api.get("/insight/v1/response-bias", params={"segment": "gold"})).json()

        assert (_counts(found)["collect"], bias["asked"]) == ((0, 2), 2)


def _of_tier(customer_id: Any, tier: str) -> CustomerChanged:
    known: dict[str, Any] = {**dict.fromkeys(CustomerChanged.model_fields), "version": 1, "segment": {}, "keys": []}
    return CustomerChanged.model_validate({**known, "customer_id": customer_id, "tier": tier})

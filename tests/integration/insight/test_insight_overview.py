"""The overview through its door, from sums and from facts alike."""

from datetime import timedelta

from services.insight.app import service
from tests.conftest import OpenRoom
from tests.integration.insight.said import NOW, a_contact, a_scored, an_answer

ASKED = {"from": "2026-10-25", "to": "2026-11-23T09:00:00Z"}
LATE = {"driver": "late-delivery", "department": "logistics", "site": "north"}


def _week() -> list[object]:
    """Forty answers and contacts over twenty days at two sites, and one answer that looks like a scanner's."""
    told: list[object] = []
    for number in range(40):
        at = NOW - timedelta(days=number % 20, hours=3)
        site = "north" if number % 2 else "south"
        mark = 5 if number % 4 else 1
        told.append(an_answer(a_scored("csat5", mark), about={"site": site}, answered_at=at, inclusion_probability=0.5 if number < 20 else 0.1))
        told.append(a_contact(**{**LATE, "site": site}, ended_at=at, handle_seconds=360.0))
    told.append(an_answer(a_scored("csat5", 1), about={"site": "north"}, flagged=True))
    return told


async def test_the_overview_is_the_same_from_facts_and_from_sums(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read", "insight:admin")
        await api.put("/insight/v1/cost-rates/agent", json={"per_hour": "30", "currency": "EUR"})
        await room.hear(*_week())  # type: ignore[arg-type]  # events of several kinds
        from_facts = (await api.get("/insight/v1/overview", params=ASKED)).json()
        await room.pass_time(minutes=5)
        from_sums = (await api.get("/insight/v1/overview", params=ASKED)).json()

        assert from_sums == from_facts
        tiles = {tile["key"]: tile for tile in from_sums["figures"]}
        assert (tiles["csat"]["numerator"], tiles["csat"]["n"], tiles["csat"]["value"]) == (30, 40, 0.75)
        assert tiles["dsat"]["value"] == 0.25
        assert (tiles["contacts"]["value"], tiles["cost"]["value"]) == (40, 120.0)
        assert from_sums["pareto"] == [
            {
                "driver": "late-delivery",
                "department": "logistics",
                "contacts": 40,
                "cost": {"amount": "120.00", "currency": "EUR"},
                "cumulative_share": 1.0,
            }
        ]
        assert sum(point["n"] for point in from_sums["series"][0]["points"]) == 40
        assert [series["key"] for series in from_sums["series"]] == ["csat", "resolution", "contacts", "cost"]


async def test_a_late_event_is_counted_at_once_although_its_day_was_added_up(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read")
        await room.hear(*_week())  # type: ignore[arg-type]  # events of several kinds
        await room.pass_time(minutes=5)
        await room.hear(an_answer(a_scored("csat5", 5), about={"site": "north"}, answered_at=NOW - timedelta(days=10)))

        tiles = {tile["key"]: tile for tile in (await api.get("/insight/v1/overview", params=ASKED)).json()["figures"]}

        assert (tiles["csat"]["numerator"], tiles["csat"]["n"]) == (31, 41)


async def test_a_reader_of_one_site_sees_that_site_alone(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await room.hear(*_week())  # type: ignore[arg-type]  # events of several kinds
        await room.pass_time(minutes=5)
        found = (await room.client("insight:read", sites=["north"]).get("/insight/v1/overview", params=ASKED)).json()

        tiles = {tile["key"]: tile for tile in found["figures"]}
        assert (tiles["csat"]["n"], tiles["contacts"]["value"]) == (20, 20)
        assert [place["key"] for place in found["funnel"]["places"]] == []
        assert found["funnel"]["too_few"] == ["north"]


async def test_filters_that_sums_do_not_know_are_answered_from_the_facts(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read")
        await room.hear(*_week())  # type: ignore[arg-type]  # events of several kinds
        await room.hear(a_contact(**LATE, team="blue"), an_answer(a_scored("csat5", 5), about={"team": "blue"}))
        await room.pass_time(minutes=5)

        found = (await api.get("/insight/v1/overview", params={**ASKED, "team": "blue"})).json()

        tiles = {tile["key"]: tile for tile in found["figures"]}
        assert (tiles["csat"]["n"], tiles["csat"]["withheld"] is None, tiles["contacts"]["value"]) == (1, False, 1)

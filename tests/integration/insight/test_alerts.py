"""What left its baseline reaches a person: alerts, who takes them, and when they are over."""

from datetime import timedelta
from typing import Any

from services.insight.app import service
from services.insight.contract import AlertRaised
from services.kit.ids import new_id
from tests.conftest import OpenRoom
from tests.integration.insight.said import NOW, a_contact, a_scored, an_answer, an_invitation


def _a_bad_fortnight() -> list[Any]:
    """Four weeks in which everybody is satisfied; but for the south, where nobody was in the last two."""
    return [
        an_answer(a_scored("csat5", 1 if site == "south" and days <= 14 else 5), about={"site": site}, answered_at=NOW - timedelta(days=days))
        for days in range(1, 29)
        for site in ("north", "east", "south")
        for _ in range(2)
    ]


async def test_a_figure_that_changed_and_a_place_outside_of_its_funnel_become_alerts_until_they_are_over(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read")
        await room.hear(*_a_bad_fortnight())
        await room.pass_time(days=1)
        first = (await api.get("/insight/v1/alerts")).json()["items"]
        await room.pass_time(days=1)
        again = (await api.get("/insight/v1/alerts", params={"state": "open"})).json()["items"]
        told = [(one.figure, one.sentence) for one in room.said(AlertRaised)]
        await room.pass_time(days=30)
        over = (await api.get("/insight/v1/alerts", params={"state": "over"})).json()["items"]

        assert sorted((one["kind"], one["figure"], one["state"], one["owner"]) for one in first) == [
            ("change", "csat.change", "open", None),
            ("outlier", "csat.site.south", "open", None),
        ]
        assert [one["id"] for one in again] == [one["id"] for one in first]
        assert {one["looked_at"] for one in again} == {"2026-11-25T09:00:00Z"}
        assert sorted(told) == [
            ("csat.change", "Customer satisfaction changed from 100.0% to 66.7% on 2026-11-09."),
            ("csat.site.south", "Customer satisfaction of site south is outside of the 99.8 % limits: 28 of 56 (50.0%), 83.3% of all."),
        ]
        assert sorted((one["figure"], one["over_at"] is not None) for one in over) == [("csat.change", True), ("csat.site.south", True)]


async def test_a_stage_that_is_broken_at_one_site_alone_is_an_alert_of_that_site_and_shown_to_its_readers(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        house = room.client("insight:read", "insight:write", subject="ann")
        south, north = [room.client("insight:read", "insight:write", subject=site, sites=[site]) for site in ("south", "north")]
        told: list[Any] = []
        for site, asked in (("north", 60), ("south", 20)):
            for number in range(asked):
                contact = a_contact(site=site, ended_at=NOW - timedelta(hours=1))
                ask = an_invitation(contact_id=contact.contact_id, invited_at=NOW - timedelta(hours=1))
                told += [contact, ask]
                if site == "north" and number % 2:
                    told.append(an_answer(a_scored("csat5", 5), invitation_id=ask.invitation_id, about={"site": site}))
        await room.hear(*told)
        await room.pass_time(days=1)
        collect = {"kind": "cycle", "state": "open"}
        seen = [one for one in (await house.get("/insight/v1/alerts", params=collect)).json()["items"] if "collect" in one["figure"]]
        of_south = (await house.get("/insight/v1/alerts", params={**collect, "site": "south"})).json()["items"]
        theirs = [one for one in (await south.get("/insight/v1/alerts")).json()["items"] if "collect" in one["figure"]]
        others = [one for one in (await north.get("/insight/v1/alerts")).json()["items"] if "collect" in one["figure"]]
        door = f"/insight/v1/alerts/{seen[0]['id']}/acknowledgement"
        refused = await north.post(door)
        taken = (await south.post(door)).json()

        assert [(one["figure"], one["site"], one["vendor"]) for one in seen] == [("cycle.collect.site.south", "south", None)]
        assert seen[0]["sentence"] == "Site south: Collect is broken: only 0 of 20 (0.0%) invitations that were answered; the threshold is 10%."
        assert seen[0] in of_south
        assert (theirs, others) == (seen, [])
        assert (refused.status_code, taken["state"], taken["owner"]) == (404, "acknowledged", "south")


async def test_an_alert_is_taken_handed_on_and_cannot_be_taken_when_it_is_over(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read", "insight:write", subject="ann")
        limited, reader = room.client("insight:read", "insight:write", sites=["north"]), room.client("insight:read")
        await room.hear(*[an_invitation() for _ in range(10)])
        await room.pass_time(days=1)
        (alert,) = (await api.get("/insight/v1/alerts")).json()["items"]
        door = f"/insight/v1/alerts/{alert['id']}/acknowledgement"
        refused = await reader.post(door)
        taken = (await api.post(door)).json()
        handed = (await api.post(door, json={"owner": "ben"})).json()
        asks = [an_invitation(invited_at=room.clock.now()) for _ in range(10)]
        await room.hear(*asks, *[an_answer(a_scored("csat5", 5), invitation_id=ask.invitation_id) for ask in asks])
        await room.pass_time(days=1)
        late = await api.post(door)
        unknown = await api.post(f"/insight/v1/alerts/{new_id()}/acknowledgement")

        assert (alert["figure"], alert["kind"], alert["owner"]) == ("cycle.collect", "cycle", None)
        assert alert["sentence"] == "Collect is broken: only 0 of 10 (0.0%) invitations that were answered; the threshold is 10%."
        assert refused.status_code == 403
        assert (taken["state"], taken["owner"], taken["acknowledged_at"], taken["version"]) == ("acknowledged", "ann", "2026-11-24T09:00:00Z", 2)
        assert (handed["state"], handed["owner"], handed["version"]) == ("acknowledged", "ben", 3)
        assert (late.status_code, late.json()["code"]) == (409, "alert_over")
        assert unknown.status_code == 404
        assert (await limited.get("/insight/v1/alerts")).json()["items"] == []
        assert (await api.get("/insight/v1/alerts", params={"state": "over"})).json()["items"][0]["owner"] == "ben"


async def test_a_figure_that_leaves_its_baseline_again_is_a_new_alert_with_the_owner_that_was_set(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        room.runtime.settings.alert_owner = "voice-team"
        api = room.client("insight:read")
        await room.hear(*[an_invitation() for _ in range(10)])
        await room.pass_time(days=1)
        await room.pass_time(days=31)
        await room.hear(*[an_invitation(invited_at=room.clock.now()) for _ in range(10)])
        await room.pass_time(days=1)
        page = (await api.get("/insight/v1/alerts", params={"limit": 1})).json()
        rest = (await api.get("/insight/v1/alerts", params={"limit": 1, "cursor": page["next_cursor"]})).json()
        wrong = await api.get("/insight/v1/alerts", params={"cursor": "nonsense"})

        assert [(one["figure"], one["state"], one["owner"]) for one in (*page["items"], *rest["items"])] == [
            ("cycle.collect", "open", "voice-team"),
            ("cycle.collect", "over", "voice-team"),
        ]
        assert rest["next_cursor"] is None
        assert wrong.status_code == 422

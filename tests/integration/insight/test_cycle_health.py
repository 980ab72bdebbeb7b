"""Where the cycle breaks."""

from datetime import timedelta
from typing import Any

from services.feedback.contract import ContributorTold
from services.insight.app import service
from services.insight.contract import AlertRaised
from services.kit.ids import new_id
from services.knowledge.contract import ArticleLinked
from tests.conftest import OpenRoom
from tests.integration.insight.said import NOW, a_contact, a_follow_up, a_label, a_scored, an_answer, an_end, an_invitation, an_item

STAGES = ["collect", "categorise", "own", "act", "practise", "tell"]


async def test_a_silent_house_is_not_called_healthy(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        found = (await room.client("insight:read").get("/insight/v1/cycle-health")).json()

        assert [(stage["stage"], stage["state"]) for stage in found["stages"]] == [(stage, "no_data") for stage in STAGES]
        assert found["broken"] == []
        assert found["sentence"] == f"Nothing is seen to be broken, but there is no data for: {', '.join(STAGES)}."


async def test_every_stage_has_a_figure_and_the_broken_ones_are_named(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read", "insight:write")
        asks = [an_invitation() for _ in range(10)]
        await room.hear(*asks, *[an_answer(a_scored("csat5", 1), invitation_id=ask.invitation_id) for ask in asks[:2]])
        await room.hear(an_answer(a_scored("csat5", 5), invitation_id=asks[2].invitation_id, flagged=True))
        speakers = [new_id() for _ in range(5)]
        await room.hear(*[a_label(customer_id=speaker) for speaker in speakers], *[an_item() for _ in range(5)])
        duties = [a_follow_up(due_at=NOW + timedelta(hours=1)) for _ in range(4)]
        await room.hear(*duties[:3])
        await room.hear(an_end(duties[0].follow_up_id, closed_at=NOW))
        contacts = [a_contact(case_id=new_id()) for _ in range(4)] + [a_contact(articles=[new_id()])]
        await room.hear(*contacts)
        linked = {"title": "Track a parcel", "customer_id": None, "by": "ann", "linked_at": NOW}
        by_case = ArticleLinked(article_id=new_id(), case_id=contacts[0].case_id, contact_id=None, **linked)
        by_contact = ArticleLinked(article_id=new_id(), case_id=None, contact_id=contacts[1].contact_id, **linked)
        await room.hear(by_case, by_contact)
        initiative_id = await _published(api)
        await room.hear(ContributorTold(customer_id=speakers[0], initiative_id=initiative_id, channel="email", language="en"))
        await room.pass_time(hours=2)

        found = (await api.get("/insight/v1/cycle-health")).json()
        stages = {stage["stage"]: (stage["numerator"], stage["n"], stage["state"]) for stage in found["stages"]}

        assert stages == {
            "collect": (2, 10, "healthy"),
            "categorise": (5, 10, "broken"),
            "own": (1, 3, "broken"),
            "act": (1, 1, "healthy"),
            "practise": (3, 5, "healthy"),
            "tell": (1, 5, "broken"),
        }
        assert found["sentence"] == "The cycle is broken at: categorise, own, tell. In the period 1 flagged answer was left out."
        tell = found["stages"][-1]
        assert tell["sentence"] == ("Tell is broken: only 1 of 5 (20.0%) contributors of published initiatives who were told; the threshold is 80%.")


async def test_a_stage_that_breaks_raises_one_alert_until_it_works_again(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await room.pass_time(days=1)
        await room.hear(*[an_invitation(invited_at=room.clock.now()) for _ in range(10)])
        await room.pass_time(days=3)
        alerts = room.said(AlertRaised)
        asks = [an_invitation(invited_at=room.clock.now()) for _ in range(10)]
        await room.hear(*asks, *[an_answer(a_scored("csat5", 5), invitation_id=ask.invitation_id) for ask in asks])
        await room.pass_time(days=1)
        await room.hear(*[an_invitation(invited_at=room.clock.now()) for _ in range(200)])
        await room.pass_time(days=2)

        assert [(alert.figure, alert.sentence, alert.raised_at) for alert in alerts] == [
            (
                "cycle.collect",
                "Collect is broken: only 0 of 10 (0.0%) invitations that were answered; the threshold is 10%.",
                NOW + timedelta(days=2),
            ),
        ]
        assert [alert.figure for alert in room.said(AlertRaised)] == ["cycle.collect", "cycle.collect"]
        collect = (await room.client("insight:read").get("/insight/v1/cycle-health")).json()["stages"][0]
        assert collect["sentence"].endswith("the threshold is 10%. Broken since 2026-11-29, 1 day.")


async def _published(api: Any) -> str:
    plan = {
        "title": "Second delivery van",
        "driver": "late-delivery",
        "responsible": "Ben",
        "accountable": "Ann",
        "target": {"metric": "csat", "value": 0.75},
        "baseline_from": (NOW - timedelta(days=30)).isoformat(),
        "baseline_to": NOW.isoformat(),
        "due": (NOW + timedelta(days=30)).isoformat(),
        "messages": {"en": "We bought a van."},
    }
    initiative_id: str = (await api.post("/insight/v1/initiatives", json=plan)).json()["id"]
    await api.post(f"/insight/v1/initiatives/{initiative_id}/start")
    await api.post(f"/insight/v1/initiatives/{initiative_id}/publish")
    return initiative_id

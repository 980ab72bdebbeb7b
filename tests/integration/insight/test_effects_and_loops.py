"""An initiative against its control, and what hangs on it; through its door."""

from datetime import timedelta
from typing import Any

import pytest

from services.insight.app import service
from services.kit.ids import new_id
from tests.conftest import OpenRoom
from tests.integration.insight.said import NOW, a_follow_up, a_scored, an_answer

WEEKS = 6
PLAN: dict[str, Any] = {
    "title": "Second delivery van", "driver": "late-delivery", "responsible": "Ben", "accountable": "Ann",
    "target": {"metric": "csat", "value": 0.75},
    "baseline_from": (NOW - timedelta(days=84)).isoformat(), "baseline_to": (NOW - timedelta(days=42)).isoformat(),
    "due": (NOW + timedelta(days=30)).isoformat(), "control": {"against": {"driver": "bill"}},
}  # fmt: skip


def _twelve_weeks(lifted: int, other: int) -> list[Any]:
    """Thirty answers a week to both drivers; late deliveries gain `lifted` satisfied of thirty after six weeks, bills `other`."""
    told = []
    for week in range(2 * WEEKS):
        at = NOW - timedelta(days=84 - 7 * week - 3, hours=1)
        after = week >= WEEKS
        for driver, satisfied in (("late-delivery", 15 + week % 2 + lifted * after), ("bill", 18 + (week % 3 == 0) + other * after)):
            told += [an_answer(a_scored("csat5", 5 if one < satisfied else 1), about={"driver": driver}, answered_at=at) for one in range(30)]
    return told


@pytest.mark.parametrize(("lifted", "other", "verdict"), [(9, 0, "proven"), (6, 6, "not_proven")])
async def test_a_gain_that_the_control_has_too_proves_nothing(open_room: OpenRoom, lifted: int, other: int, verdict: str) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read", "insight:write")
        made = (await api.post("/insight/v1/initiatives", json=PLAN)).json()["id"]
        started = (NOW - timedelta(days=42)).isoformat()
        await api.post(f"/insight/v1/initiatives/{made}/start", json={"started_at": started})
        await room.hear(*_twelve_weeks(lifted, other))
        effect = (await api.get(f"/insight/v1/initiatives/{made}")).json()["effect"]

        assert (effect["verdict"], effect["method"]) == (verdict, "difference_in_differences")
        assert effect["difference"] == pytest.approx(lifted / 30)
        controlled = effect["controlled"]
        assert controlled["difference"] == pytest.approx((lifted - other) / 30)
        assert (controlled["points_before"], controlled["points_after"], controlled["days_per_point"]) == (WEEKS, WEEKS, 7)
        assert controlled["control"] == {"driver": "bill"}
        assert effect["interrupted"]["jump"] == pytest.approx(lifted / 30, abs=0.05)
        assert effect["interrupted"]["points_before"] == WEEKS


async def test_a_control_that_is_the_same_is_refused_and_without_weeks_the_plain_comparison_stands(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read", "insight:write")
        same = await api.post("/insight/v1/initiatives", json={**PLAN, "control": {"against": {"driver": "late-delivery"}}})
        made = (await api.post("/insight/v1/initiatives", json=PLAN)).json()["id"]
        await api.post(f"/insight/v1/initiatives/{made}/start", json={"started_at": (NOW - timedelta(days=42)).isoformat()})
        effect = (await api.get(f"/insight/v1/initiatives/{made}")).json()["effect"]

        assert (same.status_code, same.json()["code"]) == (422, "initiative_control_same")
        assert (effect["verdict"], effect["method"], effect["controlled"], effect["interrupted"]) == ("too_early", "before_after", None, None)


async def test_a_follow_up_leads_to_the_initiative_and_back(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read", "insight:write")
        named, other = a_follow_up(issue="bill"), a_follow_up(issue="late-delivery")
        made = (await api.post("/insight/v1/initiatives", json={**PLAN, "evidence": [str(named.follow_up_id)]})).json()
        await room.hear(named, other)
        found = (await api.get(f"/insight/v1/initiatives/{made['id']}")).json()
        back = (await api.get("/insight/v1/initiatives", params={"evidence": str(named.follow_up_id)})).json()["items"]
        none = (await api.get("/insight/v1/initiatives", params={"evidence": str(new_id())})).json()["items"]

        assert found["loop"]["evidence"] == [str(named.follow_up_id)]
        assert found["loop"]["open_now"] == 2
        assert ([one["id"] for one in back], none) == ([made["id"]], [])

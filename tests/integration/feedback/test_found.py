"""What nobody had a name for: themes and spikes; and what matters most."""

from datetime import timedelta
from typing import Any

import orjson
import pytest

from services.feedback.app import service
from services.feedback.contract import FeedbackSpiked, ThemeGrew
from tests.conftest import OpenRoom
from tests.integration.feedback.voices import put_taxonomy
from tests.support.room import Room

ALL = ("feedback:read", "feedback:write", "feedback:admin")
GIZMO = "The new gizmo blinks purple in the dark kitchen number {}"
TOTEM = "Your totem hums a strange melody near the garden gate {}"


@pytest.fixture(autouse=True)
def words_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests are about what is done with vectors, not about which."""
    monkeypatch.setenv("ANTIPHON_FEEDBACK_EMBEDDER", "none")


async def _bring(room: Room, lines: list[dict[str, Any]]) -> None:
    body = b"\n".join(orjson.dumps({"kind": "email", **line}) for line in lines)
    report = (await room.client(*ALL).post("/feedback/v1/items/bulk", content=body)).json()
    assert report["accepted"] == len(lines)
    await room.pass_time(seconds=30)


async def test_a_theme_is_found_named_quoted_keeps_its_id_and_becomes_a_driver_that_reads(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*ALL, subject="olga")
        await put_taxonomy(api)
        await room.pass_time(seconds=5)
        voices = [GIZMO.format(n) for n in range(24)] + [TOTEM.format(n) for n in range(20)]
        await _bring(room, [{"external_id": f"t{n}", "text": text} for n, text in enumerate(voices)])
        assert (await api.post("/feedback/v1/themes/find", json={})).status_code == 202
        await room.settle()
        found = (await api.get("/feedback/v1/themes")).json()
        assert [one["size"] for one in found] == [24, 20]
        assert {"gizmo", "purple"} & set(found[0]["words"])
        assert {"totem", "melody"} & set(found[1]["words"])
        shown = (await api.get(f"/feedback/v1/themes/{found[0]['id']}")).json()
        assert [quote["text"].startswith("The new gizmo blinks purple") for quote in shown["quoted"]] == [True] * 3
        assert sorted(one.size for one in room.said(ThemeGrew)) == [20, 24]

        await _bring(room, [{"external_id": f"u{n}", "text": GIZMO.format(n + 100)} for n in range(4)])
        await api.post("/feedback/v1/themes/find", json={})
        await room.settle()
        again = (await api.get("/feedback/v1/themes")).json()
        assert [(one["id"], one["size"]) for one in again] == [(found[0]["id"], 28), (found[1]["id"], 20)]

        page = (await api.get(f"/feedback/v1/themes/{found[0]['id']}/items", params={"limit": 20})).json()
        rest = (await api.get(f"/feedback/v1/themes/{found[0]['id']}/items", params={"limit": 20, "cursor": page["next_cursor"]})).json()
        assert len({item["id"] for item in page["items"] + rest["items"]}) == 28
        body = {"code": "gizmo-blinks", "names": {"en": "Gizmo blinks"}, "department": "it"}
        assert (await api.post(f"/feedback/v1/themes/{found[0]['id']}/promote", json=body)).json()["state"] == "promoted"
        twice = await api.post(f"/feedback/v1/themes/{found[0]['id']}/promote", json=body)
        assert (twice.status_code, twice.json()["code"]) == (409, "feedback_theme_settled")
        await room.pass_time(seconds=10)
        reading = (await api.post("/feedback/v1/readings", json={"texts": ["Why does the gizmo blink purple in my kitchen?"]})).json()[0]
        assert reading["best"][0]["code"] == "gizmo-blinks"
        kept = (await api.get(f"/feedback/v1/items/{page['items'][0]['id']}/corrections")).json()
        assert [(one["now"], one["by"]) for one in kept] == [("gizmo-blinks", "theme:olga")]
        dismissed = await api.put(f"/feedback/v1/themes/{found[1]['id']}/name", json={"name": "Noise", "dismissed": True})
        assert dismissed.json()["state"] == "dismissed"
        assert (await api.get("/feedback/v1/themes")).json() == []


async def test_a_day_that_its_past_does_not_explain_is_told_and_a_busy_day_is_not(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*ALL)
        await put_taxonomy(api)
        await room.pass_time(seconds=5)
        start, lines = room.clock.now() - timedelta(days=16), []
        for day in range(16):
            last = day == 15  # on it there is three times as much of everything, and fourteen times as much of one thing
            for driver, many in (("late-delivery", 12 if last else 4), ("wrong-invoice", 14 if last else 1)):
                said = (start + timedelta(days=day, minutes=5)).isoformat()
                lines += [{"external_id": f"{driver}-{day}-{n}", "text": "", "said_at": said, "labels": {"driver": driver}} for n in range(many)]
        await _bring(room, lines)
        await api.post("/feedback/v1/themes/find", json={})
        await room.settle()
        await api.post("/feedback/v1/themes/find", json={})
        await room.settle()
        told = (await api.get("/feedback/v1/spikes")).json()
        assert told["false_alarm_rate"] == 0.05
        assert [(one["code"], one["observed"], one["total"], len(one["quotes"])) for one in told["spikes"]] == [("wrong-invoice", 14, 26, 5)]
        assert [(one.code, one.observed) for one in room.said(FeedbackSpiked)] == [("wrong-invoice", 14)]
        ranked = (await api.get("/feedback/v1/priorities", params={"days": 7})).json()
        invoice = next(one for one in ranked["drivers"] if one["driver"] == "wrong-invoice")
        delivery = next(one for one in ranked["drivers"] if one["driver"] == "late-delivery")
        assert (invoice["voices"], invoice["trend"]["before"], delivery["voices"], ranked["voices"]) == (20, 7, 36, 56)
        assert invoice["trend"]["p"] == pytest.approx(0.110375)
        assert (invoice["trend_factor"], delivery["trend_factor"]) == (1.0, 1.0)
        assert invoice["prevalence"]["low"] < 20 / 56 < invoice["prevalence"]["high"]


async def test_slices_hide_small_cells_and_whatever_would_give_them_away(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        sizes = {"North": 9, "South": 6, "East": 5, "West": 2}
        lines = [
            {"external_id": f"{place}{n}", "text": "", "score": 1 if n == 0 else 5, "scale_max": 5, "attributes": {"region": place}}
            for place, many in sizes.items()
            for n in range(many)
        ]
        await _bring(room, lines)
        api = room.client("feedback:read")
        told = (await api.get("/feedback/v1/slices/region")).json()
        assert (told["hidden"], told["least"]) == (2, 5)
        assert [(one["value"], one["voices"]) for one in told["slices"]] == [("North", 9), ("South", 6), ("East", None), ("West", None)]
        assert (told["slices"][0]["negative"]["share"], told["slices"][0]["mean_score_share"]) == (0.111111, 0.8889)
        assert (await api.get("/feedback/v1/slices/region", params={"least": 1})).status_code == 422

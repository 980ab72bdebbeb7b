"""Places as if all had the same work, through the doors: figures, chart, and who may see agents."""

from datetime import timedelta
from typing import Any
from uuid import UUID
from xml.etree import ElementTree as ET

import pytest

from services.insight.app import service
from services.kit.ids import new_id
from tests.conftest import OpenRoom
from tests.integration.insight.said import NOW, a_scored, an_answer

ASKED = {"from": "2026-10-25", "to": "2026-11-24"}
ANN, BEN = new_id(), new_id()


def _answers(site: str, driver: str, good: int, n: int, agent: UUID) -> list[Any]:
    about = {"site": site, "driver": driver, "agent_id": agent, "team": "blue"}
    at = NOW - timedelta(days=3)
    return [an_answer(a_scored("csat5", 5 if place < good else 2), about=about, answered_at=at) for place in range(n)]


def _told() -> list[Any]:
    """The whole satisfies 80 of 100 about bills and 40 of 100 about faults; the north has the bills."""
    north = [*_answers("north", "bill", 72, 80, ANN), *_answers("north", "fault", 8, 20, ANN)]
    south = [*_answers("south", "bill", 8, 20, BEN), *_answers("south", "fault", 32, 80, BEN)]
    return [*north, *south, *_answers("north", "moving", 0, 5, ANN)]


async def test_a_site_with_hard_cases_is_out_plainly_and_inside_when_its_mix_is_known(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read")
        await room.hear(*_told())
        plain = (await api.get("/insight/v1/metrics/csat/places", params=ASKED)).json()
        found = (await api.get("/insight/v1/metrics/csat/adjusted-places", params=ASKED)).json()
        by_mode = (await api.get("/insight/v1/metrics/csat/adjusted-places", params={**ASKED, "mix": "mode", "by": "site"})).json()
        narrow = (await api.get("/insight/v1/metrics/csat/adjusted-places", params={**ASKED, "site": "north"})).json()
        wrong = await api.get("/insight/v1/metrics/nps/adjusted-places", params=ASKED)

        assert [one["signal"] for one in plain["places"]] == ["out", "out"]
        assert (found["mix"], found["strata"], found["centre"], found["too_few"]) == (["driver", "product", "segment"], 2, 0.6, [])
        assert [(one["key"], one["good"], one["n"], one["set_aside"]) for one in found["places"]] == [("north", 80, 100, 5), ("south", 40, 100, 0)]
        assert [one["expected"] for one in found["places"]] == [pytest.approx(72), pytest.approx(48)]
        assert [(one["ratio"], one["signal"]) for one in found["places"]] == [(pytest.approx(80 / 72), "inside"), (pytest.approx(40 / 48), "inside")]
        assert [one["n"] for one in by_mode["places"]] == [100, 105]
        assert (narrow["centre"], narrow["places"], narrow["too_few"]) == (None, [], ["north"])
        assert (wrong.status_code, wrong.json()["code"]) == (404, "not_found")


async def test_agents_are_shown_to_those_who_run_teams(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await room.hear(*_told())
        asked = {**ASKED, "by": "agent", "mix": "driver"}
        refused = await room.client("insight:read").get("/insight/v1/metrics/csat/adjusted-places", params=asked)
        drawn = await room.client("insight:read").get("/insight/v1/charts/adjusted-funnel", params=asked)
        found = await room.client("insight:read", "routing:admin").get("/insight/v1/metrics/csat/adjusted-places", params=asked)

        assert [(one.status_code, one.json()["code"]) for one in (refused, drawn)] == [(403, "forbidden")] * 2
        assert {one["key"]: one["good"] for one in found.json()["places"]} == {str(ANN): 80, str(BEN): 40}


async def test_the_adjusted_funnel_is_drawn_with_its_table(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read")
        await room.hear(*_told())
        found = (await api.get("/insight/v1/charts/adjusted-funnel", params={**ASKED, "mix": "driver"})).json()
        plain = await api.get("/insight/v1/charts/funnel", params={**ASKED, "by": "agent"})

        assert found["title"] == "Customer satisfaction by site, adjusted for driver"
        assert found["table"]["rows"][0] == ["north", 100, 80, "72", "1.11", "0.99 to 1.2", "inside"]
        assert ET.fromstring(found["svg"]).tag.endswith("svg")  # noqa: S314  our own drawing
        assert plain.status_code == 404

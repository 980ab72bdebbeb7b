"""Figures through the public door."""

from datetime import timedelta

import pytest

from services.insight.app import service
from tests.conftest import OpenRoom
from tests.integration.insight.said import YESTERDAY, a_contact, a_scored, an_answer


async def test_satisfaction_is_shown_plain_beside_weighted_with_its_interval(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read")
        north = [an_answer(a_scored("csat5", 5 if i < 8 else 1), inclusion_probability=0.1, about={"site": "north"}) for i in range(10)]
        south = [an_answer(a_scored("csat5", 5 if i < 18 else 1), inclusion_probability=0.5, about={"site": "south"}) for i in range(30)]
        await room.hear(*north, *south)

        found = (await api.get("/insight/v1/metrics/csat")).json()

        assert (found["definition_id"], found["numerator"], found["denominator"], found["n"]) == ("csat@1", 26, 40, 40)
        assert found["value"] == found["raw"]["value"] == pytest.approx(0.65)
        assert found["weighted"]["value"] == pytest.approx((8 * 10 + 18 * 2) / (10 * 10 + 30 * 2))
        assert found["n_effective"] == pytest.approx(160**2 / (10 * 100 + 30 * 4))
        assert found["interval"]["method"] == "wilson"
        assert (found["withheld"], found["small_sample"], found["filters"]) == (None, False, {})
        assert found["period"] == {"start": "2026-10-24T09:00:00Z", "end": "2026-11-23T09:00:00Z"}


async def test_a_slice_of_four_is_withheld_and_says_why(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read")
        await room.hear(*[an_answer(a_scored("nps11", 10), about={"site": "north"}) for _ in range(4)])
        await room.hear(*[an_answer(a_scored("nps11", 0), about={"site": "south"}) for _ in range(6)])

        withheld = (await api.get("/insight/v1/metrics/nps", params={"site": "north"})).json()
        shown = (await api.get("/insight/v1/metrics/nps")).json()

        assert (withheld["value"], withheld["numerator"], withheld["parts"], withheld["n"]) == (None, None, None, 4)
        assert withheld["withheld"] == "too_few: 4 counted, at least 5 are needed to show a value"
        assert withheld["filters"] == {"site": "north"}
        assert (shown["value"], shown["n"], shown["small_sample"]) == (pytest.approx(-20), 10, True)


async def test_flagged_answers_are_left_out_and_counted(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read")
        await room.hear(*[an_answer(a_scored("ces7", 6)) for _ in range(5)])
        await room.hear(*[an_answer(a_scored("ces7", 1), flagged=True) for _ in range(3)])

        found = (await api.get("/insight/v1/metrics/ces")).json()

        assert (found["value"], found["n"], found["flagged_left_out"], found["mean"]) == (1.0, 5, 3, 6.0)


async def test_a_response_counts_once_unless_a_dimension_is_asked_for(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read")
        answers = (a_scored("csat5", 5, "agent", "service"), a_scored("csat5", 1, "shipping", "process"))
        await room.hear(*[an_answer(*answers) for _ in range(5)])

        overall = (await api.get("/insight/v1/metrics/csat")).json()
        process = (await api.get("/insight/v1/metrics/csat", params={"dimension": "process"})).json()

        assert (overall["n"], overall["value"]) == (5, 1.0)
        assert (process["n"], process["value"]) == (5, 0.0)


async def test_a_response_told_again_replaces_itself_and_an_older_telling_does_not(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read")
        others = [an_answer(a_scored("resolved", "yes")) for _ in range(4)]
        changed = an_answer(a_scored("resolved", "no"))
        await room.hear(*others, changed)
        again = changed.model_copy(update={"answers": [a_scored("resolved", "yes")]})
        await room.hear(again, occurred_at=room.clock.now() + timedelta(minutes=1))
        await room.hear(changed, occurred_at=room.clock.now() - timedelta(minutes=1))

        found = (await api.get("/insight/v1/metrics/resolution")).json()

        assert (found["numerator"], found["denominator"]) == (5, 5)


async def test_the_period_begins_at_from_and_ends_before_to(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read")
        for days in (1, 2, 3):
            answers = [an_answer(a_scored("csat5", 5), answered_at=YESTERDAY - timedelta(days=days)) for _ in range(5)]
            await room.hear(*answers)

        start, end = (YESTERDAY - timedelta(days=2)).isoformat(), (YESTERDAY - timedelta(days=1)).isoformat()
        found = (await api.get("/insight/v1/metrics/csat", params={"from": start, "to": end})).json()
        by_date = (await api.get("/insight/v1/metrics/csat", params={"from": "2026-11-20", "to": "2026-11-22"})).json()

        assert (found["n"], by_date["n"]) == (5, 10)


async def test_a_period_that_runs_backwards_is_refused(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read")

        found = await api.get("/insight/v1/metrics/csat", params={"from": "2026-11-22", "to": "2026-11-22"})
        unknown = await api.get("/insight/v1/metrics/happiness")
        naive = await api.get("/insight/v1/metrics/csat", params={"from": "2026-11-22T10:00:00"})

        assert (found.status_code, found.json()["code"]) == (422, "period_empty")
        assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")
        assert naive.status_code == 422


async def test_a_reader_of_one_site_sees_that_site_only(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        for site, score in (("north", 5), ("south", 1)):
            await room.hear(*[an_answer(a_scored("csat5", score), about={"site": site}) for _ in range(5)])
        await room.hear(a_contact(site="south", driver="late-delivery", department="logistics"))
        north = room.client("insight:read", sites=["north"])

        mine = (await north.get("/insight/v1/metrics/csat")).json()
        theirs = (await north.get("/insight/v1/metrics/csat", params={"site": "south"})).json()
        drivers = (await north.get("/insight/v1/drivers")).json()
        statement = (await north.get("/insight/v1/departments/logistics/statement")).json()

        assert (mine["value"], mine["n"], theirs["n"]) == (1.0, 5, 0)
        assert [(one["driver"], one["contacts"], one["csat"]["n"]) for one in drivers["items"]] == [(None, 0, 5)]
        assert (statement["contacts"], statement["lines"], statement["complete"]) == (0, [], False)


async def test_figures_need_the_scope_to_read(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        assert (await room.anonymous().get("/insight/v1/metrics/csat")).status_code == 401
        assert (await room.client("survey:read").get("/insight/v1/metrics/csat")).status_code == 403


async def test_every_figure_has_a_definition_with_a_version(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        found = (await room.client("insight:read").get("/insight/v1/metrics")).json()

        assert [one["definition_id"] for one in found][:6] == ["csat@1", "dsat@1", "nps@1", "ces@1", "resolution@1", "first_contact_resolution@1"]
        assert len({one["definition_id"] for one in found}) == len(found)

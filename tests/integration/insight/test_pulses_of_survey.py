"""A pulse that survey closed is reported under insight's rule of disclosure."""

from services.insight.app import service
from services.survey.contract import PulseClosed, PulseSheet
from tests.conftest import OpenRoom


def _closed(sheets: list[PulseSheet], part: int = 1) -> PulseClosed:
    return PulseClosed(
        pulse="autumn",
        questions={"load": "My workload is fine.", "advise": "Would you advise us?"},
        scales={"load": [1, 2, 3, 4, 5], "advise": list(range(11))},
        bands=["team"],
        week="2026-W48",
        smallest_group=5,
        invited=40,
        answered=14,
        part=part,
        parts=2,
        sheets=sheets,
    )


def _sheets(team: str, n: int, load: int, advise: int) -> list[PulseSheet]:
    return [PulseSheet(groups={"team": team}, scores={"load": load, "advise": advise}) for _ in range(n)]


async def test_its_parts_are_one_week_and_small_groups_stay_hidden(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("insight:read")
        await room.hear(_closed(_sheets("sales", 6, 4, 9)), _closed([*_sheets("sales", 1, 2, 3), *_sheets("it", 7, 5, 10)], part=2))
        await room.pass_time(days=7)
        found = (await api.get("/insight/v1/pulses/survey.autumn/report?week=2026-W48")).json()
        declared = {one["key"]: one for one in (await api.get("/insight/v1/pulses")).json()["items"]}["survey.autumn"]

        assert [(group["filter"], group["n"]) for group in found["groups"]] == [({}, 14), ({"team": "it"}, 7), ({"team": "sales"}, 7)]
        everybody = {score["question"]: score for score in found["groups"][0]["scores"]}
        assert (everybody["advise"]["mean"], everybody["advise"]["favourable"]) == ((6 * 9 + 3 + 70) / 14, 13 / 14)
        assert (declared["title"], declared["groups"], declared["minimum"]) == ("autumn", {"team": ["it", "sales"]}, 5)


async def test_a_group_of_four_is_not_shown_and_not_derivable(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await room.hear(_closed([*_sheets("sales", 4, 4, 9), *_sheets("it", 9, 5, 10)]))
        await room.pass_time(days=7)
        found = (await room.client("insight:read").get("/insight/v1/pulses/survey.autumn/report?week=2026-W48")).json()

        assert [(group["filter"], group["n"]) for group in found["groups"]] == [({}, 13)]
        assert found["withheld"] == 2

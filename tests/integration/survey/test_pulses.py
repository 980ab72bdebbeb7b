"""Employees are asked; nothing that is stored leads from a person to an answer, and nobody is shown alone."""

import re
from collections import Counter
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from services.kit.db import Tx
from services.survey.app import service
from services.survey.contract import PulseClosed, PulseSheet
from services.survey.domain.pulse import showable
from services.survey.models.asked import PulseBallot
from tests.conftest import OpenRoom
from tests.integration.survey.scene import letters
from tests.support.room import START, Room

PULSE: dict[str, Any] = {
    "questions": [
        {"key": "load", "kind": "ces7", "dimension": "process", "required": True, "text": {"en": "My workload is manageable."}},
        {"key": "stay", "kind": "nps11", "dimension": "relationship", "required": True, "text": {"en": "Would you recommend working here?"}},
    ],
    "bands": ["team"],
    "closes_at": (START + timedelta(days=14)).isoformat(),
}


async def given(room: Room, teams: dict[str, int]) -> list[str]:
    """Give links to so many people of each team; return the paths of their links in the order of the mailbox."""
    admin = room.client("survey:admin")
    assert (await admin.put("/survey/v1/pulses/autumn", json=PULSE)).status_code == 200
    people: list[dict[str, Any]] = [
        {"email": f"{team}{number}@staff.example.org", "group": {"team": team}} for team, size in teams.items() for number in range(size)
    ]
    answer = await admin.post("/survey/v1/pulses/autumn/links", json={"people": people})
    assert (answer.status_code, answer.json()) == (201, {"given": len(people)})
    await room.settle()
    bodies = {str(letter["To"]): letter.get_body(("plain",)) for letter in letters(room)}
    found = {to: re.findall(r"http://antiphon\.test(/e/[\w-]+)", body.get_content()) for to, body in bodies.items() if body}
    return [found[person["email"]][0] for person in people]


async def answer(room: Room, path: str, **changes: str) -> int:
    form = {"q.load": "6", "q.stay": "9", **changes}
    return (await room.anonymous().post(path, data=form)).status_code


async def everything(tx: Tx) -> str:
    """Return every row of every table, as text."""
    rows = [dict(row) for table in service.metadata.sorted_tables for row in await tx.rows(select(table))]
    return "\n".join(map(str, rows))


async def ballots(tx: Tx) -> list[PulseBallot]:
    return await tx.all(select(PulseBallot), PulseBallot)


async def test_results_appear_when_the_pulse_is_closed_and_small_groups_never(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        paths = await given(room, {"blue": 6, "red": 5, "green": 2})
        for place, path in enumerate(paths):
            assert await answer(room, path, suggestion=f"word {place}") == 200
        admin = room.client("survey:admin")
        early = await admin.get("/survey/v1/pulses/autumn/results")
        assert (early.status_code, early.json()["code"]) == (409, "pulse_open")
        await room.pass_time(days=15)
        by_team = (await admin.get("/survey/v1/pulses/autumn/results", params={"by": "team"})).json()
        # green has two; with red withheld too they are seven, so that nothing can be worked out from the total.
        assert [(one["name"], one["n"]) for one in by_team["groups"]] == [(None, 13), ("blue", 6)]
        assert (by_team["groups_withheld"], by_team["invited"], by_team["smallest_group"]) == (2, 13, 5)
        assert by_team["groups"][1]["counts"]["load"] == {"1": 0, "2": 0, "3": 0, "4": 0, "5": 0, "6": 6, "7": 0}
        assert len(by_team["groups"][1]["suggestions"]) == 6
        unknown = await admin.get("/survey/v1/pulses/autumn/results", params={"by": "site"})
        assert (unknown.status_code, unknown.json()["code"]) == (422, "pulse_band_unknown")


async def test_a_closed_pulse_tells_its_sheets_once_without_people_moments_or_words(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        paths = await given(room, {"blue": 6, "red": 5})
        for place, path in enumerate(paths[:-1]):
            assert await answer(room, path, suggestion=f"CANARY-{place}", **{"q.load": str(1 + place % 7)}) == 200
        assert room.said(PulseClosed) == []
        await room.pass_time(days=20)
        (told,) = room.said(PulseClosed)
        assert (told.invited, told.answered, told.part, told.parts, told.smallest_group, told.week) == (11, 10, 1, 1, 5, "2026-W50")
        assert (told.questions["load"], told.scales["stay"], told.bands) == ("My workload is manageable.", list(range(11)), ["team"])
        assert sorted(one.scores["load"] for one in told.sheets) == sorted(1 + place % 7 for place in range(10))
        assert Counter(one.groups["team"] for one in told.sheets) == {"blue": 6, "red": 4}
        assert set(PulseSheet.model_fields) == {"groups", "scores"}
        assert "CANARY" not in told.model_dump_json()


async def test_four_answers_show_nothing(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        for path in (await given(room, {"blue": 9}))[:4]:
            await answer(room, path)
        await room.pass_time(days=15)
        found = (await room.client("survey:admin").get("/survey/v1/pulses/autumn/results")).json()
        assert (found["groups"], found["invited"]) == ([], 9)
        assert room.said(PulseClosed) == []


async def test_a_link_is_used_once_and_looking_uses_nothing(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        (path, other, *_) = await given(room, {"blue": 2})
        shown = await room.anonymous().get(path)
        assert "Nobody can see who gave which answer. Results are shown only for groups of at least 5 people." in shown.text
        assert await answer(room, path, **{"q.load": ""}) == 422
        assert [await answer(room, path), await answer(room, path)] == [200, 404]
        assert (await room.anonymous().get(path)).status_code == 404
        await room.pass_time(days=15)
        assert await answer(room, other) == 404


async def test_who_has_a_link_gets_no_second_one_and_a_running_pulse_is_not_changed(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await given(room, {"blue": 1})
        admin = room.client("survey:admin")
        again = await admin.post("/survey/v1/pulses/autumn/links", json={"people": [{"email": "BLUE0@staff.example.org", "group": {"team": "red"}}]})
        assert again.json() == {"given": 0}
        changed = await admin.put("/survey/v1/pulses/autumn", json={**PULSE, "suggestions": False})
        assert (changed.status_code, changed.json()["code"]) == (409, "pulse_running")


async def test_nothing_stored_leads_from_a_person_to_an_answer(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        paths = await given(room, {"blue": 7})
        for place, path in enumerate(paths):
            await answer(room, path, suggestion=f"CANARY-{place}")
        dump = await room.runtime.read(everything)
        assert "staff.example.org" not in dump
        assert [path for path in paths if path.removeprefix("/e/") in dump] == []
        found = await room.runtime.read(ballots)
        assert sorted((one.settled, one.week) for one in found) == [(False, "2026-W48")] * 2 + [(True, "2026-W48")] * 5
        assert {one.id.version for one in found} == {4}
        assert [name for name in PulseBallot.model_fields if name.endswith("_at") or "person" in name or "token" in name] == []


def test_a_group_is_withheld_when_a_small_one_could_be_worked_out_from_it() -> None:
    assert showable({"a": 9, "b": 6, "c": 5}) == {"a", "b", "c"}
    assert showable({"a": 9, "b": 6, "c": 4}) == {"a"}
    assert showable({"a": 9, "b": 3, "c": 4}) == {"a"}
    assert showable({"a": 9, "b": 1}) == set()

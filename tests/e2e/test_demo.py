"""`make demo` in a fresh house: it plays through the public doors, and twice is the same as once."""

import asyncio
import sys
from pathlib import Path
from typing import Any

from infra.demo.closing import counts
from infra.demo.stage import Stage
from tests.support.embedded import ROOT, EmbeddedHouse, embedded_house

PERIOD = {"from": "2026-11-01T00:00:00Z", "to": "2027-12-31T00:00:00Z"}


async def played(house: EmbeddedHouse) -> str:
    """Play two days as a person would, from a terminal that cannot draw; return what was printed."""
    words = ["-m", "infra.demo.week", "--url", house.url, "--key", house.key, "--days", "2"]
    environment = {"PATH": "", "TERM": "dumb", "PYTHONPATH": str(ROOT)}
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(sys.executable, *words, cwd=ROOT, env=environment, stdout=pipe, stderr=pipe)
    printed, complaints = await child.communicate()
    assert child.returncode == 0, complaints.decode()
    return printed.decode()


async def everything(stage: Stage, path: str, **parameters: Any) -> list[Any]:
    return [item async for item in stage.every(path, **parameters)]


async def test_the_demo_played_twice_is_the_same_as_once(tmp_path: Path) -> None:
    async with embedded_house(tmp_path) as house, Stage(house.url, house.key) as stage:
        first = await played(house)
        before = await counts(stage)
        again = await played(house)
        assert await counts(stage) == before
        assert "Monday 08:00 11 contacts" in first
        assert again.count("already played") == 8
        assert "\x1b" not in first
        await _what_happened_makes_sense(stage)


async def _what_happened_makes_sense(stage: Stage) -> None:
    contacts = await everything(stage, "/routing/v1/contacts")
    assert sum(one["external_id"] is not None and one["external_id"].startswith("week-") for one in contacts) == 88
    reviews = await everything(stage, "/feedback/v1/items", source="trustpilot")
    assert len(reviews) == 8
    assert [one["external_id"] for one in reviews if one["customer_id"] is None] == []
    assert [one["state"] for one in reviews].count("removed") == 1
    follow_ups = await everything(stage, "/feedback/v1/follow-ups")
    assert "closed" in {one["state"] for one in follow_ups}
    assert "confirmed" in {one["outcome"] for one in follow_ups}
    issues = [(one["customer_id"], one["issue"]) for one in follow_ups if one["state"] != "closed"]
    assert len(issues) == len(set(issues))
    assert {one["state"] for one in await everything(stage, "/survey/v1/invitations")} >= {"answered", "sent"}
    csat = await stage.get("/insight/v1/metrics/csat", **PERIOD)
    assert csat["definition_id"] == "csat@1"
    answered = [one for one in await everything(stage, "/survey/v1/invitations") if one["state"] == "answered"]
    assert csat["n"] == len(answered)
    assert (await stage.get("/insight/v1/board"))["items"][0]["contributors_told"] > 0
    assert {gap["query"] for gap in (await stage.get("/knowledge/v1/gaps"))["items"]} == {"mortgage", "cryptocurrency"}

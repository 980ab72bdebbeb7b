"""Calls of platforms: safe before they are acknowledged, applied afterwards, by whoever runs then."""

import asyncio
from collections.abc import Sequence

import pytest

from services.feedback.app import service
from services.feedback.contract import FeedbackReceived
from services.feedback.jobs.calls import apply_waiting_calls
from services.feedback.use_cases.call_shelf import SHELF, CallShelf
from services.feedback.use_cases.keep_calls import StoredCall
from services.kit.due import DueJob
from services.kit.ids import new_id
from services.kit.service import House, create_app
from tests.conftest import OpenRoom
from tests.integration.feedback.voices import a_review
from tests.support.room import CapturingBus, Room

ALL = ("feedback:read", "feedback:write", "feedback:admin")


async def _door(room: Room) -> str:
    answer = await room.client(*ALL).put("/feedback/v1/webhook-sources/shop", json={"kind": "trustpilot"})
    return f"/feedback/v1/webhooks/trustpilot/{answer.json()['secret']}"


def _a_call(number: int = 1) -> StoredCall:
    return StoredCall(new_id(), "shop", "trustpilot", "account", b"%d" % number)


async def test_calls_that_come_together_are_stored_by_a_few_commits_and_each_makes_its_item(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        door, api, commits = await _door(room), room.anonymous(), list[int]()
        shelf: CallShelf = room.runtime.resources[SHELF]
        store = shelf._store

        async def counted(calls: Sequence[StoredCall]) -> None:
            commits.append(len(calls))
            await store(calls)

        shelf._store = counted  # what the shelf does for itself, counted
        answers = await asyncio.gather(*(api.post(door, json={"events": [a_review(id=f"r-{number}")]}) for number in range(30)))
        assert [(one.status_code, one.json()) for one in answers] == [(200, {"processed": 1})] * 30
        assert sum(commits) == 30
        assert len(commits) < 20
        await room.pass_time(seconds=1)
        assert len({one.external_id for one in room.said(FeedbackReceived)}) == len(room.said(FeedbackReceived)) == 30


async def test_what_was_acknowledged_before_a_crash_is_applied_once_although_two_processes_then_do_it(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        door, api, admin = await _door(room), room.anonymous(), room.client(*ALL)
        for number in range(12):
            for _ in range(2):
                assert (await api.post(door, json={"events": [a_review(id=f"r-{number}")]})).status_code == 200
        assert (await admin.get("/feedback/v1/items")).json()["items"] == []
        app = create_app(service, House(bus=CapturingBus(), clock=room.clock, settings=room.runtime.settings, background=False))
        async with app.router.lifespan_context(app):
            woken = DueJob("apply_calls", "woken", room.clock.now(), 1, {})
            await asyncio.gather(apply_waiting_calls(app.state.runtime, woken), apply_waiting_calls(room.runtime, woken))
        items = (await admin.get("/feedback/v1/items", params={"limit": 100})).json()["items"]
        assert sorted(one["external_id"] for one in items) == sorted(f"service_review:r-{number}" for number in range(12))
        assert (await admin.get("/feedback/v1/failed-webhook-calls")).json() == []
        await room.settle()
        assert len(room.said(FeedbackReceived)) == 12


async def test_a_commit_that_fails_is_told_to_everybody_who_waits_and_to_nobody_after_them() -> None:
    commits: list[list[bytes]] = []

    async def store(calls: Sequence[StoredCall]) -> None:
        commits.append([one.sealed for one in calls])
        if len(commits) == 1:
            raise ConnectionError("the database is away")

    shelf = CallShelf(store)
    first = await asyncio.gather(shelf.keep(_a_call(1)), shelf.keep(_a_call(2)), return_exceptions=True)
    assert [type(one) for one in first] == [ConnectionError, ConnectionError]
    await shelf.keep(_a_call(3))
    assert commits == [[b"1", b"2"], [b"3"]]


async def test_it_is_not_quiet_while_somebody_waits_to_be_acknowledged() -> None:
    gate = asyncio.Event()

    async def store(calls: Sequence[StoredCall]) -> None:  # noqa: ARG001  the shelf names it
        await gate.wait()

    shelf = CallShelf(store)
    assert shelf.quiet_s() > 0
    waiting = asyncio.create_task(shelf.keep(_a_call()))
    await asyncio.sleep(0.02)
    assert shelf.quiet_s() == 0
    gate.set()
    await waiting
    await asyncio.sleep(0.01)
    assert shelf.quiet_s() == pytest.approx(0.01, abs=5)
    assert shelf.quiet_s() > 0


async def test_a_platform_that_hangs_up_holds_up_nobody() -> None:
    gate, stored = asyncio.Event(), list[bytes]()

    async def store(calls: Sequence[StoredCall]) -> None:
        await gate.wait()
        stored.extend(one.sealed for one in calls)

    shelf = CallShelf(store)
    gone, there = asyncio.create_task(shelf.keep(_a_call(1))), asyncio.create_task(shelf.keep(_a_call(2)))
    await asyncio.sleep(0)
    gone.cancel()
    gate.set()
    await there
    assert stored == [b"1", b"2"]

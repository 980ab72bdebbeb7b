"""What the kit promises about work that falls due."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col, select, update

from services.kit.db import Tx, UnitOfWork
from services.kit.due import BatchJob, DueEngine, DueJob, Job, TxJob
from services.kit.due_rows import claim, finish, next_due
from services.kit.ids import new_id
from services.kit.tables import to_micros
from tests.conftest import OpenRoom
from tests.support.parcels.app import Parcel, SendParcel, remind, send_parcel, service
from tests.support.story import eventually


async def reminded(tx: Tx, parcel_id: UUID) -> int:
    return int(await tx.scalar(select(Parcel.reminded).where(col(Parcel.id) == parcel_id)))


async def due_rows(tx: Tx) -> list[tuple[str, str, int]]:
    return [tuple(row) for row in await tx.raw("SELECT kind, key, attempts FROM due ORDER BY key")]


async def test_work_is_done_when_it_falls_due_and_not_before(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        parcel = await room.runtime.write(send_parcel, SendParcel(name="x", weight=1))
        await room.pass_time(minutes=59)
        assert await room.runtime.read(reminded, parcel.id) == 0
        await room.pass_time(minutes=1)
        assert await room.runtime.read(reminded, parcel.id) == 1
        assert await room.runtime.read(due_rows) == []


async def test_scheduling_again_moves_the_work_and_cancelling_takes_it_back(open_room: OpenRoom) -> None:
    async def again(uow: UnitOfWork, key: str, hours: int) -> None:
        await uow.schedule("remind", key=key, at=uow.now + timedelta(hours=hours), payload={"times": 5})

    async def never(uow: UnitOfWork, key: str) -> None:
        await uow.cancel("remind", key=key)

    async with open_room(service) as room:
        first = await room.runtime.write(send_parcel, SendParcel(name="x", weight=1))
        second = await room.runtime.write(send_parcel, SendParcel(name="y", weight=1))
        await room.runtime.write(again, str(first.id), 3)
        await room.runtime.write(never, str(second.id))
        await room.pass_time(hours=2)
        assert [await room.runtime.read(reminded, one.id) for one in (first, second)] == [0, 0]
        await room.pass_time(hours=1)
        assert [await room.runtime.read(reminded, one.id) for one in (first, second)] == [5, 0]


async def test_work_that_fails_comes_back_with_growing_pauses_and_dies_visibly(open_room: OpenRoom) -> None:
    async def schedule(uow: UnitOfWork) -> None:
        await uow.schedule("remind", key=str(new_id()), at=uow.now, payload={"times": 1})  # no such parcel: the handler's assertion fails

    async with open_room(service) as room:
        await room.runtime.write(schedule)
        await room.settle()
        assert [attempts for _, _, attempts in await room.runtime.read(due_rows)] == [1]
        await room.pass_time(hours=6)
        assert await room.runtime.read(due_rows) == []
        letters = (await room.client("parcels:admin").get("/parcels/v1/dead-letters")).json()["items"]
        assert [(one["kind"], one["attempts"], one["error"]) for one in letters] == [("remind", 10, "AssertionError")]
        revived = await room.client("parcels:admin").post(f"/parcels/v1/dead-letters/remind/{letters[0]['key']}/replay")
        assert revived.status_code == 204
        assert [kind for kind, _, _ in await room.runtime.read(due_rows)] == ["remind"]


async def test_one_bad_job_spoils_no_other(open_room: OpenRoom) -> None:
    async def spoil(uow: UnitOfWork) -> None:
        await uow.schedule("remind", key=str(new_id()), at=uow.now + timedelta(hours=1), payload={"times": 1})

    async with open_room(service) as room:
        good = [await room.runtime.write(send_parcel, SendParcel(name="x", weight=1)) for _ in range(3)]
        await room.runtime.write(spoil)
        await room.pass_time(hours=1)
        assert [await room.runtime.read(reminded, one.id) for one in good] == [1, 1, 1]


async def test_two_workers_share_the_work_and_nothing_is_done_twice(open_room: OpenRoom) -> None:
    seen: list[str] = []

    async def note(_: object, job: DueJob) -> None:
        seen.append(job.key)
        await asyncio.sleep(0)

    async def fill(uow: UnitOfWork) -> None:
        for number in range(600):
            await uow.schedule("note", key=f"{number:04}", at=uow.now)

    async with open_room(service) as room:
        workers = [DueEngine("parcels", room.runtime.db, room.clock, [Job("note", note)], room.runtime) for _ in range(2)]
        await room.runtime.write(fill)
        while sum(await asyncio.gather(*(worker.step() for worker in workers))):
            pass
        assert sorted(seen) == [f"{number:04}" for number in range(600)]
        assert await room.runtime.read(due_rows) == []


async def test_work_of_a_dead_worker_falls_due_again_after_its_lease(open_room: OpenRoom) -> None:
    done: list[int] = []

    async def note(_: UnitOfWork, job: DueJob) -> None:
        done.append(job.attempts)

    async with open_room(service) as room:
        parcel = await room.runtime.write(send_parcel, SendParcel(name="x", weight=1))
        await room.runtime.write(_now, str(parcel.id))
        dead = DueEngine("parcels", room.runtime.db, room.clock, [TxJob("remind", note)], room.runtime)
        assert len(await dead._claim(10)) == 1  # … and here it dies
        alive = DueEngine("parcels", room.runtime.db, room.clock, [TxJob("remind", note)], room.runtime)
        assert await alive.step() == 0
        room.clock.move_to(room.clock.now() + timedelta(seconds=61))
        assert await alive.step() == 1
        assert done == [2]


async def _at(uow: UnitOfWork, key: str, moment: datetime) -> None:
    await uow.schedule("remind", key=key, at=moment)


async def _now(uow: UnitOfWork, key: str) -> None:
    await uow.schedule("remind", key=key, at=uow.now)


async def test_what_was_claimed_again_or_timed_anew_is_not_ended_by_its_first_claim(open_room: OpenRoom) -> None:
    """Also where the same process claimed it again, and where its old place in the table is another's by now."""
    async with open_room(service) as room:
        write = room.runtime.write
        for name in ("lost", "moved", "kept"):
            await write(_at, name, room.clock.now())
        lease = to_micros(room.clock.now() + timedelta(seconds=60))
        first = await write(claim, to_micros(room.clock.now()), 10, lease)
        assert sorted(job.key for job in first) == ["kept", "lost", "moved"]
        await write(_at, "moved", room.clock.now() + timedelta(hours=1))
        assert [row[1] for row in await write(finish, [job for job in first if job.key != "lost"])] == ["kept"]
        second = await write(claim, lease, 10, lease + 60_000_000)
        assert [job.key for job in second] == ["lost"]
        assert await write(finish, [job for job in first if job.key == "lost"]) == []
        assert [row[1] for row in await write(finish, second)] == ["lost"]
        assert [key for _, key, _ in await room.runtime.read(due_rows)] == ["moved"]


async def test_a_stop_that_arrives_with_a_wake_up_still_stops(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        for _ in range(30):
            engine = DueEngine("parcels", room.runtime.db, room.clock, [TxJob("remind", remind)], room.runtime)
            task = asyncio.create_task(engine.run())
            await asyncio.sleep(0.005)
            engine.look_again()
            task.cancel()
            done, _ = await asyncio.wait({task}, timeout=5)
            assert done == {task}


async def test_a_batch_is_one_transaction_and_one_bad_row_spoils_no_other(open_room: OpenRoom) -> None:
    calls: list[int] = []

    async def remind_all(uow: UnitOfWork, jobs: Sequence[DueJob]) -> None:
        calls.append(len(jobs))
        if any(job.key == "bad" for job in jobs):
            raise ValueError
        await uow.execute(update(Parcel).where(col(Parcel.id).in_([UUID(job.key) for job in jobs])).values(reminded=Parcel.reminded + 1))

    async def schedule(uow: UnitOfWork, keys: list[str]) -> None:
        for key in keys:
            await uow.schedule("remind", key=key, at=uow.now)

    batched = replace(service, jobs=[BatchJob("remind", remind_all)])
    async with open_room(batched) as room:
        parcels = [await room.runtime.write(send_parcel, SendParcel(name="x", weight=1)) for _ in range(3)]
        await room.runtime.write(schedule, [str(one.id) for one in parcels])
        await room.runtime.due.step()
        assert calls == [3]
        await room.runtime.write(schedule, [*(str(one.id) for one in parcels), "bad"])
        await room.runtime.due.step()
        assert sorted(calls[1:]) == [1, 1, 1, 1, 4]
        assert [await room.runtime.read(reminded, one.id) for one in parcels] == [2, 2, 2]
        assert [(key, attempts) for _, key, attempts in await room.runtime.read(due_rows)] == [("bad", 1)]


async def test_work_that_is_planned_while_the_engine_looks_for_the_next_is_not_overlooked(
    open_room: OpenRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its row is committed after the look has read, and before the look is over: whoever told of it must be heard."""
    monkeypatch.setattr("services.kit.due.IDLE_S", 3600.0)
    done: list[str] = []
    at_rest, all_done = asyncio.Event(), asyncio.Event()

    async def note(_: UnitOfWork, job: DueJob) -> None:
        done.append(job.key)
        if len(done) == 2:
            all_done.set()

    async with open_room(service) as room:
        db, looks = room.runtime.db, 0
        looked = db.read

        async def read_and_be_overtaken(query: Any, *args: Any) -> Any:
            nonlocal looks
            found = await looked(query, *args)
            if query is next_due:
                looks += 1
                at_rest.set()
                if looks == 2:
                    await db.write(_at, "overtaking", room.clock.now())
            return found

        monkeypatch.setattr(db, "read", read_and_be_overtaken)
        engine = DueEngine("parcels", db, room.clock, [TxJob("remind", note)], room.runtime)
        await db.write(_at, "first", room.clock.now() + timedelta(minutes=1))
        working = asyncio.create_task(engine.run())
        try:
            async with asyncio.timeout(20):
                await at_rest.wait()
                room.clock.move_to(room.clock.now() + timedelta(minutes=1))
                engine.look_again()
                await all_done.wait()
        finally:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)
        assert done == ["first", "overtaking"]


async def _all_in_hand(tx: Tx) -> bool:
    return int((await tx.raw("SELECT count(*) FROM due WHERE attempts > 0"))[0][0]) == 1000


async def _rename(uow: UnitOfWork, name: str, to: str) -> None:
    await uow.raw(f"ALTER TABLE {name} RENAME TO {to}")


async def _many_at(uow: UnitOfWork, count: int, moment: datetime) -> None:
    for number in range(count):
        await uow.schedule("reach out", key=f"{number:04}", at=moment)


async def test_a_database_that_fails_for_a_while_in_the_middle_of_much_work_stops_nothing_for_ever(
    open_room: OpenRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the failure of the work nor its end can be written down then: all of it falls due again when its lease ends."""
    monkeypatch.setattr("services.kit.due.IDLE_S", 0.1)
    away, done = asyncio.Event(), set[str]()

    async def reach_out(_: Any, job: DueJob) -> None:
        await away.wait()
        if job.attempts == 1:
            raise ConnectionError
        done.add(job.key)

    async with open_room(service) as room:
        db = room.runtime.db
        await db.write(_many_at, 1002, room.clock.now())
        engine = DueEngine("parcels", db, room.clock, [Job("reach out", reach_out)], room.runtime)
        working = asyncio.create_task(engine.run())
        try:
            async with asyncio.timeout(20):
                await eventually(partial(db.read, _all_in_hand), "two batches in hand")
                await db.write(_rename, "due", "due_away")
                away.set()
                await asyncio.sleep(0.5)
                await db.write(_rename, "due_away", "due")
                while len(done) < 1002:
                    room.clock.move_to(room.clock.now() + timedelta(seconds=61))
                    engine.look_again()
                    await asyncio.sleep(0.1)
        finally:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)

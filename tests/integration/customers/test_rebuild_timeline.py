"""The timeline is made anew from nothing but what was heard, exactly, while the house goes on."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from typing import Any
from uuid import UUID

import pytest

from infra.rebuild_timeline import rebuild
from services.customers import repository
from services.customers.app import service
from services.customers.models import ArchivedEvent, TimelineEntry
from services.customers.use_cases.rebuild_timeline import Progress, begin_rebuild, rebuild_some
from services.customers.use_cases.write_timeline import write_timeline
from services.kit.db import Tx, UnitOfWork
from services.kit.ids import new_id
from tests.conftest import OpenRoom
from tests.integration.customers.builders import answered, contact_ended, contact_offered, contact_queued, key, put, timeline
from tests.integration.customers.test_erasure import ask, lived
from tests.support.histories import History, enveloped, look
from tests.support.life import live
from tests.support.room import Room

ADMIN = ("customers:read", "customers:write", "customers:admin", "privacy:erase", "internal")


async def shown(tx: Tx) -> list[dict[str, Any]]:
    """Every row of the timeline as it is read, in the order of arrival."""
    rows = await tx.rows(TimelineEntry.__table__.select().order_by("seq"))  # type: ignore[attr-defined]  # SQLModel does not declare SQLAlchemy's attribute
    keys = await repository.sealers(tx, {row["customer_id"] for row in rows if row["customer_id"]})
    found = []
    for row in rows:
        title, data = repository.opened_entry(keys.get(row["customer_id"]), row["title"], row["data"])
        found.append({**row, "title": title, "data": data})
    return found


async def emptied(uow: UnitOfWork) -> None:
    await uow.raw("DELETE FROM timeline_entry")


async def made_anew(room: Room) -> Progress:
    """Lose the timeline and make it again."""
    await room.runtime.write(emptied)
    assert await room.runtime.read(shown) == []
    return await rebuild(room.runtime.db, anew=True, say=lambda _: None, rest_s=0)


async def test_a_timeline_that_was_lost_is_exactly_what_it_was_after_merges_undos_and_an_erasure(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        histories = [History(seed, room) for seed in range(6)]
        for history in histories:
            await history.begin()
        for _ in range(12):
            for history in histories:
                await room.runtime.inbox.deliver(await history.step(), None)
        forgotten = await lived(room)
        await room.settle()
        await ask(room, forgotten)
        await room.settle()
        await room.hear(contact_offered(new_id()))  # nobody's yet
        before = await room.runtime.read(shown)
        assert len(before) > 50
        assert {row["title"] for row in before if row["customer_id"] == forgotten} == {""}
        assert any(row["customer_id"] is None for row in before)

        progress = await made_anew(room)

        assert (progress.entries, progress.total) == (len(before), len(before))
        assert await room.runtime.read(shown) == before
        for history in histories:
            await history.undo_all()
        await room.settle()
        seen = await room.runtime.read(look, [record.id for history in histories for record in history.records])
        assert [history.seed for history in histories if not history.restored(seen)] == []


async def test_an_entry_that_was_damaged_is_mended_and_a_reader_who_remembers_reads_again(open_room: OpenRoom) -> None:
    async def damage(uow: UnitOfWork) -> None:
        await uow.raw("UPDATE timeline_entry SET kind = 'contact_connected', title = 'wrong', data = '{}', occurred_us = 1")

    async with open_room(service) as room:
        api = room.client(*ADMIN)
        customer = UUID((await put(api, "K-1"))["id"])
        await room.hear(contact_queued(new_id(), customer))
        before, address = await timeline(api, customer), f"/customers/internal/v1/customers/{customer}/view?sections=timeline"
        known = (await api.get(address)).headers["ETag"]
        assert (await api.get(address, headers={"If-None-Match": known})).status_code == 304
        await room.runtime.write(damage)
        assert (await timeline(api, customer))[0]["title"] == "wrong"

        await rebuild(room.runtime.db, anew=True, say=lambda _: None, rest_s=0)

        assert await timeline(api, customer) == before
        assert (await api.get(address, headers={"If-None-Match": known})).status_code == 200


async def test_the_archive_keeps_no_text_that_the_timeline_does_not_show_and_forgets_with_the_customer(open_room: OpenRoom) -> None:
    async def kept(tx: Tx) -> list[tuple[str, bytes, bytes]]:
        rows = await tx.rows(ArchivedEvent.__table__.select().order_by("seq"))  # type: ignore[attr-defined]  # see above
        keys = await repository.sealers(tx, {row["customer_id"] for row in rows})
        return [
            (row["subject"], row["event"], repository.read_archived(keys.get(row["customer_id"]), row["event"], row["customer_id"])) for row in rows
        ]

    async with open_room(service) as room:
        api = room.client(*ADMIN)
        customer = UUID((await put(api, "K-1"))["id"])
        await room.hear(contact_ended(new_id(), keys=[key("account", "K-1")], notes="my secret words", topic="lamps"), answered(customer, 4))
        ended, answer = await room.runtime.read(kept)
        assert (ended[0], answer[0]) == ("routing.contact_ended.v1", "survey.answered.v1")
        for _, sealed, opened in (ended, answer):
            assert b"secret" not in opened
            assert b"K-1" not in opened
            assert sealed[:2] != b"x\x9c"  # deflated alone it would begin so
        assert b"lamps" in ended[2]
        assert [row["event"] for row in (await api.get(f"/customers/v1/customers/{customer}/export")).json()["tables"]["archived_event"]] == [
            ended[2].decode(),
            answer[2].decode(),
        ]

        await ask(room, customer)

        assert [(sealed, opened) for _, sealed, opened in await room.runtime.read(kept)] == [(b"", b""), (b"", b"")]


async def test_a_rebuild_that_was_stopped_goes_on_where_it_was(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        customer = UUID((await put(room.client(*ADMIN), "K-1"))["id"])
        await live(room.runtime, customer, 50)
        before = await room.runtime.read(shown)
        await room.runtime.write(emptied)
        assert await room.runtime.write(begin_rebuild, True) == Progress(0, 50, done=False)
        await room.runtime.write(rebuild_some, 20)
        assert await room.runtime.write(begin_rebuild, False) == Progress(20, 50, done=False)
        said: list[str] = []

        await rebuild(room.runtime.db, anew=False, say=said.append, rest_s=0)

        assert said[0] == "going on after 20 of 50 entries\n"
        assert said[1].startswith("\r100 %  50 of 50 entries, ")
        assert await room.runtime.read(shown) == before
        assert await room.runtime.write(begin_rebuild, False) == Progress(0, 50, done=False)


async def _hear_ended(room: Room, contacts: list[UUID], told: list[UUID]) -> None:
    for contact, event_id in zip(contacts, told, strict=True):
        await room.hear(contact_ended(contact, keys=[key("account", "K-1")]), event_id=event_id)
        await asyncio.sleep(0.01)


async def test_killed_in_the_middle_and_started_again_while_the_house_goes_on_nothing_is_lost_or_doubled(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client(*ADMIN)
        customer = UUID((await put(api, "K-1"))["id"])
        contacts = [new_id() for _ in range(40)]
        await room.hear(*(contact_offered(contact) for contact in contacts))  # wait for their customer
        await live(room.runtime, customer, 1_500)
        before = await room.runtime.read(shown)
        told = [new_id() for _ in contacts]
        first = await _command(room, "--anew")
        heard = asyncio.create_task(_hear_ended(room, contacts[:20], told[:20]))
        await _until(first, b"% ")
        first.kill()
        await heard
        assert await first.wait() == -signal.SIGKILL
        second = await _command(room)
        await _hear_ended(room, contacts[20:], told[20:])
        _, said = await second.communicate()

        assert second.returncode == 0, said.decode()
        assert b"100 %" in said
        after = await room.runtime.read(shown)
        assert after[:1_500] == before[40:]
        assert sorted(row["id"] for row in after[1_500:]) == sorted([row["id"] for row in before[:40]] + told)
        assert {row["customer_id"] for row in after} == {customer}
        await made_anew(room)
        assert await room.runtime.read(shown) == after


@pytest.mark.parametrize("first", ["rebuild", "owner"])
async def test_entries_that_find_their_owner_in_the_very_moment_they_are_made_anew_are_the_owners(open_room: OpenRoom, first: str) -> None:
    async with open_room(service) as room:
        customer = UUID((await put(room.client(*ADMIN), "K-1"))["id"])
        contact = new_id()
        await room.hear(contact_offered(contact), contact_queued(new_id(), customer))
        ended = contact_ended(contact, keys=[key("account", "K-1")])

        async def made(uow: UnitOfWork) -> None:
            await rebuild_some(uow)
            await _linger(uow, first == "rebuild")

        async def owned(uow: UnitOfWork) -> None:
            await write_timeline(uow, [(ended, enveloped(uow.now, ended))])
            await _linger(uow, first == "owner")

        one, other = (made, owned) if first == "rebuild" else (owned, made)
        begun = asyncio.create_task(room.runtime.write(one))
        await asyncio.sleep(0.15)
        await asyncio.gather(begun, room.runtime.write(other))

        found = await room.runtime.read(shown)
        assert [row["kind"] for row in found] == ["contact_queued", "contact_offered", "contact_ended"]
        assert {row["customer_id"] for row in found} == {customer}
        await made_anew(room)
        assert await room.runtime.read(shown) == found


async def _linger(uow: UnitOfWork, wanted: bool) -> None:
    """Stay in the transaction for a while; SQLite has one writer, who need not."""
    if wanted and uow.dialect_name == "postgresql":
        await asyncio.sleep(0.4)


async def _command(room: Room, *words: str) -> Process:
    settings = room.runtime.settings
    house = {"ANTIPHON_DATA_DIR": str(settings.data_dir), **({"ANTIPHON_DATABASE_URL": settings.database_url} if settings.database_url else {})}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "infra.rebuild_timeline", *words), stdout=PIPE, stderr=PIPE, env={**os.environ, **house}
    )


async def _until(process: Process, word: bytes) -> None:
    assert process.stderr is not None
    said = b""
    while word not in said:
        more = await process.stderr.read(64)
        assert more, said.decode()
        said += more

"""The leader: what it decided is stored before it is seen, whatever becomes of it; and there is never a second one."""

from random import Random

import pytest

from services.kit.db import UnitOfWork
from services.routing.adapters.leader import LEADER, Leader
from services.routing.app import service
from services.routing.models import Reservation
from services.routing.use_cases.decide import LeadershipLostError, decide
from tests.conftest import OpenRoom
from tests.integration.routing.desk import Desk
from tests.support.routing_crash import Floor, Spoilt, die

KILLS = 20


async def test_a_leader_killed_twenty_times_under_load_loses_doubles_and_leaves_nothing(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        floor = Floor(room, Random(20))  # noqa: S311  repeatable on purpose
        await floor.open()
        for _ in range(KILLS):
            await floor.crash(3)
            assert await floor.count() == Spoilt()
        assert room.runtime.resources[LEADER].mind.epoch == KILLS + 1


async def test_a_leader_of_an_earlier_epoch_can_store_nothing(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.queue("sales")
        await desk.agent("anna")
        first: Leader = room.runtime.resources[LEADER]
        stale = first.mind
        assert stale is not None
        await die(first)
        second = Leader(room.runtime)
        room.runtime.resources[LEADER] = second
        await second.start()
        contact = await desk.contact("sales")
        assert (contact["state"], second.mind and second.mind.epoch) == ("offered", stale.epoch + 1)
        with pytest.raises(LeadershipLostError):
            await room.runtime.write(decide, stale)
        assert [each.fencing_epoch for each in await room.runtime.read(_reservations)] == [stale.epoch + 1]


async def test_who_waited_and_who_was_asked_before_a_crash_go_on_where_they_were(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.queue("sales")
        await desk.agent("anna")
        asked, waits = await desk.contact("sales"), await desk.contact("sales")
        await room.pass_time(seconds=5)
        await die(room.runtime.resources[LEADER])
        room.runtime.resources[LEADER] = Leader(room.runtime)
        await room.runtime.resources[LEADER].start()
        assert await desk.offered("anna") == [asked["id"]]
        await room.pass_time(seconds=15)
        assert await desk.offered("anna") == [waits["id"]]
        assert (await desk.seen(waits))["waits_from"] == waits["queued_at"]


async def test_capacity_lowered_below_use_ends_no_talk_and_brings_no_new_contact_until_there_is_room(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.queue("sales")
        await desk.agent("anna", capacity={"voice": 3})
        talks = [await desk.contact("sales") for _ in range(3)]
        for offer in await desk.offers("anna"):
            await desk.accept(offer["reservation"]["id"])
        await desk.agent("anna", capacity={"voice": 1})
        waits = await desk.contact("sales")
        assert [(await desk.seen(talk))["state"] for talk in talks] == ["connected"] * 3
        for talk in talks[:2]:
            await desk.end(talk)
            assert (await desk.seen(waits))["state"] == "waiting"
        await desk.end(talks[2])
        assert await desk.offered("anna") == [waits["id"]]


async def _reservations(tx: object) -> list[Reservation]:
    from sqlmodel import select

    from services.kit.db import Tx

    assert isinstance(tx, Tx)
    return await tx.all(select(Reservation), Reservation)


async def test_what_the_database_does_not_allow_is_not_stored_and_the_mirror_is_loaded_anew(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk, leader = Desk(room), room.runtime.resources[LEADER]
        await desk.queue("sales")
        await desk.agent("anna")
        await room.runtime.write(_behind_its_back, "UPDATE agent_channel SET maximum = 0")
        kept = await desk.contact("sales")
        assert (kept["state"], kept["agent_id"], leader.mind.recoveries) == ("waiting", None, 2)
        await room.runtime.write(_behind_its_back, "UPDATE contact SET state = 'abandoned'")
        await desk.agent("ben")
        assert (await desk.offered("ben"), (await desk.seen(kept))["state"], leader.mind.recoveries) == ([], "abandoned", 3)
        assert await room.runtime.read(_reservations) == []
        following = await desk.contact("sales")
        assert (following["state"], await desk.offered("ben")) == ("offered", [following["id"]])


async def _behind_its_back(uow: UnitOfWork, statement: str) -> None:
    await uow.raw(statement)


async def test_who_left_the_line_is_never_offered(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.queue("sales")
        gone, stays = await desk.contact("sales"), await desk.contact("sales")
        await desk.abandon(gone)
        await desk.agent("anna", capacity={"voice": 2})
        assert await desk.offered("anna") == [stays["id"]]
        assert (await desk.seen(gone))["state"] == "abandoned"
        assert room.runtime.resources[LEADER].mind.recoveries == 1

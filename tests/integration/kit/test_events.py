"""What the kit promises about events: once, in order, and no poison for the neighbours."""

import pytest

from services.kit.ids import new_id
from tests.conftest import OpenRoom
from tests.support.parcels.app import ParcelMoved, SendParcel, count, heard_of, send_parcel, service
from tests.support.room import Room


def moved(parcel: str, number: int, place: str = "depot") -> ParcelMoved:
    return ParcelMoved(parcel=parcel, place=place, number=number)


async def parked(room: Room) -> list[dict[str, object]]:
    items: list[dict[str, object]] = (await room.client("parcels:admin").get("/parcels/v1/parked-events")).json()["items"]
    return items


async def test_an_event_delivered_twice_is_handled_once(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        event_id = new_id()
        await room.hear(moved("p", 1), event_id=event_id)
        await room.hear(moved("p", 1), event_id=event_id)
        assert await room.runtime.read(heard_of, "p") == [1]


async def test_what_rolls_back_tells_nothing(open_room: OpenRoom) -> None:
    async def fail_after(uow: object, command: SendParcel) -> None:
        await send_parcel(uow, command)  # type: ignore[arg-type]
        raise RuntimeError("the power went")

    async with open_room(service) as room:
        with pytest.raises(RuntimeError, match="the power went"):
            await room.runtime.write(fail_after, SendParcel(name="x", weight=1))
        await room.settle()
        assert (room.bus.envelopes, await room.runtime.read(count)) == ([], 0)


async def test_a_poisoned_event_holds_its_own_key_and_no_other(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await room.hear(moved("a", 1), moved("a", 2, "nowhere"), moved("b", 1), moved("a", 3), moved("b", 2))
        assert await room.runtime.read(heard_of, "a") == [1]
        assert await room.runtime.read(heard_of, "b") == [1, 2]
        await room.hear(moved("a", 4), moved("c", 1))
        assert await room.runtime.read(heard_of, "a") == [1]
        assert await room.runtime.read(heard_of, "c") == [1]
        assert [(item["key"], item["attempts"], item["error"]) for item in await parked(room)] == [
            ("a", 1, "ValueError"),
            ("a", 0, "waits behind an event of the same key"),
            ("a", 0, "waits behind an event of the same key"),
        ]


async def test_after_eight_attempts_it_is_parked_and_a_person_may_discard_it(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await room.hear(moved("a", 1, "nowhere"), moved("a", 2))
        for _ in range(12):
            await room.pass_time(hours=1)
        first = (await parked(room))[0]
        assert (first["parked"], first["attempts"]) == (True, 8)
        assert await room.runtime.read(heard_of, "a") == []
        admin = room.client("parcels:admin")
        assert (await admin.post(f"/parcels/v1/parked-events/{first['event_id']}/discard")).status_code == 204
        await room.settle()
        assert await room.runtime.read(heard_of, "a") == [2]
        assert await parked(room) == []
        assert (await admin.post(f"/parcels/v1/parked-events/{first['event_id']}/replay")).status_code == 404


async def test_a_handler_that_was_mended_takes_the_parked_event_in_its_old_place(open_room: OpenRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_room(service) as room:
        consumer = room.runtime.inbox._by_subject[ParcelMoved.subject][0]
        working = consumer.handler

        async def broken(_: object, event: ParcelMoved) -> None:
            raise LookupError(event.parcel)

        broken.__name__ = working.__name__
        with monkeypatch.context() as patch:
            patch.setitem(consumer.__dict__, "handler", broken)
            await room.hear(moved("a", 1), moved("a", 2))
            for _ in range(12):
                await room.pass_time(hours=1)
        event_id = (await parked(room))[0]["event_id"]
        assert (await room.client("parcels:admin").post(f"/parcels/v1/parked-events/{event_id}/replay")).status_code == 204
        await room.settle()
        assert await room.runtime.read(heard_of, "a") == [1, 2]


async def test_readiness_counts_what_waits(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await room.runtime.write(send_parcel, SendParcel(name="x", weight=1))
        await room.hear(moved("a", 1, "nowhere"))
        answer = await room.anonymous().get("/parcels/readyz")
        assert answer.json() == {
            "service": "parcels",
            "status": "ready",
            "outbox": 1,
            "held": 1,
            "parked": 0,
            "due_overdue": 0,
            "due_in_hand": 0,
            "dead_letters": 0,
        }

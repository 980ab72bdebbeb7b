"""One suite for both ways of travelling: in one process, and over a real NATS JetStream."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from uuid import UUID

import pytest

from services.kit.bus import Bus, InProcessBus, Position
from services.kit.bus_nats import JetStreamBus
from services.kit.events import Envelope
from services.kit.ids import new_id
from services.kit.tables import EPOCH
from tests.support.servers import nats_server


@pytest.fixture(params=["in_process", "jetstream"])
async def bus(request: pytest.FixtureRequest) -> AsyncIterator[Bus]:
    if request.param == "in_process":
        carried: Bus = InProcessBus()
        yield carried
        await carried.close()
        return
    with nats_server() as server:
        carried = JetStreamBus(server.url)
        yield carried
        await carried.close()


def envelope(subject: str, key: str, number: int, event_id: UUID | None = None) -> Envelope:
    return Envelope(event_id or new_id(), subject, EPOCH, key, "c", None, b'{"number":%d}' % number)


class Ear:
    """Remembers what it heard, and from where; may be deaf for a while."""

    def __init__(self) -> None:
        self.heard: list[Envelope] = []
        self.position = 0
        self.failures = 0

    async def deliver(self, envelopes: Sequence[Envelope], position: Position | None) -> None:
        if self.failures:
            self.failures -= 1
            raise ConnectionError("the database is away")
        self.heard.extend(envelopes)
        self.position = position.seq if position else self.position

    async def where(self, _: str) -> int:
        return self.position

    async def wait_for(self, count: int) -> None:
        for _ in range(200):
            if len(self.heard) >= count:
                return
            await asyncio.sleep(0.02)


async def test_a_listener_hears_its_subjects_in_order_and_nothing_else(bus: Bus) -> None:
    ear = Ear()
    listening = asyncio.ensure_future(bus.listen("a", frozenset({"x.one.v1", "x.two.v1"}), ear.deliver, ear.where))
    await asyncio.sleep(0.05)
    told = [envelope(f"x.{'one' if n % 2 else 'two'}.v1", "k", n) for n in range(100)]
    await bus.publish([envelope("x.other.v1", "k", 0), *told])
    await ear.wait_for(100)
    assert ear.heard == told
    listening.cancel()


async def test_a_listener_that_fails_hears_the_same_again(bus: Bus) -> None:
    ear = Ear()
    ear.failures = 1
    listening = asyncio.ensure_future(bus.listen("a", frozenset({"x.one.v1"}), ear.deliver, ear.where))
    await asyncio.sleep(0.05)
    told = [envelope("x.one.v1", "k", n) for n in range(5)]
    with suppress(ConnectionError):
        await bus.publish(told)
    if isinstance(bus, InProcessBus):
        await bus.publish(told)  # as the relay does, whose rows are still unpublished
    await ear.wait_for(5)
    assert ear.heard == told
    listening.cancel()


async def test_after_a_restart_jetstream_goes_on_behind_what_was_stored() -> None:
    with nats_server() as server:
        told = [envelope("x.one.v1", "k", n) for n in range(30)]
        first = JetStreamBus(server.url)
        ear = Ear()
        listening = asyncio.ensure_future(first.listen("a", frozenset({"x.one.v1"}), ear.deliver, ear.where))
        await first.publish(told[:10])
        await ear.wait_for(10)
        listening.cancel()
        await first.publish(told[10:20])
        await first.close()
        second = JetStreamBus(server.url)
        listening = asyncio.ensure_future(second.listen("a", frozenset({"x.one.v1"}), ear.deliver, ear.where))
        await second.publish(told[20:])
        await second.publish(told[20:])  # the relay died before it marked them: the stream knows their ids
        await ear.wait_for(30)
        await asyncio.sleep(0.1)
        assert ear.heard == told
        listening.cancel()
        await second.close()


async def test_in_one_process_nothing_is_carried_before_every_room_listens() -> None:
    bus, early, late = InProcessBus(rooms=2), Ear(), Ear()
    told = [envelope("x.one.v1", "k", 1)]
    await bus.listen("early", frozenset({"x.one.v1"}), early.deliver, early.where)
    publishing = asyncio.ensure_future(bus.publish(told))
    await asyncio.sleep(0.01)
    assert early.heard == []
    await bus.listen("late", frozenset({"x.one.v1"}), late.deliver, late.where)
    await publishing
    assert (early.heard, late.heard) == (told, told)

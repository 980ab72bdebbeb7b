"""Events over NATS JetStream.

Each service reads the one stream in order from its own stored position, which it commits with the effects; so a crash neither skips
nor reorders (acknowledgements with redelivery would bring a lost batch back behind newer events). The relay marks an event as published
after the stream's acknowledgement; because the server may lose acknowledged messages with a power failure (default sync interval),
the outbox keeps them for a week.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import nats
from nats.aio.client import Client
from nats.errors import TimeoutError as NatsTimeoutError
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy, StreamConfig
from nats.js.errors import NotFoundError

from services.kit.bus import Deliver, Position
from services.kit.events import Envelope
from services.kit.log import get_logger

STREAM = "ANTIPHON"
SUBJECTS = "antiphon.>"
KEEP_DAYS = 14
DUPLICATE_WINDOW_S = 600
BATCH = 256
IDLE_S = 5.0
PUBLISH_S = 10.0


class JetStreamBus:
    """One connection per process."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._client: Client | None = None
        self._jetstream: JetStreamContext | None = None
        self._connecting = asyncio.Lock()

    async def _connected(self) -> JetStreamContext:
        async with self._connecting:
            if self._jetstream is None:
                self._client = await nats.connect(self._url, max_reconnect_attempts=-1, connect_timeout=2, error_cb=_ignore, name="antiphon")
                jetstream = self._client.jetstream(publish_async_max_pending=1024)
                wanted = StreamConfig(name=STREAM, subjects=[SUBJECTS], max_age=KEEP_DAYS * 86400, duplicate_window=DUPLICATE_WINDOW_S)
                try:
                    await jetstream.stream_info(STREAM)
                except NotFoundError:
                    await jetstream.add_stream(wanted)
                self._jetstream = jetstream
        return self._jetstream

    async def publish(self, envelopes: Sequence[Envelope]) -> None:
        """Return when the stream has acknowledged every one; the message id lets it drop what it has already."""
        jetstream = await self._connected()
        waiting: list[asyncio.Future[Any]] = [
            await jetstream.publish_async(f"antiphon.{one.subject}", one.to_bytes(), headers={"Nats-Msg-Id": str(one.id)}) for one in envelopes
        ]
        async with asyncio.timeout(PUBLISH_S):
            await asyncio.gather(*waiting)

    async def listen(self, room: str, subjects: frozenset[str], deliver: Deliver, heard: Callable[[str], Awaitable[int]]) -> None:
        """Read until cancelled."""
        log = get_logger(room)
        while subjects:
            try:
                await self._read(subjects, deliver, heard)
            except asyncio.CancelledError:
                raise
            except Exception as error:  # noqa: BLE001  broker or database away: start again from the stored position
                log.warning("bus.interrupted", exc=error)
                await asyncio.sleep(0.5)

    async def _read(self, subjects: frozenset[str], deliver: Deliver, heard: Callable[[str], Awaitable[int]]) -> None:
        jetstream = await self._connected()
        config = ConsumerConfig(
            deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=await heard(STREAM) + 1,
            ack_policy=AckPolicy.NONE,
            filter_subjects=sorted(f"antiphon.{subject}" for subject in subjects),
            inactive_threshold=60.0,
            mem_storage=True,
            num_replicas=1,
        )
        info = await jetstream.add_consumer(STREAM, config)
        subscription = await jetstream.pull_subscribe_bind(consumer=info.name, stream=STREAM)
        try:
            while True:
                try:
                    messages = await subscription.fetch(BATCH, timeout=IDLE_S)
                except (NatsTimeoutError, TimeoutError):
                    continue
                if not messages:
                    continue
                envelopes = [Envelope.from_bytes(message.data) for message in messages]
                await deliver(envelopes, Position(STREAM, messages[-1].metadata.sequence.stream))
        finally:
            await subscription.unsubscribe()

    async def close(self) -> None:
        """Disconnect."""
        if self._client is not None:
            await self._client.close()


async def _ignore(_: Exception) -> None:
    """The client reconnects by itself; the listening loop logs what it could not do."""

"""Events over NATS JetStream.

Each service reads the one stream in order from its own stored position, which it commits with the effects; so a crash neither skips
nor reorders (acknowledgements with redelivery would bring a lost batch back behind newer events). The relay marks an event as published
after the stream's acknowledgement; because the server may lose acknowledged messages with a power failure (default sync interval),
the outbox keeps them for a week.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, cast

import nats
import orjson
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy, StreamConfig
from nats.js.errors import NotFoundError

from services.kit.bus import Deliver, Position
from services.kit.events import Envelope
from services.kit.log import get_logger
from services.kit.waiting import rest

STREAM = "ANTIPHON"
SUBJECTS = "antiphon.>"
KEEP_DAYS = 14
DUPLICATE_WINDOW_S = 600
BATCH = 256
IDLE_S = 5.0
SILENCE_S = 2.0
PUBLISH_S = 10.0
_REQUEST = orjson.dumps({"batch": BATCH, "expires": int(IDLE_S * 1e9)})
_REQUEST_ENDED = ("404", "408")
"""No messages; the request's time ran out. Everything else means that this consumer is gone."""


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
        client = cast("Client", self._client)
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
        pull = _Pull(client, info.name)
        await pull.start()
        try:
            while True:
                messages = await pull.some()
                if messages:
                    envelopes = [Envelope.from_bytes(message.data) for message in messages]
                    await deliver(envelopes, Position(STREAM, messages[-1].metadata.sequence.stream))
        finally:
            await pull.stop()

    async def close(self) -> None:
        """Disconnect."""
        if self._client is not None:
            await self._client.close()


class _Pull:
    """Asks the stream for batches, one request at a time, and asks for the next while the last is being worked on.

    The library's own `fetch` asks twice, and may wait out its time with a message in its hands while the server still holds its first question open.
    """

    def __init__(self, client: Client, consumer: str) -> None:
        self._client = client
        self._door = f"$JS.API.CONSUMER.MSG.NEXT.{STREAM}.{consumer}"
        self._inbox = client.new_inbox()
        self._arrived: deque[Msg] = deque()
        self._woken = asyncio.Event()
        self._left = 0
        self._last = 0
        self._subscription: Subscription | None = None

    async def start(self) -> None:
        self._subscription = await self._client.subscribe(self._inbox, cb=self._take)
        await self._ask()

    async def stop(self) -> None:
        if self._subscription is not None:
            await self._subscription.unsubscribe()

    async def _take(self, message: Msg) -> None:
        self._arrived.append(message)
        self._woken.set()

    async def _ask(self) -> None:
        self._left = BATCH
        await self._client.publish(self._door, _REQUEST, reply=self._inbox)

    async def some(self) -> list[Msg]:
        """Wait for what comes next, in the order of the stream; nothing when a request ended empty. Raises on silence and on a gap."""
        self._woken.clear()
        if not self._arrived:
            await rest(self._woken, IDLE_S + SILENCE_S)
            if not self._arrived:
                raise TimeoutError("the stream does not answer")
        found = []
        while self._arrived:
            message = self._arrived.popleft()
            status = (message.headers or {}).get("Status")
            if status is None:
                self._follows(message)
                self._left -= 1
                found.append(message)
            elif status in _REQUEST_ENDED:
                self._left = 0
            else:
                raise ConnectionError(f"the stream ended the consumer: {status} {(message.headers or {}).get('Description', '')}")
        if self._left <= 0:
            await self._ask()
        return found

    def _follows(self, message: Msg) -> None:
        number = message.metadata.sequence.consumer
        if number != self._last + 1:
            raise ConnectionError(f"message {self._last + 1} of this consumer is missing; {number} came")
        self._last = number


async def _ignore(_: Exception) -> None:
    """The client reconnects by itself; the listening loop logs what it could not do."""

"""Adapters are told of offers, signed; who does not take one is told again while the offer stands."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from services.routing.app import service
from tests.conftest import OpenRoom
from tests.integration.routing.desk import Desk


@dataclass
class Adapter:
    """A telephony adapter that writes down what it is told and answers with `statuses` in turn, 204 afterwards."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    told: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        self.told.append((headers, await reader.readexactly(int(headers["content-length"]))))
        status = self.statuses.pop(0) if self.statuses else 204
        writer.write(f"HTTP/1.1 {status} X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()


@asynccontextmanager
async def an_adapter(*statuses: int) -> AsyncIterator[Adapter]:
    adapter = Adapter(statuses=list(statuses))
    server = await asyncio.start_server(adapter.answer, "127.0.0.1", 0)
    adapter.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/offers"
    async with server:
        yield adapter


async def test_an_offer_is_posted_signed_with_its_reason_and_only_for_the_channels_asked_for(open_room: OpenRoom) -> None:
    async with open_room(service) as room, an_adapter() as adapter:
        desk = Desk(room)
        put = await desk.api.put("/routing/v1/offer-webhooks/pbx", json={"url": adapter.url, "channels": ["voice"]})
        secret = put.json()["secret"]
        await desk.queue("care")
        await desk.agent("anna", capacity={"voice": 1, "chat": 1})
        await desk.contact("care", channel="chat")
        contact = await desk.contact("care", external_id="pbx-7")
        await room.settle()
        ((headers, body),) = adapter.told
        told = json.loads(body)
        assert (told["type"], told["contact"]["external_id"], told["agent"]["external_id"]) == ("offer", "pbx-7", "anna")
        assert told["contact"]["id"] == contact["id"]
        assert told["id"] in {offer["reservation"]["id"] for offer in await desk.offers("anna")}
        assert told["why"].startswith("Resolves 0.74 at pace 1.00")
        seconds, signed = (part.partition("=")[2] for part in headers["antiphon-signature"].split(","))
        assert signed == hmac.new(bytes.fromhex(secret), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
        listed = (await desk.api.get("/routing/v1/offer-webhooks")).json()["items"]
        assert [(each["key"], each["last_status"], each["failures"], "secret" in each) for each in listed] == [("pbx", "204", 0, False)]


async def test_an_adapter_that_fails_is_told_again_until_the_offer_is_answered(open_room: OpenRoom) -> None:
    async with open_room(service) as room, an_adapter(503) as adapter:
        desk = Desk(room)
        await desk.api.put("/routing/v1/offer-webhooks/pbx", json={"url": adapter.url})
        await desk.queue("care", offer_seconds=600)
        await desk.agent("anna")
        await desk.contact("care")
        await room.settle()
        assert len(adapter.told) == 1
        await room.pass_time(minutes=2)
        assert len(adapter.told) == 2
        assert json.loads(adapter.told[0][1])["id"] == json.loads(adapter.told[1][1])["id"]
        adapter.statuses = [500]
        await desk.agent("bert")
        await desk.contact("care")
        await room.settle()
        await desk.accept(await desk.reservation_of("bert"))
        await room.pass_time(minutes=5)
        assert len(adapter.told) == 3


async def test_a_new_key_is_another_one_and_a_deleted_webhook_is_told_nothing(open_room: OpenRoom) -> None:
    async with open_room(service) as room, an_adapter() as adapter:
        desk = Desk(room)
        first = (await desk.api.put("/routing/v1/offer-webhooks/pbx", json={"url": adapter.url})).json()
        same = (await desk.api.put("/routing/v1/offer-webhooks/pbx", json={"url": adapter.url})).json()
        other = (await desk.api.put("/routing/v1/offer-webhooks/pbx", json={"url": adapter.url, "new_secret": True})).json()
        assert (first["secret"] == same["secret"], first["secret"] == other["secret"], other["version"]) == (True, False, 2)
        assert (await desk.api.delete("/routing/v1/offer-webhooks/pbx")).status_code == 204
        assert (await desk.api.delete("/routing/v1/offer-webhooks/pbx")).json()["code"] == "offer_webhook_not_found"
        await desk.queue("care")
        await desk.agent("anna")
        await desk.contact("care")
        await room.settle()
        assert adapter.told == []

"""E-mails as voices: one item for each message however often it comes, masked before it is stored; automatic answers are nobody's voice."""

from typing import Any

import pytest

from services.feedback.app import service
from services.feedback.contract import FeedbackReceived
from tests.conftest import OpenRoom
from tests.support import mail_messages as mail
from tests.support.room import Room

ALL = ("feedback:read", "feedback:write", "feedback:admin")


async def _address(room: Room, key: str = "help") -> str:
    answer = await room.client(*ALL).put(f"/feedback/v1/webhook-sources/{key}", json={"kind": "email"})
    assert answer.status_code == 200
    return f"/feedback/v1/webhooks/email/{answer.json()['secret']}"


async def _send(room: Room, address: str, raw: bytes) -> int:
    answer = await room.anonymous().post(address, content=raw, headers={"content-type": "message/rfc822"})
    assert answer.status_code == 200
    await room.pass_time(seconds=1)
    processed: int = answer.json()["processed"]
    return processed


async def _items(room: Room) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await room.client(*ALL).get("/feedback/v1/items")).json()["items"]
    return items


async def test_an_e_mail_is_one_voice_of_its_sender_however_often_and_through_however_many_mailboxes_it_comes(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        first, second = await _address(room), await _address(room, "sales")
        assert [await _send(room, address, mail.GMAIL_REPLY) for address in (first, first, second)] == [1, 1, 1]
        (item,) = await _items(room)
        assert (item["source"], item["kind"], item["external_id"]) == ("email", "email", "CAF=Rk3p9Qe+1@mail.gmail.com")
        assert item["title"] == "[Shop] Your parcel"
        assert item["text"] == "Hello,\n\nthe parcel still has not come – it is the third week now.\n\nAnna"
        assert item["said_at"] == "2026-11-02T09:22:07Z"
        (told,) = room.said(FeedbackReceived)
        assert [(key.kind, key.value) for key in told.customer_keys] == [("email", "anna.j@mail.example")]


async def test_what_is_private_in_an_e_mail_is_masked_and_what_is_attached_is_not_kept(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        await _send(room, await _address(room), mail.WITH_ATTACHMENT)
        (item,) = await _items(room)
        assert item["text"] == "My card [CARD] was charged twice, see the statement."
        (version,) = (await room.client(*ALL).get(f"/feedback/v1/items/{item['id']}/versions")).json()
        assert (version["name"], version["outcome"]) == ("message", "created")


@pytest.mark.parametrize("reason", sorted(mail.AUTOMATIC))
async def test_an_automatic_answer_is_heard_and_is_nobody_s_voice(open_room: OpenRoom, reason: str) -> None:
    async with open_room(service) as room:
        assert await _send(room, await _address(room), mail.AUTOMATIC[reason]) == 0
        assert await _items(room) == []
        assert (await room.client(*ALL).get("/feedback/v1/unknown-webhook-events")).json() == []
        assert (await room.client(*ALL).get("/feedback/v1/failed-webhook-calls")).json() == []


async def test_what_is_no_message_is_kept_where_people_see_it(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        address = await _address(room)
        assert [await _send(room, address, raw) for raw in (b"\n\nonly words", b"\x00\xff\xfe", b"")] == [0, 0, 0]
        unknown = (await room.client(*ALL).get("/feedback/v1/unknown-webhook-events")).json()
        assert [one["outcome"] for one in unknown] == ["unreadable", "unreadable"]
        assert await _items(room) == []

"""The kit's promises at the front door."""

import asyncio
from uuid import UUID

import pytest

from tests.conftest import OpenRoom
from tests.support.parcels.app import ParcelSent, count, service

BODY = {"name": "books", "weight": 3}


async def test_a_command_is_stored_and_told_before_the_answer_leaves(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("parcels:write", "parcels:read")
        answer = await api.post("/parcels/v1/parcels", json=BODY)
        assert answer.status_code == 201
        assert answer.headers["etag"] == '"v1"'
        parcel_id = UUID(answer.json()["id"])
        assert (await api.get(f"/parcels/v1/parcels/{parcel_id}")).json() == {"id": str(parcel_id), "name": "books", "weight": 3, "version": 1}
        await room.settle()
        assert room.said(ParcelSent) == [ParcelSent(parcel_id=parcel_id, name="books")]


async def test_a_refusal_says_which_field_and_changes_nothing(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("parcels:write")
        answer = await api.post("/parcels/v1/parcels", json={"name": "anvil", "weight": 1001})
        assert answer.status_code == 409
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] == "parcels_too_heavy"
        assert answer.json()["errors"] == [{"pointer": "/weight", "code": "parcels_too_heavy", "message": "1001 is more than 1,000."}]
        await room.settle()
        assert room.said(ParcelSent) == []
        assert await room.runtime.read(count) == 0


async def test_the_same_idempotency_key_gets_the_first_answer_again(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("parcels:write")
        first = await api.post("/parcels/v1/parcels", json=BODY, headers={"Idempotency-Key": '"k-1"'})
        again = await api.post("/parcels/v1/parcels", json=BODY, headers={"Idempotency-Key": "k-1"})
        assert (again.status_code, again.content) == (201, first.content)
        assert again.headers["idempotent-replayed"] == "true"
        assert again.headers["etag"] == first.headers["etag"]
        other = await api.post("/parcels/v1/parcels", json={"name": "pens", "weight": 1}, headers={"Idempotency-Key": "k-1"})
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
        assert await room.runtime.read(count) == 1


async def test_twenty_equal_requests_at_once_have_one_effect(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("parcels:write")
        answers = await asyncio.gather(*(api.post("/parcels/v1/parcels", json=BODY, headers={"Idempotency-Key": "k"}) for _ in range(20)))
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.content for answer in answers}) == 1
        assert await room.runtime.read(count) == 1


async def test_a_refused_request_leaves_its_key_free(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("parcels:write")
        headers = {"Idempotency-Key": "k"}
        assert (await api.post("/parcels/v1/parcels", json={"name": "anvil", "weight": 2000}, headers=headers)).status_code == 409
        assert (await api.post("/parcels/v1/parcels", json=BODY, headers=headers)).status_code == 201


async def test_a_change_needs_the_version_that_was_read(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("parcels:write")
        parcel = (await api.post("/parcels/v1/parcels", json=BODY)).json()["id"]
        url = f"/parcels/v1/parcels/{parcel}"
        assert (await api.patch(url, json={"name": "pens"})).status_code == 428
        changed = await api.patch(url, json={"name": "pens"}, headers={"If-Match": '"v1"'})
        assert (changed.status_code, changed.json()["name"], changed.headers["etag"]) == (200, "pens", '"v2"')
        assert (await api.patch(url, json={"name": "ink"}, headers={"If-Match": '"v1"'})).status_code == 412
        assert (await api.patch(url, json={"name": "ink"}, headers={"If-Match": "banana"})).status_code == 422


async def test_pages_follow_each_other_without_gap_or_repeat(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("parcels:write", "parcels:read")
        for number in range(5):
            await api.post("/parcels/v1/parcels", json={"name": f"n{number}", "weight": number})
        seen, cursor = [], None
        while True:
            page = (await api.get("/parcels/v1/parcels", params={"limit": 2} | ({"cursor": cursor} if cursor else {}))).json()
            seen += [item["name"] for item in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert seen == ["n0", "n1", "n2", "n3", "n4"]
        assert (await api.get("/parcels/v1/parcels", params={"cursor": "!"})).status_code == 422
        assert (await api.get("/parcels/v1/parcels", params={"limit": 101})).status_code == 422


async def test_who_may_not_is_told_so(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        assert (await room.anonymous().post("/parcels/v1/parcels", json=BODY)).status_code == 401
        forged = room.anonymous()
        forged.headers["Authorization"] = "Bearer a.b.c"
        assert (await forged.post("/parcels/v1/parcels", json=BODY)).json()["code"] == "unauthenticated"
        assert (await room.client("parcels:read").post("/parcels/v1/parcels", json=BODY)).json()["code"] == "forbidden"
        assert await room.runtime.read(count) == 0


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b'{"name": "x", "weight": NaN}', 400, "malformed_body"),
        (b'{"name": "x", "weight": Infinity}', 400, "malformed_body"),
        (b'{"name": "x", "weight": 1e999}', 400, "malformed_body"),
        (b'{"name": "\\ud800", "weight": 1}', 400, "malformed_body"),
        (b'{"name": "a\\u0000b", "weight": 1}', 400, "malformed_body"),
        (b'{"name": "x", "weight": 3000000000}', 422, "invalid_input"),
        (b'{"name": "x", "weight": 1, "colour": "red"}', 422, "invalid_input"),
        (b'{"name": "x"}', 422, "invalid_input"),
        (b'{"name": "", "weight": 1}', 422, "invalid_input"),
        (b'{"name": ' + b'"' + b"x" * 201 + b'"' + b', "weight": 1}', 422, "invalid_input"),
        (b"[" * 400 + b"]" * 400, 400, "malformed_body"),
        (b'{"name":' * 900 + b"1" + b"}" * 900, 400, "malformed_body"),
        (b'{"name": "x", "weight": 1', 400, "malformed_body"),
        (b"\xff\xfe{\x00}\x00", 400, "malformed_body"),
        (b'"x"', 422, "invalid_input"),
        (b"null", 422, "invalid_input"),
        (b'{"name": "' + b"x" * 2_000_000 + b'", "weight": 1}', 413, "body_too_large"),
    ],
)
async def test_hostile_bodies_are_refused_without_echo(open_room: OpenRoom, body: bytes, status: int, code: str) -> None:
    async with open_room(service) as room:
        api = room.client("parcels:write")
        answer = await api.post("/parcels/v1/parcels", content=body, headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert len(answer.content) < 1200
        assert await room.runtime.read(count) == 0


async def test_brackets_inside_text_do_not_count_as_nesting(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        answer = await room.client("parcels:write").post("/parcels/v1/parcels", json={"name": "[{" * 80, "weight": 1})
        assert answer.status_code == 201


async def test_an_address_that_is_not_there_and_a_method_that_is_not(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("parcels:write")
        assert (await api.get("/parcels/v1/nothing")).json()["code"] == "not_found"
        assert (await api.delete("/parcels/v1/parcels")).json()["code"] == "method_not_allowed"
        wrong = await api.post("/parcels/v1/parcels", content=b"name=x", headers={"Content-Type": "application/x-www-form-urlencoded"})
        assert wrong.json()["code"] == "unsupported_media_type"

"""Hostile input at every door of every service: refused with a code and a sentence, never a 5xx, never sent back, and nothing is changed.

The corpus is made from the doors' own schemas (tests/support/hostile.py), so a new door is attacked from its first day.
"""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import func, select

from services.kit.db import Tx
from services.kit.errors import REGISTRY
from tests.support.doors import SERVICES, Door, doors, example, plain
from tests.support.hostile import JSON, MARKER, MOST_ANSWER, Case, addresses, malformed, misfitting, mislabelled, oversized, places
from tests.support.room import Room, opened_room
from tests.support.signed import trusted_client

pytestmark = pytest.mark.asyncio(loop_scope="module")
Rooms = dict[str, Room]
BODIES = [door for door in doors() if door.body is not None]
STREAMED = "POST /feedback/v1/items/bulk"
"""Reads lines as they stream in, under any name, and no JSON body: a broken line is reported with its number and stops nothing."""
BODYLESS = [door for door in doors() if door.method in {"POST", "PUT", "DELETE"} and door.body is None and door.scopes and str(door) != STREAMED]
READS = [door for door in doors() if door.method == "GET" and door.parameters]
ACTIONS = [door for door in doors() if door.method != "GET" and any(one["in"] == "path" for one in door.parameters)]
BOUNDS = {
    "string": {"maxLength", "format", "pattern", "enum", "const"},
    "integer": {"maximum", "exclusiveMaximum", "enum", "const"},
    "number": {"maximum", "exclusiveMaximum"},
}
UNBOUNDED = {"POST /feedback/v1/webhooks/{kind}/{secret}: secret"}
"""Compared by its hash alone."""
QUESTION = {"key": "agent", "kind": "csat5", "dimension": "service", "required": True, "text": {"en": "How was it?"}}
HOURS = {"time_zone": "Europe/Berlin", "weekdays": [1], "opens": "09:00", "closes": "18:00"}
QUESTIONS = {"questions": [QUESTION, {**QUESTION, "key": "again"}]}
RULES = {
    "where": {"channel": ["voice"]},
    "wait_for": None,
    "rhythm": None,
    "window": {"start": "09:00", "end": "18:00", "weekdays": [1]},
    "caps": [{"limit": 1, "days": 7}],
    "cells": {"by": ["site"], "half_width": 0.1},
}
TAKEN: dict[str, dict[str, Any]] = {
    "PUT /survey/v1/surveys/{key}": QUESTIONS,
    "POST /survey/v1/survey-checks": QUESTIONS,
    "PUT /survey/v1/pulses/{key}": {"questions": [{**QUESTION, "dimension": "process"}]},
    "PUT /survey/v1/programmes/{key}": RULES,
    "POST /survey/v1/programme-checks": RULES,
    "POST /insight/v1/facts/{kind}": {"items": []},
    "POST /survey/v1/programmes/{key}/drafts": {"rules": {"survey": "example", "trigger": "contact_ended", **RULES}},
    "POST /survey/v1/programmes/{key}/simulations": {"rules": {"survey": "example", "trigger": "contact_ended", **RULES}},
    "POST /feedback/v1/items": {"customer_id": None},
    "PUT /routing/v1/queues/{key}": {"hours": HOURS, "relax": [{"after_s": 60, "drop": "example"}]},
    "POST /knowledge/v1/articles/{article_id}/link": {"contact_id": None},
    "POST /routing/v1/backtests": {"trace": None, "history": {"begin": "2026-11-01T00:00:00Z", "end": "2026-11-02T00:00:00Z"}},
    "POST /customers/internal/v1/resolve": {"ids": None},
    "POST /insight/v1/initiatives": {"target": {"metric": "csat", "value": 0.5}, "baseline_from": "2026-10-01T00:00:00Z"},
    "POST /gateway/v1/keys": {"roles": ["agent"], "expires_at": "2027-01-01T00:00:00Z"},
}
"""Changes to the example of a door whose fields depend on each other in a way that JSON schema does not say."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def rooms(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Rooms]:
    """Open every service once."""
    folder = tmp_path_factory.mktemp("rooms")
    async with AsyncExitStack() as stack:
        yield {name: await stack.enter_async_context(opened_room(service, folder, None)) for name, service in SERVICES.items()}


def good_body(door: Door) -> dict[str, Any]:
    assert door.body is not None
    found = example(door.body)
    assert isinstance(found, dict)
    return {**found, **TAKEN.get(str(door), {})}


async def sizes(room: Room) -> dict[str, int]:
    """Count the rows of every table, the kit's own included."""

    async def count(tx: Tx) -> dict[str, int]:
        return {name: await tx.scalar(select(func.count()).select_from(table)) for name, table in room.service.metadata.tables.items()}

    return await room.runtime.read(count)


async def send(client: httpx.AsyncClient, door: Door, case: Case) -> httpx.Response:
    headers = {"if-match": '"v1"', "idempotency-key": "hostile", **case.headers}
    content: Any = case.content if case.times == 1 else chunks_of(case)
    return await client.request(door.method, door.address(), content=content, headers=headers)


async def chunks_of(case: Case) -> AsyncIterator[bytes]:
    for _ in range(case.times):
        yield case.content


def code_of(answer: httpx.Response) -> str | None:
    found = answer.json() if answer.content else None
    return found.get("code") if isinstance(found, dict) else None


def faults(answer: httpx.Response) -> Iterator[str]:
    """Say what is wrong with a refusal."""
    if answer.headers.get("content-type") != "application/problem+json":
        yield f"type {answer.headers.get('content-type')}"
    elif answer.json()["code"] not in REGISTRY or answer.json()["code"] == "internal":
        yield f"code {answer.json()['code']}"
    if len(answer.content) > MOST_ANSWER:
        yield f"{len(answer.content)} bytes"
    if MARKER in answer.text:
        yield "sends input back"


def corpus(door: Door) -> Iterator[Case]:
    assert door.body is not None
    good = good_body(door)
    yield from malformed(good)
    yield from oversized(good)
    yield from mislabelled(good)
    yield from misfitting(good, door.body, needs_body=door.needs_body)


@pytest.mark.parametrize("door", BODIES, ids=str)
async def test_a_hostile_body_is_refused_unechoed_and_changes_nothing(rooms: Rooms, door: Door) -> None:
    room = rooms[door.service]
    client = trusted_client(room, door)
    before = await sizes(room)
    wrong = []
    for case in corpus(door):
        answer = await send(client, door, case)
        found = (answer.status_code, code_of(answer))
        said = [*([f"{found}, not {(case.status, case.code)}"] if found != (case.status, case.code) else []), *faults(answer)]
        wrong += [f"{case.name}: {one}" for one in said]

    assert not wrong, "\n".join(wrong)
    assert await sizes(room) == before


@pytest.mark.parametrize("door", BODYLESS, ids=str)
async def test_a_hostile_body_where_none_is_read_changes_nothing(rooms: Rooms, door: Door) -> None:
    room = rooms[door.service]
    client = room.client(*door.scopes)
    before = await sizes(room)
    wrong = []
    for case in (*malformed({}), *oversized({}), *mislabelled({})):
        answer = await send(client, door, case)
        found = (answer.status_code, code_of(answer))
        wrong += [f"{case.name}: {one}" for one in faults(answer)]
        wrong += [f"{case.name}: {found}"] if answer.status_code not in {404, 413} else []

    assert not wrong, "\n".join(wrong)
    assert await sizes(room) == before


@pytest.mark.parametrize("form", ["ndjson", "csv"])
async def test_a_hostile_upload_is_refused_line_by_line_and_changes_nothing(rooms: Rooms, form: str) -> None:
    room, door = rooms["feedback"], next(door for door in doors() if str(door) == STREAMED)
    client = room.client(*door.scopes)
    before = await sizes(room)
    wrong = []
    good = {"external_id": "hostile", "kind": "answer", "text": "It came late."}
    named_long = Case("a field with a name of 200,000 characters", json.dumps({**good, "n" * 200_000: 1}).encode(), 200, "", JSON)
    for case in (*malformed(good), *oversized(good), *mislabelled({}), *misfitting(good, {"type": "object"}, needs_body=True), named_long):
        headers = {**case.headers, "idempotency-key": "hostile"}
        content: Any = case.content if case.times == 1 else chunks_of(case)
        answer = await client.post(door.address(), params={"format": form}, content=content, headers=headers)
        said = answer.json()
        if answer.status_code == 422:
            wrong += [f"{case.name}: {one}" for one in faults(answer)]
        elif answer.status_code != 200 or said["accepted"] or said["repeated"] or said["refused"] != said["lines"]:
            wrong.append(f"{case.name}: {answer.status_code} {answer.text[:200]}")
        named = answer.text.replace(f'"pointer":"/{MARKER}', "")  # a pointer names the unknown field, as everywhere, cut to 100 characters
        if MARKER in named or len(answer.content) > MOST_ANSWER:
            wrong.append(f"{case.name}: {len(answer.content)} bytes: {answer.text[:200]}")

    assert not wrong, "\n".join(wrong)
    assert await sizes(room) == before


@pytest.mark.parametrize("door", READS, ids=str)
async def test_a_hostile_address_is_never_an_accident(rooms: Rooms, door: Door) -> None:
    client = rooms[door.service].client(*door.scopes)
    wrong = await wrongly_answered(client, door)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("door", ACTIONS, ids=str)
async def test_a_hostile_address_of_a_change_is_never_an_accident(rooms: Rooms, door: Door) -> None:
    client = rooms[door.service].client(*door.scopes)
    wrong = await wrongly_answered(client, door, None if door.body is None else good_body(door))
    assert not wrong, "\n".join(wrong)


async def wrongly_answered(client: httpx.AsyncClient, door: Door, body: Any = None) -> list[str]:
    wrong = []
    for address in addresses(door):
        answer = await client.request(door.method, address.url, json=body, headers={"if-match": '"v1"'})
        if answer.status_code >= 500 or (address.refused and answer.status_code not in {404, 422}):
            wrong.append(f"{address.name}: {answer.status_code}")
        if answer.status_code >= 400:
            wrong += [f"{address.name}: {answer.status_code} {one}" for one in faults(answer)]
    return wrong


@pytest.mark.parametrize("service", SERVICES)
async def test_an_address_with_a_slash_too_many_is_not_there(rooms: Rooms, service: str) -> None:
    """A redirect would be built from the Host header, which a stranger chooses."""
    for path in (f"/{service}/healthz/", f"/{service}/v1/parked-events/", f"/{service}//healthz"):
        answer = await rooms[service].anonymous().get(path, headers={"host": MARKER})
        assert (path, answer.status_code, code_of(answer)) == (path, 404, "not_found")
        assert MARKER not in answer.text + str(answer.headers)


async def test_of_a_key_that_comes_twice_the_last_counts(rooms: Rooms) -> None:
    """There is one parser in the house, so nobody can read the same bytes otherwise; see tests/support/hostile.py."""
    api = rooms["customers"].client("customers:write")
    body = b'{"display_name": "First", "language": "de", "display_name": "Last", "language": "en"}'
    answer = await api.put("/customers/v1/customers/by-key/account/TWICE-1", content=body, headers=JSON)
    assert (answer.status_code, answer.json()["display_name"], answer.json()["language"]) == (200, "Last", "en")


@pytest.mark.parametrize("name", SERVICES)
async def test_every_text_and_number_that_a_door_takes_has_a_bound(name: str) -> None:
    unbounded = []
    for door in (door for door in doors() if door.service == name):
        taken = [(one["name"], one["schema"]) for one in door.parameters if one["in"] in {"path", "query"}]
        taken += [("/".join(map(str, path)), part) for path, part in every_place(door)]
        unbounded += [
            f"{door}: {where}"
            for where, schema in taken
            if plain(schema).get("type") in BOUNDS and not BOUNDS[plain(schema)["type"]] & plain(schema).keys()
        ]
    assert not set(unbounded) - UNBOUNDED, "\n".join(unbounded)


def every_place(door: Door) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    if door.body is not None:
        yield from places(example(door.body), door.body)


async def test_the_bodies_that_the_corpus_is_made_from_would_be_taken(rooms: Rooms) -> None:
    """Otherwise the corpus would prove nothing: each body must be refused for what is hostile in it."""
    refused = []
    for door in BODIES:
        answer = await trusted_client(rooms[door.service], door).request(
            door.method, door.address(), json=good_body(door), headers={"if-match": '"v1"'}
        )
        if answer.status_code >= 400 and answer.json()["code"] in {
            "carrier_signature_wrong",
            "invalid_input",
            "malformed_body",
            "unsupported_media_type",
            "version_required",
        }:
            refused.append(f"{door}: {answer.json().get('errors')}")

    assert not refused, "\n".join(refused)

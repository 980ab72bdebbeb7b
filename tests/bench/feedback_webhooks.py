"""20,000 mixed deliveries of twelve shapes: repeated, shuffled, malformed, forged.

Lost, doubled, answered with 5xx, or taken although forged: all must be 0.

The service runs in one process on SQLite; 16 callers deliver over ASGI as fast as they are answered, and what was acknowledged is applied
meanwhile by the service's own job (reading by models waits). How long one caller waits is `feedback_acknowledgement`.
"""

# ruff: noqa: S311 - a lot that repeats

import asyncio
import os
import random
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx
import orjson
from sqlalchemy import func, select
from sqlmodel import col

from services.feedback.app import service
from services.feedback.jobs.calls import apply_waiting_calls
from services.feedback.models import Item, WebhookEvent
from services.kit.db import Tx
from services.kit.due import DueJob
from tests.bench.figure import Figure
from tests.support.review_payloads import DELETES, EDITS, FORMBRICKS_SECRET, WEBWINKEL_SECRET, call, external_id, headers_of, kind_of
from tests.support.room import Room, opened_room

DELIVERIES = int(os.environ.get("ANTIPHON_BENCH_DELIVERIES", "20000"))
CALLERS = 16
NOW = DueJob("apply_calls", "bench", datetime(2026, 11, 22, tzinfo=UTC), 1, {})
SHAPES = (
    "trustpilot", "trustpilot_product", "yotpo", "yotpo_old", "reviewsio", "yext", "yelp", "trustoo", "webwinkelkeur", "formbricks",
    "chatwoot", "google",
)  # fmt: skip
ODD = (b"", b"{", b"[]", b"null", b'"x"', b'{"events":{}}', b'{"events":[{"eventName":"service-review-liked","eventData":{"id":"1"}}]}',
       b"\xff\xfe", b'{"event":"review_create","data":{"id":null}}', b'{"meta":[],"review":7}',
       b'{"message":{"data":"%"}}', b'{"a":' * 40, b"x=1&y=2")  # fmt: skip


@dataclass(frozen=True)
class Delivery:
    """One call; `forged` ones come from somebody who knows neither address nor signature."""

    kind: str
    body: bytes
    headers: dict[str, str]
    forged: bool = False
    secret: str | None = None


@dataclass
class Told:
    """What was delivered, and how it was answered."""

    reviews: dict[tuple[str, str], bool] = field(default_factory=dict)
    """(kind, external id) → whether it was taken back."""
    answers: Counter[int] = field(default_factory=Counter)
    forged_taken: int = 0


def deliveries(lot: random.Random, told: Told) -> list[Delivery]:
    """Return the calls in shuffled order."""
    now, made, number = datetime.now(UTC), list[Delivery](), 0
    while len(made) < DELIVERIES:
        number += 1
        shape = lot.choice(SHAPES)
        events = [("created", 1)]
        events += [("updated", version) for version in range(2, lot.choice([2, 2, 3, 4]))] if shape in EDITS else []
        gone = shape in DELETES and lot.random() < 0.15
        events += [("deleted", 9)] if gone else []
        for change, version in events:
            body = orjson.dumps(call(shape, number, change, version))
            one = Delivery(kind_of(shape), body, headers_of(shape, body, f"m-{number}-{version}", now))
            made += [one] * lot.choice([1, 1, 1, 2, 3])
        if shape not in {"google", "feefo"}:
            told.reviews[kind_of(shape), external_id(shape, number)] = gone
        if lot.random() < 0.08:
            made.append(Delivery(kind_of(shape), lot.choice(ODD), {}))
        if lot.random() < 0.08:
            made.append(_forged(lot, number))
    lot.shuffle(made)
    return made


def _forged(lot: random.Random, number: int) -> Delivery:
    body = orjson.dumps(call("formbricks", 10**9 + number, "created", 1))
    if lot.random() < 0.5:
        return Delivery("formbricks", body, {"webhook-id": "x", "webhook-timestamp": "1", "webhook-signature": "v1,AAAA"}, forged=True)
    return Delivery("trustpilot", orjson.dumps(call("trustpilot", 10**9 + number, "created", 1)), {}, forged=True, secret="guessed-" + "0" * 24)


async def sources(room: Room) -> dict[str, str]:
    """Put one source of each kind; return their secrets."""
    admin, found = room.client("feedback:admin"), {}
    signing = {"formbricks": FORMBRICKS_SECRET, "webwinkelkeur": WEBWINKEL_SECRET}
    for kind in sorted({kind_of(shape) for shape in SHAPES}):
        body = {"kind": kind, **({"signing_secret": signing[kind]} if kind in signing else {})}
        found[kind] = (await admin.put(f"/feedback/v1/webhook-sources/{kind}", json=body)).json()["secret"]
    return found


async def deliver(api: httpx.AsyncClient, secrets: dict[str, str], queue: list[Delivery], told: Told) -> None:
    """Deliver until nothing is left of the queue; a platform sends malformed calls of its own without any signature."""
    while queue:
        one = queue.pop()
        answer = await api.post(f"/feedback/v1/webhooks/{one.kind}/{one.secret or secrets[one.kind]}", content=one.body, headers=one.headers)
        told.answers[answer.status_code] += 1
        told.forged_taken += one.forged and answer.status_code < 400


async def apply_meanwhile(room: Room) -> None:
    """Do what the due engine does every quarter of a second."""
    while True:
        await asyncio.sleep(0.25)
        await apply_waiting_calls(room.runtime, NOW)


async def _stored(tx: Tx) -> tuple[dict[tuple[str, str], tuple[int, str]], int, int]:
    rows = await tx.rows(
        select(col(Item.source), col(Item.external_id), func.count().label("n"), func.min(col(Item.state)).label("state"))
        .group_by(col(Item.source), col(Item.external_id))
    )  # fmt: skip
    fetch = await tx.scalar(select(func.count()).where(col(WebhookEvent.outcome) == "to_fetch"))
    received = (await tx.raw("SELECT count(*) - count(DISTINCT key) FROM outbox WHERE subject = 'feedback.received.v1'"))[0][0]
    return {(row["source"], row["external_id"]): (row["n"], row["state"]) for row in rows}, fetch, received


async def run() -> list[Figure]:
    told, lot = Told(), random.Random(4)
    queue = deliveries(lot, told)
    many = len(queue)
    with tempfile.TemporaryDirectory() as folder:
        async with opened_room(service, Path(folder), None) as room:
            secrets, api = await sources(room), room.anonymous()
            room.clock.move_to(datetime.now(UTC))
            applying = asyncio.create_task(apply_meanwhile(room))
            begin, busy = time.perf_counter(), time.process_time()
            await asyncio.gather(*(deliver(api, secrets, queue, told) for _ in range(CALLERS)))
            seconds, cpu = time.perf_counter() - begin, time.process_time() - busy
            applying.cancel()
            await asyncio.gather(applying, return_exceptions=True)
            begin = time.perf_counter()
            await apply_waiting_calls(room.runtime, NOW)
            caught_up = time.perf_counter() - begin
            stored, to_fetch, said_twice = await room.runtime.read(_stored)
    lost = sum(key not in stored or (stored[key][1] == "removed") != gone for key, gone in told.reviews.items())
    doubled = sum(count > 1 for count, _ in stored.values()) + said_twice + sum(key not in told.reviews for key in stored)
    note = f"{many} deliveries about {len(told.reviews)} reviews; answers {dict(told.answers)}; {to_fetch} kept to be fetched"
    speed = f"{CALLERS} callers in process, SQLite: {many / seconds:.0f} calls/s, {cpu / many * 1000:.2f} CPU-ms a call with what was applied"
    speed += f" meanwhile; all applied {caught_up:.1f} s after the last"
    server_errors = sum(count for status, count in told.answers.items() if status >= 500)
    return [
        Figure("feedback.webhooks_lost", lost, "reviews", 0, lower_is_better=True, note=note),
        Figure("feedback.webhooks_doubled", doubled, "reviews", 0, lower_is_better=True, note="rows or events beyond the first, reviews of nobody"),
        Figure("feedback.webhooks_5xx", server_errors, "answers", 0, lower_is_better=True, note=speed),
        Figure("feedback.webhooks_forged", told.forged_taken, "answers", 0, lower_is_better=True, note="forged calls answered with less than 400"),
    ]  # fmt: skip

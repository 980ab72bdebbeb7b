"""A customer with a long life, to see what the length costs."""

import statistics
import time
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import httpx

from services.customers.app import service
from services.kit.ids import new_id
from services.kit.service import Runtime
from tests.integration.customers.builders import MONDAY, answered, categorised, contact_ended, contact_queued, put
from tests.support.histories import enveloped
from tests.support.room import opened_room

VIEWS = "/customers/internal/v1/customers/views"
SCOPES = ("customers:read", "customers:write", "customers:admin", "privacy:erase", "internal")
ROUNDS = 40
BATCH = 500


async def live(runtime: Runtime, customer_id: UUID, count: int) -> None:
    """Let `count` things happen to a customer: contacts, answers, feedback."""
    kinds = (
        lambda at: contact_queued(new_id(), customer_id, queued_at=at),
        lambda at: contact_ended(new_id(), customer_id, ended_at=at),
        lambda at: contact_ended(new_id(), customer_id, ended_at=at, topic="a parcel that came late"),
        lambda at: categorised(new_id(), customer_id, "neutral", at),
        lambda at: answered(customer_id, 4, at),
    )
    events = [kinds[number % len(kinds)](MONDAY + timedelta(minutes=number)) for number in range(count)]
    for start in range(0, count, BATCH):
        await runtime.inbox.deliver([enveloped(runtime.clock.now(), event) for event in events[start : start + BATCH]], None)


async def view_cost(folder: Path) -> tuple[float, float]:
    """Return CPU microseconds of one view of a customer with 10 entries and of one with 10,000, all sections, asked in turns."""
    async with opened_room(service, folder, None) as room:
        api = room.client(*SCOPES)
        short, long = [UUID((await put(api, account))["id"]) for account in ("short", "long")]
        for customer_id, count in ((short, 10), (long, 10_000)):
            order = {"order_reference": f"O-{customer_id}", "customer_key": {"kind": "account", "value": "short"}, "product": "lamp"}
            order["customer_key"] = {"kind": "account", "value": "short" if customer_id == short else "long"}
            assert (await api.post("/customers/v1/orders", json=order)).status_code == 201
            await live(room.runtime, customer_id, count)
        await room.settle()
        costs: dict[UUID, list[float]] = {short: [], long: []}
        for _ in range(ROUNDS):
            for customer_id, spent in costs.items():
                spent.append(await _ask(api, customer_id))
        return statistics.median(costs[short][5:]), statistics.median(costs[long][5:])


async def _ask(api: httpx.AsyncClient, customer_id: UUID) -> float:
    ask = {"customer_ids": [str(customer_id)], "sizes": {"timeline": 10}}
    started = time.process_time()
    answer = await api.post(VIEWS, json=ask)
    spent = time.process_time() - started
    assert answer.status_code == 200, answer.text
    return spent * 1e6

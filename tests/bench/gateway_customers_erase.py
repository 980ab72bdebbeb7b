"""Whether a person with a long life is forgotten by the whole house, and how long that takes.

One house of all services on SQLite. The person leaves canaries in every place that takes words, through the public doors, and has
`ANTIPHON_BENCH_ENTRIES` (10,000) entries in the timeline. `customers.erase_s` is the time from the request to the last receipt (9999 when a
service owes one, and it is named); `customers.erase_canaries` counts what is found afterwards: in every column of every table of every service,
in the log, and, when the house is closed, in the raw bytes of its files.
"""

import logging
import os
import sqlite3
import tempfile
import time
from collections import Counter
from contextlib import closing
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import UUID

from services.kit.db import Tx
from services.kit.service import Runtime
from tests.bench.figure import Figure
from tests.integration.gateway.house import Running, open_house
from tests.support.life import live

ENTRIES = 10_000
PATIENCE_S = 60.0
NEVER_S = 9999.0
CANARY = "zqcanary"


class Heard(logging.Handler):
    """Keeps every line of the log."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


async def speak(house: Running, key: str) -> UUID:
    """Leave canaries wherever words are taken; return the customer."""

    async def send(method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = await house.rest(key, method, path, json=body)
        assert answer.status_code < 300, (path, answer.text)
        found: dict[str, Any] = answer.json()
        return found

    owner = {"kind": "account", "value": f"{CANARY}-1"}
    person = {"display_name": f"{CANARY} name", "email": f"{CANARY}@example.com", "phone": "+4930901820", "language": "en"}
    customer = UUID((await send("PUT", f"/customers/v1/customers/by-key/account/{CANARY}-1", person))["id"])
    await house.settle()
    order = {"order_reference": f"{CANARY}-o", "customer_key": owner, "product": "lamp"}
    await send("POST", "/customers/v1/orders", order)
    words = {"title": f"{CANARY} title", "description": f"{CANARY} description", "language": "en", "customer_id": str(customer)}
    case = await send("POST", "/customers/v1/cases", words)
    text = {name: f"{CANARY} {name}" for name in ("title", "problem", "environment", "cause", "resolution")}
    await send("POST", f"/customers/v1/cases/{case['id']}/write-up", {**text, "language": "en"})
    for number in range(20):
        item = {"external_id": f"{CANARY}-f{number}", "kind": "email", "text": f"The {CANARY} parcel was late again", "customer_key": owner}
        await send("POST", "/feedback/v1/items", item)
        times = {"started_at": "2026-11-23T08:00:00Z", "ended_at": "2026-11-23T08:05:00Z"}
        contact = {"external_id": f"{CANARY}-c{number}", "channel": "voice", "direction": "inbound", "disposition": "complaint", **times}
        await send(
            "POST", "/routing/v1/ended-contacts", {**contact, "customer_key": owner, "notes": f"{CANARY} was angry", "topic": f"{CANARY} topic"}
        )
    failed = {"queries": [f"{CANARY} lamp"], "articles": [], "language": "en", "wants_contact": False, "customer_key": owner}
    session = "018f0000-0000-7000-8000-000000000001"
    await send("POST", "/knowledge/v1/help/failures", {**failed, "session_id": session})
    await house.settle()
    return customer


async def hits(house: Running, log: Heard) -> Counter[str]:
    """Return where canaries are, and how many."""
    found: Counter[str] = Counter()
    for runtime in house.runtimes:
        found += await runtime.read(_hits, runtime)
    if count := sum(CANARY in line for line in log.lines):
        found["log"] = count
    return found


def in_files(folder: Path) -> Counter[str]:
    """Return which files hold canaries after a checkpoint (what every backup begins with), and how many."""
    for path in sorted(folder.glob("*.sqlite3")):
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    counts = {path.name: path.read_bytes().count(CANARY.encode()) for path in sorted(folder.rglob("*")) if path.is_file()}
    return Counter({f"file {name}": count for name, count in counts.items() if count})


async def _hits(tx: Tx, runtime: Runtime) -> Counter[str]:
    found: Counter[str] = Counter()
    metadata = import_module("gateway.models" if runtime.service.name == "gateway" else f"services.{runtime.service.name}.models").Base.metadata
    for table in metadata.sorted_tables:
        for row in await tx.rows(table.select()):
            for name, value in row.items():
                if CANARY in (value.decode(errors="replace") if isinstance(value, bytes) else str(value)):
                    found[f"{runtime.service.name}.{table.name}.{name}"] += 1
    return found


async def erased(house: Running, key: str, customer: UUID) -> tuple[float, list[str]]:
    """Return the seconds until every service has answered, and who has not within PATIENCE_S."""
    started = time.perf_counter()
    erasure = (await house.rest(key, "POST", "/customers/v1/erasures", json={"customer_id": str(customer)})).json()
    while True:
        await house.settle()
        shown = (await house.rest(key, "GET", f"/customers/v1/erasures/{erasure['id']}")).json()
        spent = time.perf_counter() - started
        if shown["state"] == "completed" or not shown["missing"] or await _at_rest(house) or spent > PATIENCE_S:
            return (spent if shown["state"] == "completed" else NEVER_S), shown["missing"]


async def _at_rest(house: Running) -> bool:
    moved = [await runtime.relay.step() + await runtime.due.step() for runtime in house.runtimes if runtime.relay is not None]
    return not any(moved)


async def run() -> list[Figure]:
    count = int(os.environ.get("ANTIPHON_BENCH_ENTRIES", ENTRIES))
    log = Heard()
    logging.getLogger().addHandler(log)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with open_house(folder) as house:
            key = await house.key("administrator")
            customer = await speak(house, key)
            customers = next(runtime for runtime in house.runtimes if runtime.service.name == "customers")
            await live(customers, customer, count)
            await house.settle()
            before = sum((await hits(house, log)).values())
            seconds, missing = await erased(house, key, customer)
            house.clock.move_to(house.clock.now() + timedelta(minutes=11))  # the kit's second round
            await house.settle()
            after = await hits(house, log)
        after += in_files(folder)
    logging.getLogger().removeHandler(log)
    owes = f"; owe a receipt: {', '.join(missing)}" if missing else ""
    where = "; ".join(f"{place} {number}" for place, number in after.most_common(40))
    return [
        Figure("customers.erase_s", seconds, "s", goal=60, lower_is_better=True, note=f"{count} entries, {before} canaries before, SQLite{owes}"),
        Figure("customers.erase_canaries", sum(after.values()), "hits", goal=0, lower_is_better=True, note=where or "tables, raw files and log"),
    ]

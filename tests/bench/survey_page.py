"""The customer's page: its weight, what scanners leave behind, two answers at one moment, forged links; in a real browser accessibility and keys."""

import asyncio
import contextlib
import functools
import os
import re
import secrets
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import orjson
import uvicorn
from sqlalchemy import func, select

from services.kit.db import Tx
from services.kit.ids import new_id
from services.survey.app import service
from services.survey.domain.wording import LANGUAGES
from services.survey.models import Response
from tests.bench.figure import Figure
from tests.integration.survey.scene import AT_ONCE, DELIVERY, TWENTY_SECONDS, a_contact, a_customer, hidden, invitations, put_programme, put_survey
from tests.integration.survey.test_pulses import given
from tests.support.room import Room, opened_room
from tests.support.server_files import free_port

VISITS = 10_000
BROWSER_VISITS = 200
AT_A_TIME = 16
PARALLEL = 50
FORGED = 1_000
MOST_BYTES = 15_360
DRIVER = Path(__file__).parent / "pages"
WIDTHS = [320, 390, 1366]
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


async def stored(room: Room) -> int:
    """Return how many answers there are."""

    async def count(tx: Tx) -> int:
        found: int = await tx.scalar(select(func.count()).select_from(Response.__table__))  # type: ignore[attr-defined]  # SQLAlchemy's attribute
        return found

    return await room.runtime.read(count)


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


async def drive(plan: dict[str, Any]) -> dict[str, Any] | None:
    """Run the browser's part; None, with a word on what is missing, when this machine cannot."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    node = shutil.which("node")
    if not chromium or not node or not (DRIVER / "node_modules").exists():
        print("survey.page in a browser: not measured; needs Chromium, Node 20 and `npm ci` in tests/bench/pages", file=sys.stderr)
        return None
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(node, str(DRIVER / "drive.mjs"), stdin=pipe, stdout=pipe)
    out, _ = await asyncio.wait_for(process.communicate(orjson.dumps({**plan, "chromium": chromium})), 900)
    if process.returncode != 0:
        message = "the browser's part failed; its words stand above"
        raise RuntimeError(message)
    found: dict[str, Any] = orjson.loads(out)
    return found


def _states(base: str, paths: list[str], others: dict[str, str]) -> list[dict[str, Any]]:
    """Return every state of every page in both directions; `paths` are fresh links, two for each direction."""
    answer = [{"check": 'input[name="q.agent"][value="1"]'}, {"check": 'input[name="q.solved"][value="no"]'}]
    states: list[dict[str, Any]] = []
    for language in ("en", "ar"):
        asked, closed = f"{base}{paths.pop()}?lang={language}", f"{base}{paths.pop()}?lang={language}"
        press = {"press": "form button"}
        words = {"fill": "#q-better", "text": "The parcel was left in the rain."}
        states += [
            {"name": f"survey-{language}", "url": asked},
            {"name": f"followups-{language}", "url": asked, "steps": [*answer, {"check": "#q-call"}, words]},
            {"name": f"languages-{language}", "url": asked, "steps": [{"press": "summary"}]},
            {"name": f"error-{language}", "url": asked, "steps": [press]},
            {"name": f"thanks-{language}", "url": closed, "steps": [*answer, {"check": "#q-call"}, words, press]},
            {"name": f"gone-{language}", "url": f"{base}/s/{'A' * 32}?lang={language}"},
            {"name": f"stop-{language}", "url": f"{base}{others['stop']}?lang={language}"},
            {"name": f"stopped-{language}", "url": f"{base}{others['stop']}?lang={language}", "steps": [press]},
            {"name": f"mine-{language}", "url": f"{base}{others[closed]}?lang={language}"},
            {"name": f"pulse-{language}", "url": f"{base}{others['pulse']}?lang={language}"},
            {"name": f"pulse-error-{language}", "url": f"{base}{others['pulse']}?lang={language}", "steps": [press]},
            {"name": f"deleted-{language}", "url": f"{base}{others[closed]}?lang={language}", "steps": [press]},
        ]
    return states


async def _linked(room: Room, path: str, door: str) -> str:
    """Return the link to another page that the survey page shows."""
    found = re.search(rf'href="\.\.(/{door}/[\w-]+)', (await room.anonymous().get(path)).text)
    assert found
    return found[1]


async def _in_a_browser(room: Room, base: str, paths: list[str]) -> list[Figure]:
    """Weigh, scan, look, type and answer without scripts, all in Chromium."""
    others = {"stop": await _linked(room, paths[0], "u"), "pulse": (await given(room, {"blue": 1}))[0]}
    for language, path in (("en", paths[12]), ("ar", paths[10])):
        others[f"{base}{path}?lang={language}"] = await _linked(room, path, "me")
    before = await stored(room)
    scan = [f"{base}{path}" for path in (paths[1:9] * BROWSER_VISITS)[:BROWSER_VISITS]]
    found = await drive({"base": base, "weigh": [f"{base}{paths[1]}", f"{base}{paths[1]}?lang=ar"], "scan": scan})
    if found is None:
        return []
    scanned = await stored(room) - before
    moved = asyncio.create_task(_time_passes(room))
    with tempfile.TemporaryDirectory() as folder:
        looked = await drive(
            {
                "base": base,
                "states": _states(base, paths[10:14], others),
                "widths": WIDTHS,
                "shots": os.environ.get("SHOTS") or folder,
                "keyboard": f"{base}{paths[14]}?lang=en",
                "plain": {
                    "url": f"{base}{paths[15]}?lang=en",
                    "low": 'input[name="q.agent"][value="1"]',
                    "hidden": ".if1",
                    "check": ['input[name="q.why"][value="slow"]', 'input[name="q.solved"][value="no"]'],
                },
                "patience": 200,
            }
        )
    moved.cancel()
    assert looked is not None
    for one in [*looked["axe"], *looked["overflow"]]:
        print(f"survey.axe: {one}", file=sys.stderr)
    keyed, plain = looked["keyboard"], looked["plain"]
    typed = int((keyed or {}).get("heading") == "Thank you")
    bare = int(plain == {"before": False, "after": True, "heading": "Thank you"})
    seen = f"{looked['checked']} checks: states x 2 directions x {WIDTHS} px x light and dark; {len(looked['overflow'])} sideways scrolls"
    return [
        Figure("survey.page_requests", max(found["requests"]), "requests", goal=2, lower_is_better=True, note="counted by Chromium"),
        Figure("survey.page_foreign_requests", found["foreign"], "requests", goal=0, lower_is_better=True),
        Figure(
            "survey.browser_scanner_answers",
            scanned,
            "answers",
            goal=0,
            lower_is_better=True,
            note=f"{found['scans']} visits that run scripts and press",
        ),
        Figure("survey.axe_violations", len(looked["axe"]) + len(looked["overflow"]), "violations", goal=0, lower_is_better=True, note=seen),
        Figure("survey.keyboard_answers", typed, "answers", goal=1, note=str(keyed)),
        Figure("survey.no_script_answers", bare, "answers", goal=1, note="JavaScript off, with a follow-up question that appears"),
    ]


async def _time_passes(room: Room) -> None:
    """Let the room's clock go, so that answers in the browser are not too fast to be a person's."""
    while True:
        await asyncio.sleep(0.05)
        room.clock.move_to(room.clock.now() + TWENTY_SECONDS / 20)


async def run() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        async with opened_room(service, Path(folder), None) as room, served(room) as base:
            await put_survey(room, **BRANCHING)
            await put_programme(room, "asking", AT_ONCE)
            paths = await links(room, 20)
            heaviest, before = await weight(room, paths[0]), await stored(room)
            in_browser = await _in_a_browser(room, base, paths[:16])
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

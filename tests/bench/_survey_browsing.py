"""The customer's pages in a real browser: requests, scanners that run scripts, accessibility in every state, keys alone, and no scripts."""

import asyncio
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import func, select

from services.kit.db import Tx
from services.survey.models import Response
from tests.bench.figure import Figure
from tests.integration.survey.scene import TWENTY_SECONDS
from tests.integration.survey.test_pulses import given
from tests.support.room import Room

BROWSER_VISITS = 200
DRIVER = Path(__file__).parent / "pages"
WIDTHS = [320, 390, 1366]


async def stored(room: Room) -> int:
    """Return how many answers there are."""

    async def count(tx: Tx) -> int:
        found: int = await tx.scalar(select(func.count()).select_from(Response.__table__))  # type: ignore[attr-defined]  # SQLAlchemy's attribute
        return found

    return await room.runtime.read(count)


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


async def browse(room: Room, base: str, paths: list[str]) -> list[Figure]:
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

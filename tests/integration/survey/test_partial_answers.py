"""A customer begins to answer and goes away: what was said is kept, marked as broken off, and recorded when the link has ended."""

from sqlalchemy import text

from services.customers.contract import CustomerErased
from services.kit.db import Tx
from services.survey.app import service
from services.survey.contract import SurveyAnswered
from tests.conftest import OpenRoom
from tests.integration.survey.scene import filled, invited


async def waiting(tx: Tx) -> list[str]:
    """Return what waits beside the timers of answers that were begun."""
    return [str(row["payload"]) for row in await tx.rows(text("SELECT payload FROM due WHERE kind = 'keep_partial'"))]


async def test_an_answer_that_was_begun_is_recorded_as_broken_off_when_the_link_has_ended(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        customer_id, path = await invited(room)
        client = room.anonymous()
        first = await client.post(path, data=await filled(client, room, path, agent="2"))
        again = await client.post(path, data=await filled(client, room, path, agent="2", better="CANARY-WORDS"))
        assert (first.status_code, again.status_code) == (422, 422)
        assert room.said(SurveyAnswered) == []
        (kept,) = await room.runtime.read(waiting)
        assert "CANARY" not in kept
        await room.pass_time(days=31)
        (told,) = room.said(SurveyAnswered)
        assert (told.customer_id, told.complete, told.mode, told.comment) == (customer_id, False, "page", "CANARY-WORDS")
        assert [(answer.question, answer.score, answer.text) for answer in told.answers] == [("agent", 2, None), ("better", None, "CANARY-WORDS")]


async def test_an_answer_that_was_finished_counts_once_and_whole(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        _, path = await invited(room)
        client = room.anonymous()
        await client.post(path, data=await filled(client, room, path, agent="2"))
        assert (await client.post(path, data=await filled(client, room, path, agent="3", solved="yes"))).status_code == 200
        assert await room.runtime.read(waiting) == []
        await room.pass_time(days=31)
        (told,) = room.said(SurveyAnswered)
        assert (told.complete, told.answers[0].score) == (True, 3)


async def test_nothing_is_kept_of_a_blind_click_of_a_machine_or_of_who_is_forgotten(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        customer_id, path = await invited(room)
        client = room.anonymous()
        blind = await filled(client, room, path)
        await client.post(path, data=blind)
        await client.post(path, data={**blind, "q.agent": "5", "website": "http://spam.example"})
        assert await room.runtime.read(waiting) == []
        await client.post(path, data={**blind, "q.agent": "5"})
        assert len(await room.runtime.read(waiting)) == 1
        await room.hear(CustomerErased(customer_id=customer_id, erasure_id=None))
        assert await room.runtime.read(waiting) == []

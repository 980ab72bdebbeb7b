"""What agents learn changes whom contacts come to."""

from datetime import UTC, datetime
from uuid import UUID

from services.kit.ids import new_id
from services.knowledge.contract import TrainingCompleted
from services.routing.app import service
from tests.conftest import OpenRoom
from tests.integration.routing.desk import Desk


def _completed(agent_id: str, skill: str, level: int, valid_until: datetime | None = None) -> TrainingCompleted:
    return TrainingCompleted(
        assignment_id=new_id(),
        agent_id=UUID(agent_id),
        module="refunds-1",
        topic="refunds",
        minutes=90,
        skill=skill,
        skill_level=level,
        valid_until=valid_until,
        completed_at=datetime(2026, 11, 23, 9, tzinfo=UTC),
    )


async def test_a_finished_training_raises_a_skill_and_the_waiting_contact_comes_at_once(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.skill("refunds")
        await desk.queue("care", requires=[{"skill": "refunds", "level": 3}])
        anna = await desk.agent("anna", skills={"refunds": 2})
        contact = await desk.contact("care")
        assert contact["state"] == "waiting"
        await room.hear(_completed(anna["id"], "refunds", 3))
        await room.settle()
        assert (await desk.seen(contact))["agent_name"] == "Anna"
        await room.hear(_completed(anna["id"], "refunds", 1), _completed(anna["id"], "unheard-of", 5), _completed(str(new_id()), "refunds", 5))
        assert (await desk.api.get("/routing/v1/agents/anna")).json()["skills"] == {"lang:de": 4, "refunds": 3}


async def test_a_level_that_needs_a_refresher_ends_with_it_unless_the_agent_had_the_skill_before(open_room: OpenRoom) -> None:
    async with open_room(service) as room:
        desk = Desk(room)
        await desk.skill("refunds")
        anna, bert = await desk.agent("anna"), await desk.agent("bert", skills={"refunds": 1})
        until = datetime(2026, 11, 23, 12, tzinfo=UTC)
        await room.hear(_completed(anna["id"], "refunds", 3, until), _completed(bert["id"], "refunds", 3, until))
        shown = [(await desk.api.get(f"/routing/v1/agents/{name}")).json()["skills"]["refunds"] for name in ("anna", "bert")]
        assert shown == [3, 3]
        await room.pass_time(hours=4)
        assert (await desk.api.get("/routing/v1/agents/anna")).json()["skills"] == {"lang:de": 4}
        assert (await desk.api.get("/routing/v1/agents/bert")).json()["skills"] == {"lang:de": 4, "refunds": 3}

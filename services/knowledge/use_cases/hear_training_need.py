"""A team that resolves a topic less often than the others is told by insight, and stays a need until somebody learns."""

from datetime import timedelta

from services.insight.contract import TrainingNeedFound
from services.kit.db import UnitOfWork
from services.knowledge.repository.contacts import agents_of
from services.knowledge.repository.training import open_need, renew_need
from services.knowledge.use_cases.training import insert_need

SOURCE = "insight"
_LOOK_BACK = timedelta(days=90)


async def hear_training_need(uow: UnitOfWork, event: TrainingNeedFound) -> None:
    """Keep the need with the agents of that team who had contacts about it; what is open for the same team and topic is renewed instead."""
    agents = await agents_of(uow, event.team, event.topic, uow.now - _LOOK_BACK)
    told = {
        "agents": [str(one) for one in agents],
        "effect": round(-100 * event.effect, 3),
        "evidence": _sentence(event),
    }
    known = await open_need(uow, event.topic, event.team, SOURCE)
    if known is not None:
        await renew_need(uow, known.id, told)
        return
    await insert_need(uow, {**told, "id": event.need_id, "topic": event.topic, "group": event.team, "source": SOURCE})


def _sentence(event: TrainingNeedFound) -> str:
    low, high = sorted((-100 * event.low, -100 * event.high))
    missing = f"{-100 * event.effect:.1f} points less often than all others"
    return f"{event.team} resolves {event.topic} {missing} (95 % {low:.1f} to {high:.1f}; {event.n} answers)."

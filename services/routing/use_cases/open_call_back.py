"""Somebody is owed an answer and wants to be called: the call-back waits for the agent who can solve it."""

from typing import Any

from services.feedback.contract import FollowUpOpened
from services.kit.db import UnitOfWork
from services.routing.domain.credit import severity_credit_s
from services.routing.domain.eligibility import Step
from services.routing.domain.index import starvation_cap_s
from services.routing.models import Queue
from services.routing.repository import agents, contacts, matching, queues
from services.routing.use_cases.enqueue_contact import Arrival, enqueue_contact
from services.routing.use_cases.put_queue import DEFAULTS, store_queue

CALL_BACKS = "callbacks"
VOICE = "voice"
SKILL_LEVEL = 1
DROP_SKILL_AFTER_S = 1800
"""A call-back that nobody with the skill could take in half an hour goes to anybody who speaks the language."""
SPOKEN = {"phone": VOICE, "call": VOICE, "voice": VOICE}


async def open_call_back(uow: UnitOfWork, event: FollowUpOpened) -> None:
    """Queue one call-back per open follow-up; language, skill of the driver or department where one exists, credit for severity."""
    if not event.wants_call_back:
        return
    await matching.lock_dispatch(uow)
    if await contacts.open_call_back(uow, event.follow_up_id) is not None:
        return
    queue = await queue_or_default(uow, CALL_BACKS, "Call-backs", [VOICE, "email", "chat", "message"], sla_seconds=14_400)
    wanted = SPOKEN.get(event.channel, event.channel)
    channel = wanted if wanted in queue.channels else queue.channels[0]
    skills = [skill for skill in (event.issue, event.department) if skill is not None]
    known = [skill for skill in skills if not await agents.unknown_skills(uow, [skill])][:1]
    arrival = Arrival(
        channel=channel,
        direction="outbound",
        customer_id=event.customer_id,
        topic=event.issue,
        language=event.language,
        requires=[(skill, SKILL_LEVEL) for skill in known],
        relax=[Step(DROP_SKILL_AFTER_S, skill, 0) for skill in known],
        credit_s=severity_credit_s(event.severity),
        follow_up_id=event.follow_up_id,
        context={"reason": event.reason, "severity": event.severity, "item_id": str(event.item_id), "due_at": event.due_at.isoformat()},
    )
    await enqueue_contact(uow, queue, arrival)


async def queue_or_default(uow: UnitOfWork, key: str, name: str, channels: list[str], *, sla_seconds: int) -> Queue:
    """Return the queue, set up plainly if nobody has done so: always open, any agent of the language."""
    found = await queues.find(uow, key)
    if found is not None:
        return found
    row: dict[str, Any] = {
        "name": name,
        "channels": channels,
        "sla_seconds": sla_seconds,
        "sla_share": 0.8,
        "weight": 1.0,
        "wrap_up_seconds": 0,
        "starvation_seconds": starvation_cap_s(sla_seconds),
        "department": None,
        "hours": None,
        "requires": [],
        "relax": [],
        "prefer": [],
        "sticky_seconds": 0,
        "shift_end_allowance_seconds": None,
        "policy": None,
    }
    await store_queue(uow, key, row | DEFAULTS)
    return await queues.queue(uow, key)

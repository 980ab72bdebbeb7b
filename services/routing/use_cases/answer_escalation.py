"""What becomes of an escalation: somebody looks after it, it goes one level higher, or it is over. Saying it twice is saying it once."""

from uuid import UUID

from services.kit.db import UnitOfWork
from services.kit.errors import Conflict
from services.kit.fields import Command, Line, Reference
from services.routing.contract import EscalationAcknowledged, EscalationResolved
from services.routing.domain.escalation import Cause, EscalationState, Ladder, ladder_of
from services.routing.models import Escalation
from services.routing.repository import escalations, queues
from services.routing.use_cases.open_escalation import CLIMB, at_level, tell, who_asks


class EscalationOver(Conflict):
    """The escalation is resolved; raise a new one."""

    code = "escalation_over"


class HighestLevel(Conflict):
    """The escalation is at the highest level of its queue."""

    code = "escalation_at_highest_level"


class EscalationMoved(Conflict):
    """Somebody changed the escalation at the same moment: read it again."""

    code = "escalation_moved"
    retryable = True


class AcknowledgeEscalation(Command):
    """Who looks after it; without a name whoever holds the key."""

    by: Reference | None = None


class RaiseEscalation(Command):
    """Why the next level has to look at it."""

    reason: Line
    by: Reference | None = None


class ResolveEscalation(Command):
    """What it came to."""

    outcome: Line | None = None
    by: Reference | None = None


async def acknowledge_escalation(uow: UnitOfWork, escalation_id: UUID, command: AcknowledgeEscalation) -> Escalation:
    """Somebody looks after it: it does not climb by itself any more. Raises EscalationNotFound, EscalationOver."""
    known = await _not_over(uow, escalation_id)
    if known.state == EscalationState.ACKNOWLEDGED:
        return known
    by = command.by or who_asks(uow)
    await uow.cancel(CLIMB, key=str(escalation_id))
    await _change(uow, known, {"state": EscalationState.ACKNOWLEDGED.value, "acknowledged_at": uow.now, "acknowledged_by": by})
    uow.emit(EscalationAcknowledged(**_ids(known), level=known.level, acknowledged_by=by, acknowledged_at=uow.now))
    return await escalations.escalation(uow, escalation_id)


async def raise_escalation(uow: UnitOfWork, escalation_id: UUID, command: RaiseEscalation) -> Escalation:
    """Take it one level higher. Raises EscalationNotFound, EscalationOver, HighestLevel."""
    known = await _not_over(uow, escalation_id)
    ladder = await _ladder(uow, known)
    if ladder is None or ladder.at(known.level + 1) is None:
        raise HighestLevel(f"Escalation {escalation_id} is at level {known.level}, the highest of queue {known.queue}.")
    return await _climb(uow, known, ladder, Cause.PERSON, command.by or who_asks(uow), command.reason)


async def resolve_escalation(uow: UnitOfWork, escalation_id: UUID, command: ResolveEscalation) -> Escalation:
    """It is over. Raises EscalationNotFound."""
    known = await escalations.escalation(uow, escalation_id)
    if known.state == EscalationState.RESOLVED:
        return known
    by = command.by or who_asks(uow)
    await uow.cancel(CLIMB, key=str(escalation_id))
    values = {"state": EscalationState.RESOLVED.value, "resolved_at": uow.now, "resolved_by": by, "outcome": command.outcome}
    await _change(uow, known, values)
    uow.emit(EscalationResolved(**_ids(known), level=known.level, resolved_by=by, outcome=command.outcome, resolved_at=uow.now))
    return await escalations.escalation(uow, escalation_id)


async def climb_unacknowledged(uow: UnitOfWork, escalation_id: UUID) -> None:
    """Nobody acknowledged it in time: the next level has to."""
    known = await escalations.escalation(uow, escalation_id)
    ladder = await _ladder(uow, known)
    late = known.acknowledge_by is not None and known.acknowledge_by <= uow.now
    if known.state == EscalationState.OPEN and late and ladder is not None and ladder.at(known.level + 1) is not None:
        await _climb(uow, known, ladder, Cause.NOT_ACKNOWLEDGED, known.to_whom, known.reason)


async def _climb(uow: UnitOfWork, known: Escalation, ladder: Ladder, cause: Cause, from_whom: str, reason: str) -> Escalation:
    values = await at_level(uow, known.id, ladder, known.level + 1, cause, from_whom, known.steps)
    await _change(uow, known, values | {"reason": reason})
    found = await escalations.escalation(uow, known.id)
    tell(uow, found)
    return found


async def _not_over(uow: UnitOfWork, escalation_id: UUID) -> Escalation:
    known = await escalations.escalation(uow, escalation_id)
    if known.state == EscalationState.RESOLVED:
        raise EscalationOver(f"Escalation {escalation_id} was resolved at {known.resolved_at:%Y-%m-%d %H:%M} UTC.")
    return known


async def _ladder(uow: UnitOfWork, known: Escalation) -> Ladder | None:
    queue = await queues.find(uow, known.queue)
    return None if queue is None else ladder_of(queue.escalation)


async def _change(uow: UnitOfWork, known: Escalation, values: dict[str, object]) -> None:
    if not await escalations.change(uow, known, **values):
        raise EscalationMoved(f"Escalation {known.id} was changed at the same moment.")


def _ids(known: Escalation) -> dict[str, UUID | None]:
    names = ("contact_id", "case_id", "follow_up_id", "customer_id")
    return {"escalation_id": known.id} | {name: getattr(known, name) for name in names}

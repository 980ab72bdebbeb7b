"""Stop waiting."""

from uuid import UUID

from services.kit.db import UnitOfWork
from services.survey.domain.judging import Input, Reason, RuleVerdict
from services.survey.repository import asking
from services.survey.use_cases.skip_decision import skip


async def give_up_decision(uow: UnitOfWork, decision_id: UUID) -> None:
    """End a decision whose delivery or whose customer never came."""
    decision = await asking.lock_pending(uow, decision_id)
    if decision is None or decision.waits_for == "moment":
        return
    reason = Reason.CUSTOMER_UNKNOWN if decision.waits_for == "customer" else Reason.NOT_DELIVERED_IN_TIME
    seen: Input = {"order_reference": decision.order_reference, "waited_until": decision.give_up_at.isoformat()}
    await skip(uow, decision, [RuleVerdict(decision.waits_for or "timing", seen, passed=False, reason=reason)])

"""End a decision without asking."""

from collections.abc import Sequence
from typing import Any

from services.kit.db import UnitOfWork
from services.survey.contract import SurveySkipped
from services.survey.domain.judging import RuleVerdict
from services.survey.models import Decision
from services.survey.repository import asking

JUDGE = "judge_decision"
GIVE_UP = "give_up_decision"


def as_rows(verdicts: Sequence[RuleVerdict]) -> list[dict[str, Any]]:
    """Return verdicts as they are stored and shown."""
    return [verdict.row for verdict in verdicts]


def as_json(verdicts: Sequence[RuleVerdict]) -> str:
    """Return the same as JSON."""
    return f"[{','.join([verdict.stored for verdict in verdicts])}]"


async def skip(uow: UnitOfWork, decision: Decision, verdicts: Sequence[RuleVerdict], inclusion_probability: float | None = None) -> None:
    """Record the first refusal among `verdicts` as the reason, and tell of it; nothing happens when the decision is already made."""
    refusal = next(verdict for verdict in verdicts if not verdict.passed)
    changed = await asking.change_decision(
        uow,
        decision,
        outcome="skipped",
        waits_for=None,
        reason=refusal.reason,
        rules=as_rows(verdicts),
        inclusion_probability=inclusion_probability,
        next_possible_at=refusal.next_possible_at,
        decided_at=uow.now,
    )
    if not changed or refusal.reason is None:
        return
    uow.emit(
        SurveySkipped(
            decision_id=decision.id,
            programme=decision.programme,
            customer_id=decision.customer_id,
            contact_id=decision.contact_id,
            reason=refusal.reason,
            inclusion_probability=inclusion_probability,
        )
    )


async def call_off(uow: UnitOfWork, decision: Decision, refusal: RuleVerdict) -> None:
    """Skip a decision before it fell due, and take its timers back. Not for the timers themselves: the kit ends those."""
    await skip(uow, decision, [refusal])
    await uow.cancel(JUDGE, key=str(decision.id))
    await uow.cancel(GIVE_UP, key=str(decision.id))

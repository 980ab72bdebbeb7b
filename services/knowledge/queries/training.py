"""Hours against the goal, and whether a module changed outcomes."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from services.kit.db import Tx
from services.knowledge.contract import HoursView, TrainingEffectView
from services.knowledge.domain.effect import effect
from services.knowledge.domain.shares import share
from services.knowledge.queries.guide_statistics import shown
from services.knowledge.repository.contacts import outcomes
from services.knowledge.repository.health import Span
from services.knowledge.repository.training import completions, hours, module_by_code

GOAL_MINUTES = 24 * 60
"""Learning a year and agent: 24 hours."""
_YEAR = timedelta(days=365)


async def hours_of(tx: Tx, agents: Sequence[UUID] | None) -> list[HoursView]:
    """Return the agents' hours of the last year, those with fewest first; who learned nothing is only shown when asked for by id."""
    rows = {row["agent_id"]: row for row in await hours(tx, agents, tx.now - _YEAR, tx.now + timedelta(seconds=1))}
    wanted = [*[one for one in agents or [] if one not in rows], *rows]
    return [
        HoursView(
            agent_id=one,
            minutes=int(rows[one]["minutes"]) if one in rows else 0,
            goal_minutes=GOAL_MINUTES,
            missing_minutes=max(0, GOAL_MINUTES - (int(rows[one]["minutes"]) if one in rows else 0)),
            entries=rows[one]["entries"] if one in rows else 0,
        )
        for one in wanted
    ]


async def training_effect(tx: Tx, code: str, since: datetime, until: datetime, days: int) -> TrainingEffectView:
    """Compare `days` before the first completion in the span with `days` after the last one, for learners and for everybody else."""
    module = await module_by_code(tx, code)
    learned = await completions(tx, code, since, until)
    window = timedelta(days=days)
    first, last = min(learned.values(), default=until), max(learned.values(), default=until)
    groups = {False: (0, 0), True: (0, 0)}
    before = after = groups
    if learned and module.topic:
        before = groups | await outcomes(tx, Span(first - window, first), module.topic, list(learned))
        after = groups | await outcomes(tx, Span(last, last + window), module.topic, list(learned))
    found = effect(before[True], after[True], before[False], after[False])
    return TrainingEffectView(
        module=code,
        topic=module.topic,
        days=days,
        learners=len(learned),
        before=shown(share(*before[True])),
        after=shown(share(*after[True])),
        others_before=shown(share(*before[False])),
        others_after=shown(share(*after[False])),
        effect=found.value if found else None,
        low=found.low if found else None,
        high=found.high if found else None,
        verdict=_verdict(found.low, found.high) if found else "too_few",
    )


def _verdict(low: float, high: float) -> str:
    return "better" if low > 0 else "worse" if high < 0 else "not_proven"

"""Something happened that a programme is for: note a decision for it, and when it falls due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.kit.db import UnitOfWork
from services.kit.ids import new_id
from services.survey.contract import Attribution
from services.survey.domain.judging import Input, Reason, RuleVerdict
from services.survey.domain.programme import Outranked, Rules, Trigger
from services.survey.models import ProgrammeVersion
from services.survey.repository import asking, hearing
from services.survey.use_cases.advance_decision import Standing, set_timer, standings, tell_skipped
from services.survey.use_cases.conditions import VOCABULARY, needs_only_the_occasion
from services.survey.use_cases.gather_facts import named_facts
from services.survey.use_cases.rules_of import rules_of


@dataclass(frozen=True, slots=True)
class Occasion:
    """What happened, to whom, and what it has to do with."""

    trigger: Trigger
    key: str
    """`contact:<id>`, `order:<reference>`, `case:<id>` or `event:<id>`."""
    customer_id: UUID | None
    channel: str
    occurred_at: datetime
    attribution: Attribution
    facts: Mapping[str, Any]
    """What a programme's `where`, delays, cells and condition look at."""
    language: str | None = None


@dataclass(frozen=True, slots=True)
class _Planned:
    """One new decision: who is for it, or who asks instead."""

    row: dict[str, Any]
    rules: Rules
    instead: str | None
    """The programme that comes first; None for the first itself, and for those that wait for its verdict."""


async def plan_ask(uow: UnitOfWork, occasion: Occasion, *, only: str | None = None) -> None:
    """Note one decision per programme that the occasion is for (`only` this one, when named)."""
    await plan_asks(uow, [occasion], only=only)


async def plan_asks(uow: UnitOfWork, occasions: Sequence[Occasion], *, only: str | None = None) -> None:
    """Note one decision per occasion and programme that it is for.

    The programme that comes first may ask; the others end here with the reason, or wait to see whether the first one asks.
    """
    programmes = {trigger: await asking.programmes_for(uow, trigger) for trigger in sorted({each.trigger for each in occasions})}
    planned = []
    for occasion in occasions:
        planned += _planned(uow, occasion, [each for each in programmes[occasion.trigger] if only in {None, each.key}])
    open_ones = [each for each in planned if each.instead is None]
    stand = dict(zip((each.row["id"] for each in open_ones), await standings(uow, [(each.row, each.rules) for each in open_ones]), strict=True))
    for each in planned:
        standing = stand.get(each.row["id"]) or outranked(each)
        each.row["rules"], each.row["waits_for"], each.row["next_possible_at"] = standing.rules, standing.waits_for, standing.moment
        if standing.refusal is not None:
            each.row.update(outcome="skipped", reason=standing.refusal.reason, decided_at=uow.now)
    new = await hearing.add_decisions(uow, [each.row for each in planned])
    for each in planned:
        standing = stand.get(each.row["id"]) or outranked(each)
        if each.row["id"] not in new:
            continue
        if standing.refusal is not None:
            tell_skipped(uow, each.row, standing.refusal)
        else:
            await set_timer(uow, each.row, standing)


def outranked(planned: _Planned) -> Standing:
    """Return the end of a decision because another programme asks."""
    seen: Input = {"priority": planned.rules.priority, "asks_instead": planned.instead}
    return Standing(None, {}, refusal=RuleVerdict("priority", seen, passed=False, reason=Reason.LOWER_PRIORITY))


def _planned(uow: UnitOfWork, occasion: Occasion, programmes: Sequence[ProgrammeVersion]) -> list[_Planned]:
    eligible = []
    for programme in programmes:
        rules = rules_of(programme)
        if rules.active and rules.where.matches(occasion.facts) and may_meet(rules, occasion.facts):
            eligible.append((rules.priority, programme.key, programme, rules))
    eligible.sort(key=lambda found: found[:2])
    return [
        _Planned(
            _decision_row(uow, occasion, programme, rules),
            rules,
            None if place == 0 or rules.when_outranked is Outranked.WAIT else eligible[0][1],
        )
        for place, (_, _, programme, rules) in enumerate(eligible)
    ]


def may_meet(rules: Rules, facts: Mapping[str, Any]) -> bool:
    """Say whether the occasion may still meet the condition: one that reads nothing but the occasion is settled now, any other at sending."""
    if not rules.condition:
        return True
    rule = VOCABULARY.expression(rules.condition)
    return not needs_only_the_occasion(rule) or rule.judge(named_facts(facts, None, None)).met


def _decision_row(uow: UnitOfWork, occasion: Occasion, programme: ProgrammeVersion, rules: Rules) -> dict[str, Any]:
    return {
        "id": new_id(),
        "programme": programme.key,
        "programme_version": programme.version,
        "occasion": occasion.key,
        "contact_id": occasion.attribution.contact_id,
        "customer_id": occasion.customer_id,
        "order_reference": occasion.attribution.order_reference,
        "attribution": occasion.attribution.model_dump(mode="json"),
        "facts": dict(occasion.facts),
        "channel": occasion.channel,
        "language": occasion.language,
        "occurred_at": occasion.occurred_at,
        "outcome": asking.PENDING,
        "waits_for": None,
        "reason": None,
        "rules": [],
        "inclusion_probability": None,
        "next_possible_at": None,
        "give_up_at": occasion.occurred_at + timedelta(days=rules.give_up_days),
        "lot": None,
        "cell": None,
        "late_ms": None,
        "invitation_id": None,
        "created_at": uow.now,
        "decided_at": None,
        "version": 1,
    }

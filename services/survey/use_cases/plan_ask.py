"""Something happened that a programme is for: note a decision for it, and when it falls due."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.kit.db import UnitOfWork
from services.kit.ids import new_id
from services.survey.contract import Attribution
from services.survey.domain.judging import Reason, RuleVerdict
from services.survey.domain.programme import Outranked, Rules, Trigger
from services.survey.models import Decision, ProgrammeVersion
from services.survey.repository import asking
from services.survey.use_cases.advance_decision import advance
from services.survey.use_cases.conditions import VOCABULARY, needs_only_the_occasion
from services.survey.use_cases.gather_facts import named_facts
from services.survey.use_cases.rules_of import rules_of
from services.survey.use_cases.skip_decision import skip


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


async def plan_ask(uow: UnitOfWork, occasion: Occasion, *, only: str | None = None) -> list[Decision]:
    """Note one decision per programme that the occasion is for (`only` this one, when named).

    The programme that comes first may ask; the others end here with the reason, or wait to see whether the first one asks.
    """
    eligible = []
    for programme in await asking.programmes_for(uow, occasion.trigger):
        if only not in {None, programme.key}:
            continue
        rules = rules_of(programme)
        if rules.active and rules.where.matches(occasion.facts) and may_meet(rules, occasion.facts):
            eligible.append((rules.priority, programme.key, programme, rules))
    planned = []
    for place, (_, _, programme, rules) in enumerate(sorted(eligible, key=lambda found: found[:2])):
        row = _decision_row(uow, occasion, programme, rules)
        if not await uow.insert_ignore(Decision, row):
            continue
        decision = Decision.model_validate(row)
        if place == 0 or rules.when_outranked is Outranked.WAIT:
            await advance(uow, decision, rules)
        else:
            first = min(eligible, key=lambda found: found[:2])[1]
            await skip(uow, decision, [RuleVerdict("priority", {"priority": rules.priority, "asks_instead": first}, False, Reason.LOWER_PRIORITY)])
        planned.append(await asking.decision(uow, decision.id))
    return planned


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
        "invitation_id": None,
        "created_at": uow.now,
        "decided_at": None,
        "version": 1,
    }

"""Find out before anybody is asked: a programme that can never fire, contradicts itself, goes in circles or is not neutral."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from services.kit.db import Tx
from services.kit.errors import Refused
from services.kit.expressions import Expression, InvalidExpression
from services.survey.domain.neutrality import biased
from services.survey.domain.programme import Rules, Trigger, Where
from services.survey.domain.sampling import is_drawn
from services.survey.repository import asking
from services.survey.use_cases.conditions import VOCABULARY, can_be, candidates, never_known


class Level(StrEnum):
    """How bad a finding is."""

    ERROR = "error"
    """The programme is not put in force."""
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of a programme: where, what, and why it matters."""

    level: Level
    code: str
    pointer: str
    reason: str


class SurveyMissing(Refused):
    """A programme needs a survey that exists: put the survey first."""

    code = "survey_missing"


class ProgrammeFaulty(Refused):
    """The programme can never fire, contradicts itself, goes in circles or is not neutral; the answer names the place and the reason."""

    code = "programme_faulty"


async def check_programme(tx: Tx, key: str | None, rules: Rules) -> list[Finding]:
    """Return everything that is wrong or strange, errors first; nothing is changed."""
    found: list[Finding] = []
    if await asking.latest_survey(tx, rules.survey) is None:
        found.append(Finding(Level.ERROR, "survey_missing", "/survey", f"There is no survey {rules.survey}; put it first."))
    others = [(other.key, Rules.model_validate(other.rules)) for other in await asking.live_programmes(tx) if other.key != key]
    found += [*_expressions(rules), *_contradictions(rules), *_neutrality(rules), *_circles(rules, others), *_overshadowed(key, rules, others)]
    return sorted(found, key=lambda finding: (finding.level, finding.pointer))


async def must_be_sound(tx: Tx, key: str, rules: Rules) -> list[Finding]:
    """Return the warnings; raises SurveyMissing, InvalidExpression or ProgrammeFaulty with the first place and all reasons."""
    found = await check_programme(tx, key, rules)
    errors = [finding for finding in found if finding.level is Level.ERROR]
    if not errors:
        return found
    first = errors[0]
    reasons = " ".join(f"{finding.pointer}: {finding.reason}" for finding in errors)
    if first.code == SurveyMissing.code:
        raise SurveyMissing(first.reason, pointer=first.pointer)
    if first.code == InvalidExpression.code:
        raise InvalidExpression(reasons, pointer=first.pointer)
    raise ProgrammeFaulty(reasons, pointer=first.pointer)


def _error(code: str, pointer: str, reason: str) -> Finding:
    return Finding(Level.ERROR, code, pointer, reason)


def _fixed(where: Where) -> dict[str, Sequence[Any]]:
    """Return the values to which `where` restricts the names of conditions."""
    names = {"kind": "event.kind", "survey": "answered.survey", "product": "order.product"}
    return {names.get(name, f"contact.{name}"): values for name in type(where).model_fields if (values := getattr(where, name))}


def _expressions(rules: Rules) -> Iterator[Finding]:
    for pointer, text, is_exclusion in [
        *([("/condition", rules.condition, False)] if rules.condition else []),
        *((f"/exclude/{place}/when", exclusion.when, True) for place, exclusion in enumerate(rules.exclude)),
    ]:
        try:
            rule = VOCABULARY.expression(text)
        except InvalidExpression as error:
            yield _error(InvalidExpression.code, pointer, error.detail)
            continue
        yield from _one_expression(rules, pointer, rule, is_exclusion=is_exclusion)


def _one_expression(rules: Rules, pointer: str, rule: Expression, *, is_exclusion: bool) -> Iterator[Finding]:
    unknown = sorted(set(rule.names) & never_known(rules.trigger))
    fixed = _fixed(rules.where)
    for name in unknown:
        fixed.pop(name, None)
    possible, avoidable = can_be(rule, True, fixed), can_be(rule, False, fixed)
    if unknown and not is_exclusion and rule.judge(_known_sample(rule, unknown)).missing:
        yield _error("never_fires", pointer, f"{', '.join(unknown)} is never known for {rules.trigger}, so the condition is never decided.")
    elif possible is False and not is_exclusion:
        yield _error(
            "never_fires", pointer, "No contact, customer and order can meet this condition together with `where`: the programme would never fire."
        )
    elif avoidable is False and is_exclusion:
        yield _error("never_fires", pointer, "Everybody meets this exclusion, so nobody would ever be asked.")
    elif possible is False or avoidable is False:
        outcome = "Nobody ever meets this exclusion." if is_exclusion else "The condition is always met; it changes nothing."
        yield Finding(Level.WARNING, "no_effect", pointer, outcome)


def _known_sample(rule: Expression, unknown: Sequence[str]) -> Mapping[str, Any]:
    return {name: values[0] for name, values in candidates(rule, {}).items() if name not in unknown}


def _contradictions(rules: Rules) -> Iterator[Finding]:
    if not is_drawn(0.0, rules.share):
        yield Finding(Level.WARNING, "asks_nobody", "/share", "A share of 0 asks nobody; pause the programme to say that on purpose.")
    yield from _reminders(rules)
    if rules.wait_for and rules.delay_seconds > rules.give_up_days * 86_400 * 3:
        yield Finding(
            Level.WARNING, "long_delay", "/delay_seconds", "The delay after the delivery is more than three times the time that is waited for it."
        )
    yield from _caps(rules)
    if rules.rhythm and rules.rhythm.every_days <= rules.cooldown_days:
        yield _error("contradiction", "/rhythm/every_days", f"It comes round every {rules.rhythm.every_days} days, inside its own cool-down.")
    if rules.cells and rules.cells.budget and rules.share < 1:
        yield _error("contradiction", "/share", "With a budget the shares of the cells are worked out; leave share at 1.")


def _reminders(rules: Rules) -> Iterator[Finding]:
    days = [reminder.after_days for reminder in rules.reminders]
    for place, after in enumerate(days):
        if after >= rules.expiry_days:
            yield _error(
                "contradiction", f"/reminders/{place}/after_days", f"It reminds after {after} days, but the link ends after {rules.expiry_days}."
            )
        if place and after <= days[place - 1]:
            yield _error("contradiction", f"/reminders/{place}/after_days", "Reminders come one after the other: each later than the one before.")


def _caps(rules: Rules) -> Iterator[Finding]:
    for place, cap in enumerate(rules.caps):
        if rules.reminders_count and cap.limit < 1 + len(rules.reminders):
            reason = f"An ask with its reminders counts {1 + len(rules.reminders)} times, so the last of them break this cap."
            yield _error("contradiction", f"/caps/{place}/limit", reason)
        stricter = [other for other in rules.caps if other is not cap and (other.scope, other.attribute) == (cap.scope, cap.attribute)]
        if any(other.limit <= cap.limit and other.days >= cap.days for other in stricter):
            yield Finding(Level.WARNING, "no_effect", f"/caps/{place}", "Another cap of the programme is stricter; this one never has a say.")


def _neutrality(rules: Rules) -> Iterator[Finding]:
    if not rules.neutral:
        return
    expressions = [(f"/exclude/{place}/when", exclusion.when) for place, exclusion in enumerate(rules.exclude)]
    if rules.condition:
        expressions.append(("/condition", rules.condition))
    for pointer, text in expressions:
        try:
            names = biased(VOCABULARY.expression(text).names)
        except InvalidExpression:
            continue
        if names:
            yield _error("not_neutral", pointer, f"A neutral choice must not depend on {', '.join(names)}.")
    for name in biased(name for name in type(rules.where).model_fields if getattr(rules.where, name)):
        yield _error("not_neutral", f"/where/{name}", f"A neutral choice must not depend on {name}.")
    if rules.skip_while:
        yield _error("not_neutral", "/skip_while", "A neutral choice must not depend on open cases or follow-ups.")
    if rules.cells and (rules.cells.half_width is not None or rules.cells.budget is not None):
        place = "half_width" if rules.cells.half_width is not None else "budget"
        yield _error("not_neutral", f"/cells/{place}", "How precise a cell is depends on the scores in it; a neutral choice may only have quotas.")
    if rules.trigger is Trigger.FOLLOW_UP_CONTACT_ENDED:
        yield _error("not_neutral", "/trigger", "Who had a follow-up was unhappy: asking them for reviews is not neutral.")


def _circles(rules: Rules, others: Sequence[tuple[str, Rules]]) -> Iterator[Finding]:
    """Follow `survey answered → programme → survey` until it comes back to where it began."""
    if rules.trigger is not Trigger.SURVEY_ANSWERED or not rules.active:
        return
    chained = [other for _, other in others if other.trigger is Trigger.SURVEY_ANSWERED and other.active]
    reached, path = {rules.survey}, [rules.survey]
    grown = True
    while grown:
        grown = False
        for other in [rules, *chained]:
            starts = set(other.where.survey) or {"*"}
            if other.survey not in reached and (starts & reached or "*" in starts):
                reached.add(other.survey)
                path.append(other.survey)
                grown = True
    if not rules.where.survey or set(rules.where.survey) & reached:
        reason = f"An answer to {' → '.join(path)} would start this programme again: it goes in circles."
        yield _error("loop", "/where/survey", reason)


def _overshadowed(key: str | None, rules: Rules, others: Sequence[tuple[str, Rules]]) -> Iterator[Finding]:
    for other_key, other in others:
        first = (other.priority, other_key) < (rules.priority, key or "~")
        if first and other.active and other.trigger is rules.trigger and not other.condition and _covers(other.where, rules.where):
            reason = f"Programme {other_key} comes first for every occasion of this one."
            yield Finding(Level.WARNING, "overshadowed", "/priority", reason)


def _covers(wide: Where, narrow: Where) -> bool:
    for name in type(wide).model_fields:
        allowed, wanted = getattr(wide, name), getattr(narrow, name)
        if allowed and not (wanted and set(wanted) <= set(allowed)):
            return False
    return True

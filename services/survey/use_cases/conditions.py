"""The names that conditions and exclusions may read, and how a rule is found that can never be met."""

import itertools
import random
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from services.kit.expressions import Attribute, Expression, Kind, Vocabulary
from services.survey.domain.programme import Trigger

CONTACT = (
    Attribute("contact.channel", Kind.text, "voice, chat, email, message, social or portal"),
    Attribute("contact.direction", Kind.text, "inbound or outbound"),
    Attribute("contact.queue", Kind.text, "the queue that it waited in"),
    Attribute("contact.topic", Kind.text, "what it was about"),
    Attribute("contact.driver", Kind.text, "why the customer had to make contact"),
    Attribute("contact.department", Kind.text, "the department that caused it"),
    Attribute("contact.disposition", Kind.text, "how the agent closed it"),
    Attribute("contact.site", Kind.text, "where it was served"),
    Attribute("contact.vendor", Kind.text, "for which supplier"),
    Attribute("contact.team", Kind.text, "by which team"),
    Attribute("contact.resolved", Kind.text, "the agent's view: yes, partly or no"),
    Attribute("contact.language", Kind.text, "BCP 47 language"),
    Attribute("contact.transfers", Kind.whole, "how often it was passed on"),
    Attribute("contact.articles", Kind.whole, "how many knowledge articles were used"),
    Attribute("contact.handle_seconds", Kind.number, "talk and wrap-up, in seconds"),
)
EVENT = (
    Attribute("event.kind", Kind.text, "the kind that the sender of the event named"),
    Attribute("event.attributes", Kind.attributes, "what the sender said about the event, by name"),
)
ANSWERED = (Attribute("answered.survey", Kind.text, "the survey that was answered"),)
CUSTOMER = (
    Attribute("customer.language", Kind.text, "BCP 47 language"),
    Attribute("customer.country", Kind.text, "ISO 3166-1 code"),
    Attribute("customer.time_zone", Kind.text, "IANA zone"),
    Attribute("customer.tier", Kind.text, "how the house values the customer"),
    Attribute("customer.email", Kind.text, "e-mail address; for exclusions such as internal addresses"),
    Attribute("customer.preferred_channel", Kind.text, "email, sms, message or voice"),
    Attribute("customer.segment", Kind.attributes, "segments by name"),
)
ORDER = (
    Attribute("order.product", Kind.text, "what was ordered"),
    Attribute("order.days_to_delivery", Kind.number, "from placing to delivery, in days"),
)
VOCABULARY = Vocabulary([*CONTACT, *EVENT, *ANSWERED, *CUSTOMER, *ORDER])
MOST_COMBINATIONS = 20_000
SAMPLED = 5_000
_LITERAL = re.compile(r"""[rR]?("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')""")
_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?")
_NOT_EXHAUSTIVE = re.compile(r"\b(matches|size|startsWith|endsWith|contains|duration|timestamp|exists|all|map|filter)\b|[-+*/%]\s*[\w(]")


def never_known(trigger: Trigger) -> frozenset[str]:
    """Return the names that occasions of this trigger never have; a rule that needs one is never decided."""
    contact = {attribute.name for attribute in CONTACT}
    event = {attribute.name for attribute in EVENT}
    answered = {attribute.name for attribute in ANSWERED}
    order = {attribute.name for attribute in ORDER}
    match trigger:
        case Trigger.CONTACT_ENDED | Trigger.FOLLOW_UP_CONTACT_ENDED:
            return frozenset(event | answered)
        case Trigger.ORDER_DELIVERED:
            return frozenset(contact | event | answered)
        case Trigger.CASE_RESOLVED:
            return frozenset((contact | event | answered | order) - {"contact.driver"})
        case Trigger.SURVEY_ANSWERED:
            return frozenset(contact | event | order)
        case Trigger.RELATIONSHIP:
            return frozenset(contact | event | answered | order)
        case Trigger.CUSTOM:
            return frozenset(contact | answered | order)


def needs_only_the_occasion(rule: Expression) -> bool:
    """Say whether everything that the rule reads is known at once, so that it can be judged before anything is planned."""
    return all(name.startswith(("contact.", "event.", "answered.")) for name in rule.names)


def candidates(rule: Expression, fixed: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
    """Return for each name the values among which the rule's verdict can change: its literals, their neighbours and one that is none of them."""
    texts = [match.group(1)[1:-1] for match in _LITERAL.finditer(rule.text)]
    numbers = [float(found) for found in _NUMBER.findall(_LITERAL.sub('""', rule.text))]
    found: dict[str, list[Any]] = {}
    for name in rule.names:
        match VOCABULARY.attributes[name].kind:
            case Kind.whole:
                values: list[Any] = sorted({0} | {int(number) + step for number in numbers for step in (-1, 0, 1)})
            case Kind.number:
                values = sorted({0.0} | {number + step for number in numbers for step in (-0.5, 0.0, 0.5)})
            case Kind.attributes:
                values = [{key: value} for key in texts for value in [*texts, "\x00other"]] or [{"\x00other": "\x00other"}]
            case _:
                values = list(dict.fromkeys([*texts, "\x00other"]))
        found[name] = list(fixed[name]) if fixed.get(name) else values
    return found


def can_be(rule: Expression, verdict: bool, fixed: Mapping[str, Sequence[Any]]) -> bool | None:
    """Say whether some facts give this verdict; None when trying out did not find any and is no proof (patterns, arithmetic, too many names).

    For comparisons with literals the verdict depends on nothing but which literal each fact equals or lies between, so trying one
    value for each of these is complete.
    """
    values = candidates(rule, fixed)
    count = 1
    for each in values.values():
        count *= len(each)
    names = list(values)
    combinations: Iterable[tuple[Any, ...]] = itertools.product(*values.values())
    if count > MOST_COMBINATIONS:
        draw = random.Random(rule.text)  # noqa: S311  nothing is kept secret by it; the same rule is tried out the same way
        combinations = (tuple(draw.choice(each) for each in values.values()) for _ in range(SAMPLED))
    for combination in combinations:
        if rule.judge(dict(zip(names, combination, strict=True))).value is verdict:
            return True
    proof = count <= MOST_COMBINATIONS and not _NOT_EXHAUSTIVE.search(_LITERAL.sub('""', rule.text)) and not _has_attributes(rule)
    return False if proof else None


def _has_attributes(rule: Expression) -> bool:
    return any(VOCABULARY.attributes[name].kind is Kind.attributes for name in rule.names)

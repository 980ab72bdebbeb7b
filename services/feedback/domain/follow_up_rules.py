"""When somebody owes a customer an answer. Rules are data; the shipped ones hold until the organisation replaces or switches them off by key."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

CONFIRMED, NOT_RECOVERED, NO_ANSWER = "confirmed", "not_recovered", "no_answer"
"""How a follow-up ends: by the customer's yes, by their no, or documented without a word of theirs."""
GENERAL = "general"
"""The issue of an item whose driver nobody knows yet."""


@dataclass(frozen=True, slots=True)
class Rule:
    """All conditions that are set must hold. `priority`: the highest matching rule gives the reason, the promise and the owner."""

    key: str
    priority: int
    active: bool
    due_office_hours: float
    wants_contact: bool | None = None
    kinds: tuple[str, ...] = ()
    lowest_score_share: float | None = None
    """Holds when the score stands at or under this place of its scale (0 worst, 1 best)."""
    sentiment: str | None = None
    least_severity: int | None = None
    drivers: tuple[str, ...] = ()
    wants_call_back: bool = False
    owner: str | None = None
    escalate_to: str | None = None
    when: str | None = None
    """A condition in the house's rule language beside the others; None asks nothing more."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules look at."""

    kind: str
    wants_contact: bool
    score_share: float | None
    sentiment: str
    severity: int
    driver: str | None
    text: str = ""
    source: str = ""
    language: str | None = None
    product: str | None = None
    department: str | None = None
    reasons: tuple[str, ...] = ()
    attributes: dict[str, str] | None = None


SHIPPED = (
    Rule("contact_me", priority=40, active=True, due_office_hours=8, wants_contact=True, wants_call_back=True),
    Rule("severity", priority=30, active=True, due_office_hours=4, least_severity=4),
    Rule("one_star", priority=20, active=True, due_office_hours=16, kinds=("service_review", "product_review"), lowest_score_share=0.0),
    Rule("low_score", priority=10, active=True, due_office_hours=16, kinds=("answer",), lowest_score_share=0.25),
)
"""Contact wished: one office day; urgent: half a day; one star or a bottom-two answer: two days (48 hours is the usual call-back target)."""


def holds(rule: Rule, facts: Facts) -> bool:
    """Say whether every condition of the rule is met."""
    low = rule.lowest_score_share
    return rule.active and all(
        (
            rule.wants_contact is None or rule.wants_contact == facts.wants_contact,
            not rule.kinds or facts.kind in rule.kinds,
            low is None or (facts.score_share is not None and facts.score_share <= low),
            rule.sentiment is None or rule.sentiment == facts.sentiment,
            rule.least_severity is None or facts.severity >= rule.least_severity,
            not rule.drivers or facts.driver in rule.drivers,
        ),
    )


def decisive(rules: Iterable[Rule], facts: Facts, said: Callable[[str, Facts], bool] = lambda _, __: False) -> Rule | None:
    """Return the matching rule of the highest priority (key breaks ties); None when nobody owes anything. `said` judges the condition in words."""
    matching = [rule for rule in rules if holds(rule, facts) and (rule.when is None or said(rule.when, facts))]
    return max(matching, key=lambda rule: (rule.priority, rule.key), default=None)


def in_force(own: Iterable[Rule]) -> tuple[Rule, ...]:
    """Return the shipped rules with the organisation's own in place of those of the same key."""
    return tuple({rule.key: rule for rule in (*SHIPPED, *own)}.values())

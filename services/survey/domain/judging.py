"""The verdict at the moment of sending: every rule is judged on what is true now, and each says what it saw."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache

import orjson

from services.survey.domain.consent import Word, latest_word
from services.survey.domain.fatigue import PastAsk, Recontact, cooled_down_at, counted_by, free_again_at, ignored_in_a_row, may_be_asked_again
from services.survey.domain.programme import Channel, Matter, Rules
from services.survey.domain.sampling import is_drawn

Input = dict[str, str | int | float | bool | None]
PATIENCE = timedelta(days=7)
"""An ask that is so old and not answered counts as ignored."""


class Reason(StrEnum):
    """Why a customer was not asked."""

    PROGRAMME_OFF = "programme_off"
    ERASED = "erased"
    CUSTOMER_UNKNOWN = "customer_unknown"
    LOWER_PRIORITY = "lower_priority"
    NO_ORDER_REFERENCE = "no_order_reference"
    ORDER_CANCELLED = "order_cancelled"
    NOT_DELIVERED_IN_TIME = "not_delivered_in_time"
    NO_CONSENT = "no_consent"
    NO_ADDRESS = "no_address"
    CONTACT_ALREADY_ASKED = "contact_already_asked"
    MATTER_OPEN = "matter_open"
    COOLDOWN = "cooldown"
    CAP_REACHED = "cap_reached"
    NOT_SAMPLED = "not_sampled"
    CONDITION_NOT_MET = "condition_not_met"
    CONDITION_UNDECIDED = "condition_undecided"
    EXCLUDED = "excluded"
    ASKED_ENOUGH = "asked_enough"
    AGENT_SKIPPED = "agent_skipped"
    QUOTA_FULL = "quota_full"
    BUDGET_SPENT = "budget_spent"
    CELL_PRECISE = "cell_precise"


@dataclass
class RuleVerdict:
    """One rule, what it looked at, and whether it lets the ask through. Verdicts that many decisions share are one object, written out once.

    Never changed, and yet not frozen, which would set each field by a detour for every one that is not shared.
    """

    rule: str
    input: Input
    passed: bool
    reason: Reason | None
    """Why not; None when it passed."""
    next_possible_at: datetime | None = None
    """When the rule would let an ask through; None when it does now or never will by itself."""

    @property
    def row(self) -> dict[str, object]:
        """The verdict as it is stored: reason and next moment only where there are any, which keeps the row within one page of the database."""
        found: dict[str, object] = {"rule": self.rule, "input": self.input, "verdict": "pass" if self.passed else "refuse"}
        if self.reason is not None:
            found["reason"] = self.reason
        if self.next_possible_at is not None:
            found["next_possible_at"] = self.next_possible_at.isoformat()
        return found

    @property
    def stored(self) -> str:
        """The same as JSON, worked out once; `functools.cached_property` would take a lock for each of the many that are written but once."""
        found: str | None = self.__dict__.get("_stored")
        if found is None:
            found = self.__dict__["_stored"] = orjson.dumps(self.row).decode()
        return found


@dataclass(frozen=True, slots=True)
class CellFacts:
    """How full the cell of the occasion is."""

    name: str
    share: float
    asked: int
    asked_in_all: int
    stopped: bool


@dataclass(slots=True)
class Facts:
    """All that the rules look at, as it is now; made for each decision and never changed."""

    now: datetime
    programme: str
    known: bool
    erased: bool
    email: str | None
    words: Sequence[Word]
    asks: Sequence[PastAsk]
    asked_about_contact: bool
    open_matters: Sequence[Matter]
    lot: float
    phone: str | None = None
    paused: bool = False
    condition: bool | None = True
    """What the programme's condition says; None when something that it needs is not known."""
    missing: Sequence[str] = ()
    """What the condition needed and did not get."""
    excluded_by: str | None = None
    """The code of the first exclusion that is met."""
    wish: str | None = None
    """skip or force, as an agent asked with a reason code."""
    wish_reason: str | None = None
    about: Mapping[str, str | None] = field(default_factory=dict)
    """The frozen attribution."""
    cell: CellFacts | None = None
    """None when the programme has no cells."""


@dataclass(slots=True)
class Judgement:
    """The outcome, never changed: a channel to ask by, or the reason of the first rule that refused."""

    verdicts: list[RuleVerdict] = field(default_factory=list)
    channel: Channel | None = None
    probability: float = 0.0
    """Of being in the sample; 0 for who is asked outside it, because an agent forced it: such answers count in no estimate."""
    reached_lot: bool = False
    """Whether nothing but the lot and the limits of the sample stood between the customer and the ask."""

    @property
    def refusal(self) -> RuleVerdict | None:
        """The first rule that refused; None when all let the ask through."""
        return next((verdict for verdict in self.verdicts if not verdict.passed), None)


def judge(rules: Rules, facts: Facts) -> Judgement:
    """Judge every rule, also after a refusal, so that the explanation is whole."""
    channel, channel_verdicts = _choose_channel(rules, facts)
    is_on = rules.active and not facts.paused
    asked = facts.asked_about_contact
    verdicts = [
        *_standing(is_on, facts.erased, facts.known),
        *_condition(rules, facts),
        _usual("one_ask_per_contact", Reason.CONTACT_ALREADY_ASKED, not asked, already_asked=asked),
        *channel_verdicts,
        _nothing_open(rules, facts),
        _cooled_down(rules, facts),
        *_recontact(rules, facts),
        *_caps(rules, facts, channel),
        *_wish(rules, facts),
    ]
    reached = all(verdict.passed for verdict in verdicts)
    forced = facts.wish == "force" and not rules.neutral
    sample, probability = _sample(rules, facts, forced=forced)
    return Judgement([*verdicts, *sample], channel, probability, reached_lot=reached and not forced)


@lru_cache
def _standing(is_on: bool, erased: bool, known: bool) -> tuple[RuleVerdict, ...]:
    """Return what is said of every decision first."""
    return (
        _usual("programme_active", Reason.PROGRAMME_OFF, is_on, active=is_on),
        _usual("not_erased", Reason.ERASED, not erased, erased=erased),
        _usual("customer_known", Reason.CUSTOMER_UNKNOWN, known, known=known),
    )


def _condition(rules: Rules, facts: Facts) -> list[RuleVerdict]:
    found = []
    if rules.condition:
        missing: Input = {"condition": rules.condition, "missing": ", ".join(facts.missing) or None}
        reason = Reason.CONDITION_UNDECIDED if facts.condition is None else Reason.CONDITION_NOT_MET
        found.append(_verdict("condition", missing, reason, passed=facts.condition is True))
    if rules.exclude:
        found.append(_verdict("not_excluded", {"excluded_by": facts.excluded_by}, Reason.EXCLUDED, passed=facts.excluded_by is None))
    return found


def _recontact(rules: Rules, facts: Facts) -> list[RuleVerdict]:
    if rules.recontact is Recontact.ALWAYS:
        return []
    earlier = [past for past in facts.asks if past.survey == rules.survey]
    seen: Input = {"recontact": rules.recontact.value, "asked": len(earlier), "answered": sum(past.answered for past in earlier)}
    return [_verdict("recontact", seen, Reason.ASKED_ENOUGH, passed=may_be_asked_again(rules.recontact, rules.recontact_times, earlier))]


def _wish(rules: Rules, facts: Facts) -> list[RuleVerdict]:
    """Judge what an agent wished; a neutral choice depends on no agent, neither way."""
    if facts.wish is None or rules.neutral:
        return []
    return [_verdict("agent_wish", {"wish": facts.wish, "reason": facts.wish_reason}, Reason.AGENT_SKIPPED, passed=facts.wish != "skip")]


def _sample(rules: Rules, facts: Facts, *, forced: bool) -> tuple[list[RuleVerdict], float]:
    """Return the verdicts of the sample and the inclusion probability."""
    if forced:
        return [_verdict("sampling", {"lot": facts.lot, "forced": True}, Reason.NOT_SAMPLED, passed=True)], 0.0
    cell, plan = facts.cell, rules.cells
    if cell is None or plan is None:
        drawn = is_drawn(facts.lot, rules.share)
        return [_verdict("sampling", {"lot": facts.lot, "share": rules.share}, Reason.NOT_SAMPLED, passed=drawn)], rules.share
    found = []
    if plan.half_width is not None:
        found.append(_verdict("precision", {"cell": cell.name, "half_width": plan.half_width}, Reason.CELL_PRECISE, passed=not cell.stopped))
    share = cell.share if plan.budget is not None else rules.share
    found.append(_verdict("sampling", {"lot": facts.lot, "share": share, "cell": cell.name}, Reason.NOT_SAMPLED, passed=is_drawn(facts.lot, share)))
    if plan.quota is not None:
        seen: Input = {"cell": cell.name, "quota": plan.quota, "asked": cell.asked}
        found.append(_verdict("quota", seen, Reason.QUOTA_FULL, passed=cell.asked < plan.quota))
    if plan.budget is not None:
        spent: Input = {"budget": plan.budget, "asked": cell.asked_in_all}
        found.append(_verdict("budget", spent, Reason.BUDGET_SPENT, passed=cell.asked_in_all < plan.budget))
    return found, share


def _verdict(rule: str, seen: Input, reason: Reason, *, passed: bool, next_possible_at: datetime | None = None) -> RuleVerdict:
    return RuleVerdict(rule, seen, passed, None if passed else reason, None if passed else next_possible_at)


@lru_cache(maxsize=10_000)
def _usual(rule: str, reason: Reason, passed: bool, **seen: str | float | bool | None) -> RuleVerdict:
    """Return a verdict whose input has few values, so that the same object serves many decisions."""
    return RuleVerdict(rule, seen, passed, None if passed else reason)


def _choose_channel(rules: Rules, facts: Facts) -> tuple[Channel | None, tuple[RuleVerdict, RuleVerdict]]:
    """Return the first channel with consent and an address, and the two verdicts."""
    words = [latest_word(facts.words, rules.purpose, channel) for channel in rules.channels] if facts.words else [None] * len(rules.channels)
    granted = tuple([word.granted if word else None for word in words])
    known = tuple([bool(_address(channel, facts)) for channel in rules.channels])
    return _channel(rules.channels, rules.purpose, rules.requires_consent, granted, known)


@lru_cache(maxsize=10_000)
def _channel(
    channels: tuple[Channel, ...],
    purpose: str,
    requires_consent: bool,
    granted: tuple[bool | None, ...],
    known: tuple[bool, ...],
) -> tuple[Channel | None, tuple[RuleVerdict, RuleVerdict]]:
    allowed = [word if word is not None else not requires_consent for word in granted]
    chosen = next((channel for channel, may, there in zip(channels, allowed, known, strict=True) if may and there), None)
    said: Input = {channel.value: word for channel, word in zip(channels, granted, strict=True)}
    addresses: Input = {f"{channel.value}_known": there for channel, there in zip(channels, known, strict=True)}
    return chosen, (
        _verdict("consent", {"purpose": purpose, "requires_consent": requires_consent, **said}, Reason.NO_CONSENT, passed=any(allowed)),
        _verdict("address", addresses, Reason.NO_ADDRESS, passed=any(known)),
    )


def _address(channel: Channel, facts: Facts) -> str | None:
    return facts.email if channel in {Channel.EMAIL, Channel.REVIEW} else facts.phone


def _nothing_open(rules: Rules, facts: Facts) -> RuleVerdict:
    hindering = sorted({matter.value for matter in facts.open_matters if matter in rules.skip_while}) if facts.open_matters else ()
    return _usual("nothing_open", Reason.MATTER_OPEN, not hindering, skip_while=", ".join(rules.skip_while), open=", ".join(hindering))


def _cooled_down(rules: Rules, facts: Facts) -> RuleVerdict:
    slower = rules.ignored_factor > 1
    if not facts.asks and not slower:
        return _usual("cooldown", Reason.COOLDOWN, True, cooldown_days=rules.cooldown_days, last_asked_at=None)
    ignored = ignored_in_a_row(facts.asks, facts.now, PATIENCE) if slower else 0
    until = cooled_down_at(facts.asks, rules.cooldown_days, rules.ignored_factor, ignored)
    last = max((past.invited_at for past in facts.asks), default=None)
    seen: Input = {"cooldown_days": rules.cooldown_days, "last_asked_at": last.isoformat() if last else None}
    if slower:
        seen["ignored_in_a_row"] = ignored
    return _verdict("cooldown", seen, Reason.COOLDOWN, passed=until is None or until <= facts.now, next_possible_at=until)


def _caps(rules: Rules, facts: Facts, channel: Channel | None) -> list[RuleVerdict]:
    if not facts.asks:
        return [_usual("cap", Reason.CAP_REACHED, True, limit=cap.limit, days=cap.days, scope=cap.scope.value, asked=0) for cap in rules.caps]
    verdicts = []
    ask = PastAsk(facts.now, facts.programme, rules.survey, channel or rules.channels[0], about=facts.about)
    for cap in rules.caps:
        counted = counted_by(cap, facts.asks, ask, reminders_count=rules.reminders_count)
        free_at = free_again_at(cap, counted)
        if free_at is None:
            seen = _usual("cap", Reason.CAP_REACHED, True, limit=cap.limit, days=cap.days, scope=cap.scope.value, asked=len(counted))
        else:
            about: Input = {"limit": cap.limit, "days": cap.days, "scope": cap.scope.value, "asked": len(counted)}
            seen = _verdict("cap", about, Reason.CAP_REACHED, passed=False, next_possible_at=free_at)
        verdicts.append(seen)
    return verdicts

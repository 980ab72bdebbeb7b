"""The verdict at the moment of sending: every rule is judged on what is true now, and each says what it saw."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from services.survey.domain.consent import Word, latest_word
from services.survey.domain.fatigue import PastAsk, cooled_down_at, counted_by, free_again_at
from services.survey.domain.programme import Channel, Matter, Rules
from services.survey.domain.sampling import is_drawn

Input = dict[str, str | int | float | bool | None]


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


@dataclass(frozen=True, slots=True)
class RuleVerdict:
    """One rule, what it looked at, and whether it lets the ask through."""

    rule: str
    input: Input
    passed: bool
    reason: Reason | None
    """Why not; None when it passed."""
    next_possible_at: datetime | None = None
    """When the rule would let an ask through; None when it does now or never will by itself."""


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the rules look at, as it is now."""

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


@dataclass(frozen=True, slots=True)
class Judgement:
    """The outcome: a channel to ask by, or the reason of the first rule that refused."""

    verdicts: list[RuleVerdict] = field(default_factory=list)
    channel: Channel | None = None

    @property
    def refusal(self) -> RuleVerdict | None:
        """The first rule that refused; None when all let the ask through."""
        return next((verdict for verdict in self.verdicts if not verdict.passed), None)


def judge(rules: Rules, facts: Facts) -> Judgement:
    """Judge every rule, also after a refusal, so that the explanation is whole."""
    channel, channel_verdicts = _choose_channel(rules, facts)
    ask = PastAsk(facts.now, facts.programme, rules.survey, channel or rules.channels[0])
    verdicts = [
        _verdict("programme_active", {"active": rules.active}, Reason.PROGRAMME_OFF, passed=rules.active),
        _verdict("not_erased", {"erased": facts.erased}, Reason.ERASED, passed=not facts.erased),
        _verdict("customer_known", {"known": facts.known}, Reason.CUSTOMER_UNKNOWN, passed=facts.known),
        _verdict(
            "one_ask_per_contact", {"already_asked": facts.asked_about_contact}, Reason.CONTACT_ALREADY_ASKED, passed=not facts.asked_about_contact
        ),
        *channel_verdicts,
        _nothing_open(rules, facts),
        _cooled_down(rules, facts),
        *_caps(rules, facts, ask),
        _verdict("sampling", {"lot": facts.lot, "share": rules.share}, Reason.NOT_SAMPLED, passed=is_drawn(facts.lot, rules.share)),
    ]
    return Judgement(verdicts, channel)


def _verdict(rule: str, seen: Input, reason: Reason, *, passed: bool, next_possible_at: datetime | None = None) -> RuleVerdict:
    return RuleVerdict(rule, seen, passed, None if passed else reason, None if passed else next_possible_at)


def _choose_channel(rules: Rules, facts: Facts) -> tuple[Channel | None, list[RuleVerdict]]:
    """Return the first channel with consent and an address, and the two verdicts."""
    words = {channel: latest_word(facts.words, rules.purpose, channel) for channel in rules.channels}
    allowed = [channel for channel, word in words.items() if (word.granted if word else not rules.requires_consent)]
    reachable = [channel for channel in allowed if _address(channel, facts)]
    seen: Input = {"purpose": rules.purpose, "requires_consent": rules.requires_consent}
    seen |= {channel.value: word.granted if word else None for channel, word in words.items()}
    addresses: Input = {f"{channel.value}_known": bool(_address(channel, facts)) for channel in rules.channels}
    return next(iter(reachable), None), [
        _verdict("consent", seen, Reason.NO_CONSENT, passed=bool(allowed)),
        _verdict("address", addresses, Reason.NO_ADDRESS, passed=any(addresses.values())),
    ]


def _address(channel: Channel, facts: Facts) -> str | None:
    match channel:
        case Channel.EMAIL:
            return facts.email


def _nothing_open(rules: Rules, facts: Facts) -> RuleVerdict:
    hindering = sorted({matter.value for matter in facts.open_matters if matter in rules.skip_while})
    seen: Input = {"skip_while": ", ".join(rules.skip_while), "open": ", ".join(hindering)}
    return _verdict("nothing_open", seen, Reason.MATTER_OPEN, passed=not hindering)


def _cooled_down(rules: Rules, facts: Facts) -> RuleVerdict:
    until = cooled_down_at(facts.asks, rules.cooldown_days)
    last = max((past.invited_at for past in facts.asks), default=None)
    seen: Input = {"cooldown_days": rules.cooldown_days, "last_asked_at": last.isoformat() if last else None}
    return _verdict("cooldown", seen, Reason.COOLDOWN, passed=until is None or until <= facts.now, next_possible_at=until)


def _caps(rules: Rules, facts: Facts, ask: PastAsk) -> list[RuleVerdict]:
    verdicts = []
    for cap in rules.caps:
        counted = counted_by(cap, facts.asks, ask)
        free_at = free_again_at(cap, counted)
        seen: Input = {"limit": cap.limit, "days": cap.days, "scope": cap.scope.value, "asked": len(counted)}
        verdicts.append(_verdict("cap", seen, Reason.CAP_REACHED, passed=free_at is None, next_possible_at=free_at))
    return verdicts

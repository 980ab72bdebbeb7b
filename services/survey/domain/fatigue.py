"""How often is too often: rolling caps and the cool-down between two asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, model_validator


class CapScope(StrEnum):
    """Which earlier asks a cap counts."""

    ANY = "any"
    PROGRAMME = "programme"
    SURVEY = "survey"
    CHANNEL = "channel"
    ATTRIBUTE = "attribute"
    """Those about the same value of one attribute of the contact, e.g. the same department."""


class AskedAbout(StrEnum):
    """The attributes by which a cap may count; frozen at the end of the contact."""

    SITE = "site"
    VENDOR = "vendor"
    TEAM = "team"
    QUEUE = "queue"
    TOPIC = "topic"
    DRIVER = "driver"
    DEPARTMENT = "department"
    DISPOSITION = "disposition"
    ORDER = "order_reference"


class Cap(BaseModel):
    """At most `limit` asks within any `days` days (24 h each, rolling)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    limit: int = Field(ge=1, le=1000)
    days: int = Field(ge=1, le=3650)
    scope: CapScope = CapScope.ANY
    attribute: AskedAbout | None = None

    @model_validator(mode="after")
    def _must_name_its_attribute(self) -> "Cap":
        if (self.scope is CapScope.ATTRIBUTE) != (self.attribute is not None):
            message = "attribute is named when, and only when, scope is attribute"
            raise ValueError(message)
        return self


class Recontact(StrEnum):
    """How often one person may be asked the same survey."""

    ALWAYS = "always"
    ONCE = "once"
    TIMES = "times"
    UNTIL_ANSWERED = "until_answered"


@dataclass(frozen=True, slots=True)
class PastAsk:
    """An ask that this person already had; or a telling of what changed, which counts as one but asks for no answer."""

    invited_at: datetime
    programme: str
    survey: str
    channel: str
    answered: bool = True
    """False when it was ignored or declined."""
    about: Mapping[str, str | None] = field(default_factory=dict)
    reminded_at: tuple[datetime, ...] = ()
    is_question: bool = True
    """False for a telling: nobody can ignore it, and it ends no row of ignored asks."""


def counted_by(cap: Cap, asks: Sequence[PastAsk], ask: PastAsk, *, reminders_count: bool = False) -> list[datetime]:
    """Return the moments, oldest first, of the earlier asks that `cap` counts against the new `ask`; an ask exactly `days` old is free again."""
    since = ask.invited_at - timedelta(days=cap.days)
    alike = [past for past in asks if _is_alike(cap, past, ask)]
    moments = [past.invited_at for past in alike]
    if reminders_count:
        moments += [moment for past in alike for moment in past.reminded_at]
    return sorted(moment for moment in moments if moment > since)


def _is_alike(cap: Cap, past: PastAsk, ask: PastAsk) -> bool:
    match cap.scope:
        case CapScope.ANY:
            return True
        case CapScope.PROGRAMME:
            return past.programme == ask.programme
        case CapScope.SURVEY:
            return past.survey == ask.survey
        case CapScope.CHANNEL:
            return past.channel == ask.channel
        case CapScope.ATTRIBUTE:
            value = ask.about.get(cap.attribute) if cap.attribute else None
            return value is not None and past.about.get(cap.attribute or "") == value


def free_again_at(cap: Cap, counted: Sequence[datetime]) -> datetime | None:
    """Return when the cap lets the next ask through; None when it does so now. `counted` is oldest first."""
    if len(counted) < cap.limit:
        return None
    return counted[len(counted) - cap.limit] + timedelta(days=cap.days)


def ignored_in_a_row(asks: Sequence[PastAsk], now: datetime, patience: timedelta) -> int:
    """Return how many of the latest asks went unanswered; one that is younger than `patience` may still be answered and is passed over."""
    count = 0
    for past in sorted((each for each in asks if each.is_question), key=lambda each: each.invited_at, reverse=True):
        if past.answered:
            break
        count += past.invited_at + patience <= now
    return count


def cooled_down_at(asks: Sequence[PastAsk], cooldown_days: int, factor: float = 1.0, ignored: int = 0) -> datetime | None:
    """Return when the cool-down after the last ask of any programme ends; None without one.

    Each ask that was ignored in a row multiplies the gap by `factor`, up to a year.
    """
    if not asks or not cooldown_days:
        return None
    days = max(cooldown_days, min(365.0, cooldown_days * factor**ignored))
    return max(past.invited_at for past in asks) + timedelta(days=days)


def may_be_asked_again(mode: Recontact, times: int, earlier: Sequence[PastAsk]) -> bool:
    """Say whether a person who was asked the same survey `earlier` may be asked it once more."""
    match mode:
        case Recontact.ALWAYS:
            return True
        case Recontact.ONCE:
            return not earlier
        case Recontact.TIMES:
            return len(earlier) < times
        case Recontact.UNTIL_ANSWERED:
            return not any(past.answered for past in earlier)

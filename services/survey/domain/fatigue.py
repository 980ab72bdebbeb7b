"""How often is too often: rolling caps and the cool-down between two asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class CapScope(StrEnum):
    """Which earlier asks a cap counts."""

    ANY = "any"
    PROGRAMME = "programme"
    SURVEY = "survey"
    CHANNEL = "channel"


class Cap(BaseModel):
    """At most `limit` asks within any `days` days (24 h each, rolling)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    limit: int = Field(ge=1, le=1000)
    days: int = Field(ge=1, le=3650)
    scope: CapScope = CapScope.ANY


@dataclass(frozen=True, slots=True)
class PastAsk:
    """An ask that this person already had."""

    invited_at: datetime
    programme: str
    survey: str
    channel: str


def counted_by(cap: Cap, asks: Sequence[PastAsk], ask: PastAsk) -> list[datetime]:
    """Return the moments, oldest first, of the earlier asks that `cap` counts against the new `ask`; an ask exactly `days` old is free again."""
    since = ask.invited_at - timedelta(days=cap.days)
    return sorted(past.invited_at for past in asks if past.invited_at > since and _is_alike(cap.scope, past, ask))


def _is_alike(scope: CapScope, past: PastAsk, ask: PastAsk) -> bool:
    match scope:
        case CapScope.ANY:
            return True
        case CapScope.PROGRAMME:
            return past.programme == ask.programme
        case CapScope.SURVEY:
            return past.survey == ask.survey
        case CapScope.CHANNEL:
            return past.channel == ask.channel


def free_again_at(cap: Cap, counted: Sequence[datetime]) -> datetime | None:
    """Return when the cap lets the next ask through; None when it does so now. `counted` is oldest first."""
    if len(counted) < cap.limit:
        return None
    return counted[len(counted) - cap.limit] + timedelta(days=cap.days)


def cooled_down_at(asks: Sequence[PastAsk], cooldown_days: int) -> datetime | None:
    """Return when the cool-down after the last ask of any programme ends; None without one."""
    if not asks or not cooldown_days:
        return None
    return max(past.invited_at for past in asks) + timedelta(days=cooldown_days)

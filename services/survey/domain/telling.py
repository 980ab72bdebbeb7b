"""Telling customers what changed because of their words: which rules it keeps to, by which channels it goes, and why it may not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from services.survey.domain.consent import Word, latest_word
from services.survey.domain.fatigue import Cap, PastAsk, counted_by, free_again_at
from services.survey.domain.programme import Channel
from services.survey.domain.timing import Window, next_decent_moment

TELLING = "telling"
"""The purpose of its messages."""
NO_PROGRAMME = ""
"""What stands for programme and survey where tellings are counted beside asks: no key of either is empty."""
PURPOSES = ("service", "survey")
"""Who refused either is not written to: whoever does not want to be asked does not want to hear what became of answers."""


class Untold(StrEnum):
    """Why somebody is not told, or not yet."""

    INDECENT_HOUR = "indecent_hour"
    CUSTOMER_UNKNOWN = "customer_unknown"
    CAP_REACHED = "cap_reached"
    ERASED = "erased"
    ALREADY_TOLD = "already_told"
    """As another customer who turned out to be the same person."""
    NO_CONSENT = "no_consent"
    NO_ADDRESS = "no_address"
    UNDELIVERABLE = "undeliverable"


@dataclass(frozen=True, slots=True)
class Limits:
    """The house's rules for telling."""

    channels: tuple[Channel, ...]
    """Those that are used at all, the first that fits first; a customer's preferred one comes before them."""
    caps: tuple[Cap, ...]
    window: Window
    patience: timedelta
    """So long a telling waits for a customer, an hour or room in the caps."""


def ladder(limits: Limits, preferred: str | None) -> list[Channel]:
    """Return the channels in the order in which they are tried for a customer."""
    return sorted(limits.channels, key=lambda channel: channel.value != preferred)


def address_in(picture: Mapping[str, Any], channel: Channel) -> str | None:
    """Return where a channel finds the person of this picture; None when that is not known."""
    found: str | None = picture["email" if channel is Channel.EMAIL else "phone"]
    return found or None


def may_use(channel: Channel, words: Sequence[Word]) -> bool:
    """Say whether the customer lets us tell them by this channel; silence is no refusal."""
    said = (latest_word(words, purpose, channel) for purpose in PURPOSES)
    return all(word is None or word.granted for word in said)


def hour_for(now: datetime, limits: Limits, time_zone: str | None) -> datetime:
    """Return the first decent moment at or after `now`, on the customer's clock; on UTC's when their zone is not known."""
    return next_decent_moment(now, ZoneInfo(time_zone or "UTC"), limits.window)


def room_at(limits: Limits, now: datetime, channel: Channel, contacts: Sequence[PastAsk]) -> datetime | None:
    """Return when all caps have room, `contacts` being every ask and telling of the person; None when they have it now."""
    telling = PastAsk(now, NO_PROGRAMME, NO_PROGRAMME, channel.value, is_question=False)
    free = [free_again_at(cap, counted_by(cap, contacts, telling)) for cap in limits.caps]
    return max((moment for moment in free if moment is not None), default=None)


def picture_of(records: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return one picture of a person out of records that are the same person: what the first does not tell, the next one may."""
    names = dict.fromkeys(name for record in records for name in record)
    return {name: next((record[name] for record in records if record[name] is not None), None) for name in names}

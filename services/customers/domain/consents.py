"""What a customer allowed: the newest word on a purpose and channel counts, over all records of the person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Purpose(StrEnum):
    """What we ask permission for."""

    SURVEY = "survey"
    MARKETING = "marketing"
    SERVICE = "service"


class Channel(StrEnum):
    """Through what; `any` speaks for all channels."""

    EMAIL = "email"
    SMS = "sms"
    VOICE = "voice"
    MESSAGE = "message"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Word:
    """One statement of a customer."""

    purpose: Purpose
    channel: Channel
    granted: bool
    given_at: datetime


def newest(words: Iterable[Word]) -> dict[tuple[Purpose, Channel], Word]:
    """Return the word that counts for each purpose and channel; of two at the same moment the refusal counts."""
    found: dict[tuple[Purpose, Channel], Word] = {}
    for word in words:
        known = found.get((word.purpose, word.channel))
        if known is None or (word.given_at, not word.granted) > (known.given_at, not known.granted):
            found[word.purpose, word.channel] = word
    return found


def allows(words: Iterable[Word], purpose: Purpose) -> bool:
    """Say whether the customer allowed this purpose on any channel at all and did not, later, refuse it on all of them."""
    counted = [word for word in newest(words).values() if word.purpose is purpose]
    refusals = [word.given_at for word in counted if word.channel is Channel.ANY and not word.granted]
    return any(word.granted and not any(refused >= word.given_at for refused in refusals) for word in counted)

"""May we ask by this channel? The latest word of the customer counts, about the channel itself or about all channels."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

ANY_CHANNEL = "any"


@dataclass(frozen=True, slots=True)
class Word:
    """One thing the customer (or customers on their behalf) said about being asked."""

    purpose: str
    channel: str
    granted: bool
    said_at: datetime


def latest_word(words: Sequence[Word], purpose: str, channel: str) -> Word | None:
    """Return the word that decides for this purpose and channel; None when nothing was ever said. Of two at one moment the refusal counts."""
    about = [word for word in words if word.purpose == purpose and word.channel in {channel, ANY_CHANNEL}]
    return max(about, key=lambda word: (word.said_at, not word.granted), default=None)

"""Did a person answer? Nothing is blocked: a suspicious answer is kept, flagged with its reasons, and left out of figures."""

from datetime import datetime, timedelta
from enum import StrEnum


class Flag(StrEnum):
    """Why an answer looks like a scanner's or a bot's."""

    HONEYPOT_FILLED = "honeypot_filled"
    TOO_FAST = "too_fast"
    NO_RENDER_TIME = "no_render_time"


def flags_of(*, honeypot: str, shown_at: datetime | None, sent_at: datetime, fastest: timedelta) -> list[Flag]:
    """Return the reasons to doubt an answer; `shown_at` None means that the signed moment was missing or forged."""
    flags = [Flag.HONEYPOT_FILLED] if honeypot else []
    if shown_at is None:
        flags.append(Flag.NO_RENDER_TIME)
    elif sent_at - shown_at < fastest:
        flags.append(Flag.TOO_FAST)
    return flags

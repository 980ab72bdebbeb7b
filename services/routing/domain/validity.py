"""Skills that count only from or until a moment: a certificate that runs out, a training that is over next week."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any


def valid_now(limits: Mapping[str, Mapping[str, Any]], now: datetime) -> dict[str, int]:
    """Return the level of every limited skill that counts at this moment: from `from` on, and before `until`."""
    return {
        skill: int(each["level"])
        for skill, each in limits.items()
        if (each["from"] is None or datetime.fromisoformat(each["from"]) <= now)
        and (each["until"] is None or now < datetime.fromisoformat(each["until"]))
    }


def next_change(limits: Mapping[str, Mapping[str, Any]], now: datetime) -> datetime | None:
    """Return when a skill begins or ceases to count next; None when nothing will."""
    moments = [datetime.fromisoformat(each[end]) for each in limits.values() for end in ("from", "until") if each[end] is not None]
    return min((moment for moment in moments if moment > now), default=None)

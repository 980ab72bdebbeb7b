"""One picture of a person from all records that were found to be the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

FIELDS = ("display_name", "language", "time_zone", "country", "email", "phone", "preferred_channel", "tier", "segment")


@dataclass(frozen=True, slots=True)
class Statement:
    """What one record says of the person, and when each field was said (ISO 8601, UTC)."""

    values: Mapping[str, object]
    said_at: Mapping[str, str]


def saying(now: datetime, *earlier: str) -> str:
    """Return the moment of a saying that replaces the `earlier` ones: now, or a microsecond after the last of them when clocks disagree."""
    after = [datetime.fromisoformat(moment) + timedelta(microseconds=1) for moment in earlier]
    return max([now, *after]).isoformat(timespec="microseconds")


def compose(statements: Sequence[Statement]) -> dict[str, object]:
    """Return each field as it was said last; equally old sayings go to the record that comes first (the survivor). None when nobody said it."""
    picture: dict[str, object] = dict.fromkeys(FIELDS)
    for name in FIELDS:
        said = [statement for statement in statements if name in statement.said_at]
        if said:
            picture[name] = max(said, key=lambda statement: statement.said_at[name]).values[name]
    return picture

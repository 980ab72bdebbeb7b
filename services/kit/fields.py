"""Bounded building blocks of everything that comes in or goes out: no text without a length, no number without a range."""

import zoneinfo
from datetime import UTC, datetime
from functools import cache
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints


class Command(BaseModel):
    """An order from outside: unknown fields are refused, so that a misspelt one is never silently dropped."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class View(BaseModel):
    """What goes out: built from a table row, a mapping or keywords."""

    model_config = ConfigDict(frozen=True, from_attributes=True, defer_build=True)


@cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def _time_zone(value: str) -> str:
    if value not in _zones():
        raise ValueError("is not an IANA time zone such as Europe/Berlin")
    return value


_FIRST, _END = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def _instant(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("needs a time zone offset, e.g. 2026-11-22T10:00:00Z")
    if not _FIRST <= value < _END:
        raise ValueError("must lie between 1970 and 2199")
    return value.astimezone(UTC)


Name = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]
Body = Annotated[str, StringConstraints(max_length=20_000)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")]
Reference = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$")]
TimeZone = Annotated[str, StringConstraints(max_length=64), AfterValidator(_time_zone)]
Instant = Annotated[datetime, AfterValidator(_instant)]
Int32 = Annotated[int, Field(ge=-(2**31), le=2**31 - 1)]
FieldPath = Annotated[str, StringConstraints(max_length=200, pattern=r"^(\*|[a-z][a-z0-9_]*)(\.(\*|[a-z][a-z0-9_]*)){0,9}$")]
FieldPaths = Annotated[dict[Code, Annotated[list[FieldPath], Field(min_length=1, max_length=200)]], Field(default_factory=dict, max_length=20)]
"""The fields that are wanted of some parts of an answer; see `services.kit.narrowing`."""

"""Reading values that strangers sent: what is missing or odd is None, never an error."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

LONGEST_TEXT, LONGEST_LINE = 20_000, 500
MOST_EVENTS = 500


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a platform: its JSON and its headers (names in lower case)."""

    payload: object
    headers: Mapping[str, str]


def table(value: object) -> dict[str, Any]:
    """Return a JSON object; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def clean(value: object) -> str:
    """Return a text that can be stored, cut to what an item holds; empty for anything but a text."""
    return value.replace("\x00", "").encode("utf-8", "replace").decode()[:LONGEST_TEXT] if isinstance(value, str) else ""


def line(value: object) -> str | None:
    """Return a short text on one line; whole numbers are written out (ids come as both)."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    plain = " ".join(clean(value).split()) if isinstance(value, str) else ""
    return plain[:LONGEST_LINE] or None


def reference(value: object) -> str | None:
    """Return an external id of at most 200 characters without control characters."""
    found = line(value)
    return "".join(sign for sign in found if sign.isprintable())[:200] or None if found else None


def number(value: object) -> float | None:
    """Return a number that came as one or as a text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if abs(found) < 1e9 else None  # noqa: PLR2004 - neither infinite nor absurd


def stars(value: object, most: float = 5.0) -> tuple[float | None, float | None]:
    """Return score and scale; both None for anything but 1 to `most`."""
    found = number(value)
    return (found, most) if found is not None and 1 <= found <= most else (None, None)


def yes(value: object) -> bool:
    """Read true and "true"."""
    return value is True or (isinstance(value, str) and value.strip().lower() == "true")


def language(value: object) -> str | None:
    """Return the two letters of a language tag."""
    good = isinstance(value, str) and len(value) >= 2 and value[:2].isascii() and value[:2].isalpha()  # noqa: PLR2004
    return str(value)[:2].lower() if good else None


def moment(value: object) -> datetime | None:
    """Return an instant written in ISO 8601, as `2018-02-20 14:12:13 UTC`, or as milliseconds or seconds since 1970."""
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            found = datetime.fromtimestamp(value / 1000 if value > 1e11 else value, UTC)  # noqa: PLR2004 - milliseconds are larger
        elif isinstance(value, str):
            found = datetime.fromisoformat(value.strip().removesuffix(" UTC").strip())
        else:
            return None
    except (ValueError, OverflowError, OSError):
        return None
    if not 1970 < found.year < 2200:  # noqa: PLR2004 - what the house stores
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


def keys(reference_kind: str, named: object, email: object) -> tuple[tuple[str, str], ...]:
    """Return the keys that name the customer: our reference first, then a mail address."""
    ours, mail = reference(named), reference(email)
    found = ((reference_kind, ours),) if ours else ()
    return (*found, ("email", mail.lower())) if mail and "@" in mail else found

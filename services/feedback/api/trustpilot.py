"""Trustpilot's webhook payload in our words. It is read tolerantly: what is missing or odd makes one event unknown, never the call fail.

The payload carries no event time and, for service reviews, no e-mail: `referenceId` is the only key.
Text is `text` in service and `content` in product reviews.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from services.feedback.domain.items import PRODUCT_REVIEW, SERVICE_REVIEW, NewItem
from services.feedback.use_cases.hear_reviews import CREATED, DELETED, UNKNOWN, UPDATED, ReviewEvent

SOURCE = "trustpilot"
MOST_EVENTS = 500
_KINDS = {"service-review": SERVICE_REVIEW, "product-review": PRODUCT_REVIEW}
_CHANGES = {"created": CREATED, "updated": UPDATED, "deleted": DELETED}
_LONGEST_TEXT, _LONGEST_LINE = 20_000, 500


def events_of(payload: object, reference_kind: str, now: datetime) -> list[ReviewEvent]:
    """Return the events of one call; an empty list for anything that is not such a call (the "Test" button sends what it likes)."""
    found = payload.get("events") if isinstance(payload, dict) else None
    if not isinstance(found, list):
        return []
    return [_event(one, reference_kind, now) for one in found[:MOST_EVENTS] if isinstance(one, dict)]


def _event(one: dict[str, Any], reference_kind: str, now: datetime) -> ReviewEvent:
    name = str(one.get("eventName") or "")[:100]
    kind, _, change = name.rpartition("-")
    data = one.get("eventData")
    if kind not in _KINDS or change not in _CHANGES or not isinstance(data, dict) or not _line(data.get("id")):
        return ReviewEvent(name, UNKNOWN, one, None)
    return ReviewEvent(name, _CHANGES[change], one, _review(_KINDS[kind], data, reference_kind, now))


def _review(kind: str, data: Mapping[str, Any], reference_kind: str, now: datetime) -> NewItem:
    stars = data.get("stars")
    scored = isinstance(stars, int | float) and not isinstance(stars, bool) and 1 <= stars <= 5  # noqa: PLR2004 - stars
    text = data.get("text") if kind == SERVICE_REVIEW else data.get("content", data.get("text"))
    return NewItem(
        source=SOURCE,
        external_id=f"{kind}:{_line(data.get('id'))}"[:200],
        kind=kind,
        title=_line(data.get("title")),
        text=_clean(text)[:_LONGEST_TEXT],
        language=_language(data.get("language")),
        score=float(stars) if scored and stars is not None else None,
        scale_max=5.0 if scored else None,
        customer_keys=_keys(data, reference_kind),
        said_at=_moment(data.get("createdAt")) or now,
    )


def _keys(data: Mapping[str, Any], reference_kind: str) -> tuple[tuple[str, str], ...]:
    reference = (_line(data.get("referenceId")) or "")[:200]
    consumer = data.get("consumer")
    email = _line(consumer.get("email")) if isinstance(consumer, dict) else None
    keys = [(reference_kind, reference)] if reference else []
    return (*keys, ("email", email.lower()[:200])) if email and "@" in email else tuple(keys)


def _clean(value: object) -> str:
    return value.replace("\x00", "").encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _line(value: object) -> str | None:
    plain = " ".join(_clean(value).split()) if isinstance(value, str) else ""
    return plain[:_LONGEST_LINE] or None


def _language(value: object) -> str | None:
    return value[:2].lower() if isinstance(value, str) and value[:2].isascii() and value[:2].isalpha() and len(value) >= 2 else None  # noqa: PLR2004


def _moment(value: object) -> datetime | None:
    """Webhook times have milliseconds and Z, those of the REST API neither."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    if found is None or not 1970 < found.year < 2200:  # noqa: PLR2004 - what the house stores
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)

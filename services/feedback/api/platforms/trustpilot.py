"""Trustpilot's webhook payload in our words. It is read tolerantly: what is missing or odd makes one event unknown, never the call fail.

The payload carries no event time and, for service reviews, no e-mail: `referenceId` is the only key.
Text is `text` in service and `content` in product reviews.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.feedback.api.platforms.reading import MOST_EVENTS, clean, keys, language, line, moment, stars, table
from services.feedback.domain.items import PRODUCT_REVIEW, SERVICE_REVIEW, NewItem
from services.feedback.use_cases.hear_reviews import CREATED, DELETED, UNKNOWN, UPDATED, ReviewEvent

SOURCE = "trustpilot"
_KINDS = {"service-review": SERVICE_REVIEW, "product-review": PRODUCT_REVIEW}
_CHANGES = {"created": CREATED, "updated": UPDATED, "deleted": DELETED}


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
    if kind not in _KINDS or change not in _CHANGES or not isinstance(data, dict) or not line(data.get("id")):
        return ReviewEvent(name, UNKNOWN, one, None)
    return ReviewEvent(name, _CHANGES[change], one, _review(_KINDS[kind], data, reference_kind, now))


def _review(kind: str, data: Mapping[str, Any], reference_kind: str, now: datetime) -> NewItem:
    score, scale = stars(data.get("stars"))
    text = data.get("text") if kind == SERVICE_REVIEW else data.get("content", data.get("text"))
    return NewItem(
        source=SOURCE,
        external_id=f"{kind}:{line(data.get('id'))}"[:200],
        kind=kind,
        title=line(data.get("title")),
        text=clean(text),
        language=language(data.get("language")),
        score=score,
        scale_max=scale,
        customer_keys=keys(reference_kind, data.get("referenceId"), table(data.get("consumer")).get("email")),
        said_at=moment(data.get("createdAt")) or now,
        author=line(table(data.get("consumer")).get("name")),
    )

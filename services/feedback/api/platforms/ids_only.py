# ruff: noqa: ARG001 - every platform is asked alike; some have keys of their own
"""Platforms that only say that there is a review: Google (Pub/Sub), Feefo, Yelp. The event is kept as waiting for its text to be fetched."""

import base64
import binascii
from datetime import datetime

import orjson

from services.feedback.api.platforms.reading import MOST_EVENTS, Call, language, line, moment, reference, stars, table
from services.feedback.domain.items import SERVICE_REVIEW, NewItem
from services.feedback.use_cases.hear_reviews import CREATED, TO_FETCH, UNKNOWN, ReviewEvent

_GOOGLE = {"NEW_REVIEW", "UPDATED_REVIEW"}
_FEEFO_IDS = ("review_id", "reviewId", "sale_id", "feedback_id", "id")


def google(call: Call, reference_kind: str, now: datetime) -> list[ReviewEvent]:
    """Open the Pub/Sub envelope; both spellings of the resource names are in use. Other notification types are kept as unknown."""
    payload = table(call.payload)
    message = table(payload.get("message"))
    if not message:
        return []
    try:
        raw = message.get("data")
        inner = table(orjson.loads(base64.b64decode(raw if isinstance(raw, str) else "", validate=True)))
    except (binascii.Error, ValueError, orjson.JSONDecodeError):
        inner = {}
    name = line(inner.get("type") or inner.get("notificationType") or table(message.get("attributes")).get("type")) or ""
    found = reference(inner.get("review_name") or inner.get("reviewName") or inner.get("review"))
    if name not in _GOOGLE or found is None:
        return [ReviewEvent(name[:100], UNKNOWN, payload, None)]
    review = NewItem(source="google", external_id=found, kind=SERVICE_REVIEW, text="", said_at=now)
    return [ReviewEvent(name, TO_FETCH, payload, review, moment(message.get("publishTime")))]


def feefo(call: Call, reference_kind: str, now: datetime) -> list[ReviewEvent]:
    """Feefo passes an identifier alone."""
    payload = table(call.payload)
    if not payload:
        return []
    found = next((one for one in (reference(payload.get(name)) for name in _FEEFO_IDS) if one), None)
    if found is None:
        return [ReviewEvent(line(payload.get("event")) or "unnamed", UNKNOWN, payload, None)]
    return [ReviewEvent("review", TO_FETCH, payload, NewItem(source="feefo", external_id=found, kind=SERVICE_REVIEW, text="", said_at=now))]


def yelp(call: Call, reference_kind: str, now: datetime) -> list[ReviewEvent]:
    """Yelp tells stars and language, never a text: that is a review without words, taken as it is."""
    payload = table(call.payload)
    updates = table(payload.get("data")).get("updates")
    if not isinstance(updates, list):
        return [ReviewEvent(line(payload.get("object")) or "unnamed", UNKNOWN, payload, None)] if payload else []
    found = []
    for update in updates[:MOST_EVENTS]:
        one = table(update)
        name, review_id = line(one.get("event_type")) or "", reference(one.get("review_id"))
        if name != "NEW_REVIEW_EVENT" or review_id is None:
            found.append(ReviewEvent(name[:100], UNKNOWN, {"update": update}, None))
            continue
        score, scale = stars(one.get("rating"))
        at = moment(payload.get("time")) or now
        review = NewItem("yelp", review_id, SERVICE_REVIEW, "", at, language=language(one.get("language")), score=score, scale_max=scale)
        found.append(ReviewEvent(name, CREATED, {"update": update}, review))
    return found

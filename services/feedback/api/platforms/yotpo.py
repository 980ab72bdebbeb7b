# ruff: noqa: ARG001 - every platform is asked alike; some have keys of their own
"""Platforms that send the whole review: Yotpo, Reviews.io, Yext, Trustoo, WebwinkelKeur."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.feedback.api.platforms.reading import Call, clean, keys, language, line, moment, reference, stars, table, yes
from services.feedback.domain.items import PRODUCT_REVIEW, SERVICE_REVIEW, NewItem
from services.feedback.use_cases.hear_reviews import CREATED, DELETED, UNKNOWN, UPDATED, ReviewEvent

_YOTPO = {"review_create": CREATED, "review_created": CREATED, "review_updated": UPDATED, "review_update": UPDATED}
_YEXT = {"REVIEW_CREATED": CREATED, "REVIEW_UPDATED": UPDATED, "REVIEW_DELETED": DELETED}
_TRUSTOO = {"review/created": CREATED, "review/updated": UPDATED, "review/deleted": DELETED}
_WEBWINKEL = {"reviews.created": CREATED, "reviews.updated": UPDATED, "reviews.deleted": DELETED}


def yotpo(call: Call, reference_kind: str, now: datetime) -> list[ReviewEvent]:
    """Old accounts send every value as a text, new ones typed: both are read. `archived` and `deleted` take a review back."""
    payload = table(call.payload)
    data = table(payload.get("data"))
    name, found = line(payload.get("event")) or "", reference(data.get("id"))
    if not payload:
        return []
    if name not in _YOTPO or found is None:
        return [ReviewEvent(name[:100], UNKNOWN, payload, None)]
    change = DELETED if yes(data.get("deleted")) or yes(data.get("archived")) else _YOTPO[name]
    score, scale = stars(data.get("score"))
    order = data.get("external_order_id") or data.get("order_id")
    kind = PRODUCT_REVIEW if data.get("external_product_id") or data.get("product_id") or data.get("sku") else SERVICE_REVIEW
    review = NewItem(
        source="yotpo",
        external_id=found,
        kind=kind,
        title=line(data.get("title")),
        text=clean(data.get("content")),
        language=language(data.get("language")),
        score=score,
        scale_max=scale,
        customer_keys=keys("order", order, data.get("customer_email") or data.get("email")),
        said_at=moment(data.get("created_at")) or now,
        author=line(data.get("reviewer_display_name")),
    )
    return [ReviewEvent(name, change, payload, review, moment(data.get("updated_at")))]


def reviewsio(call: Call, reference_kind: str, now: datetime) -> list[ReviewEvent]:
    """Reviews.io has one event, a new review, and gives it no name: text is `comments`, the key `order_id`."""
    payload = table(call.payload)
    data = table(payload.get("review")) or payload
    found = reference(data.get("id") or data.get("review_id") or data.get("store_review_id"))
    if not payload:
        return []
    if found is None or not ({"comments", "rating"} & data.keys()):
        return [ReviewEvent(line(payload.get("event")) or "unnamed", UNKNOWN, payload, None)]
    product = data.get("review_type") == "product"
    score, scale = stars(data.get("rating"))
    user = table(data.get("user"))
    review = NewItem(
        source="reviewsio",
        external_id=f"{'product' if product else 'company'}:{found}"[:200],
        kind=PRODUCT_REVIEW if product else SERVICE_REVIEW,
        title=line(data.get("title")),
        text=clean(data.get("comments")),
        score=score,
        scale_max=scale,
        customer_keys=keys("order", data.get("order_id"), user.get("email_address") or user.get("email")),
        said_at=moment(data.get("date_created") or data.get("created_at")) or now,
        author=line(user.get("name")),
    )
    return [ReviewEvent("review", CREATED, payload, review)]


def yext(call: Call, reference_kind: str, now: datetime) -> list[ReviewEvent]:
    """Yext names the event in `meta` and dates it; a removed or quarantined review is taken back, a live one stands."""
    payload = table(call.payload)
    meta, data = table(payload.get("meta")), table(payload.get("review"))
    name, found = line(meta.get("eventType")) or "", reference(data.get("id"))
    if not payload:
        return []
    if name not in _YEXT or found is None:
        return [ReviewEvent(name[:100], UNKNOWN, payload, None)]
    change = DELETED if data.get("status") in {"REMOVED", "QUARANTINED"} else _YEXT[name]
    return [ReviewEvent(name, change, payload, _yext_review(found, data, reference_kind, now), moment(meta.get("timestamp")))]


def _yext_review(found: str, data: Mapping[str, Any], reference_kind: str, now: datetime) -> NewItem:
    score, scale = stars(data.get("rating"))
    named = data.get("transactionId") or data.get("invitationId")
    return NewItem(
        source="yext",
        external_id=found,
        kind=SERVICE_REVIEW,
        title=line(data.get("title")),
        text=clean(data.get("content")),
        language=language(data.get("reviewLanguage")),
        score=score,
        scale_max=scale,
        customer_keys=keys(reference_kind, named, data.get("authorEmail")),
        said_at=moment(data.get("publisherDate")) or now,
        author=line(data.get("authorName")),
        place=reference(data.get("entityId")),
    )


def trustoo(call: Call, reference_kind: str, now: datetime) -> list[ReviewEvent]:
    """Trustoo names the topic in the body or in a header."""
    payload = table(call.payload)
    name = line(payload.get("topic")) or call.headers.get("open-trustoo-webhook-topic", "")
    data = table(payload.get("data")) or table(payload.get("review")) or payload
    return _plain("trustoo", name[:100], _TRUSTOO.get(name), payload, data, reference_kind, now)


def webwinkelkeur(call: Call, reference_kind: str, now: datetime) -> list[ReviewEvent]:
    """WebwinkelKeur signs the body with the shop's key (X-Hash)."""
    payload = table(call.payload)
    name = line(payload.get("event") or payload.get("type") or payload.get("topic")) or ""
    data = table(payload.get("data")) or table(payload.get("review")) or payload
    return _plain("webwinkelkeur", name[:100], _WEBWINKEL.get(name), payload, data, reference_kind, now)


def _plain(
    source: str, name: str, change: str | None, payload: dict[str, Any], data: Mapping[str, Any], reference_kind: str, now: datetime
) -> list[ReviewEvent]:
    found = reference(data.get("id") or data.get("review_id"))
    if not payload:
        return []
    if change is None or found is None:
        return [ReviewEvent(name, UNKNOWN, payload, None)]
    score, scale = stars(data.get("rating") or data.get("star") or data.get("score"))
    review = NewItem(
        source=source,
        external_id=found,
        kind=PRODUCT_REVIEW if data.get("product_id") or data.get("product") else SERVICE_REVIEW,
        title=line(data.get("title")),
        text=clean(data.get("comment") or data.get("content") or data.get("comments") or data.get("text")),
        language=language(data.get("language")),
        score=score,
        scale_max=scale,
        customer_keys=keys("order", data.get("order_id") or data.get("order_number"), data.get("email") or data.get("author_email")),
        said_at=moment(data.get("created_at") or data.get("created")) or now,
    )
    return [ReviewEvent(name, change, payload, review, moment(data.get("updated_at")))]

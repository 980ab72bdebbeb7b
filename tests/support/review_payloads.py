"""Calls of review platforms in the shapes that their documentation and clients show (see docs/feedback.md for where each shape comes from)."""

import base64
import hmac
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import orjson

FORMBRICKS_SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
WEBWINKEL_SECRET = "winkel-secret-1"
START = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
DELETES = frozenset({"trustpilot", "trustpilot_product", "yotpo", "yotpo_old", "yext", "trustoo"})
"""Kinds that tell of deletions."""
EDITS = DELETES | {"formbricks"}
"""Kinds that tell of edits."""


def text_of(number: int, version: int) -> str:
    """Return the words of one version of one review."""
    return f"Delivery {number} was late and nobody answered, told {version} times."


def changed_at(version: int) -> datetime:
    """Return when a version was made."""
    return START + timedelta(hours=version)


def call(shape: str, number: int, change: str, version: int) -> dict[str, Any]:
    """Return the payload of one event. `change` is created, updated or deleted; versions count from 1."""
    return {
        "trustpilot": _trustpilot, "trustpilot_product": _trustpilot_product, "yotpo": _yotpo, "yotpo_old": _yotpo_old, "reviewsio": _reviewsio,
        "yext": _yext, "yelp": _yelp, "trustoo": _trustoo, "webwinkelkeur": _webwinkelkeur, "formbricks": _formbricks, "chatwoot": _chatwoot,
        "google": _google, "feefo": _feefo,
    }[shape](number, change, version)  # fmt: skip


def kind_of(shape: str) -> str:
    """Return the kind of source that takes the shape."""
    return {"trustpilot_product": "trustpilot", "yotpo_old": "yotpo"}.get(shape, shape)


def headers_of(shape: str, body: bytes, message: str, now: datetime) -> dict[str, str]:
    """Return the headers of a call, signed where the platform signs."""
    if shape == "formbricks":
        moment = str(int(now.timestamp()))
        key = base64.b64decode(FORMBRICKS_SECRET.removeprefix("whsec_"))
        signature = base64.b64encode(hmac.new(key, f"{message}.{moment}.".encode() + body, sha256).digest()).decode()
        return {"webhook-id": message, "webhook-timestamp": moment, "webhook-signature": f"v1,{signature}"}
    if shape == "webwinkelkeur":
        return {"X-Hash": hmac.new(WEBWINKEL_SECRET.encode(), body, sha256).hexdigest()}
    return {}


def external_id(shape: str, number: int) -> str:
    """Return the id under which the item is found."""
    own = f"{number:024x}"
    return {
        "trustpilot": f"service_review:{own}", "trustpilot_product": f"product_review:{own}", "reviewsio": f"company:{number}",
        "yotpo": str(number), "yotpo_old": str(number), "yext": str(number), "trustoo": str(number), "webwinkelkeur": str(number),
        "formbricks": f"cl{number}", "chatwoot": f"c0ffee00-0000-4000-8000-{number:012d}", "yelp": f"yelp{number}",
    }[shape]  # fmt: skip


def _trustpilot(number: int, change: str, version: int) -> dict[str, Any]:
    data = {
        "id": f"{number:024x}", "language": "en", "title": "Never again",
        "text": text_of(number, version), "referenceId": f"ACC-{number}", "stars": 1,
        "createdAt": "2026-11-01T09:34:44.000Z", "isVerified": True, "locationId": "43f51215-a1fc-4c60-b6dd-e4afb6d7b831",
        "link": f"https://api.trustpilot.com/v1/reviews/{number:024x}",
        "consumer": {"id": "53bffc3900006400017e5db8", "name": "Customer", "link": "https://api.trustpilot.com/v1/consumers/53bffc3900006400017e5db8"},
        "tags": [{"group": "Generic", "value": "Tag value"}],
    }  # fmt: skip
    return {"events": [{"eventName": f"service-review-{change}", "version": "1", "eventData": data}]}


def _trustpilot_product(number: int, change: str, version: int) -> dict[str, Any]:
    data = {
        "id": f"{number:024x}", "stars": 2, "content": text_of(number, version), "product": {"sku": "A-1", "name": "Lamp", "mpn": "L1"},
        "referenceId": f"ACC-{number}", "consumer": {"id": "c1", "name": "Customer", "email": "customer@example.com"}, "state": "published",
        "createdAt": "2026-11-01T09:34:44.000Z",
    }  # fmt: skip
    return {"events": [{"eventName": f"product-review-{change}", "version": "1", "eventData": data}]}


def _yotpo(number: int, change: str, version: int) -> dict[str, Any]:
    data = {
        "id": number, "title": "Late", "content": text_of(number, version), "score": 2, "user_id": 7, "user_type": "User", "verified_buyer": True,
        "deleted": change == "deleted", "archived": False, "app_key": "k", "created_at": START.isoformat(),
        "updated_at": changed_at(version).isoformat(), "customer_email": "customer@example.com", "order_id": None,
        "external_order_id": f"O-{number}", "external_product_id": 99, "escalated": False,
        "sentiment": 0.2, "votes_up": 0, "votes_down": 0, "reviewer_display_name": "Customer",
    }  # fmt: skip
    return {"event": "review_create" if change == "created" else "review_updated", "data": data}


def _yotpo_old(number: int, change: str, version: int) -> dict[str, Any]:
    data = {
        "id": str(number), "title": "Late", "content": text_of(number, version), "score": "2", "verified_buyer": "false",
        "deleted": "true" if change == "deleted" else "false", "archived": "false", "created_at": "2018-02-20 14:12:13 UTC",
        "updated_at": changed_at(version).strftime("%Y-%m-%d %H:%M:%S UTC"), "customer_email": "customer@example.com",
    }  # fmt: skip
    return {"event": "review_create" if change == "created" else "review_updated", "data": data}


def _reviewsio(number: int, change: str, version: int) -> dict[str, Any]:  # noqa: ARG001 - there is only one event
    return {
        "id": number, "review_type": "company", "order_id": f"O-{number}", "rating": 2, "comments": text_of(number, 1),
        "user": {"name": "Customer", "email_address": "customer@example.com"},
    }  # fmt: skip


def _yext(number: int, change: str, version: int) -> dict[str, Any]:
    moment = int(changed_at(version).timestamp() * 1000)
    meta = {"eventType": f"REVIEW_{change.upper()}", "uuid": f"u-{number}-{version}", "timestamp": moment, "accountId": "1"}
    review = {
        "id": number, "entityId": "e1", "publisherId": "GOOGLEMYBUSINESS", "rating": 2.0, "title": None, "content": text_of(number, version),
        "authorName": "Customer", "authorEmail": "customer@example.com", "url": "https://example.com/r", "publisherDate": 1761987600000,
        "status": "REMOVED" if change == "deleted" else "LIVE", "comments": [], "reviewLabels": [], "reviewLanguage": "en",
        "transactionId": f"T-{number}", "invitationId": None,
    }  # fmt: skip
    return {"meta": meta, "review": review}


def _yelp(number: int, change: str, version: int) -> dict[str, Any]:  # noqa: ARG001 - there is only one event
    update = {"event_type": "NEW_REVIEW_EVENT", "review_id": f"yelp{number}", "rating": 2.0, "language": "en", "user_id": "u"}
    return {"time": START.isoformat(), "object": "business", "data": {"id": "biz", "updates": [update]}}


def _trustoo(number: int, change: str, version: int) -> dict[str, Any]:
    data = {
        "id": number,
        "rating": 2,
        "title": "Late",
        "content": text_of(number, version),
        "product_id": 5,
        "updated_at": changed_at(version).isoformat(),
    }
    return {"topic": f"review/{change}", "data": data}


def _webwinkelkeur(number: int, change: str, version: int) -> dict[str, Any]:  # noqa: ARG001 - there is only one event
    data = {"id": number, "rating": 2, "comment": text_of(number, 1), "email": "customer@example.com", "created": START.isoformat()}
    return {"event": "reviews.created", "data": data}


def _formbricks(number: int, change: str, version: int) -> dict[str, Any]:
    event = {"created": "responseCreated", "updated": "responseUpdated"}[change]
    data = {
        "id": f"cl{number}", "createdAt": START.isoformat(), "updatedAt": changed_at(version).isoformat(), "surveyId": "s1", "finished": version > 1,
        "data": {"q1": 2, "q2": text_of(number, version)}, "language": "en", "contact": {"userId": f"ACC-{number}"},
    }  # fmt: skip
    return {"webhookId": "w1", "event": event, "data": data}


def _chatwoot(number: int, change: str, version: int) -> dict[str, Any]:  # noqa: ARG001 - a second answer replaces the first
    answer = {"csat_survey_response": {"rating": 2, "feedback_message": text_of(number, 1)}}
    return {"message": {"submitted_values": answer}, "conversation": {"uuid": f"c0ffee00-0000-4000-8000-{number:012d}"}}


def _google(number: int, change: str, version: int) -> dict[str, Any]:
    inner = {"type": "NEW_REVIEW" if change == "created" else "UPDATED_REVIEW", "review_name": f"accounts/1/locations/2/reviews/{number}"}
    data = base64.b64encode(orjson.dumps(inner)).decode()
    return {"message": {"data": data, "messageId": f"m-{number}-{version}", "attributes": {}}, "subscription": "projects/p/subscriptions/s"}


def _feefo(number: int, change: str, version: int) -> dict[str, Any]:  # noqa: ARG001 - an identifier alone travels
    return {"review_id": f"feefo{number}"}

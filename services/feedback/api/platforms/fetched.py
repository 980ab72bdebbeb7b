"""Reviews that were fetched, as their platforms' APIs tell them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.feedback.api.platforms.reading import clean, keys, language, line, moment, reference, stars, table
from services.feedback.domain.items import PRODUCT_REVIEW, SERVICE_REVIEW, NewItem
from services.feedback.use_cases.hear_reviews import UNKNOWN, UPDATED, ReviewEvent

_STARS = {"ONE": 1, "TWO": 2, "THREE": 3, "FOUR": 4, "FIVE": 5}


def fetched_review(kind: str, external_id: str, document: Mapping[str, Any], reference_kind: str, now: datetime) -> ReviewEvent | None:
    """Return the review in this document as an event; None when the platform listed no review of this id."""
    if kind == "google":
        return _google(external_id, dict(document), now)
    return _feefo(external_id, dict(document), reference_kind, now)


def _google(external_id: str, review: dict[str, Any], now: datetime) -> ReviewEvent:
    """Google's author has a name alone, which names nobody: who they may be is suggested, and a person says so."""
    score, scale = stars(_STARS.get(str(review.get("starRating"))))
    written = moment(review.get("createTime"))
    if score is None and not review.get("comment"):
        return ReviewEvent("fetched", UNKNOWN, review, None)
    text = _as_written(clean(review.get("comment")))
    writer = table(review.get("reviewer"))
    author = None if writer.get("isAnonymous") else line(writer.get("displayName"))
    _, _, branch = external_id.partition("/locations/")
    place = branch.partition("/")[0] or None
    found = NewItem("google", external_id, SERVICE_REVIEW, text, written or now, score=score, scale_max=scale, author=author, place=place)
    return ReviewEvent("fetched", UPDATED, review, found, moment(review.get("updateTime")))


def _as_written(comment: str) -> str:
    """Google appends its translation, or the original after it; what the author wrote is the voice."""
    original = "(Original)\n"
    if original in comment:
        return comment.partition(original)[2].strip()
    return comment.partition("(Translated by Google)")[0].strip()


def _feefo(external_id: str, document: dict[str, Any], reference_kind: str, now: datetime) -> ReviewEvent | None:
    """Feefo lists a sale with the review of the service and those of its products; the id says which of them is meant."""
    listed = document.get("reviews")
    for sale in listed if isinstance(listed, list) else []:
        sold = table(sale)
        products = sold.get("products")
        parts = [(SERVICE_REVIEW, table(sold.get("service")))]
        parts += [(PRODUCT_REVIEW, table(one)) for one in (products if isinstance(products, list) else [])]
        for kind, part in parts:
            if reference(part.get("id")) == external_id:
                return _of_feefo(external_id, kind, sold, part, reference_kind, now)
    return None


def _of_feefo(
    external_id: str, kind: str, sale: dict[str, Any], part: dict[str, Any], reference_kind: str, now: datetime
) -> ReviewEvent:  # fmt: skip
    score, scale = stars(table(part.get("rating")).get("rating"))
    customer = table(sale.get("customer"))
    found = NewItem(
        "feefo",
        external_id,
        kind,
        clean(part.get("review")),
        moment(part.get("created_at")) or now,
        title=line(part.get("title")),
        language=language(sale.get("locale")),
        score=score,
        scale_max=scale,
        customer_keys=keys(reference_kind, customer.get("customer_ref"), customer.get("email")),
    )
    return ReviewEvent("fetched", UPDATED, {"sale": sale}, found, moment(sale.get("last_updated_date")))

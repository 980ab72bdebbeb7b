"""Review platforms, each translated into our words at the edge. Kinds of source by name; see contracts of each in its module."""

from collections.abc import Callable, Mapping
from datetime import datetime

from services.feedback.api.platforms import ids_only, mail, surveys, trustpilot, yotpo
from services.feedback.api.platforms.reading import Call
from services.feedback.use_cases.hear_reviews import ReviewEvent

Translator = Callable[[Call, str, datetime], list[ReviewEvent]]

PLATFORMS: Mapping[str, Translator] = {
    "trustpilot": lambda call, reference_kind, now: trustpilot.events_of(call.payload, reference_kind, now),
    "yotpo": yotpo.yotpo,
    "reviewsio": yotpo.reviewsio,
    "yext": yotpo.yext,
    "trustoo": yotpo.trustoo,
    "webwinkelkeur": yotpo.webwinkelkeur,
    "feefo": ids_only.feefo,
    "google": ids_only.google,
    "yelp": ids_only.yelp,
    "formbricks": surveys.formbricks,
    "chatwoot": surveys.chatwoot,
    "quackback": surveys.quackback,
    "email": mail.email,
}
"""How each kind's calls are read; none of them ever raises on odd content."""

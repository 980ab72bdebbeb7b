"""Other survey and chat tools: Formbricks, Chatwoot, Quackback."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.feedback.api.platforms.reading import Call, clean, keys, language, line, moment, number, reference, stars, table
from services.feedback.domain.items import ANSWER, NewItem
from services.feedback.use_cases.hear_reviews import CREATED, UNKNOWN, UPDATED, ReviewEvent

_FORMBRICKS = {"responseCreated": CREATED, "responseUpdated": UPDATED, "responseFinished": UPDATED}
_QUACKBACK = {"conversation.csat_submitted": CREATED, "conversation.csat_comment_added": UPDATED}


def formbricks(call: Call, reference_kind: str, now: datetime) -> list[ReviewEvent]:
    """Answers come by question id: texts become the words, the first number from 0 to 10 the score."""
    payload = table(call.payload)
    name, data = line(payload.get("event")) or "", table(payload.get("data"))
    found = reference(data.get("id"))
    if not payload:
        return []
    if name not in _FORMBRICKS or found is None:
        return [ReviewEvent(name[:100], UNKNOWN, payload, None)]
    answers = table(data.get("data"))
    words = [text for text in (clean(value) for value in answers.values()) if text.strip() and number(text) is None]
    scores = [score for score in (number(value) for value in answers.values() if isinstance(value, int | float)) if score is not None]
    contact = table(data.get("contact") or data.get("person"))
    named = table(data.get("contactAttributes") or data.get("personAttributes") or contact.get("attributes"))
    score, scale = _scale(scores)
    review = NewItem(
        source="formbricks",
        external_id=found,
        kind=ANSWER,
        text="\n".join(words),
        language=language(data.get("language")),
        score=score,
        scale_max=scale,
        customer_keys=keys(reference_kind, named.get("userId") or contact.get("userId"), named.get("email")),
        said_at=moment(data.get("createdAt")) or now,
    )
    # The answer grows while it is being given: an update may be the first that we hear of it.
    return [ReviewEvent(name, _FORMBRICKS[name], payload, review, moment(data.get("updatedAt")))]


def _scale(scores: list[float]) -> tuple[float | None, float | None]:
    if not scores or not 0 <= scores[0] <= 10:  # noqa: PLR2004 - the widest usual scale
        return None, None
    return scores[0], 5.0 if 1 <= scores[0] <= 5 else 10.0  # noqa: PLR2004 - rating or recommendation


def chatwoot(call: Call, reference_kind: str, now: datetime) -> list[ReviewEvent]:
    """Read the answer to Chatwoot's satisfaction question, as its webhook and as its public survey door shape it."""
    payload = table(call.payload)
    if not payload:
        return []
    name = line(payload.get("event")) or "csat_survey"
    message = table(payload.get("message")) or payload
    given = table(
        table(message.get("submitted_values") or table(payload.get("content_attributes")).get("submitted_values")).get("csat_survey_response")
    )
    conversation = table(payload.get("conversation"))
    found = reference(conversation.get("uuid") or conversation.get("id") or payload.get("conversation_uuid") or message.get("id"))
    if not given or found is None:
        return [ReviewEvent(name[:100], UNKNOWN, payload, None)]
    contact = table(payload.get("contact") or payload.get("sender"))
    return [
        ReviewEvent(
            name, UPDATED, payload, _chat("chatwoot", found, given.get("rating"), given.get("feedback_message"), contact, reference_kind, now)
        )
    ]


def quackback(call: Call, reference_kind: str, now: datetime) -> list[ReviewEvent]:
    """Score and comment come as two events about one conversation, in any order; each completes what the other brought."""
    payload = table(call.payload)
    name, data = line(payload.get("type")) or "", table(payload.get("data"))
    conversation = table(data.get("conversation"))
    found = reference(data.get("conversationId") or conversation.get("id"))
    if not payload:
        return []
    if name not in _QUACKBACK or found is None:
        return [ReviewEvent(name[:100], UNKNOWN, payload, None)]
    person = table(data.get("contact") or conversation.get("contact") or data.get("customer"))
    review = _chat("quackback", found, data.get("rating"), data.get("comment"), person, reference_kind, now)
    return [ReviewEvent(name, UPDATED, payload, review, moment(payload.get("createdAt")), completes=True)]


def _chat(source: str, found: str, rating: object, words: object, contact: Mapping[str, Any], reference_kind: str, now: datetime) -> NewItem:
    score, scale = stars(rating)
    named = contact.get("identifier") or contact.get("externalId")
    return NewItem(
        source, found, ANSWER, clean(words), now, score=score, scale_max=scale, customer_keys=keys(reference_kind, named, contact.get("email"))
    )

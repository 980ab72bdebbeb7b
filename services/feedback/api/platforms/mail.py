"""E-mails as voices: what was read from a message at the door, in our words. What no person wrote is kept by its facts alone, and is no item."""

from datetime import datetime
from typing import Any

from services.feedback.api.platforms.reading import Call, clean, keys, line, moment, reference, table
from services.feedback.domain.items import EMAIL, NewItem
from services.feedback.domain.mail_reading import MailRead, read_mail
from services.feedback.use_cases.hear_reviews import AUTOMATIC, CREATED, UNREADABLE, ReviewEvent

SOURCE = "email"


def mail_payload(raw: bytes) -> dict[str, Any]:
    """Return what is kept of a message until it is applied: facts and words, nothing that is attached; `UNREADABLE` alone for what is no message."""
    found = read_mail(raw)
    return {UNREADABLE: ""} if found is None else _facts(found)


def _facts(found: MailRead) -> dict[str, Any]:
    sent_at = found.sent_at.isoformat() if found.sent_at is not None else None
    told = {"message_id": found.message_id, "subject": found.subject, "from": found.sender, "sent_at": sent_at, "automatic": found.automatic}
    return told if found.automatic is not None else told | {"text": found.text}


def email(call: Call, reference_kind: str, now: datetime) -> list[ReviewEvent]:
    """Return the one event of a message. Its Message-ID makes it one item, however often and through however many mailboxes it comes."""
    told = table(call.payload)
    external_id = reference(told.get("message_id"))
    if external_id is None:
        return [ReviewEvent("message", UNREADABLE, told, None)]
    if told.get("automatic") is not None:
        return [ReviewEvent(str(told["automatic"]), AUTOMATIC, told, None)]
    sent_at = moment(told.get("sent_at"))
    voice = NewItem(
        source=SOURCE,
        external_id=external_id,
        kind=EMAIL,
        title=line(told.get("subject")),
        text=clean(told.get("text")),
        customer_keys=keys(reference_kind, None, told.get("from")),
        said_at=sent_at if sent_at is not None and sent_at < now else now,
    )
    return [ReviewEvent("message", CREATED, told, voice)]

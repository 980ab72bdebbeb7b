"""Link tokens: 22 base64url characters that nobody can guess, and a 10-digit tag that lets a forged one die before the database is asked.

Both are derived from the invitation's id and a secret key, so the link can be made again for the mail while the database keeps only its SHA-256.
"""

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from services.survey.domain.keyed import keyed_hash

BODY_LENGTH = 22
TAG_LENGTH = 10


class Purpose(StrEnum):
    """A token opens one door only."""

    ANSWER = "answer"
    STOP = "stop"
    MINE = "mine"
    """What we know about asking this customer."""
    PULSE = "pulse"


def _tag(body: str, purpose: Purpose, key: bytes) -> str:
    return keyed_hash(key, f"tag\n{purpose}\n{body}").hex()[:TAG_LENGTH]


def token_for(invitation_id: UUID, purpose: Purpose, key: bytes) -> str:
    """Return the token of this invitation for this purpose: 128 bits and a 40-bit tag."""
    bits = keyed_hash(key, f"link\n{purpose}\n{invitation_id}")[:16]
    body = base64.urlsafe_b64encode(bits).decode().rstrip("=")
    return signed(body, purpose, key)


def signed(body: str, purpose: Purpose, key: bytes) -> str:
    """Return `body` (22 characters) with the tag that makes it a token of ours."""
    return body + _tag(body, purpose, key)


def is_genuine(token: str, purpose: Purpose, key: bytes) -> bool:
    """Say whether we could have made this token; compares in constant time."""
    if len(token) != BODY_LENGTH + TAG_LENGTH or not token.isascii():
        return False
    return hmac.compare_digest(token[BODY_LENGTH:], _tag(token[:BODY_LENGTH], purpose, key))


def fingerprint(token: str) -> str:
    """Return what the database keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def render_stamp(token: str, shown_at: datetime, key: bytes) -> str:
    """Return the signed moment at which a form was shown, `seconds.tag`; bound to the token."""
    seconds = int(shown_at.timestamp())
    return f"{seconds}.{_stamp_tag(token, seconds, key)}"


def shown_at(token: str, stamp: str, key: bytes) -> datetime | None:
    """Return when the form was shown; None when the stamp is missing or not ours."""
    seconds, _, tag = stamp.partition(".")
    if not (seconds.isascii() and seconds.isdecimal() and len(seconds) <= 11 and tag.isascii()):  # noqa: PLR2004  (the year 5138)
        return None
    if not hmac.compare_digest(tag, _stamp_tag(token, int(seconds), key)):
        return None
    return datetime.fromtimestamp(int(seconds), UTC)


def _stamp_tag(token: str, seconds: int, key: bytes) -> str:
    return keyed_hash(key, f"shown\n{token}\n{seconds}").hex()[:TAG_LENGTH]

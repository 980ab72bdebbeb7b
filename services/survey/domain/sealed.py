"""Tokens that are the invitation's own id, encrypted: the door can tell whose they are without a column to look them up in.

One block of AES with a key of its own turns the 16 bytes of an id into 16 bytes that nobody can tell from random ones; the tag of
`tokens` lets a forged one die before the database. Used where a link is made from another page, not stored with the invitation.
"""

import base64
from uuid import UUID

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from services.survey.domain.tokens import BODY_LENGTH, Purpose, is_genuine, signed


def _block(key: bytes) -> Cipher[modes.ECB]:
    return Cipher(algorithms.AES(key), modes.ECB())  # noqa: S305  a single block of unique content: there is no pattern to leak


def sealed_token(invitation_id: UUID, purpose: Purpose, key: bytes) -> str:
    """Return the token of this invitation for this purpose."""
    scribe = _block(key).encryptor()
    bits = scribe.update(invitation_id.bytes) + scribe.finalize()
    return signed(base64.urlsafe_b64encode(bits).decode().rstrip("="), purpose, key)


def unsealed(token: str, purpose: Purpose, key: bytes) -> UUID | None:
    """Return the invitation that a token names; None when it is not one of ours."""
    if not is_genuine(token, purpose, key):
        return None
    reader = _block(key).decryptor()
    return UUID(bytes=reader.update(base64.urlsafe_b64decode(token[:BODY_LENGTH] + "==")) + reader.finalize())

"""Sealing what names, quotes or describes a person: one key a record, so that forgetting the key forgets the texts wherever copies lie."""

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MARK = "sealed:1:"
_NONCE = 12
KEY_BYTES = 32


class Sealer:
    """Seals and opens the texts of one record with AES-256-GCM (NIST SP 800-38D), bound to their column."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, text: str, place: str) -> str:
        """Return the sealed text; `place` (table.column) must be the same when it is opened."""
        return MARK + base64.b64encode(self.seal_bytes(text.encode(), place)).decode()

    def seal_bytes(self, data: bytes, place: str) -> bytes:
        """Return the sealed bytes, 28 more than `data`."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, data, place.encode())

    def open(self, text: str, place: str) -> str:
        """Return the text; one that was never sealed is returned as it is. Raises ValueError when it was sealed with another key or elsewhere."""
        if not text.startswith(MARK):
            return text
        return self.open_bytes(base64.b64decode(text[len(MARK) :]), place).decode()

    def open_bytes(self, sealed: bytes, place: str) -> bytes:
        """Return what was sealed; raises ValueError when it was sealed with another key or elsewhere."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], place.encode())
        except InvalidTag as reason:
            message = f"what lies in {place} was sealed with another key"
            raise ValueError(message) from reason


def wrap(secret: bytes, key: bytes, owner: bytes) -> bytes:
    """Return a key sealed with the installation's secret, bound to its owner."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(secret).encrypt(nonce, key, owner)


def unwrap(secret: bytes, wrapped: bytes, owner: bytes) -> bytes:
    """Return the key; raises InvalidTag when the secret is another one."""
    return AESGCM(secret).decrypt(wrapped[:_NONCE], wrapped[_NONCE:], owner)

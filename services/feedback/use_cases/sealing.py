"""What masking cut out of a text is kept encrypted beside it (AES-256-GCM), bound to its row: a stolen ciphertext opens nowhere else."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.feedback.domain.masking import Masked, Span, mask, unmask

if TYPE_CHECKING:  # the process that prepares uploads needs no database
    from services.kit.db import Tx

PURPOSE = "feedback sealed spans"
_NONCE = 12


@dataclass(frozen=True, slots=True)
class Words:
    """Title and text as they may be stored in clear, and the sealed rest; `sealed` is None when nothing had to be cut out."""

    title: str | None
    text: str
    sealed: bytes | None


class Vault:
    """Masks, seals and opens with one derived key."""

    def __init__(self, key: bytes, phone_region: str) -> None:
        self._cipher = AESGCM(key)
        self._region = phone_region

    def take(self, row: UUID, title: str | None, text: str) -> Words:
        """Mask title and text and seal what was cut out, for the row `row`."""
        parts = [mask(title, self._region) if title else Masked("", ()), mask(text, self._region)]
        if not parts[0].spans and not parts[1].spans:
            return Words(title, text, None)
        spans = [[(span.at, span.mask, span.original) for span in part.spans] for part in parts]
        return Words(parts[0].text if title is not None else None, parts[1].text, self.seal(row, orjson.dumps(spans)))

    def give(self, row: UUID, words: Words) -> Words:
        """Return the original words; what cannot be opened any more stays masked."""
        if words.sealed is None:
            return words
        try:
            spans: list[Sequence[Sequence[object]]] = orjson.loads(self.open(row, words.sealed))
        except InvalidTag:
            return words
        title, text = (
            unmask(Masked(masked, tuple(Span(int(str(at)), str(kind), str(original)) for at, kind, original in cut)))
            for masked, cut in zip((words.title or "", words.text), spans, strict=True)
        )
        return Words(title if words.title is not None else None, text, None)

    def seal(self, row: UUID, plain: bytes) -> bytes:
        """Return nonce and ciphertext."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, plain, row.bytes)

    def open(self, row: UUID, sealed: bytes) -> bytes:
        """Return the plain bytes; raises InvalidTag for another row, another key or a changed byte."""
        return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], row.bytes)


_REGION: Final[list[str]] = ["GB"]


def read_phones_of(region: str) -> None:
    """Set the country whose telephone numbers are recognised without a country code; called when the service starts."""
    _REGION[:] = [region]


def vault_of(tx: "Tx") -> Vault:
    """Return the vault of this installation; works in requests, consumers and jobs alike."""
    return Vault(tx.secret(PURPOSE), _REGION[0])

"""Who may be the same person: a suggestion with its evidence, never a merge.

Fellegi and Sunter's record linkage (JASA 64, 1969): what two records share speaks for one person by log2(m / u) bits, m being how often two
records of one person agree on it, u how often two strangers do. u is counted in this installation (a rare name says more than a common one).
"""

import math
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from services.customers.domain.keys import Key, KeyKind

SHORTEST_MAILBOX = 5
LINE_DIGITS = 8


class HintKind(StrEnum):
    """What two records may share without it being a key."""

    NAME = "name"
    MAILBOX = "mailbox"
    LINE = "line"


AGREEMENT = {HintKind.NAME: 0.9, HintKind.MAILBOX: 0.8, HintKind.LINE: 0.95}
"""m: how often two records of one person agree, where both have it."""
_SENTENCE = {
    HintKind.NAME: "Both have the same name, letter case, accents and word order aside",
    HintKind.MAILBOX: "Their e-mail addresses have the same part before the @",
    HintKind.LINE: f"The last {LINE_DIGITS} digits of their phone numbers are the same",
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that two records share."""

    kind: HintKind
    bits: float
    """How strongly it speaks for one person."""
    holders: int
    """How many records have it."""

    @property
    def sentence(self) -> str:
        """Return it for a person to read."""
        return f"{_SENTENCE[self.kind]} ({self.holders} records have it)."


def hint_of_name(name: str) -> str | None:
    """Return the spelling by which equal names are found; None for a single word, which says too little."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter))
    words = sorted("".join(letter if letter.isalnum() else " " for letter in plain.casefold()).split())
    return " ".join(words) if len(words) > 1 else None


def hints_of_keys(keys: Iterable[Key]) -> set[tuple[HintKind, str]]:
    """Return what the keys hint at beside naming somebody exactly."""
    found: set[tuple[HintKind, str]] = set()
    for key in keys:
        if key.kind is KeyKind.EMAIL:
            mailbox = key.value.partition("@")[0].partition("+")[0].replace(".", "")
            if len(mailbox) >= SHORTEST_MAILBOX:
                found.add((HintKind.MAILBOX, mailbox))
        elif key.kind is KeyKind.PHONE and len(key.value) > LINE_DIGITS + 1:
            found.add((HintKind.LINE, key.value[-LINE_DIGITS:]))
    return found


def weigh(shared: Iterable[tuple[HintKind, int]], records: int) -> tuple[float, list[Evidence]]:
    """Return the probability that two of `records` are one person, and the evidence, strongest first; `shared` is (kind, holders of that hint)."""
    evidence = [Evidence(kind, math.log2(AGREEMENT[kind] / (max(holders, 1) / max(records, 1))), holders) for kind, holders in shared]
    bits = sum(one.bits for one in evidence) - math.log2(max(records - 1, 1))
    return 1 / (1 + 2**-bits), sorted(evidence, key=lambda one: (-one.bits, one.kind))

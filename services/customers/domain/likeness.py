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
PAIR = 2


class HintKind(StrEnum):
    """What two records may share without it being a key."""

    NAME = "name"
    SHORT_NAME = "short_name"
    """A word of the name and the first letter of another, as reviews are signed; says who may have signed, not who are one person."""
    MAILBOX = "mailbox"
    LINE = "line"


AGREEMENT = {HintKind.NAME: 0.9, HintKind.SHORT_NAME: 0.9, HintKind.MAILBOX: 0.8, HintKind.LINE: 0.95}
"""m: how often two records of one person agree, where both have it."""
_SENTENCE = {
    HintKind.NAME: "Both have the same name, letter case, accents and word order aside",
    HintKind.SHORT_NAME: "The name and the initial are theirs",
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
    words = _words(name)
    return " ".join(sorted(words)) if len(words) > 1 else None


def short_names(name: str) -> set[str]:
    """Return the short forms in which somebody of this name may sign: `maria k` and `keller m` for Maria Keller, in whichever order it is written."""
    words = _words(name)
    ends = {words[0], words[-1]} if len(words) > 1 else set()
    return {f"{kept} {cut[0]}" for kept in ends for cut in ends - {kept} if len(kept) > 1}


def signed_short(name: str) -> str | None:
    """Return the short form that a signature is (Maria K., K. Maria); None for any other name."""
    words = sorted(_words(name), key=len, reverse=True)
    return f"{words[0]} {words[1]}" if len(words) == PAIR and len(words[1]) == 1 < len(words[0]) else None


def _words(name: str) -> list[str]:
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter))
    return "".join(letter if letter.isalnum() else " " for letter in plain.casefold()).split()


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

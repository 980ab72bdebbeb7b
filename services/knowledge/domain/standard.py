"""The content standard: what a good article has. What can be seen by machine is seen by machine; the rest is asked of a colleague.

After KCS's content standard checklist (Practices Guide, technique 5.2): for coaching, never a target.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

SHORTEST_TITLE = 3
"""Words."""
SHORTEST_UNSPACED = 8
"""Letters, where words are not parted by spaces."""
LONGEST_SENTENCE = 30
"""Words of a sentence that many still read without going back."""


class Criterion(StrEnum):
    """What a colleague is asked about an article."""

    UNIQUE = "unique"
    COMPLETE = "complete"
    CLEAR = "clear"
    CUSTOMER_WORDS = "customer_words"
    CORRECT_LINKS = "correct_links"
    RIGHT_AUDIENCE = "right_audience"


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing about an article that can be told without a person."""

    name: str
    holds: bool


def seen_in(
    *, title: str, sections: Mapping[str, str | None], plain: str, is_duplicate: bool, open_flags: int, review_overdue: bool, has_driver: bool
) -> list[Seen]:
    """Return what holds of an article and what does not."""
    sentences = [part.split() for line in plain.splitlines() for part in line.replace("!", ".").replace("?", ".").split(".") if part.strip()]
    return [
        Seen("title_says_what_it_is_about", len(title.split()) >= SHORTEST_TITLE or (len(title) >= SHORTEST_UNSPACED and not title.isascii())),
        Seen("has_problem", bool(sections.get("problem"))),
        Seen("has_resolution", bool(sections.get("resolution"))),
        Seen("sentences_are_short", all(len(words) <= LONGEST_SENTENCE for words in sentences)),
        Seen("says_nothing_twice", not is_duplicate),
        Seen("no_open_flags", not open_flags),
        Seen("review_in_time", not review_overdue),
        Seen("has_driver", has_driver),
    ]


def quality(checks: Sequence[Mapping[str, bool]]) -> dict[str, tuple[int, int]]:
    """Return per criterion how many checks said yes, and how many said anything."""
    found: dict[str, tuple[int, int]] = {}
    for check in checks:
        for name, holds in check.items():
            yes, asked = found.get(name, (0, 0))
            found[name] = (yes + bool(holds), asked + 1)
    return dict(sorted(found.items()))

"""Neutral asking: review platforms forbid that an invitation depends on how satisfied somebody seems, or on who served them.

Source: Trustpilot, Guidelines for Businesses: "inviting all customers equally and identically, or inviting in an unbiased way".
"""

from collections.abc import Iterable

BIASED_ATTRIBUTES = frozenset(
    {"resolved", "disposition", "driver", "team", "agent", "transfers", "handle_seconds", "articles", "tier", "segment", "score", "mood"}
)
"""They say, or let one guess, how satisfied the customer is, or who served them."""


def biased(names: Iterable[str]) -> list[str]:
    """Return those of the names (`contact.resolved`, `team`, …) on which a neutral choice must not depend, sorted."""
    return sorted({name for name in names if name.rpartition(".")[2] in BIASED_ATTRIBUTES or name.startswith("event.attributes")})

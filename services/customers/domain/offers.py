"""The offer guard: nobody is sold to while we owe them something, and the reason is said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.customers.domain.mood import Mood, Verdict


@dataclass(frozen=True, slots=True)
class Reason:
    """Why nothing is offered: a code for programs, a sentence for people."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Circumstances:
    """All that the guard looks at."""

    open_cases: int
    open_follow_ups: int
    last_verdict: Verdict | None
    last_score: str | None
    """For people, e.g. `2 of 5`; None when no score was ever given."""
    scored_at: datetime | None
    complained_at: datetime | None
    mood: Mood
    allows_marketing: bool


@dataclass(frozen=True, slots=True)
class Catalogued:
    """An offer in the catalogue; no products means that it suits everybody."""

    key: str
    for_products: tuple[str, ...]


def reasons_against(found: Circumstances, *, now: datetime, quiet: timedelta) -> list[Reason]:
    """Return every reason to withhold an offer (C3-08); an empty list means that one may be made."""
    days = quiet.days
    checks = (
        (found.open_cases > 0, "open_case", "A case of this customer is still open."),
        (
            found.last_verdict is Verdict.BAD and _within(found.scored_at, now, quiet),
            "bad_last_score",
            f"The last score was {found.last_score}, less than {days} days ago.",
        ),
        (found.open_follow_ups > 0, "open_follow_up", "We still owe this customer an answer: a follow-up is open."),
        (_within(found.complained_at, now, quiet), "recent_complaint", f"The customer complained less than {days} days ago."),
        (found.mood is Mood.UNHAPPY, "unhappy", "The customer is unhappy with us at present."),
        (not found.allows_marketing, "no_marketing_consent", "The customer has not allowed us to make offers."),
    )
    return [Reason(code, sentence) for holds, code, sentence in checks if holds]


def choose(catalogue: Sequence[Catalogued], products: Sequence[str]) -> tuple[Catalogued, str | None] | None:
    """Return the offer that fits the latest purchase that any offer fits, with that product; else one for everybody (product None); else None.

    `products` is the purchase history, newest first. Offers that fit equally well are taken in the order of their keys.
    """
    ordered = sorted(catalogue, key=lambda offer: offer.key)
    for product in products:
        for offer in ordered:
            if product in offer.for_products:
                return offer, product
    return next(((offer, None) for offer in ordered if not offer.for_products), None)


def _within(moment: datetime | None, now: datetime, quiet: timedelta) -> bool:
    return moment is not None and now - moment < quiet

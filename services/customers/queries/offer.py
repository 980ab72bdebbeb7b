"""What may be offered to whom: everything the guard needs, for many persons in six statements."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from services.customers import repository
from services.customers.contract import CustomerView, MadeOffer, OfferView, WithheldReason
from services.customers.domain.consents import Channel, Purpose, Word, allows
from services.customers.domain.mood import Mood, Verdict
from services.customers.domain.offers import Catalogued, Circumstances, Reason, choose, reasons_against
from services.customers.models import Consent, CustomerCase, CustomerOrder, CustomerStanding, FollowUp, Offer
from services.kit.db import Tx

_NOTHING = Reason("no_fitting_offer", "No offer in the catalogue fits what this customer bought.")


@dataclass(frozen=True, slots=True)
class Affairs:
    """What a person has with us, over all records."""

    cases: Sequence[CustomerCase]
    follow_ups: Sequence[FollowUp]
    standings: Sequence[CustomerStanding]
    words: Sequence[Consent]
    orders: Sequence[CustomerOrder]


async def affairs(tx: Tx, members: Mapping[UUID, Collection[UUID]]) -> dict[UUID, Affairs]:
    """Return what each person (survivor's id -> records) has with us."""
    ids = {record for records in members.values() for record in records}
    cases = await tx.all(select(CustomerCase).where(col(CustomerCase.customer_id).in_(ids), col(CustomerCase.state) == "open"), CustomerCase)
    waiting = (col(FollowUp.customer_id).in_(ids), col(FollowUp.opened_at).is_not(None), col(FollowUp.closed_at).is_(None))
    follow_ups = await tx.all(select(FollowUp).where(*waiting), FollowUp)
    standings = await repository.standings(tx, ids)
    words = await repository.consent_words(tx, ids)
    bought = (col(CustomerOrder.customer_id).in_(ids), col(CustomerOrder.state) != "cancelled")
    orders = await tx.all(select(CustomerOrder).where(*bought).order_by(col(CustomerOrder.placed_at).desc()), CustomerOrder)
    return {
        person: Affairs(
            [row for row in cases if row.customer_id in records],
            [row for row in follow_ups if row.customer_id in records],
            [row for row in standings if row.customer_id in records],
            [row for row in words if row.customer_id in records],
            [row for row in orders if row.customer_id in records],
        )
        for person, records in members.items()
    }


async def offer(tx: Tx, customer_id: UUID, place: str, quiet: timedelta) -> OfferView:
    """Return the offer for one person, or every reason why there is none; raises NotFound."""
    view = await repository.customer_view(tx, customer_id)
    return (await offers(tx, {view.id: view}, place, quiet))[view.id]


async def offers(tx: Tx, views: Mapping[UUID, CustomerView], place: str, quiet: timedelta) -> dict[UUID, OfferView]:
    """Return the offer, or every reason why there is none, for each person (survivor's id -> picture)."""
    found = await affairs(tx, {person: set(view.member_ids) for person, view in views.items()})
    catalogue = await repository.catalogue(tx)
    return {person: _offer(view, found[person], catalogue, place, tx, quiet) for person, view in views.items()}


def current(standings: Sequence[CustomerStanding]) -> CustomerStanding | None:
    """Return the standing that was changed by the newest saying; None before the first."""
    return max(standings, key=lambda row: (row.mood_at is not None, row.mood_at), default=None) if standings else None


def _offer(view: CustomerView, own: Affairs, catalogue: Sequence[Offer], place: str, tx: Tx, quiet: timedelta) -> OfferView:
    reasons = reasons_against(_circumstances(own), now=tx.now, quiet=quiet)
    made = None
    if not reasons:
        made = _made(view, catalogue, [order.product for order in own.orders if order.product])
        reasons = [] if made else [_NOTHING]
    withheld = [WithheldReason(code=reason.code, sentence=reason.sentence) for reason in reasons]
    return OfferView(place=place, offer=made, withheld=withheld)


def _circumstances(own: Affairs) -> Circumstances:
    standing = current(own.standings)
    scored = max((row for row in own.standings if row.scored_at), key=lambda row: (row.scored_at is not None, row.scored_at), default=None)
    words = [Word(Purpose(row.purpose), Channel(row.channel), row.granted, row.given_at) for row in own.words]
    return Circumstances(
        open_cases=len(own.cases),
        open_follow_ups=len(own.follow_ups),
        last_verdict=Verdict(scored.verdict) if scored and scored.verdict else None,
        last_score=f"{scored.score:g} of {scored.scale_max:g}" if scored else None,
        scored_at=scored.scored_at if scored else None,
        complained_at=max((row.complained_at for row in own.standings if row.complained_at), default=None),
        mood=Mood(standing.mood) if standing else Mood.NEUTRAL,
        allows_marketing=allows(words, Purpose.MARKETING),
    )


def _made(view: CustomerView, catalogue: Sequence[Offer], products: Sequence[str]) -> MadeOffer | None:
    by_key = {row.key: row for row in catalogue}
    chosen = choose([Catalogued(row.key, tuple(row.for_products)) for row in catalogue], products)
    if chosen is None:
        return None
    row = by_key[chosen[0].key]
    language = view.language or "en"
    text = row.message.get(language) or row.message.get(language.partition("-")[0]) or row.message["en"]
    return MadeOffer(key=row.key, title=row.title, text=text, message=row.message, product=chosen[1])

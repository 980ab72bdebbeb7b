"""Who may have written a review that is signed with a name alone."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated
from uuid import UUID

import orjson
from pydantic import Field
from sqlalchemy import select
from sqlmodel import col

from services.customers import repository
from services.customers.contract.likely import LikelyAuthorView, SignView
from services.customers.domain.authors import Among, Sign, Weight, by_fact, by_name, probability
from services.customers.domain.likeness import HintKind, hint_of_name, signed_short
from services.customers.domain.timeline import EntryKind
from services.customers.models import TimelineEntry
from services.kit.db import Tx
from services.kit.fields import Command, Instant, Line, Reference
from services.kit.tables import to_micros

BEFORE, AFTER = timedelta(days=60), timedelta(days=1)
"""A review is written soon after what it is about; its platform's clock may be a day off."""
DRAWN = 300
"""Customers by whom is judged how usual it is to have had to do with us lately."""
LIKELY = 0.05
MOST = 20
_MEETINGS = (EntryKind.CONTACT_ENDED, EntryKind.ORDER_PLACED, EntryKind.ORDER_DELIVERED, EntryKind.CASE_RESOLVED)


class WhoWrote(Command):
    """What is known of an author."""

    name: Annotated[Line, Field(description="as it is signed: Maria Keller, or Maria K.")]
    written_at: Instant
    place: Annotated[Reference | None, Field(description="the site or branch that it is about, as contacts name their site")] = None


@dataclass(slots=True)
class _Met:
    """What a customer had to do with us in the days before."""

    places: set[str] = field(default_factory=set)


async def likely_authors(tx: Tx, asked: WhoWrote) -> list[LikelyAuthorView]:
    """Return the likeliest authors with the evidence, at most MOST; empty for a name that more than 200 records share, or a single word."""
    short = signed_short(asked.name)
    kind, hint = (HintKind.SHORT_NAME, short) if short else (HintKind.NAME, hint_of_name(asked.name))
    holders = await repository.holders_of(tx, kind, hint) if hint else {}
    if not holders:
        return []
    records = await repository.record_count(tx)
    drawn = await repository.some_records(tx, DRAWN)
    members = await repository.members_of(tx, set(holders.values()))
    met = await _met(tx, {*drawn, *members}, asked)
    named = by_name(Sign.SHORT_NAME if short else Sign.NAME, len(holders), records)
    usual = Among(sum(one in met for one in drawn), len(drawn))
    placed = [met[one].places for one in drawn if one in met and met[one].places]
    there = Among(sum(_plain(asked.place) in places for places in placed), len(placed))
    found = []
    for person in sorted(set(holders.values())):
        theirs = [met[record] for record, owner in members.items() if owner == person and record in met]
        weights = [named, by_fact(Sign.MET, usual, holds=bool(theirs))]
        places = set().union(*(one.places for one in theirs))
        if asked.place is not None and places:
            weights.append(by_fact(Sign.PLACE, there, holds=_plain(asked.place) in places))
        likely = probability(weights, records)
        if likely >= LIKELY:
            signs = [_sign(one) for one in sorted(weights, key=lambda one: -one.bits)]
            found.append(LikelyAuthorView(customer_id=person, probability=round(likely, 4), evidence=signs))
    return sorted(found, key=lambda one: (-one.probability, one.customer_id))[:MOST]


async def _met(tx: Tx, records: Collection[UUID], asked: WhoWrote) -> dict[UUID, _Met]:
    """Return for each record that had to do with us in those days where its contacts were."""
    window = (to_micros(asked.written_at - BEFORE), to_micros(asked.written_at + AFTER))
    chosen = select(col(TimelineEntry.customer_id), col(TimelineEntry.kind), col(TimelineEntry.title), col(TimelineEntry.data)).where(
        col(TimelineEntry.customer_id).in_(records),
        col(TimelineEntry.kind).in_([kind.value for kind in _MEETINGS]),
        col(TimelineEntry.occurred_us).between(*window),
    )
    rows = await tx.rows(chosen)
    found: dict[UUID, _Met] = {row["customer_id"]: _Met() for row in rows}
    if asked.place is None:
        return found
    keys = await repository.sealers(tx, found.keys())
    for row in rows:
        if row["kind"] == EntryKind.CONTACT_ENDED.value:
            _, data = repository.opened_entry(keys.get(row["customer_id"]), row["title"], row["data"])
            site = orjson.loads(data).get("site")
            if isinstance(site, str):
                found[row["customer_id"]].places.add(_plain(site))
    return found


def _plain(place: str | None) -> str:
    return (place or "").strip().casefold()


def _sign(weight: Weight) -> SignView:
    usual = f"{weight.share:.1%} of all customers"
    sentence = {
        (Sign.NAME, True): f"The name is theirs ({usual} have it).",
        (Sign.SHORT_NAME, True): f"The name and the initial are theirs ({usual} could sign so).",
        (Sign.MET, True): f"They had a contact or an order in the {BEFORE.days} days before ({usual} had).",
        (Sign.MET, False): f"They had no contact and no order in the {BEFORE.days} days before ({usual} had).",
        (Sign.PLACE, True): f"A contact of theirs was at this place (so were those of {usual} who had one).",
        (Sign.PLACE, False): f"Their contacts were elsewhere (those of {usual} who had one were at this place).",
    }[weight.sign, weight.holds]
    return SignView(kind=weight.sign.value, holds=weight.holds, bits=round(weight.bits, 2), share=round(weight.share, 4), sentence=sentence)

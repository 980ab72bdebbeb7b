"""Narrow what knows no place of its own by the contact or the feedback item that it hangs on, within the reader's limits.

An ask is where its contact was, a duty where its feedback item is, a response where its answers are. Without a filter and without limits
nothing is narrowed: what hangs on nothing counts for the whole house alone. Each condition says which table of the statement around it it is
about, because that statement may read the other one as well.
"""

from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlmodel import SQLModel, col

from services.insight.domain.period import Asked
from services.insight.models import (
    AnswerFact,
    ContactFact,
    CustomerSegment,
    Dispute,
    FeedbackFact,
    FollowUpFact,
    InvitationFact,
    OptOutFact,
    QualityReview,
    ResponseFact,
    SuppressedFact,
)
from services.insight.repository.limits import is_limited, seen
from services.kit.db import Tx

Conditions = list[ColumnElement[bool]]
DEPARTMENT = "department"
LEARNT = frozenset({DEPARTMENT, "product"})
"""What only a category says of an item."""


def of(tx: Tx, model: type[SQLModel], asked: Asked) -> Conditions:
    """Return the conditions on a fact that knows its place; filters that it has no column for are the caller's."""
    table: Any = model
    return [*seen(tx, model), *(getattr(table, name) == value for name, value in asked.filters.items() if hasattr(table, name))]


def asks(tx: Tx, asked: Asked, fact: type[InvitationFact] | type[SuppressedFact] = InvitationFact) -> Conditions:
    """Return the conditions on asks, or on those held back.

    One that no contact led to is of no site, and in the segment that its customer has today.
    """
    conditions = of(tx, ContactFact, asked)
    if not conditions:
        return []
    mine = col(ContactFact.contact_id) == col(fact.contact_id)
    placed = select(col(ContactFact.contact_id)).where(mine, *conditions).correlate(fact).exists()
    if is_limited(tx) or set(asked.filters) != {"segment"}:
        return [placed]
    theirs = (col(CustomerSegment.customer_id) == col(fact.customer_id), col(CustomerSegment.segment) == asked.filters["segment"])
    today = select(col(CustomerSegment.customer_id)).where(*theirs).correlate(fact).exists()
    return [or_(placed, and_(col(fact.contact_id).is_(None), today))]


def items(tx: Tx, asked: Asked) -> Conditions:
    """Return the conditions on feedback items. What nobody has categorised yet is of the product and department of its contact."""
    conditions = seen(tx, FeedbackFact)
    for name, value in asked.filters.items():
        own = getattr(FeedbackFact, name)
        if name in LEARNT:
            contact = select(getattr(ContactFact, name)).where(col(ContactFact.contact_id) == col(FeedbackFact.contact_id))
            own = func.coalesce(own, contact.correlate(FeedbackFact).scalar_subquery())
        conditions.append(own == value)
    return conditions


def duties(tx: Tx, asked: Asked) -> Conditions:
    """Return the conditions on follow-ups; one is of the department that its item has now, else of the one that it was opened for."""
    conditions: Conditions = []
    mine = col(FeedbackFact.item_id) == col(FollowUpFact.item_id)
    place = {name: value for name, value in asked.filters.items() if name != DEPARTMENT}
    if place or is_limited(tx):
        placed = select(col(FeedbackFact.item_id)).where(mine, *items(tx, replace(asked, filters=place)))
        conditions.append(placed.correlate(FollowUpFact).exists())
    if DEPARTMENT in asked.filters:
        now = select(col(FeedbackFact.department)).where(mine).correlate(FollowUpFact).scalar_subquery()
        conditions.append(func.coalesce(now, col(FollowUpFact.department)) == asked.filters[DEPARTMENT])
    return conditions


def responses(tx: Tx, asked: Asked) -> Conditions:
    """Return the conditions on responses; one without a scored answer is of no place."""
    conditions = of(tx, AnswerFact, asked)
    if not conditions:
        return []
    mine = col(AnswerFact.response_id) == col(ResponseFact.response_id)
    return [select(col(AnswerFact.response_id)).where(mine, *conditions).correlate(ResponseFact).exists()]


def disputed(tx: Tx, asked: Asked) -> Conditions:
    """Return the conditions on disputes, by their contacts; which department disputes is no filter of the contact."""
    conditions = of(tx, ContactFact, replace(asked, filters={name: value for name, value in asked.filters.items() if name != DEPARTMENT}))
    if not conditions:
        return []
    mine = col(ContactFact.contact_id) == col(Dispute.contact_id)
    return [select(col(ContactFact.contact_id)).where(mine, *conditions).correlate(Dispute).exists()]


def reviews(tx: Tx, asked: Asked) -> Conditions:
    """Return the conditions on quality reviews: what a review does not know of its contact, the contact does."""
    conditions = of(tx, QualityReview, asked)
    other = {name: value for name, value in asked.filters.items() if not hasattr(QualityReview, name)}
    if other:
        mine = (col(ContactFact.contact_id) == col(QualityReview.contact_id), *(getattr(ContactFact, name) == value for name, value in other.items()))
        conditions.append(select(col(ContactFact.contact_id)).where(*mine).correlate(QualityReview).exists())
    return conditions


def opt_outs(tx: Tx, asked: Asked) -> Conditions:
    """Return the conditions on opt-outs: of customers who had been asked there before."""
    conditions = asks(tx, asked)
    if not conditions:
        return []
    before = (col(InvitationFact.customer_id) == col(OptOutFact.customer_id), col(InvitationFact.invited_at) <= col(OptOutFact.opted_out_at))
    return [select(col(InvitationFact.invitation_id)).where(*before, *conditions).correlate(OptOutFact).exists()]

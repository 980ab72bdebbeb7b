"""Everything that was heard is forgotten, so that it can be heard again."""

from typing import Any

from sqlalchemy import delete, select
from sqlmodel import SQLModel, inspect

from services.insight.models import (
    AnswerDay,
    AnswerFact,
    ContactDay,
    ContactFact,
    DeliveryFact,
    FeedbackDay,
    FeedbackFact,
    FollowUpFact,
    InvitationFact,
    ResponseFact,
    SatisfactionDay,
    SuppressedFact,
    TouchedDay,
)
from services.insight.repository.rollups import mark_everything
from services.kit.db import UnitOfWork

AT_A_TIME = 5000
FACTS: tuple[type[SQLModel], ...] = (ContactFact, AnswerFact, ResponseFact, FeedbackFact, FollowUpFact, InvitationFact, DeliveryFact, SuppressedFact)
SUMS: tuple[type[SQLModel], ...] = (ContactDay, AnswerDay, FeedbackDay, SatisfactionDay, TouchedDay)


async def empty_facts(uow: UnitOfWork) -> int:
    """Delete some thousand facts, and the sums with the first of them; return how many rows went, 0 when nothing is left.

    What cannot be heard again stays: article links, opt-outs, corrections, rates, disputes, initiatives, reviews, erasures, and what
    contributors were told.
    """
    for table in SUMS:
        await uow.execute(delete(table))
    for fact in FACTS:
        key: Any = inspect(fact).primary_key
        some = select(*key).limit(AT_A_TIME).subquery()
        gone = await uow.execute(delete(fact).where(key[0].in_(select(some.c[key[0].name]))))
        if gone:
            return gone
    return 0


async def rebuild_sums(uow: UnitOfWork) -> int:
    """Mark every day that has facts; the sums are made anew in the background. Return the number of days."""
    return await mark_everything(uow)

"""Judge how a customer stands to us after they said something, and tell it when the mood is another one."""

from datetime import datetime
from uuid import UUID

from services.customers import repository
from services.customers.contract import MoodChanged
from services.customers.domain.mood import Mood, Score, Standing, Verdict, after_follow_up, after_saying
from services.customers.models import CustomerStanding, Values
from services.kit.db import UnitOfWork


async def judge_saying(uow: UnitOfWork, customer_id: UUID, verdict: Verdict, at: datetime, because: str, *, score: Score | None = None) -> None:
    """Take a saying into account; an older one than the last changes neither mood nor last score."""
    row = await _row(uow, customer_id)
    after = after_saying(Standing(Mood(row.mood), row.mood_at), verdict, at)
    values: Values = {}
    if score is not None and (row.scored_at is None or at >= row.scored_at):
        values = {"verdict": score.verdict.value, "score": score.score, "scale_max": score.scale_max, "scored_at": at}
    await _store(uow, row, after, because, values)


async def judge_complaint(uow: UnitOfWork, customer_id: UUID, at: datetime) -> None:
    """Remember when the customer complained last."""
    row = await _row(uow, customer_id)
    if row.complained_at is None or at > row.complained_at:
        await _store(uow, row, Standing(Mood(row.mood), row.mood_at), "", {"complained_at": at})


async def judge_follow_up(uow: UnitOfWork, customer_id: UUID, outcome: str, at: datetime) -> None:
    """Take the end of a follow-up into account."""
    row = await _row(uow, customer_id)
    after = after_follow_up(Standing(Mood(row.mood), row.mood_at), outcome, at)
    sentence = "The customer confirmed that we solved it." if outcome == "confirmed" else "We got back to the customer and did not solve it."
    await _store(uow, row, after, sentence, {})


async def _row(uow: UnitOfWork, customer_id: UUID) -> CustomerStanding:
    nothing = dict.fromkeys(("because", "mood_at", "verdict", "score", "scale_max", "scored_at", "complained_at"))
    return await repository.standing(uow, customer_id) or CustomerStanding.model_validate(
        {"customer_id": customer_id, "mood": Mood.NEUTRAL.value, **nothing}
    )


async def _store(uow: UnitOfWork, row: CustomerStanding, after: Standing, because: str, values: Values) -> None:
    if (after.mood, after.at) != (Mood(row.mood), row.mood_at):
        values = {**values, "mood": after.mood.value, "because": because, "mood_at": after.at}
    if not values:
        return
    await repository.put_standing(uow, row.customer_id, {**row.model_dump(exclude={"customer_id"}), **values})
    await repository.touch(uow, row.customer_id)
    if after.mood.value != row.mood:
        uow.emit(MoodChanged(customer_id=row.customer_id, mood=after.mood, because=because))

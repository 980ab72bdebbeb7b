"""Say what feedback told in words of the timeline; it also moves the mood and says whether we owe the customer an answer."""

from uuid import UUID

from services.customers import repository
from services.customers.domain.mood import Score, Verdict, of_sentiment, of_stars, worst
from services.customers.domain.timeline import EntryKind, SubjectKind, named
from services.customers.use_cases.judge_standing import judge_complaint, judge_follow_up, judge_saying
from services.customers.use_cases.note_fact import Fact
from services.feedback.contract import ContributorTold, FeedbackCategorised, FeedbackReceived, FollowUpClosed, FollowUpEscalated, FollowUpOpened
from services.kit.db import UnitOfWork
from services.kit.events import Envelope

COMPLAINT = 3
"""Severity from which a negative item counts as a complaint (1 remark, 4 urgent)."""
_CATEGORISED = {"item_id", "source", "kind", "language", "sentiment", "severity", "driver", "department", "product", "score", "scale_max"}


def received(event: FeedbackReceived, _told: Envelope) -> Fact:
    """A voice was recorded; its customer is found by the keys when it does not know them."""
    data = event.model_dump(include={"item_id", "source", "kind", "score", "scale_max", "contact_id"})
    title = named(f"Said something ({event.source}, {event.kind})", _words(_score(event.score, event.scale_max)))
    subject = (SubjectKind.FEEDBACK_ITEM, event.item_id)
    return Fact(EntryKind.FEEDBACK_RECEIVED, title, event.said_at, event.customer_id, data, subject=subject, keys=event.customer_keys)


def categorised(event: FeedbackCategorised, told: Envelope) -> Fact:
    """It is known what a voice is about; the entry stands when that was found out."""
    data = event.model_dump(include=_CATEGORISED)
    title = named(f"Feedback understood: {event.sentiment}, severity {event.severity}", event.driver, joint=", about ")
    subject = (SubjectKind.FEEDBACK_ITEM, event.item_id)
    return Fact(EntryKind.FEEDBACK_CATEGORISED, title, told.occurred_at, event.customer_id, data, subject=subject)


async def judge_voice(uow: UnitOfWork, event: FeedbackCategorised, customer_id: UUID | None) -> None:
    """Take a voice into account, from the moment it was said."""
    if customer_id is None:
        return
    score = _score(event.score, event.scale_max)
    tone = of_sentiment(event.sentiment)
    verdict = worst([tone, *([score.verdict] if score else [])]) or tone
    because = named(f"The customer said something {event.sentiment} ({event.source})", _words(score))
    await judge_saying(uow, customer_id, verdict, event.said_at, because, score=score)
    if verdict is Verdict.BAD and event.severity >= COMPLAINT:
        await judge_complaint(uow, customer_id, event.said_at)


def follow_up_opened(event: FollowUpOpened, told: Envelope) -> Fact:
    """Somebody owes this customer an answer."""
    data = event.model_dump(exclude={"customer_id", "language"})
    subject = (SubjectKind.FEEDBACK_ITEM, event.item_id)
    title = named("We owe an answer", event.issue, joint=" about ")
    return Fact(EntryKind.FOLLOW_UP_OPENED, title, told.occurred_at, event.customer_id, data, subject=subject)


async def keep_follow_up(uow: UnitOfWork, event: FollowUpOpened, customer_id: UUID | None) -> None:
    """Remember the duty; it counts as a complaint."""
    at = uow.envelope.occurred_at
    known = {} if customer_id is None else {"customer_id": customer_id}
    await repository.put_follow_up(uow, event.follow_up_id, {"item_id": event.item_id, "opened_at": at, **known})
    if customer_id is not None:
        await judge_complaint(uow, customer_id, at)


def follow_up_escalated(event: FollowUpEscalated, told: Envelope) -> Fact:
    """The answer that we owe is late."""
    data = event.model_dump(include={"follow_up_id", "level", "owner", "department", "due_at"})
    late = "Our answer is due: its owner was reminded" if event.level == 1 else f"Our answer is late: escalated to level {event.level}"
    title = named(late, event.owner, joint=", ")
    return Fact(EntryKind.FOLLOW_UP_ESCALATED, title, told.occurred_at, event.customer_id, data, follow_up_id=event.follow_up_id)


def follow_up_closed(event: FollowUpClosed, _told: Envelope) -> Fact:
    """The inner loop ended."""
    data = event.model_dump(include={"follow_up_id", "issue", "outcome"})
    title = named("Follow-up closed", event.outcome)
    return Fact(EntryKind.FOLLOW_UP_CLOSED, title, event.closed_at, event.customer_id, data, follow_up_id=event.follow_up_id)


async def end_follow_up(uow: UnitOfWork, event: FollowUpClosed, customer_id: UUID | None) -> None:
    """Remember that the duty is done, and what it did to the mood."""
    known = {} if customer_id is None else {"customer_id": customer_id}
    await repository.put_follow_up(uow, event.follow_up_id, {"closed_at": event.closed_at, **known})
    if customer_id is not None:
        await judge_follow_up(uow, customer_id, event.outcome, event.closed_at)
        await repository.touch(uow, customer_id)


def told_contributor(event: ContributorTold, told: Envelope) -> Fact:
    """You said, we did."""
    data = event.model_dump(include={"initiative_id", "channel", "language"})
    title = f"Told what changed because of their feedback ({event.channel})"
    return Fact(EntryKind.CONTRIBUTOR_TOLD, title, told.occurred_at, event.customer_id, data)


def _score(score: float | None, scale_max: float | None) -> Score | None:
    return of_stars(score, scale_max) if score is not None and scale_max else None


def _words(score: Score | None) -> str | None:
    return None if score is None else f"{score.score:g} of {score.scale_max:g}"

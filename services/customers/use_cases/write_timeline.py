"""Write what the services tell into the timelines of whom it concerns: the busiest thing that this service does."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

from services.customers import contract as own
from services.customers import repository
from services.customers.repository import NewEntry
from services.customers.use_cases import describe_feedback, describe_knowledge, describe_own, describe_routing, describe_survey
from services.customers.use_cases.follow_case import count_contact
from services.customers.use_cases.note_fact import Concerned, Fact, entry, find_concerned
from services.feedback import contract as feedback
from services.kit.db import Context, UnitOfWork
from services.kit.events import Envelope, Event
from services.knowledge import contract as knowledge
from services.routing import contract as routing
from services.survey import contract as survey

DESCRIBE: dict[type[Event], Callable[[Any, Envelope], Fact]] = {
    routing.ContactQueued: describe_routing.queued,
    routing.ContactOffered: describe_routing.offered,
    routing.ContactConnected: describe_routing.connected,
    routing.ContactEnded: describe_routing.ended,
    routing.ContactAbandoned: describe_routing.abandoned,
    routing.ContactTransferred: describe_routing.transferred,
    routing.ContactEscalated: describe_routing.escalated,
    routing.EscalationAcknowledged: describe_routing.acknowledged,
    routing.EscalationResolved: describe_routing.de_escalated,
    survey.SurveyInvited: describe_survey.invited,
    survey.SurveySkipped: describe_survey.skipped,
    survey.SurveyAnswered: describe_survey.answered,
    survey.SurveyOptedOut: describe_survey.opted_out,
    feedback.FeedbackReceived: describe_feedback.received,
    feedback.FeedbackCategorised: describe_feedback.categorised,
    feedback.FollowUpOpened: describe_feedback.follow_up_opened,
    feedback.FollowUpEscalated: describe_feedback.follow_up_escalated,
    feedback.FollowUpClosed: describe_feedback.follow_up_closed,
    feedback.ContributorTold: describe_feedback.told_contributor,
    knowledge.ArticleChanged: describe_knowledge.article_changed,
    knowledge.ArticleLinked: describe_knowledge.article_linked,
    knowledge.SelfServiceFailed: describe_knowledge.self_service_failed,
    own.CaseOpened: describe_own.case_opened,
    own.CaseWrittenUp: describe_own.case_written_up,
    own.CaseResolved: describe_own.case_resolved,
    own.CaseConfirmed: describe_own.case_confirmed,
    own.CaseReopened: describe_own.case_reopened,
    own.CallAdvised: describe_own.call_advised,
    own.OrderPlaced: describe_own.order_placed,
    own.OrderDelivered: describe_own.order_delivered,
    own.OrderCancelled: describe_own.order_cancelled,
    own.ConsentChanged: describe_own.consent_changed,
    own.MoodChanged: describe_own.mood_changed,
}
"""What each event looks like in the timeline."""

REACT: dict[type[Event], Callable[[UnitOfWork, Any, UUID | None], Awaitable[None]]] = {
    survey.SurveyAnswered: describe_survey.judge_answer,
    feedback.FeedbackCategorised: describe_feedback.judge_voice,
    feedback.FollowUpOpened: describe_feedback.keep_follow_up,
    feedback.FollowUpClosed: describe_feedback.end_follow_up,
}
"""What else an event changes."""


def _reaction(event: Event) -> Callable[[UnitOfWork, Any, UUID | None], Awaitable[None]] | None:
    """Return what else the event changes; most contacts are about no case and change nothing else."""
    if isinstance(event, routing.ContactEnded):
        return count_contact if event.case_id is not None else None
    return REACT.get(type(event))


async def write_timeline(uow: UnitOfWork, told: Sequence[tuple[Event, Envelope]]) -> None:
    """Write a batch of events in the order in which they were told: one lock and one insert for all whose customer is known.

    An event that must first find its customer, or that changes more than the timeline, waits until those before it are written. What is
    heard about an erased customer is not written.
    """
    facts = [(event, envelope, DESCRIBE[type(event)](event, envelope)) for event, envelope in told]
    named = {fact.customer_id for _, _, fact in facts if fact.customer_id is not None}
    erased = await repository.lock_people(uow, named) if named else set()
    waiting: list[NewEntry] = []
    for event, envelope, fact in facts:
        react = _reaction(event)
        if react is not None or fact.customer_id is None:
            await repository.add_entries(uow, waiting)
            waiting = []
            uow.context = Context(correlation_id=envelope.correlation_id, envelope=envelope)
        concerned = Concerned(fact.customer_id)
        if fact.customer_id is None:
            concerned = await find_concerned(uow, fact)
            if concerned.customer_id is not None and await repository.lock_person(uow, concerned.customer_id) is not None:
                erased.add(concerned.customer_id)
        forgotten = concerned.customer_id in erased
        if not forgotten and (concerned.customer_id or concerned.subject):
            waiting.append(entry(fact, concerned, envelope))
        if react is not None:
            await react(uow, event, None if forgotten else concerned.customer_id)
    await repository.add_entries(uow, waiting)

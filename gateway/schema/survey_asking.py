"""The asking side of survey: what was answered, how an invitation travelled, what is wrong with a questionnaire, and recording an answer."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from gateway.context import Info, at
from gateway.schema.payload import IdempotencyKey, Payload, body_of, performed
from gateway.schema.relay import After, Connection, First, changes, checked_first, computed, mapped, page_from
from gateway.schema.survey import SurveyResponse
from services.survey.contract import asking, sampling


@strawberry.type(description="One message that was meant to leave: an ask or a reminder, by one channel.")
class SendAttempt:
    """A message."""

    purpose: str = strawberry.field(description="ask, reminder_1, reminder_2, …")
    channel: str = strawberry.field(description="email, sms, message or review.")
    state: str = strawberry.field(description="sending, accepted, delivered, refused or unknown.")
    tries: int = strawberry.field(description="How often the carrier was asked, under one key.")
    reason: str | None = strawberry.field(description="Why it was not sent this way; null when it was.")
    started_at: datetime = strawberry.field(description="When it was first tried.")
    settled_at: datetime | None = strawberry.field(description="When it was known what became of it; null before.")

    @classmethod
    def of(cls, view: asking.SendAttemptView) -> "SendAttempt":
        """Build it from the view."""
        return mapped(cls, view)


@strawberry.type(description="One thing a survey methodologist would object to.")
class SurveyFinding:
    """A finding."""

    code: str = strawberry.field(description="The rule.")
    weight: str = strawberry.field(description="error, warning or advice.")
    pointer: str = strawberry.field(description="Where: a JSON pointer into the questionnaire.")
    language: str | None = strawberry.field(description="In which language; null for the structure.")
    reason: str = strawberry.field(description="Why it is a fault.")
    source: str = strawberry.field(description="Who says so.")

    @classmethod
    def of(cls, view: asking.LintFindingView) -> "SurveyFinding":
        """Build it from the view."""
        return mapped(cls, view)


@strawberry.type(description="What an agent said about asking after a contact.")
class SurveyWish:
    """A wish."""

    contact_id: UUID = strawberry.field(description="The contact.")
    agent_id: UUID = strawberry.field(description="The agent who said so.")
    wish: str = strawberry.field(description="skip or force.")
    reason: str = strawberry.field(description="The reason code.")
    said_at: datetime = strawberry.field(description="When.")

    @classmethod
    def of(cls, view: sampling.WishView) -> "SurveyWish":
        """Build it from the view."""
        return mapped(cls, view)


@strawberry.input(description="Skip or force the survey after a contact; a forced ask counts in no estimate, and skips are watched.")
class SaySurveyWishInput:
    """See PUT /survey/v1/contacts/{contact_id}/survey-wish."""

    contact_id: UUID = strawberry.field(description="The contact.")
    agent_id: UUID = strawberry.field(description="The agent who says so.")
    wish: str = strawberry.field(description="skip or force.")
    reason: str = strawberry.field(description="A code of the house's own list, e.g. bereavement, abusive, asked_for_it.")


@strawberry.input(description="An answer that did not come from the page.")
class RecordSurveyResponseInput:
    """See POST /survey/v1/responses."""

    survey: str = strawberry.field(description="The survey's key.")
    mode: str = strawberry.field(description="email, sms, agent, ivr, interview, paper or portal.")
    language: str = strawberry.field(description="BCP 47 language of the answers.")
    answers: JSON = strawberry.field(description="Question key to value, as texts.")
    invitation_id: UUID | None = strawberry.field(default=None, description="The invitation that is answered.")
    contact_id: UUID | None = strawberry.field(default=None, description="The contact it is about, without an invitation.")
    customer_id: UUID | None = strawberry.field(default=None, description="Who answered, without an invitation.")
    contact_channel: str | None = strawberry.field(default=None, description="voice, email or message, when contact is wished.")
    contact_time: str | None = strawberry.field(default=None, description="any, morning, afternoon or evening.")
    answered_at: datetime | None = strawberry.field(default=None, description="When; now when left out.")
    complete: bool | None = strawberry.field(default=None, description="false for a sheet that was broken off.")


@strawberry.type(description="What can be asked about answers and messages.")
class SurveyAskingQueries:
    """Fields of the root."""

    @computed("Answer sheets, newest first.", scope="survey:read")
    async def survey_responses(
        self,
        info: Info,
        first: First,
        after: After = None,
        customer_id: Annotated[UUID | None, strawberry.argument(description="Only of this record.")] = None,
        contact_id: Annotated[UUID | None, strawberry.argument(description="Only about this contact.")] = None,
        survey: Annotated[str | None, strawberry.argument(description="Only to this survey.")] = None,
        mode: Annotated[str | None, strawberry.argument(description="Only those that came this way.")] = None,
    ) -> Connection[SurveyResponse] | None:
        """Ask survey."""
        context = at(info)
        ids = {"customer_id": customer_id, "contact_id": contact_id}
        query = {name: None if value is None else str(value) for name, value in ids.items()}
        wanted = {**query, "survey": survey, "mode": mode, "limit": str(checked_first(first)), "cursor": after}
        page = await context.clients.survey.responses(context.caller, wanted)
        return page_from(page.items, page.next_cursor, after, SurveyResponse.of)

    @computed("How an invitation travelled, and why not by another channel; oldest first, at most 100.", scope="survey:read")
    async def invitation_attempts(
        self, info: Info, invitation_id: Annotated[UUID, strawberry.argument(description="The invitation's id in REST.")]
    ) -> list[SendAttempt] | None:
        """Ask survey."""
        context = at(info)
        return [SendAttempt.of(one) for one in await context.clients.survey.attempts(context.caller, str(invitation_id))]

    @computed("What is wrong with a stored survey, the worst first.", scope="survey:read")
    async def survey_check(self, info: Info, key: Annotated[str, strawberry.argument(description="The survey's key.")]) -> list[SurveyFinding] | None:
        """Ask survey."""
        context = at(info)
        return [SurveyFinding.of(one) for one in (await context.clients.survey.check(context.caller, key)).findings]


@strawberry.type(description="What can be changed about answers.")
class SurveyAskingMutations:
    """Fields of the root."""

    @changes("Record an answer that an agent asked for, or that came by telephone keys, on paper, in a portal.")
    async def record_survey_response(
        self,
        info: Info,
        input: Annotated[RecordSurveyResponseInput, strawberry.argument(description="The answers.")],
        idempotency_key: IdempotencyKey = None,
    ) -> Payload[SurveyResponse]:
        """Tell survey."""
        context = at(info)

        async def change() -> Any:
            return await context.clients.survey.record(context.caller, body_of(input), idempotency_key)

        return await performed(change, SurveyResponse.of)

    @changes("Skip or force the survey after a contact, with a reason code; the first wish about a contact stands.")
    async def say_survey_wish(
        self,
        info: Info,
        input: Annotated[SaySurveyWishInput, strawberry.argument(description="The wish.")],
        idempotency_key: IdempotencyKey = None,
    ) -> Payload[SurveyWish]:
        """Tell survey."""
        context, body = at(info), body_of(input)
        contact_id = body.pop("contact_id")
        return await performed(lambda: context.clients.survey.say_wish(context.caller, contact_id, body, idempotency_key), SurveyWish.of)

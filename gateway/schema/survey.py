"""What survey knows: who was asked, who was not and why, and what they answered."""

from datetime import datetime
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from gateway.schema import ids
from gateway.schema.relay import Node, global_id, mapped
from services.survey import contract


@strawberry.type(description="One ask and what became of it.")
class Invitation:
    """An invitation."""

    uid: UUID = strawberry.field(description="The id in REST.")
    decision_id: UUID = strawberry.field(description="The decision that led to it.")
    programme: str = strawberry.field(description="The programme that asked.")
    survey: str = strawberry.field(description="The survey.")
    survey_version: int = strawberry.field(description="Its version.")
    customer_id: UUID = strawberry.field(description="Who was asked.")
    contact_id: UUID | None = strawberry.field(description="About which contact; null when about none.")
    channel: str = strawberry.field(description="By which channel.")
    language: str = strawberry.field(description="In which language.")
    state: str = strawberry.field(description="queued, sent, answered, withdrawn or expired.")
    inclusion_probability: float = strawberry.field(description="How likely the lot was to choose this contact.")
    invited_at: datetime = strawberry.field(description="When it was decided.")
    sent_at: datetime | None = strawberry.field(description="When it was sent; null before.")
    answered_at: datetime | None = strawberry.field(description="When it was answered; null before.")
    expires_at: datetime = strawberry.field(description="Until when it may be answered.")
    link: str | None = strawberry.field(description="The page; null in the customer's view, and without the right to see personal data.")

    @classmethod
    def of(cls, view: contract.InvitationView) -> "Invitation":
        """Build it from the view."""
        return mapped(cls, view, uid=view.id)


@strawberry.type(description="One answer to one question.")
class GivenAnswer:
    """An answer."""

    question: str = strawberry.field(description="The question's key.")
    dimension: str = strawberry.field(description="service, process, product, resolution, relationship or open.")
    kind: str = strawberry.field(description="csat5, nps11, ces7, resolved, single, text or contact_me.")
    score: int | None = strawberry.field(description="The score on the question's own scale; null for other kinds.")
    choice: str | None = strawberry.field(description="The chosen code; null for other kinds.")
    text: str | None = strawberry.field(description="The free text; null for other kinds.")


@strawberry.type(description="One answer sheet.")
class SurveyResponse:
    """A response."""

    uid: UUID = strawberry.field(description="The id in REST.")
    invitation_id: UUID | None = strawberry.field(description="The invitation; null when it came without one.")
    programme: str | None = strawberry.field(description="The programme that asked; null when none did.")
    survey: str = strawberry.field(description="The survey.")
    survey_version: int = strawberry.field(description="Its version.")
    customer_id: UUID | None = strawberry.field(description="Who answered; null when anonymous.")
    contact_id: UUID | None = strawberry.field(description="About which contact; null when about none.")
    mode: str = strawberry.field(description="page, email, sms, agent, ivr, interview, paper or portal.")
    language: str = strawberry.field(description="BCP 47 language of the answers.")
    answers: list[GivenAnswer] = strawberry.field(description="The answers.")
    comment: str | None = strawberry.field(description="The customer's own words; null when there are none.")
    wants_contact: bool = strawberry.field(description="Whether the customer ticked: please contact me.")
    contact_channel: str | None = strawberry.field(description="How they want to be reached; null when not said.")
    flags: list[str] = strawberry.field(description="Why it looks like a scanner's; empty for an ordinary answer.")
    complete: bool = strawberry.field(description="false for a sheet that was broken off.")
    revision: int = strawberry.field(description="Grows when the customer changed or added something.")
    answered_at: datetime = strawberry.field(description="When.")

    @classmethod
    def of(cls, view: contract.ResponseView) -> "SurveyResponse":
        """Build it from the view."""
        answers = [mapped(GivenAnswer, answer) for answer in view.answers]
        return mapped(cls, view, uid=view.id, answers=answers)


@strawberry.type(description="One rule of a decision.")
class DecisionRule:
    """A rule and its verdict."""

    rule: str = strawberry.field(description="The rule.")
    input: JSON = strawberry.field(description="What it looked at.")
    verdict: str = strawberry.field(description="pass, refuse or wait.")
    reason: str | None = strawberry.field(description="The reason's code; null when it passed.")
    sentence: str = strawberry.field(description="The verdict for a person to read.")
    next_possible_at: datetime | None = strawberry.field(description="When it may pass; null when it did or never will.")


@strawberry.type(description="Why somebody was asked, was not, or is not yet.")
class SurveyDecision(Node):
    """A decision of survey."""

    uid: UUID = strawberry.field(description="The id in REST.")
    programme: str = strawberry.field(description="The programme.")
    programme_version: int = strawberry.field(description="Its version.")
    occasion: str = strawberry.field(description="What could have led to an ask.")
    contact_id: UUID | None = strawberry.field(description="The contact; null when it was none.")
    customer_id: UUID | None = strawberry.field(description="The customer; null while unknown.")
    order_reference: str | None = strawberry.field(description="The order; null when there is none.")
    occurred_at: datetime = strawberry.field(description="When the occasion was.")
    outcome: str = strawberry.field(description="pending, invited or skipped.")
    waits_for: str | None = strawberry.field(description="What it waits for; null when for nothing.")
    reason: str | None = strawberry.field(description="The reason's code; null when invited.")
    sentence: str = strawberry.field(description="The decision for a person to read.")
    rules: list[DecisionRule] = strawberry.field(description="Every rule, its input and its verdict.")
    inclusion_probability: float | None = strawberry.field(description="Of the lot; null before it was drawn.")
    next_possible_at: datetime | None = strawberry.field(description="When it is judged again; null when it is over.")
    invitation_id: UUID | None = strawberry.field(description="The invitation; null when there is none.")
    decided_at: datetime | None = strawberry.field(description="When it was decided; null while pending.")

    @classmethod
    def of(cls, view: contract.DecisionView) -> "SurveyDecision":
        """Build it from the view."""
        rules = [mapped(DecisionRule, rule) for rule in view.rules]
        return mapped(cls, view, id=global_id(ids.DECISION, view.id), uid=view.id, rules=rules)

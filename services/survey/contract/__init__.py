"""What survey tells the others: who was asked, who was not and why, and what they answered."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, JsonValue

from services.kit.events import Event
from services.kit.fields import View


class Attribution(BaseModel):
    """Whom and what an answer is about, frozen at the end of the contact."""

    model_config = ConfigDict(frozen=True)

    contact_id: UUID | None
    agent_id: UUID | None
    team: str | None
    site: str | None
    vendor: str | None
    queue: str | None
    topic: str | None
    driver: str | None
    department: str | None
    disposition: str | None
    order_reference: str | None
    case_id: UUID | None
    follow_up_id: UUID | None


class GivenAnswer(BaseModel):
    """One answer to one question. Scores are whole numbers on the question's own scale; choice is a code; text is free."""

    model_config = ConfigDict(frozen=True)

    question: str
    dimension: str
    """service, process, product, resolution, relationship or open."""
    kind: str
    """csat5, nps11, ces7, resolved, thumbs, single, multi (one of these per chosen code), text, contact_me."""
    score: int | None
    choice: str | None
    text: str | None


class SurveyInvited(Event):
    """A customer was asked."""

    subject: ClassVar[str] = "survey.invited.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("customer_id",)

    invitation_id: UUID
    programme: str
    survey: str
    customer_id: UUID
    contact_id: UUID | None
    channel: str
    inclusion_probability: float
    invited_at: datetime


class AskSettled(Event):
    """An ask left the house, or found no way to its customer; state is sent (a carrier took it) or undeliverable. Another channel may follow."""

    subject: ClassVar[str] = "survey.ask_settled.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("customer_id",)

    invitation_id: UUID
    programme: str
    customer_id: UUID
    channel: str
    state: str
    settled_at: datetime


class TellingSettled(Event):
    """What became of telling a customer what changed because of their words.

    state is told (a carrier took it), undeliverable (no channel is left) or withheld; `reason` says why not. Another channel may follow after told.
    """

    subject: ClassVar[str] = "survey.telling_settled.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("customer_id",)

    telling_id: UUID
    initiative_id: UUID
    customer_id: UUID
    state: str
    channel: str | None
    language: str | None
    reason: str | None
    """erased, customer_unknown, no_consent, no_address, cap_reached, already_told, or a carrier's own word; None when told."""
    settled_at: datetime


class SurveySkipped(Event):
    """A customer could have been asked and was not, and why (reason is a code such as cap_reached, not_sampled, no_consent)."""

    subject: ClassVar[str] = "survey.skipped.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("customer_id", "decision_id")

    decision_id: UUID
    programme: str
    customer_id: UUID | None
    contact_id: UUID | None
    reason: str
    inclusion_probability: float | None


class SurveyAnswered(Event):
    """A customer answered; `follow_up_id` in the attribution says that this is the confirmation of a follow-up."""

    subject: ClassVar[str] = "survey.answered.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("customer_id", "response_id")

    response_id: UUID
    invitation_id: UUID | None
    programme: str | None
    survey: str
    survey_version: int
    customer_id: UUID | None
    mode: str
    """page, email, sms, agent, ivr, interview, paper, portal."""
    language: str
    answers: list[GivenAnswer]
    comment: str | None
    wants_contact: bool
    contact_channel: str | None
    contact_time: str | None = None
    """any, morning, afternoon or evening, on the customer's own clock."""
    inclusion_probability: float | None
    attribution: Attribution
    flagged: bool
    """Looks like a scanner or a bot: kept, but not counted."""
    complete: bool = True
    """False for a sheet that was broken off."""
    revision: int = 1
    """The same response is told again with the next number when the customer changed or added something; the highest counts."""
    answered_at: datetime


class SurveyResponseWithdrawn(Event):
    """A customer deleted an answer: its words must go, and its scores must no longer be connected with the customer."""

    subject: ClassVar[str] = "survey.response_withdrawn.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("customer_id", "response_id")

    response_id: UUID
    customer_id: UUID
    withdrawn_at: datetime


class SurveyOptedOut(Event):
    """A customer does not want to be asked again (channel, or any)."""

    subject: ClassVar[str] = "survey.opted_out.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("customer_id",)

    customer_id: UUID
    channel: str


class PulseSheet(BaseModel):
    """One employee's answers without the employee: the values of the pulse's bands, and a whole number for each question on its own scale."""

    model_config = ConfigDict(frozen=True)

    groups: dict[str, str]
    scores: dict[str, int]


class PulseClosed(Event):
    """An employee pulse is over: its sheets, in an order drawn by lot, told all at once and never in a part with fewer than `smallest_group`.

    There is no id, no moment and no word of anybody in it; suggestions stay in survey. Who reports on it keeps to `smallest_group` as well.
    """

    subject: ClassVar[str] = "survey.pulse_closed.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("pulse",)

    pulse: str
    questions: dict[str, str]
    """Key to the sentence that was asked, in English where there is one."""
    scales: dict[str, list[int]]
    """Key to the steps of its scale, lowest first."""
    bands: list[str]
    week: str
    """The ISO week in which it was closed, e.g. 2026-W49."""
    smallest_group: int
    invited: int
    answered: int
    """Over all parts."""
    part: int
    """1 to `parts`."""
    parts: int
    sheets: list[PulseSheet]


class SubjectErased(Event):
    """Everything here that named, quoted or described this customer is gone; counts stayed."""

    subject: ClassVar[str] = "survey.subject_erased.v1"
    ordered_by: ClassVar[tuple[str, ...]] = ("customer_id",)

    erasure_id: UUID
    customer_id: UUID
    rows: int
    """How many rows were blanked or deleted."""


class RuleView(View):
    """One rule of a decision: what it looked at, whether it let the ask through, and a sentence that says so."""

    rule: str
    input: dict[str, JsonValue]
    verdict: str
    """pass, refuse or wait."""
    reason: str | None
    sentence: str
    next_possible_at: datetime | None


class DecisionView(View):
    """Why somebody was asked, was not, or is not yet."""

    id: UUID
    programme: str
    programme_version: int
    occasion: str
    contact_id: UUID | None
    customer_id: UUID | None
    order_reference: str | None
    occurred_at: datetime
    outcome: str
    """pending, invited or skipped."""
    waits_for: str | None
    reason: str | None
    sentence: str
    rules: list[RuleView]
    inclusion_probability: float | None
    next_possible_at: datetime | None
    invitation_id: UUID | None
    created_at: datetime
    decided_at: datetime | None
    version: int


class InvitationView(View):
    """One ask and what became of it; `link` only for who may see personal data or configures the service."""

    id: UUID
    decision_id: UUID
    programme: str
    survey: str
    survey_version: int
    customer_id: UUID
    contact_id: UUID | None
    channel: str
    language: str
    state: str
    """queued, sent, answered, withdrawn, undeliverable or expired."""
    inclusion_probability: float
    invited_at: datetime
    sent_at: datetime | None
    answered_at: datetime | None
    expires_at: datetime
    link: str | None
    version: int


class ResponseView(View):
    """One answer sheet."""

    id: UUID
    invitation_id: UUID | None
    programme: str | None
    survey: str
    survey_version: int
    customer_id: UUID | None
    contact_id: UUID | None
    mode: str
    language: str
    answers: list[GivenAnswer]
    comment: str | None
    wants_contact: bool
    contact_channel: str | None
    contact_time: str | None
    inclusion_probability: float | None
    attribution: Attribution
    flags: list[str]
    """Why it looks like a scanner's or a bot's; empty for an ordinary answer."""
    complete: bool
    """False for a sheet that was broken off."""
    revision: int
    answered_at: datetime
    version: int

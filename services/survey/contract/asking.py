"""What survey shows of the asking itself: messages on their way, earlier answers, questionnaires and their faults."""

from datetime import datetime

from pydantic import JsonValue

from services.kit.fields import View
from services.survey.contract import GivenAnswer


class ResponseRevisionView(View):
    """What a response said before it was changed."""

    revision: int
    mode: str
    answers: list[GivenAnswer]
    comment: str | None
    replaced_at: datetime


class SendAttemptView(View):
    """One message that was meant to leave: an ask, a reminder or a telling, by which channel, and what became of it."""

    purpose: str
    """ask, reminder_1, reminder_2, …, or telling."""
    channel: str
    state: str
    """sending, accepted, delivered, refused or unknown."""
    tries: int
    reference: str | None
    """The carrier's own id."""
    reason: str | None
    """Why it was not sent by this channel, e.g. outside_messaging_window, no_address, no_carrier, or the carrier's own word."""
    started_at: datetime
    settled_at: datetime | None


class SurveyView(View):
    """One version of a survey."""

    key: str
    version: int
    title: dict[str, str] | None
    questions: list[dict[str, JsonValue]]
    created_at: datetime
    frozen_at: datetime | None
    """When the first answer froze this version; None while a change still goes into it."""


class LintFindingView(View):
    """One thing a survey methodologist would object to."""

    code: str
    weight: str
    """error (the survey is refused), warning or advice."""
    pointer: str
    language: str | None
    reason: str
    source: str
    """Who says so."""


class LintView(View):
    """What was found, and in which languages the words could be judged."""

    findings: list[LintFindingView]
    words_judged_in: list[str]
    only_structure_judged_in: list[str]

"""From rows to what is shown: explanations get their sentences, surveys are opened up, invitations that ran out say so."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from pydantic import model_validator

from services.kit.errors import InvalidInput
from services.kit.paging import decode_cursor, encode_cursor
from services.survey.contract import DecisionView, InvitationView
from services.survey.contract.asking import SurveyView
from services.survey.domain.explaining import WAITING, sentence_for
from services.survey.domain.judging import Reason
from services.survey.domain.tokens import Purpose, token_for
from services.survey.models import Decision, Invitation, SurveyVersion
from services.survey.repository.asking import Cursor

MOST_DIGITS = 10


class SurveyOut(SurveyView):
    """A survey built from its row."""

    @model_validator(mode="before")
    @classmethod
    def _open_up(cls, row: Any) -> Any:
        if not isinstance(row, SurveyVersion):
            return row
        content = row.definition
        opened = {"title": content["title"], "questions": content["questions"], "frozen_at": row.answered_at}
        return {"key": row.key, "version": row.version, "created_at": row.created_at, **opened}


class DecisionOut(DecisionView):
    """A decision built from its row."""

    @model_validator(mode="before")
    @classmethod
    def _explain(cls, row: Any) -> Any:
        if not isinstance(row, Decision):
            return row
        blank = {"reason": None, "next_possible_at": None}
        rules = [{**blank, **rule, "sentence": rule.get("sentence") or _sentence_of_rule(rule, row)} for rule in row.rules]
        return {**row.model_dump(), "rules": rules, "sentence": sentence_of(row)}


def _sentence_of_rule(rule: dict[str, Any], decision: Decision) -> str:
    if rule["verdict"] == "wait":
        return WAITING[decision.waits_for or "moment"]
    return sentence_for(Reason(rule["reason"]) if rule.get("reason") else None)


def sentence_of(decision: Decision) -> str:
    """Return in one sentence how a decision stands."""
    if decision.reason:
        return sentence_for(Reason(decision.reason))
    if decision.waits_for:
        return WAITING[decision.waits_for]
    return "The customer was asked."


def invitation_view(row: Invitation, now: datetime, base: str | None, link_key: bytes) -> InvitationView:
    """Return what is shown of an invitation; `base` None keeps the link back."""
    expired = row.state in {"queued", "sent"} and row.expires_at <= now
    link = f"{base}/s/{token_for(row.id, Purpose.ANSWER, link_key)}" if base else None
    return InvitationView.model_validate({**row.model_dump(), "state": "expired" if expired else row.state, "link": link})


def cursor_of(moment: datetime, row_id: UUID) -> str:
    """Return the cursor behind a row of a list that is newest first."""
    return encode_cursor(moment.isoformat(), str(row_id))


def number_of(text: str) -> int:
    """Return the number that a cursor stands for; raises InvalidInput when it is not one of ours."""
    (part,) = decode_cursor(text, 1)
    if not part.isascii() or not part.isdigit() or len(part) > MOST_DIGITS:
        raise InvalidInput("The cursor is not one that this list gave out. Start again without it.", pointer="/cursor")
    return int(part)


def read_cursor(text: str | None) -> Cursor | None:
    """Return what a cursor stands for; raises InvalidInput when it is not one of ours."""
    if text is None:
        return None
    moment, row_id = decode_cursor(text, 2)
    try:
        return datetime.fromisoformat(moment).astimezone(UTC), UUID(row_id)
    except (ValueError, OverflowError) as error:
        raise InvalidInput("The cursor is not one that this list gave out. Start again without it.", pointer="/cursor") from error

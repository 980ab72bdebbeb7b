"""A customer replied to a text message: an answer, words to one, or that it should stop."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Literal
from uuid import UUID

from pydantic import StringConstraints

from services.kit.db import UnitOfWork
from services.kit.fields import Command, Reference
from services.survey.contract import Attribution
from services.survey.domain.answers import LONGEST_TEXT, read_sheet
from services.survey.domain.design import Questionnaire
from services.survey.domain.letter import first_scale
from services.survey.domain.telling import TELLING
from services.survey.domain.texting import Meaning, read_message
from services.survey.domain.wording import negotiate, words_in
from services.survey.models import Invitation
from services.survey.repository import answering, asking, known, sending, told
from services.survey.use_cases.amend_response import append_words
from services.survey.use_cases.answer_link import OPEN_STATES
from services.survey.use_cases.opt_out import StopChannel, refuse
from services.survey.use_cases.record_response import Given, record_response

WORDS_WITHIN = timedelta(days=1)
"""So long after an answer a further message is taken for words that belong to it."""


class InboundMessage(Command):
    """A message of a customer, as a provider hands it on."""

    channel: Literal["sms", "message"]
    sender: Reference
    """The number it came from, as the invitation was addressed (E.164)."""
    text: Annotated[str, StringConstraints(max_length=5000)]


@dataclass(frozen=True, slots=True)
class Replied:
    """What was understood, and what to answer; `reply` None means silence."""

    understood: str
    """answer, words, stop, unclear, duplicate or nothing_asked."""
    reply: str | None


async def take_message(uow: UnitOfWork, message_id: str, message: InboundMessage) -> Replied:
    """Act on a signed message once."""
    if not await sending.hear_once(uow, message_id):
        return Replied("duplicate", None)
    attempt = await sending.newest_sent_to(uow, message.channel, message.sender)
    if attempt is not None and attempt.purpose == TELLING:
        if read_message(message.text, None).meaning is Meaning.STOP:
            return await _stop_telling(uow, attempt.invitation_id, message.channel)
        attempt = await sending.newest_sent_to(uow, message.channel, message.sender, asks_alone=True)  # whoever answers, answers what was asked
    if attempt is None:
        return Replied("nothing_asked", None)
    invitation = await asking.invitation(uow, attempt.invitation_id)
    survey = await asking.survey(uow, invitation.survey, invitation.survey_version)
    questionnaire = Questionnaire.model_validate(survey.definition)
    words, question = words_in(invitation.language), first_scale(questionnaire)
    is_open = invitation.state in OPEN_STATES and invitation.expires_at > uow.now
    reading = read_message(message.text, question if is_open else None)
    if reading.meaning is Meaning.STOP:
        await refuse(uow, invitation.customer_id, message.channel)
        return Replied("stop", words.sms_stopped)
    if not is_open:
        return await _words(uow, invitation, message)
    if reading.meaning is Meaning.UNCLEAR or question is None or reading.value is None:
        steps = question.codes() if question else None
        return Replied("unclear", words.sms_again.format(low=steps[0], high=steps[-1]) if steps else None)
    sheet = read_sheet(questionnaire, {question.key: reading.value}, complete=False)
    response = await record_response(
        uow,
        Given(
            survey=survey,
            sheet=sheet,
            mode=message.channel,
            language=invitation.language,
            contact_channel=None,
            contact_time=None,
            flags=[],
            answered_at=uow.now,
            customer_id=invitation.customer_id,
            attribution=Attribution.model_validate(invitation.attribution),
            invitation=invitation,
            complete=all(not other.required or other.key == question.key for other in questionnaire.questions),
        ),
    )
    if reading.words:
        await append_words(uow, response, reading.words[:LONGEST_TEXT])
        return Replied("answer", words.more_done)
    return Replied("answer", words.sms_thanks)


async def _stop_telling(uow: UnitOfWork, telling_id: UUID, channel: StopChannel) -> Replied:
    """End everything by this channel: what was told is not answered, but it may be one too many."""
    found = await told.telling(uow, telling_id)
    await refuse(uow, found.customer_id, channel)
    return Replied("stop", words_in(negotiate(found.language)).sms_stopped)


async def _words(uow: UnitOfWork, invitation: Invitation, message: InboundMessage) -> Replied:
    """Take a message after an answer for words that belong to it, once and within a day; anything else changes nothing."""
    customer = await known.customer(uow, invitation.customer_id)
    old = await answering.lock_response_to(uow, invitation.id)
    late = old is None or old.revision > 1 or old.mode != message.channel or uow.now - old.answered_at > WORDS_WITHIN
    if old is None or late or customer is None or customer.erased_at is not None or not message.text.strip():
        return Replied("nothing_asked", None)
    await append_words(uow, old, message.text)
    return Replied("words", words_in(invitation.language).more_done)

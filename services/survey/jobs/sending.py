"""Sending what was decided: hand a message to its carrier, and settle what became of it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from services.kit.due import DueJob
from services.kit.service import Runtime
from services.survey.domain.carrying import ASK, Carrier, CarrierAway, CarrierRefused, CarrierUnsure, Parcel, key_of
from services.survey.domain.design import Questionnaire
from services.survey.domain.letter import Ask, first_faces, write_letter, write_text_message
from services.survey.domain.tokens import Purpose, token_for
from services.survey.models.asked import SendAttempt
from services.survey.use_cases.judge_decision import Keys
from services.survey.use_cases.prepare_message import Prepared, Ways, prepare_message
from services.survey.use_cases.settle_message import carrier_away, carrier_unsure, message_refused, message_taken

CARRIERS = "carriers"
KEYS = "keys"


async def send_invitation(runtime: Runtime, job: DueJob) -> None:
    """Send an ask that is still wanted."""
    await _send(runtime, UUID(job.key), ASK)


async def send_reminder(runtime: Runtime, job: DueJob) -> None:
    """Send a reminder to who has not answered."""
    invitation_id, _, purpose = job.key.partition(".")
    await _send(runtime, UUID(invitation_id), purpose)


async def _send(runtime: Runtime, invitation_id: UUID, purpose: str) -> None:
    ready = await runtime.write(prepare_message, invitation_id, purpose, ways_of(runtime))
    if ready is not None:
        settled = Settled(message_taken, message_refused, carrier_away)
        await hand_over(runtime, parcel_of(ready, runtime), invitation_id, ready.attempt, settled)


def ways_of(runtime: Runtime) -> Ways:
    """Return by which channels something may leave this installation."""
    return Ways(frozenset(runtime.resources[CARRIERS]), timedelta(hours=runtime.settings.message_window_hours))


@dataclass(frozen=True, slots=True)
class Settled:
    """The use cases that note what a carrier said of a message, each with the message's id, its attempt, and a reference or reason."""

    taken: Callable[..., Awaitable[None]]
    refused: Callable[..., Awaitable[None]]
    away: Callable[..., Awaitable[bool]]
    """Returns True when the same is to be tried again."""


async def hand_over(runtime: Runtime, parcel: Parcel, message_id: UUID, attempt: SendAttempt, settled: Settled) -> None:
    """Hand a message over under its key. Whatever happens in between, trying again with the same key reaches nobody twice."""
    carriers: Mapping[str, Carrier] = runtime.resources[CARRIERS]
    try:
        reference = await carriers[attempt.channel].carry(parcel)
    except CarrierRefused as refusal:
        await runtime.write(settled.refused, message_id, attempt, str(refusal))
    except CarrierAway as absence:
        if await runtime.write(settled.away, message_id, attempt, str(absence)):
            raise
    except CarrierUnsure as doubt:
        await runtime.write(carrier_unsure, attempt, str(doubt))
        raise
    else:
        await runtime.write(settled.taken, message_id, attempt, reference)


def parcel_of(ready: Prepared, runtime: Runtime) -> Parcel:
    """Write the message of an invitation for its channel."""
    invitation, customer, attempt = ready.invitation, ready.customer, ready.attempt
    zone = ZoneInfo(customer.time_zone or "UTC")
    keys: Keys = runtime.resources[KEYS]
    base = runtime.settings.public_url.rstrip("/")
    stop_link = f"{base}/u/{token_for(invitation.id, Purpose.STOP, keys.link)}"
    questionnaire = Questionnaire.model_validate(ready.survey.definition)
    ask = Ask(
        language=invitation.language,
        brand=runtime.settings.brand,
        name=customer.display_name,
        about_channel=invitation.about_channel,
        about_day=invitation.about_at.astimezone(zone).date(),
        link=f"{base}/s/{token_for(invitation.id, Purpose.ANSWER, keys.link)}",
        stop_link=stop_link,
        until=invitation.expires_at.astimezone(zone).date(),
        first=first_faces(questionnaire),
        is_reminder=attempt.purpose != ASK,
    )
    key = key_of(invitation.id, attempt.purpose)
    if attempt.channel != "email":
        text = write_text_message(ask, questionnaire)
        return Parcel(key, attempt.channel, attempt.address, invitation.language, text, name=customer.display_name, wanted_at=invitation.invited_at)
    letter = write_letter(ask)
    headers = headers_of(stop_link, invitation.programme)
    return Parcel(key, "email", attempt.address, invitation.language, letter.text, letter.subject, letter.html, headers, customer.display_name)


def headers_of(stop_link: str, about: str) -> dict[str, str]:
    """Return what a letter says to mail programs: how to stop it with one click (RFC 8058), and what it is about."""
    return {"List-Unsubscribe": f"<{stop_link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "Feedback-ID": f"{about}:survey"}

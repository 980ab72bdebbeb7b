"""The last look before a message leaves: the carrier may have been away for hours since we decided to ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.kit.db import UnitOfWork
from services.survey.domain.carrying import ASK
from services.survey.domain.consent import Word, latest_word
from services.survey.domain.programme import Channel, Rules
from services.survey.domain.timing import next_decent_moment
from services.survey.models import Invitation, KnownCustomer, SurveyVersion
from services.survey.models.asked import SendAttempt
from services.survey.repository import asking, known, sending
from services.survey.use_cases.advance_decision import day_off_for, zone_named
from services.survey.use_cases.judge_decision import SEND
from services.survey.use_cases.rules_of import rules_of
from services.survey.use_cases.tell_settled import UNDELIVERABLE, tell_settled

REMIND = "send_reminder"
SENDING, UNKNOWN = "sending", "unknown"
OUTSIDE_WINDOW = "outside_messaging_window"
NO_ADDRESS = "no_address"
NO_CARRIER = "no_carrier"
REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A message that may leave now."""

    invitation: Invitation
    customer: KnownCustomer
    survey: SurveyVersion
    attempt: SendAttempt


@dataclass(frozen=True, slots=True)
class Ways:
    """Which channels have a carrier, and how long after a customer's own message the messaging channel may be used."""

    channels: frozenset[str]
    message_window: timedelta


async def prepare_message(uow: UnitOfWork, invitation_id: UUID, purpose: str, ways: Ways) -> Prepared | None:
    """Return the message to send. None: nobody wants it any more, or it is no decent hour and it was put off, or no channel is left."""
    invitation = await sending.lock_invitation(uow, invitation_id)
    if invitation is None or invitation.state != ("queued" if purpose == ASK else "sent") or invitation.expires_at <= uow.now:
        return None
    customer = await known.customer(uow, invitation.customer_id)
    rules = rules_of(await asking.programme(uow, invitation.programme))
    if customer is None or customer.erased_at is not None:
        await asking.change_invitation(uow, invitation.id, only_in=["queued"], state="withdrawn")
        return None
    zone = zone_named(customer.time_zone, rules)
    moment = next_decent_moment(uow.now, zone, rules.window, day_off_for(customer.country, rules))
    if moment > uow.now:
        await _put_off(uow, invitation, purpose, moment)
        return None
    found = await sending.lock_attempt(uow, invitation.id, purpose, invitation.channel)
    if found is not None and found.state not in {SENDING, UNKNOWN, REFUSED}:
        return None  # a carrier has it
    if not await _may_use(uow, invitation, rules, invitation.channel):
        await _refused_meanwhile(uow, invitation, purpose)
        return None
    hindrance = await _hindrance(uow, customer, invitation, ways)
    if hindrance is not None and (found is None or found.state != UNKNOWN):
        await next_channel(uow, invitation, purpose, hindrance)
        return None
    attempt = await sending.begin_attempt(uow, invitation.id, purpose, invitation.channel, address_of(customer, invitation.channel) or "")
    return Prepared(invitation, customer, await asking.survey(uow, invitation.survey, invitation.survey_version), attempt)


async def next_channel(uow: UnitOfWork, invitation: Invitation, purpose: str, reason: str) -> None:
    """Go on to the next step of the programme's ladder that the customer agreed to, and note why this one failed.

    A reminder is not carried to another channel: the ask itself arrived.
    """
    attempt = await sending.lock_attempt(uow, invitation.id, purpose, invitation.channel)
    if attempt is None:
        attempt = await sending.begin_attempt(uow, invitation.id, purpose, invitation.channel, "")
    await sending.settle_attempt(uow, attempt.id, REFUSED, reason=reason)
    if purpose != ASK:
        return
    rules = rules_of(await asking.programme(uow, invitation.programme))
    ladder = [channel.value for channel in rules.channels]
    later = ladder[ladder.index(invitation.channel) + 1 :] if invitation.channel in ladder else []
    customer = await known.customer(uow, invitation.customer_id)
    for channel in later:
        if customer is not None and address_of(customer, channel) and await _may_use(uow, invitation, rules, channel):
            await asking.change_invitation(uow, invitation.id, only_in=["queued", "sent"], state="queued", channel=channel, sent_at=None)
            await uow.schedule(SEND, key=str(invitation.id), at=uow.now)
            return
    if await asking.change_invitation(uow, invitation.id, only_in=["queued", "sent"], state=UNDELIVERABLE):
        await tell_settled(uow, invitation.id, UNDELIVERABLE)


def address_of(customer: KnownCustomer, channel: str) -> str | None:
    """Return where a channel finds the customer; None when that is not known."""
    return customer.email if channel in {Channel.EMAIL, Channel.REVIEW} else customer.phone


async def _hindrance(uow: UnitOfWork, customer: KnownCustomer, invitation: Invitation, ways: Ways) -> str | None:
    if invitation.channel not in ways.channels:
        return NO_CARRIER
    if not address_of(customer, invitation.channel):
        return NO_ADDRESS
    if invitation.channel == Channel.MESSAGE and await is_outside_window(uow, await known.person_of(uow, customer.customer_id), ways):
        return OUTSIDE_WINDOW
    return None


async def is_outside_window(uow: UnitOfWork, person: Sequence[UUID], ways: Ways) -> bool:
    """Say whether a messaging service may not be used now: the person (all ids) wrote to us there too long ago, or never."""
    if not ways.message_window:
        return False
    last = await sending.last_message_contact(uow, person)
    return last is None or last + ways.message_window <= uow.now


async def _put_off(uow: UnitOfWork, invitation: Invitation, purpose: str, moment: datetime) -> None:
    if purpose == ASK:
        await uow.schedule(SEND, key=str(invitation.id), at=moment)
    else:
        await uow.schedule(REMIND, key=f"{invitation.id}.{purpose}", at=moment)


async def _refused_meanwhile(uow: UnitOfWork, invitation: Invitation, purpose: str) -> None:
    if purpose == ASK:
        await asking.change_invitation(uow, invitation.id, only_in=["queued"], state="withdrawn")


async def _may_use(uow: UnitOfWork, invitation: Invitation, rules: Rules, channel: str) -> bool:
    said = await known.words_of(uow, await known.person_of(uow, invitation.customer_id))
    words = [Word(word.purpose, word.channel, word.granted, word.said_at) for word in said]
    word = latest_word(words, rules.purpose, channel)
    return word.granted if word is not None else not rules.requires_consent
